module github.com/lossproof/lossproof/impl/adapters/spago

go 1.26.0

require (
	github.com/lossproof/lossproof v0.0.0
	github.com/nlpodyssey/spago v1.1.0
)

require github.com/google/flatbuffers v23.5.26+incompatible // indirect

replace github.com/lossproof/lossproof => ../../..
