package conformance

import (
	"errors"
	"fmt"
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// ErrorUlp returns the signed error of x in units in the last place of the true value.
func ErrorUlp(f ieee.Format, x float64, v oracle.Number) float64 {
	return ulp.Error(f, x, v.Rounded, v.Residual)
}

// A judge holds every decision between a number and a verdict. Each is a pure function:
// there is no state, and what a number is allowed depends on the level, its condition
// number, the number of terms that it sums, and the format. They are fields so that
// the self-test can be run on wrong judges too.
type judge struct {
	// passes: x meets the level, as the sum of n terms with true value v.
	passes func(l Level, f ieee.Format, x float64, v oracle.Number, n int) bool
	// terms: how many terms each number of an output sums.
	terms func(p *loss.Plan, o Output) int
	// count enters the outcome of one check.
	count func(t *Tally, s Status)
	// verdict: nil when the counts are those of a run that conforms.
	verdict func(t Tally) error
}

func theJudge() judge { return judge{passes, terms, (*Tally).count, Tally.verdict} }

func passes(l Level, f ieee.Format, x float64, v oracle.Number, n int) bool {
	if l <= NotCallable {
		return true
	}
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
		tolerance := assertClose[f.Name]
		distance := math.Abs(x - v.Rounded - float64(v.Residual*ulp.Of(f, v.Rounded, v.Residual)))
		return distance <= tolerance.atol+tolerance.rtol*math.Abs(v.Rounded) || passes(Stable, f, x, v, n)
	case Stable, Accurate:
		return math.Abs(ErrorUlp(f, x, v)) <= l.Ulps(v.Kappa, n)
	case Faithful:
		return math.Abs(ErrorUlp(f, x, v)) < l.Ulps(v.Kappa, n) && (x != 0 || sameSign)
	case Exact:
		other := v.Either && v.Residual != 0 && math.Abs(ErrorUlp(f, x, v)) <= 0.5
		return x == v.Rounded && sameSign || other
	}
	return false
}

// level is the highest level that a number meets.
func (j judge) level(f ieee.Format, x float64, v oracle.Number, n int) Level {
	for l := Exact; l >= Callable; l-- {
		if j.passes(l, f, x, v, n) {
			return l
		}
	}
	return NotCallable
}

// terms: the value of a reduction sums the values of the batch. A gradient, and every
// number of an answer without a reduction, stands for itself: what it is allowed
// does not grow with the batch.
func terms(p *loss.Plan, o Output) int {
	if o != Value || p.Reduction == loss.None {
		return 1
	}
	return max(1, p.Values())
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

func (t *Tally) add(u Tally) {
	t.Passed += u.Passed
	t.Failed += u.Failed
	t.Known += u.Known
	t.Skipped += u.Skipped
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
