package conformance

import (
	"fmt"
	"strings"
)

// An Outcome names how a check failed. Known failures are listed by it.
type Outcome string

const (
	Inaccurate     Outcome = "inaccurate"   // a number with too large an error
	NotFinite      Outcome = "not_finite"   // a NaN or an infinity where there is none, or none where there is one
	Refused        Outcome = "refused"      // an error where there is an answer
	Accepted       Outcome = "accepted"     // an answer where there is an error
	WrongClass     Outcome = "wrong_class"  // an error of another class
	Panicked       Outcome = "panicked"     // a panic
	Mutated        Outcome = "mutated"      // the inputs changed
	Unrepeatable   Outcome = "unrepeatable" // another answer to the same call
	WrongLength    Outcome = "wrong_length" // too few or too many numbers
	WrongFormat    Outcome = "wrong_format" // a number that the dtype does not hold
	Crashed        Outcome = "crashed"      // a program ended when it was asked
	Hung           Outcome = "hung"         // a program did not answer in time
	Malformed      Outcome = "malformed"    // what a program wrote, or did not write, is no answer
	UnexpectedPass Outcome = "unexpected_pass"
	Broken         Outcome = "broken" // of a law, in a file of known failures
)

// outcomes lists those that a check of a case can have.
func outcomes() []Outcome {
	return []Outcome{Inaccurate, NotFinite, Refused, Accepted, WrongClass, Panicked, Mutated, Unrepeatable, WrongLength, WrongFormat,
		Crashed, Hung, Malformed}
}

// A Failure is one check that failed, told so that a person understands it without
// another file.
type Failure struct {
	Loss    string   `json:"loss"`
	Format  string   `json:"format"`
	Output  Output   `json:"output"`
	Index   int      `json:"index"` // of the number in its output; −1: the whole answer
	Outcome Outcome  `json:"outcome"`
	Case    string   `json:"case"`
	Flags   []string `json:"flags,omitempty"`
	Setting string   `json:"setting"` // parameters, reduction and conventions that are not the default
	Input   string   `json:"input"`
	Got     string   `json:"got"`
	Want    string   `json:"want"`
	Error   Ulps     `json:"errorUlp"`
	Allowed string   `json:"allowed,omitempty"`
	Rule    string   `json:"rule"`
	More    int      `json:"more,omitempty"` // how many numbers of the same output fail too
	Note    string   `json:"note,omitempty"`
	Repeat  string   `json:"repeat"`
}

func (f *Failure) String() string {
	var text strings.Builder
	output := string(f.Output)
	if f.Index >= 0 {
		output = fmt.Sprintf("%s[%d]", f.Output, f.Index)
	}
	fmt.Fprintf(&text, "%s, %s, %s: %s\n", f.Loss, f.Format, output, strings.ReplaceAll(string(f.Outcome), "_", " "))
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&text, "  %-8s %s\n", name, value)
		}
	}
	flags := ""
	if len(f.Flags) > 0 {
		flags = " (" + strings.Join(f.Flags, ", ") + ")"
	}
	line("case", f.Case+flags+", "+f.Setting)
	line("input", f.Input)
	line("got", f.Got)
	line("want", f.Want)
	if f.Outcome == Inaccurate {
		line("error", f.Error.String())
	}
	line("allowed", f.Allowed)
	line("rule", f.Rule)
	if f.More > 0 {
		line("also", fmt.Sprintf("%d more numbers of this output", f.More))
	}
	line("note", f.Note)
	line("repeat", f.Repeat)
	return text.String()
}
