package subject

// An Outcome names how a check failed.
type Outcome string

// The outcomes that are seen where a subject is asked, whatever it answers.
const (
	Panicked     Outcome = "panicked"     // a panic
	Mutated      Outcome = "mutated"      // the inputs changed
	Unrepeatable Outcome = "unrepeatable" // another answer to the same call
	WrongLength  Outcome = "wrong_length" // too few or too many numbers
	Crashed      Outcome = "crashed"      // a program ended when it was asked
	Hung         Outcome = "hung"         // a program did not answer in time
	Malformed    Outcome = "malformed"    // what a program wrote, or did not write, is no answer
)

// A Fault is the error of a call that has neither an answer nor a refusal, because the
// subject did what no subject may do.
type Fault struct {
	Outcome Outcome
	Text    string
}

func (f *Fault) Error() string { return f.Text }
