package reporting

import (
	"fmt"
	"math"

	"github.com/lossproof/lossproof/conformance"
)

// A Difference is what became of a subject from one report to the next.
//
// A regression is a check that passed and fails now; one that failed and meets a lower level
// now, or more than the known failures allow; a law that was obeyed and is broken; and a check
// that passed and is not run any more, where the vectors are the same: what is not run shows
// nothing. That a failure is known does not make it less of one. A check that failed and is
// gone is no improvement. An error that moves within what the level allows has drifted, and
// is none.
type Difference struct {
	Schema     string   `json:"schema"`
	Old        Summary  `json:"old"`
	New        Summary  `json:"new"`
	Notes      []string `json:"notes,omitempty"` // what makes them hard to compare
	Regression bool     `json:"regression"`
	Broke      []Change `json:"broke"`    // regressions, all of them
	Mended     []Change `json:"mended"`   // failed and pass now
	Drifted    []Change `json:"drifted"`  // another error or level, with the same verdict
	Appeared   []Change `json:"appeared"` // not run before
	Vanished   []Change `json:"vanished"` // not run any more
}

// DifferenceVersion names the JSON form of a difference.
const DifferenceVersion = "lossproof.difference/1"

// A Change is what became of one check, or of one law.
type Change struct {
	Loss       string `json:"loss"`
	Format     string `json:"format"`
	Output     string `json:"output"`        // value, grad, error, or law
	Case       string `json:"case"`          // or the name of the law
	Old        *State `json:"old,omitempty"` // absent: the report does not have it
	New        *State `json:"new,omitempty"`
	Regression bool   `json:"regression"`
}

// A State is what a report says of a check.
type State struct {
	Status conformance.Status `json:"status"`
	Level  *conformance.Level `json:"level,omitempty"`
	Max    *conformance.Ulps  `json:"maxUlp,omitempty"`
	Reason string             `json:"reason,omitempty"` // why it was skipped

	broken bool              // of a law
	slack  conformance.Level // of a law: the error bound that its slack was derived from
}

// law is the output of a change of a law.
const law = "law"

// Diff tells what changed from one report to the next. Both are held to the level that the
// new one requires; a law that is broken only where it was held more strictly is no change.
func Diff(from, to *conformance.Report) *Difference {
	reports := []*conformance.Report{from, to}
	both := summaries(reports)
	both[0].Name, both[1].Name = "old "+nameOf(from), "new "+nameOf(to)
	d := &Difference{Schema: DifferenceVersion, Old: both[0], New: both[1], Notes: notesOn(both, reports),
		Broke: []Change{}, Mended: []Change{}, Drifted: []Change{}, Appeared: []Change{}, Vanished: []Change{}}
	before, order := states(from)
	after, added := states(to)
	for _, at := range order {
		d.enter(at, before[at], after[at])
	}
	for _, at := range added {
		if before[at] == nil {
			d.enter(at, nil, after[at])
		}
	}
	return d
}

// states lists what a report says of every check and law.
func states(r *conformance.Report) (map[place]*State, []place) {
	all := map[place]*State{}
	var order []place
	enter := func(at place, s *State) { all[at], order = s, append(order, at) }
	for k := range r.Rows {
		row := &r.Rows[k]
		for _, c := range row.Checks {
			enter(place{loss: row.Loss, format: row.Format, output: row.Output, caseID: c.Case},
				&State{Status: c.Status, Level: c.Level, Max: c.Max, Reason: c.Reason})
		}
	}
	if r.Laws != nil {
		for _, l := range r.Laws.Results {
			enter(place{loss: l.Loss, format: l.Format, law: l.Law},
				&State{Status: l.Status, Reason: l.Skipped, broken: l.Failure != nil || l.Checks == 0, slack: r.Laws.Level})
		}
	}
	return all, order
}

// ran reports whether there is anything to compare.
func (s *State) ran() bool { return s != nil && s.Status != conformance.Skipped }

// passes reports whether the subject is right; a known failure that passes unexpectedly is.
func (s *State) passes(required conformance.Level) bool {
	if s.Level == nil {
		return !s.broken
	}
	return *s.Level >= required
}

// enter sorts a change in, where there is one.
func (d *Difference) enter(at place, from, to *State) {
	c := Change{Loss: at.loss, Format: at.format, Output: string(at.output), Case: at.caseID, Old: from, New: to}
	if at.law != "" {
		c.Output, c.Case = law, at.law
	}
	switch required := d.New.Level; {
	case !from.ran() && !to.ran():
	case from.ran() && to.ran() && strictness(from, to):
	case !from.ran():
		d.Appeared = append(d.Appeared, c)
	case !to.ran():
		c.Regression = from.passes(required) && d.Old.Vectors == d.New.Vectors
		d.Vanished = append(d.Vanished, c)
	case to.passes(required) && !from.passes(required):
		d.Mended = append(d.Mended, c)
	case !to.passes(required) && (from.passes(required) || worse(from, to)):
		c.Regression = true
		d.Broke = append(d.Broke, c)
	case drifted(from, to):
		d.Drifted = append(d.Drifted, c)
	}
	d.Regression = d.Regression || c.Regression
}

// strictness reports whether a law was held more strictly where it was broken, which says
// nothing of the subject.
func strictness(from, to *State) bool {
	return to.broken && !from.broken && to.slack > from.slack || from.broken && !to.broken && from.slack > to.slack
}

// worse reports whether a failure has become a graver one.
func worse(from, to *State) bool {
	if from.Level != nil && to.Level != nil && *to.Level < *from.Level {
		return true
	}
	return from.Status == conformance.Known && to.Status == conformance.Failed && to.size() > from.size()
}

func drifted(from, to *State) bool {
	differ := func(a, b *conformance.Ulps) bool { return (a == nil) != (b == nil) || a != nil && *a != *b }
	return differ(from.Max, to.Max) || from.Level != nil && to.Level != nil && *from.Level != *to.Level
}

// size is the magnitude of the error of a state, 0 where it has none.
func (s *State) size() float64 {
	if s.Max == nil {
		return 0
	}
	return math.Abs(float64(*s.Max))
}

// growth is by how much the error grew.
func (c *Change) growth() float64 {
	from, to := c.Old.size(), c.New.size()
	if from == to { // both may be infinite
		return 0
	}
	return to - from
}

// String is a state in a line.
func (s *State) String() string {
	switch {
	case s == nil:
		return "not in the report"
	case s.Status == conformance.Skipped:
		return "skipped: " + s.Reason
	case s.Level == nil && s.broken:
		return "broken" + s.known()
	case s.Level == nil:
		return "obeyed"
	}
	text := levelText(*s.Level)
	if s.Max != nil {
		text += ", " + s.Max.String()
	}
	return text + s.known()
}

func (s *State) known() string {
	if s.Status == conformance.Known {
		return " (known)"
	}
	return ""
}

// String is a change in a line.
func (c *Change) String() string {
	return fmt.Sprintf("%s %s %s %s: %s → %s", c.Loss, c.Format, c.Output, c.Case, c.Old, c.New)
}
