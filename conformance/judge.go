package conformance

import (
	"errors"
	"fmt"
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// ErrorUlp returns the signed error of x in units in the last place of the true value.
func ErrorUlp(f loss.Format, x float64, v oracle.Number) float64 {
	v = v.Nearest(x)
	return ulp.Error(f, x, v.Rounded, v.Residual)
}

// A judge holds every decision between a number and a verdict. Each is a pure function:
// there is no state, and what a number is allowed depends on the level, its condition
// number, the terms that it sums, and the format. They are fields so that
// the self-test can be run on wrong judges too.
type judge struct {
	// passes: x meets the level, as the sum of the terms with true value v.
	passes func(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool
	// terms: what each number of an output is the sum of.
	terms func(p *loss.Plan, o Output) subject.Terms
	// count enters the outcome of one check.
	count func(t *Tally, s Status)
	// verdict: nil when the counts are those of a run that conforms.
	verdict func(t Tally) error
}

func theJudge() judge { return judge{passes, subject.TermsOf, (*Tally).count, Tally.verdict} }

func passes(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool {
	if l <= NotCallable {
		return true
	}
	v = v.Nearest(x)
	if !f.Holds(x) {
		return false
	}
	if ulp.Special(x) || ulp.Special(v.Rounded) {
		return ulp.SameSpecial(x, v.Rounded)
	}
	sameSign := v.Either || math.Signbit(x) == math.Signbit(v.Rounded)
	switch l {
	case Callable:
		return true
	case Close:
		atol, rtol := subject.CloseTolerance(f)
		distance := math.Abs(x - v.Rounded - float64(v.Residual*ulp.Of(f, v.Rounded, v.Residual)))
		return distance <= atol+rtol*math.Abs(v.Rounded) || passes(Stable, f, x, v, t)
	case Stable, Accurate:
		unit := t.Unit(l, f, v.Rounded, v.Residual) / ulp.Of(f, v.Rounded, v.Residual) // of two powers of two
		return math.Abs(ErrorUlp(f, x, v)) <= l.Ulps(v.Kappa, t.N)*unit
	case Faithful:
		return math.Abs(ErrorUlp(f, x, v)) < l.Ulps(v.Kappa, t.N) && (x != 0 || sameSign)
	case Exact:
		other := v.Either && v.Residual != 0 && math.Abs(ErrorUlp(f, x, v)) <= 0.5
		return x == v.Rounded && sameSign || other
	}
	return false
}

// level is the highest level that a number meets.
func (j judge) level(f ieee.Format, x float64, v oracle.Number, t subject.Terms) Level {
	for l := Exact; l >= Callable; l-- {
		if j.passes(l, f, x, v, t) {
			return l
		}
	}
	return NotCallable
}

// allowance says what a level allows a number, and why, for people to read.
func allowance(l Level, f ieee.Format, v oracle.Number, t subject.Terms) string {
	switch {
	case ulp.Special(v.Rounded):
		return "nothing else: NaN equals only NaN, and an infinity only itself"
	case l == Callable:
		return "any number that is not NaN or infinite"
	case l == Close:
		atol, rtol := subject.CloseTolerance(f)
		return fmt.Sprintf("%g + %g·|V| = %.3g, or %s", atol, rtol, atol+rtol*math.Abs(v.Rounded), allowance(Stable, f, v, t))
	case l == Faithful:
		return "less than 1 ulp, and the sign of zero"
	case l == Exact:
		return "the correctly rounded bits only"
	}
	text := fmt.Sprintf("%s = %s, κ = %.3g", l.Formula(t.N), formatUlps(l.Ulps(v.Kappa, t.N)), v.Kappa)
	if t.N > 1 {
		text += fmt.Sprintf(", n = %d terms", t.N)
	}
	if ulps := t.Unit(l, f, v.Rounded, v.Residual) / ulp.Of(f, v.Rounded, v.Residual); ulps > 1 {
		text += fmt.Sprintf(", in ulps of Σ|terms|, each %g of the result", ulps)
	}
	return text
}

// A Status is the outcome of one check.
type Status string

const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Known   Status = "known"   // failed as the known failures say
	Skipped Status = "skipped" // not run, with a reason; never a pass
)

// A Tally counts checks. A check is one output of one case, or the error that a case
// must give.
type Tally struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Known   int `json:"known"`
	Skipped int `json:"skipped"`
}

// Ran is the number of checks that were run.
func (t Tally) Ran() int { return t.Passed + t.Failed + t.Known }

func (t *Tally) count(s Status) {
	switch s {
	case Passed:
		t.Passed++
	case Failed:
		t.Failed++
	case Known:
		t.Known++
	case Skipped:
		t.Skipped++
	default:
		panic("conformance: no status " + string(s))
	}
}

// errNoChecks: a suite that ran nothing has shown nothing.
var errNoChecks = errors.New("no check was run, so nothing is shown: a run must check something to pass")

func (t Tally) verdict() error {
	switch {
	case t.Ran() == 0 && t.Skipped > 0:
		return fmt.Errorf("%w (%d skipped, and a skip is not a pass)", errNoChecks, t.Skipped)
	case t.Ran() == 0:
		return errNoChecks
	case t.Failed > 0:
		return fmt.Errorf("%d of %d checks failed", t.Failed, t.Ran())
	}
	return nil
}
