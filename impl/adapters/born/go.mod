module github.com/lossproof/lossproof/impl/adapters/born

go 1.26.0

require (
	github.com/born-ml/born v0.9.23
	github.com/lossproof/lossproof v0.0.0
)

require golang.org/x/sys v0.49.0 // indirect

replace github.com/lossproof/lossproof => ../../..
