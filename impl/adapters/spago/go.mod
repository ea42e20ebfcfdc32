module github.com/lossproof/lossproof/impl/adapters/spago

go 1.26.0

require (
	github.com/lossproof/lossproof v0.0.0
	github.com/nlpodyssey/spago v1.1.0
)

require (
	github.com/google/flatbuffers v23.5.26+incompatible // indirect
	github.com/leanovate/gopter v0.2.11 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/lossproof/lossproof => ../../..
