package conformance

import (
	"cmp"
	"context"
	"math"
	"regexp"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/properties"
)

// An unexplained failure is one whose cause is to be told: of a check or, where law is set, of a law, by
// what the subject answers at its counterexample.
type unexplained struct {
	failure *Failure
	law     *LawResult
}

func (u *unexplained) is(c cause) {
	u.failure.Cause, u.failure.Why = c.Cause, c.why
	if u.law != nil {
		u.law.Cause, u.law.Why = c.Cause, c.why
	}
}

// explain tells the causes of all failures. The failures of one output of a loss are looked at
// together: a change of the formula that explains many of them is more likely than one that explains one.
func (r *Report) explain(ctx context.Context, run *run) {
	r.stacksOnce()
	type output struct {
		loss string
		of   Output
	}
	var order []output
	together := map[output][]*unexplained{}
	enter := func(u *unexplained) {
		f := u.failure
		if f.evidence == nil {
			u.is(f.bySign())
			return
		}
		of := output{f.Loss, f.Output}
		if together[of] == nil {
			order = append(order, of)
		}
		together[of] = append(together[of], u)
	}
	for _, list := range [][]*Failure{r.Failures, r.Known} {
		for _, f := range list {
			enter(&unexplained{failure: f})
		}
	}
	if r.Laws != nil {
		for i := range r.Laws.Results {
			l := &r.Laws.Results[i]
			switch {
			case l.Failure == nil && l.Status == Failed:
				l.Cause, l.Why = Unproved, l.Note
			case l.Failure != nil && l.Failure.What == properties.Unproven:
				l.Cause, l.Why = Unproved, l.Failure.Left
			}
			if l.Failure == nil || l.Cause != "" {
				continue
			}
			f := run.failsAt(ctx, l.Failure)
			if f == nil {
				l.Cause, l.Why = Cause(string(BrokenLaw)+" "+l.Law), l.Failure.Statement
				continue
			}
			enter(&unexplained{f, l})
		}
	}
	for _, of := range order {
		explainOutput(together[of])
	}
}

// stacksOnce leaves a stack to the first failure that has it.
func (r *Report) stacksOnce() {
	seen := map[string]bool{}
	for _, f := range r.Failures {
		if seen[f.Stack] {
			f.Stack = ""
		}
		seen[f.Stack] = true
	}
}

const (
	// mostTried is how many failures of an output every change of the formula is tried on.
	mostTried = 60
	// enough and share are how many failures a change has to explain, where there are more than it
	// explains: fewer may have the same numbers by chance.
	enough, share = 3, 20
)

func explainOutput(failures []*unexplained) {
	left := slices.Clone(failures)
	slices.SortStableFunc(left, func(a, b *unexplained) int { return ByPlainness(a.failure, b.failure) })
	for len(left) > 0 {
		tried := left[:min(len(left), mostTried)]
		count := map[Cause]int{}
		var best Cause
		for _, u := range tried {
			for _, c := range u.failure.evidence.guessed() {
				if !c.weak {
					count[c.Cause]++
				}
			}
		}
		for _, u := range tried { // in this order, so that of equals the first is taken
			for _, c := range u.failure.evidence.guessed() {
				if count[c.Cause] > count[best] {
					best = c.Cause
				}
			}
		}
		if n := count[best]; n == 0 || n < len(tried) && (n < enough || n*share < len(tried)) {
			break
		}
		left = slices.DeleteFunc(left, func(u *unexplained) bool {
			for _, c := range u.failure.evidence.guessed() {
				if c.Cause == best {
					u.is(c)
					return true
				}
			}
			return false
		})
	}
	explainDigits(left)
}

// explainDigits tells the causes of failures that no change of the formula explains.
func explainDigits(left []*unexplained) {
	of := func(c Cause, zero bool) (found []*unexplained) {
		for _, u := range left {
			if e := u.failure.evidence; u.failure.Cause == c && (!zero || e.got[e.at] == 0) {
				found = append(found, u)
			}
		}
		return found
	}
	for _, u := range left {
		u.is(u.failure.evidence.numeric())
	}
	// A 0 in place of the tiniest numbers is lost as the others are.
	if len(of(Cancellation, true)) > 0 {
		for _, u := range of(Underflow, true) {
			u.is(u.failure.evidence.lost())
		}
	}
	for _, c := range []Cause{OtherValue, OtherSlope} {
		others := of(c, false)
		if len(others) < enough || slices.ContainsFunc(others, func(u *unexplained) bool { return !u.failure.evidence.soft() }) {
			continue
		}
		for _, u := range others {
			u.is(cause{Cause: SoftTargets, why: "the numbers are wrong only where a target lies between 0 and 1. Where none is taken, declare HardTargets"})
		}
	}
}

