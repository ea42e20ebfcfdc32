package subject

import (
	"regexp"
	"runtime/debug"
	"strings"
)

// An Outcome names how a check failed.
type Outcome string

const (
	Inaccurate   Outcome = "inaccurate"   // a number with too large an error
	NotFinite    Outcome = "not_finite"   // a NaN or an infinity where there is none, or none where there is one
	Refused      Outcome = "refused"      // an error where there is an answer
	Accepted     Outcome = "accepted"     // an answer where there is an error
	WrongClass   Outcome = "wrong_class"  // an error of another class
	Panicked     Outcome = "panicked"     // a panic
	Mutated      Outcome = "mutated"      // the inputs changed
	Unrepeatable Outcome = "unrepeatable" // another answer to the same call
	WrongLength  Outcome = "wrong_length" // too few or too many numbers
	WrongFormat  Outcome = "wrong_format" // a number that the dtype does not hold
	Crashed      Outcome = "crashed"      // a program ended when it was asked
	Hung         Outcome = "hung"         // a program did not answer in time
	Malformed    Outcome = "malformed"    // what a program wrote, or did not write, is no answer
	Broken       Outcome = "broken"       // of a law
)

// Outcomes lists those that a check of a case can have.
func Outcomes() []Outcome {
	return []Outcome{Inaccurate, NotFinite, Refused, Accepted, WrongClass, Panicked, Mutated, Unrepeatable, WrongLength, WrongFormat,
		Crashed, Hung, Malformed}
}

// A Fault is the error of a call that has neither an answer nor a refusal, because the
// subject did what no subject may do.
type Fault struct {
	Outcome Outcome
	Text    string
	Stack   string // of a panic
}

func (f *Fault) Error() string { return f.Text }

// Stack is the stack of the panic that a deferred function recovers from, as a report holds it: the
// functions and lines of the subject, without addresses, so that it is the same in each run.
func Stack() string {
	const most = 12 // lines, two for each call
	lines := strings.Split(strings.TrimSpace(string(debug.Stack())), "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "panic(") && i+2 < len(lines) {
			lines = lines[i+2:]
			break
		}
	}
	var kept []string
	for i := 0; i+1 < len(lines) && len(kept) < most; i += 2 {
		if runner.MatchString(lines[i]) && len(kept) > 0 {
			break
		}
		kept = append(kept, arguments.ReplaceAllString(lines[i], ""), offset.ReplaceAllString(lines[i+1], ""))
	}
	return strings.Join(kept, "\n")
}

var (
	runner    = regexp.MustCompile(`^github\.com/lossproof/lossproof/(?:conformance|properties)\.`)
	arguments = regexp.MustCompile(`\([^()]*\)$`)
	offset    = regexp.MustCompile(` \+0x[0-9a-f]+$`)
)
