module example.org/outside

go 1.26.0

require github.com/lossproof/lossproof v0.0.0

replace github.com/lossproof/lossproof => ../../../../..
