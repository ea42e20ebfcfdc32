package conformance

import (
	"fmt"
	"math"
	"path"
	"slices"

	"github.com/lossproof/lossproof/conformance/known"
)

// applyKnown changes the status of a check to what the known failures make of it.
func applyKnown(list []known.Failure, i *instance, c *check) {
	if c.status == Skipped {
		return
	}
	var outcome Outcome
	if c.status == Failed {
		outcome = c.failure.Outcome
	}
	e := known.Find(list, false, outcome, known.Keys(i.call.Loss, i.call.Format.Name, i.id, i.flags, c.output)...)
	if e == nil {
		return
	}
	e.Hits++
	switch {
	case c.status == Passed && e.Outcome == Unrepeatable: // by chance
	case c.status == Passed:
		c.status = Failed
		c.failure = i.failure(c.output, UnexpectedPass)
		c.failure.Got = "a pass"
		c.failure.Want = "the outcome " + string(e.Outcome)
		c.failure.Rule = "a known failure that passes is no longer one: delete " + e.Where()
	case c.failure.Outcome != e.Outcome && !(e.Outcome == Unrepeatable && c.failure.Outcome == Inaccurate):
		c.failure.Note = fmt.Sprintf("%s expects the outcome %s", e.Where(), e.Outcome)
	case c.failure.Outcome != Unrepeatable && math.Abs(float64(c.failure.Error)) > e.Bound:
		c.failure.Note = fmt.Sprintf("%s allows %s", e.Where(), formatUlps(e.Bound))
	default:
		c.status, c.failure.Note = Known, e.Reason
	}
}

// deadEntries describes the lines that matched no check, or fewer or more failures than they
// count, though all checks of their losses and dtypes were run.
func (r *run) deadEntries(laws *LawReport) []string {
	allCases := r.runs(Golden) && len(r.Cases) == 0
	allLaws := r.runs(Properties) && len(r.Laws) == 0 && laws != nil && len(laws.Results) == r.toCheck
	var dead []string
	for k := range r.Known {
		e := &r.Known[k]
		lossGlob, formatGlob, _ := e.Scope()
		inScope := func(lossName, format string) bool {
			l, _ := path.Match(lossGlob, lossName)
			f, _ := path.Match(formatGlob, format)
			return l && f
		}
		var ran bool
		if e.Law() {
			ran = allLaws && slices.ContainsFunc(laws.Results, func(l LawResult) bool { return inScope(l.Loss, l.Format) })
		} else {
			ran = allCases && slices.ContainsFunc(r.cases, func(i *instance) bool { return inScope(i.call.Loss, i.call.Format.Name) })
		}
		switch {
		case !ran || e.Hits > 0 && e.Count == 0 || e.Count > 0 && e.Hits == e.Count:
		case e.Count > 0:
			dead = append(dead, fmt.Sprintf("line %d: %d checks of %s are %s, and the line counts %d", e.Line, e.Hits, e.Pattern, e.Outcome, e.Count))
		default:
			dead = append(dead, fmt.Sprintf("line %d: %s matches no check that ran: delete it", e.Line, e.Pattern))
		}
	}
	return dead
}
