package golden

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
)

// A Vector is one case with its one right answer: a call, and either the truth of
// every output number or the class of the error that the call must give.
type Vector struct {
	ID    string   // <short loss>.<dtype>.<12 base32 digits of a hash over the call>: never renumbered
	Flags []string // why the case is here
	Call  loss.Call
	Truth oracle.Truth // unset where Error is; few have TargetGrad and Hess
	Error loss.Class   // empty: the call has an answer
}

// A Flag says why a case is in the suite.
type Flag struct {
	Name    string   `json:"name"`
	Meaning string   `json:"meaning"`
	Links   []string `json:"links,omitempty"`   // issues, papers
	Mutants []string `json:"mutants,omitempty"` // the defects that it catches, by their number in the museum
}
