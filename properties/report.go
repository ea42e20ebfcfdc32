package properties

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// A Report is the outcome of Check.
type Report struct {
	Subject string        `json:"subject"`
	Version string        `json:"version,omitempty"`
	Seed    uint64        `json:"seed"`
	Checks  int           `json:"checks"` // asked for, for each law, loss and dtype
	Level   subject.Level `json:"level"`  // the error bound that slack was derived from
	Results []Result      `json:"results"`
}

// A Result is that of one law for one loss in one dtype.
type Result struct {
	Law    string `json:"law"`
	Loss   string `json:"loss"`
	Format string `json:"format"`

	Checks       int      `json:"checks"`                 // cases that the law was held against
	Inconclusive int      `json:"inconclusive,omitempty"` // cases in which the slack allows everything: not passed
	Discarded    int      `json:"discarded,omitempty"`    // drawn, but no cases for the law
	Skipped      string   `json:"skipped,omitempty"`      // what the subject lacks, and no case was checked for it
	Short        string   `json:"short,omitempty"`        // the same, where there were cases, and fewer than asked for
	Failure      *Failure `json:"failure,omitempty"`

	// Judged has the outputs that a check decided something about: their numbers were held
	// against numbers, or bad input had to be refused. Same bits again say nothing about them.
	Judged map[subject.Output]bool `json:"-"`
}

// A Failure is a law that a subject breaks, with the simplest case that was found.
type Failure struct {
	Law       string `json:"law"`
	Statement string `json:"statement"`
	Source    string `json:"source"`
	Loss      string `json:"loss"`
	Format    string `json:"format"`

	What           string `json:"what"` // of the two sides
	Counterexample string `json:"counterexample"`
	At             string `json:"at,omitempty"` // the call that went wrong, where it is not the counterexample
	Left           string `json:"left"`
	Right          string `json:"right"`
	Slack          string `json:"slack"`
	SlackFrom      string `json:"slackFrom,omitempty"`
	Sides          *Sides `json:"sides,omitempty"` // in numbers; nil where it is about something else
	Stack          string `json:"stack,omitempty"` // of a panic
	Shrinks        int    `json:"shrinks"`
	Repeat         string `json:"repeat"`

	Case  *Case        `json:"-"`
	Calls []*loss.Call `json:"-"` // whose answers are compared, as the subject was asked them
}

// Sides are the two sides of a claim that does not hold, to be drawn.
type Sides struct {
	Relation string       `json:"relation"` // of left to right: = ≤ ≥ <
	Left     float64      `json:"left"`
	Right    float64      `json:"right"`
	Slack    float64      `json:"slack"`
	Numbers  []SideNumber `json:"numbers"` // that the subject answered, the first of them
}

// A SideNumber is a number of the subject that a side is made of.
type SideNumber struct {
	Side  string  `json:"side"`  // left or right
	Of    string  `json:"of"`    // which number, and how often it is taken
	At    string  `json:"at"`    // the call
	Value float64 `json:"value"` // as it was answered
}

func (u *unit) failure(v *Violation, c *Case, shrinks int) *Failure {
	f := &Failure{Law: u.law.Name, Statement: u.law.Statement, Source: u.law.Source, Loss: u.loss.Name, Format: u.format.Name,
		What: v.What, At: v.At, Left: v.Left, Right: v.Right, Slack: v.Slack, SlackFrom: v.From, Sides: v.sides, Stack: v.Stack, Shrinks: shrinks, Case: c, Calls: v.calls}
	if c != nil {
		f.Counterexample = c.describe()
	}
	repeat := u.Repeat
	if repeat == nil {
		repeat = repeatCommand
	}
	f.Repeat = repeat(f, u.Seed, u.Checks)
	return f
}

// String is the failure as a test prints it.
func (f *Failure) String() string {
	var b strings.Builder
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-15s %s\n", name, text)
		}
	}
	fmt.Fprintf(&b, "%s %s breaks the law %s\n", f.Loss, f.Format, f.Law)
	line("law", f.Statement)
	line("source", f.Source)
	line("counterexample", f.Counterexample)
	line("at", f.At)
	line("what", f.What)
	line("left", f.Left)
	line("right", f.Right)
	line("slack", f.Slack)
	line("slack from", f.SlackFrom)
	line("repeat", f.Repeat)
	line("stack", strings.ReplaceAll(strings.TrimSpace(f.Stack), "\n", "\n    "))
	return strings.TrimSuffix(b.String(), "\n")
}

// Failures lists the failures of a report.
func (r *Report) Failures() []*Failure {
	var all []*Failure
	for i := range r.Results {
		if f := r.Results[i].Failure; f != nil {
			all = append(all, f)
		}
	}
	return all
}

// Ran is the number of checks of all laws together.
func (r *Report) Ran() int {
	n := 0
	for i := range r.Results {
		n += r.Results[i].Checks
	}
	return n
}

// Err is nil where the subject obeys every law. A run that checked nothing does not.
func (r *Report) Err() error {
	failures := r.Failures()
	switch {
	case len(failures) > 0:
		return fmt.Errorf("properties: %d of %d laws broken: %s", len(failures), len(r.Results), failures[0])
	case r.Ran() == 0:
		return errors.New("properties: no law was checked")
	}
	return nil
}
