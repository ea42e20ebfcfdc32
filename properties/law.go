package properties

import (
	"fmt"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/choice"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Law is something that every right implementation of a loss obeys, and a check that
// finds out whether a subject does.
type Law struct {
	Name      string `json:"name"`
	Statement string `json:"statement"` // one sentence
	Source    string `json:"source"`

	// Traits that make the law apply, and that it tests: those that the loss declares
	// true or, where Refutes is set, false.
	Traits  []loss.Property `json:"traits,omitempty"`
	Refutes bool            `json:"refutes,omitempty"`
	// Output is one that few subjects have, where the law is about that, and for those who declare it.
	Output subject.Output `json:"output,omitempty"`
	// Needs lists the other losses that the subject must have.
	Needs []string `json:"needs,omitempty"`

	catalogue bool // it says of the losses of the catalogue more than their traits do
	known     bool // it compares with the truth, and not with another answer

	gradient bool                    // it is about the gradient
	once     bool                    // it has one case, which is not drawn
	most     int                     // checks that say all there is to say; 0: no such number
	tour     func(l *loss.Loss) int  // cases for each DefaultChecks that are asked for: a tour of what is finite, or fewer of what is dear; nil: usual
	anywhere bool                    // it holds beyond the ends of a clip, and at kinks, too
	coarse   bool                    // in a dtype of 16 bits most of its cases are inconclusive, and in bfloat16, of 8 digits, all
	rigid    bool                    // its cases have a form that shrinking would break
	applies  func(l *loss.Loss) bool // beside the traits; nil: to every loss
	draw     func(d *drawer) *Case   // nil where there is no case for the subject (see drawer.lacks), or by chance
	check    func(t *trial, c *Case)
}

// Laws returns every law, in a stable order.
func Laws() []Law {
	var laws []Law
	for _, l := range allLaws {
		laws = append(laws, *l)
	}
	return laws
}

// LawNamed returns the law with the given name.
func LawNamed(name string) (Law, error) {
	var names []string
	for _, l := range allLaws {
		if l.Name == name {
			return *l, nil
		}
		names = append(names, l.Name)
	}
	return Law{}, fmt.Errorf("properties: no law %q: %s", name, choice.Among(name, names))
}

var allLaws = slices.Concat(
	truthLaws, sweepLaws, valueLaws, convexityLaws, probabilityLaws, slopeLaws, differenceLaws, continuityLaws, symmetryLaws,
	rowLaws, setLaws, boxLaws, limitLaws, properLaws, identityLaws, binaryIdentities, rowIdentities, parameterLaws, reductionLaws, maskLaws,
	batchLaws, contractLaws, stateLaws, learningLaws, refutedLaws, unknownLaws,
)

// wanted is how many cases a law is held against where so many are asked for of each.
func (w *Law) wanted(checks int, l *loss.Loss) int {
	switch {
	case w.once:
		return 1
	case w.most > 0:
		return min(checks, w.most)
	}
	cases := usual
	if w.tour != nil {
		cases = w.tour(l)
	}
	return max(1, (checks*cases+DefaultChecks-1)/DefaultChecks)
}

// usual is how many cases of each DefaultChecks a law takes that says nothing else: the truth, which takes more, sees what it sees.
const usual = 50

// few is the tour of a law whose cases are dear.
func few(n int) func(*loss.Loss) int { return func(*loss.Loss) int { return n } }

// AppliesTo reports whether the law is about a loss.
func (w *Law) AppliesTo(l *loss.Loss) bool {
	if w.catalogue && l.Defined() || w.known && l.Unknown() || w.Output != "" && !w.Output.Of(l) || w.applies != nil && !w.applies(l) {
		return false
	}
	if len(w.Traits) == 0 {
		return true
	}
	return slices.ContainsFunc(w.Traits, func(p loss.Property) bool { return len(declared(l, p, !w.Refutes)) > 0 })
}

// declared returns the traits of a loss with a property that hold, or that do not.
func declared(l *loss.Loss, p loss.Property, holds bool) []loss.Trait {
	var found []loss.Trait
	for _, t := range l.Traits {
		if t.Property == p && t.Holds == holds {
			found = append(found, t)
		}
	}
	return found
}

// lacking says why a subject cannot be held to the law for a loss that it applies to;
// empty where it can.
func (w *Law) lacking(capabilities []subject.Capability, l *loss.Loss, f ieee.Format) string {
	output := subject.Value
	if w.gradient {
		output = subject.Grad
	}
	for _, name := range append([]string{l.Name}, w.Needs...) {
		if !has(capabilities, name, f, output) {
			return fmt.Sprintf("the subject has no %s of %s in %s", output, name, f)
		}
	}
	return ""
}

// Applied is a law that applies to a loss.
type Applied struct {
	Law    Law    `json:"law"`
	Status string `json:"status"`
}

// What the status of a law says.
const (
	TestsTrait   = "tests a trait that is declared true"
	RefutesTrait = "refutes a trait that is declared false"
	TestsLoss    = "holds of the loss, whatever its traits"
)

// LawsFor lists the laws that apply to a loss, each with what it does there.
func LawsFor(l *loss.Loss) []Applied {
	var all []Applied
	for _, w := range allLaws {
		if !w.AppliesTo(l) {
			continue
		}
		status := TestsLoss
		switch {
		case w.Refutes:
			status = RefutesTrait
		case len(w.Traits) > 0:
			status = TestsTrait
		}
		all = append(all, Applied{*w, status})
	}
	return all
}

// Coverage says which laws test each trait of a loss, by the name of the property, with
// "not " before one that is declared false; and which traits no law tests.
func Coverage(l *loss.Loss) (tested map[string][]string, untested []string) {
	tested = map[string][]string{}
	for _, trait := range l.Traits {
		name := string(trait.Property)
		if !trait.Holds {
			name = "not " + name
		}
		var by []string
		for _, w := range allLaws {
			if w.Refutes != trait.Holds && slices.Contains(w.Traits, trait.Property) && w.AppliesTo(l) {
				by = append(by, w.Name)
			}
		}
		if len(by) == 0 && !slices.Contains(untested, name) {
			untested = append(untested, name)
			continue
		}
		tested[name] = by
	}
	return tested, untested
}
