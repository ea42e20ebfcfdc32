package conformance

import "github.com/lossproof/lossproof/impl/subject"

// A Level says how right a number is; see subject.Level.
type Level = subject.Level

// The levels, the lowest first.
const (
	NotCallable = subject.NotCallable
	Callable    = subject.Callable
	Close       = subject.Close
	Stable      = subject.Stable
	Accurate    = subject.Accurate
	Faithful    = subject.Faithful
	Exact       = subject.Exact
)
