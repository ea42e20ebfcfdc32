module github.com/lossproof/lossproof/impl/adapters/godeep

go 1.26.0

require (
	github.com/lossproof/lossproof v0.0.0
	github.com/patrikeh/go-deep v0.0.0-20230427173908-a2775168ab3d
)

replace github.com/lossproof/lossproof => ../../..