// soft reports whether a target lies between 0 and 1.
func (e *evidence) soft() bool {
	return slices.ContainsFunc(e.plan.Target, func(y float64) bool { return 0 < y && y < 1 })
}

// guessed is guesses, which are made once.
func (e *evidence) guessed() []cause {
	if !e.tried {
		e.tried, e.guess = true, e.guesses()
		weak := math.Abs(e.got[e.at]-e.want[e.at].Rounded) <= e.unit()
		for i := range e.guess {
			g := &e.guess[i]
			g.weak = g.weak || weak && g.Cause.Kind() != Narrow
		}
	}
	return e.guess
}

// bySign tells the cause of a failure that has no numbers. An exception may say what happened to
// numbers: Python raises one where others have an infinity or a NaN.
func (f *Failure) bySign() cause {
	if f.Outcome == Refused || f.Outcome == Panicked {
		switch {
		case saysOverflow.MatchString(f.Got):
			return cause{Cause: Overflow, why: "an exception says so, in place of a number"}
		case saysDomain.MatchString(f.Got):
			return cause{Cause: Special, why: "an exception, in place of a number, says: log 0, or a division by 0"}
		}
	}
	return byOutcome[f.Outcome]
}

var (
	saysOverflow = regexp.MustCompile(`(?i)overflow|math range error`)
	saysDomain   = regexp.MustCompile(`(?i)math domain error|division by zero|ZeroDivision|divide by zero`)
)

// mostAsked is how many of the calls that a law compares are asked again.
const mostAsked = 8

// failsAt judges what the subject answers to the calls of a broken law: the failure is that of a case.
// It is nil where each answer by itself is right.
func (r *run) failsAt(ctx context.Context, f *properties.Failure) *Failure {
	calls := f.Calls[:min(len(f.Calls), mostAsked)]
	if f.Case != nil {
		calls = append(slices.Clip(calls), &f.Case.Call)
	}
	for _, call := range calls {
		i := r.instanceOf(call)
		if i == nil {
			continue
		}
		truth, err := oracle.Eval(&i.call)
		if err != nil {
			continue
		}
		i.truth = truth
		checks, err := r.judgeCase(ctx, i)
		if err != nil {
			continue // the law says what is wrong
		}
		for k := range checks {
			if checks[k].status == Failed {
				return checks[k].failure
			}
		}
	}
	return nil
}

// instanceOf makes a case of a call, if it is one that the subject is asked.
func (r *run) instanceOf(call *loss.Call) *instance {
	decl, err := loss.Named(call.Loss)
	if err != nil {
		return nil
	}
	if _, err := call.Plan(); err != nil {
		return nil // bad input: the law says it all
	}
	for _, c := range r.description.Capabilities {
		if c.Loss != call.Loss {
			continue
		}
		if fit, _, asked := c.Fit(decl, call, ""); fit == subject.Fits {
			return &instance{id: "counterexample", call: asked, decl: decl, outputs: c.Outputs, setting: setting(&asked, decl)}
		}
	}
	return nil
}

// A Group is what failed for one cause.
type Group struct {
	Cause   Cause
	Why     string // in the case of the example
	Checks  int
	Laws    int
	Example *Failure   // the plainest; nil where only laws are broken
	Law     *LawResult // the first broken law, where there is no example
}

// Causes groups what failed, but not what failed as known, by cause: the largest group first. It is
// empty where nobody has told the causes (Config.NoCauses).
func (r *Report) Causes() []Group {
	var groups []*Group
	group := func(c Cause) *Group {
		for _, g := range groups {
			if g.Cause == c {
				return g
			}
		}
		groups = append(groups, &Group{Cause: c})
		return groups[len(groups)-1]
	}
	for _, f := range r.Failures {
		if f.Cause == "" {
			continue
		}
		g := group(f.Cause)
		if g.Checks++; g.Example == nil || ByPlainness(f, g.Example) < 0 {
			g.Example, g.Why = f, f.Why
		}
	}
	for _, l := range r.brokenLaws() {
		if l.Cause == "" {
			continue
		}
		g := group(l.Cause)
		if g.Laws++; g.Example == nil && g.Law == nil {
			g.Law, g.Why = l, l.Why
		}
	}
	slices.SortStableFunc(groups, func(a, b *Group) int { return cmp.Compare(b.Checks+b.Laws, a.Checks+a.Laws) })
	var all []Group
	for _, g := range groups {
		all = append(all, *g)
	}
	return all
}
