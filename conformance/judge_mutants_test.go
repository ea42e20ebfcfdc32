package conformance

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// The judge's own mutants: defects that comparison code really has, each written as a
// wrong judge, and each named with the rule whose rows must catch it.

type passesFunc = func(Level, ieee.Format, float64, oracle.Number, subject.Terms) bool

func mutants() []struct {
	name, rule string
	judge      judge
} {
	with := func(change func(*judge)) judge {
		j := theJudge()
		change(&j)
		return j
	}
	comparing := func(f passesFunc) judge { return with(func(j *judge) { j.passes = f }) }
	widest := 0.0
	return []struct {
		name, rule string
		judge      judge
	}{
		// !(error > bound) is true for NaN.
		{"NaN-blind", ruleNaN, comparing(func(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool {
			if math.IsNaN(x) || math.IsNaN(v.Rounded) {
				return !(math.Abs(x-v.Rounded) > 1)
			}
			return passes(l, f, x, v, t)
		})},
		// Infinity is clamped to the largest number first, as numpy.nan_to_num does.
		{"Inf close to a big number", ruleInf, comparing(func(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool {
			clamp := func(x float64) float64 { return min(max(x, -f.MaxFinite()), f.MaxFinite()) }
			v.Rounded = clamp(v.Rounded)
			return passes(l, f, clamp(x), v, t)
		})},
		// math.isclose and numpy.allclose have a default atol.
		{"absolute default tolerance", ruleAbsolute, comparing(func(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool {
			const atol = 1e-8
			return passes(l, f, x, v, t) || l <= Accurate && math.Abs(x-v.Rounded) <= atol
		})},
		// The tolerance is the largest error so far.
		{"growing tolerance", ruleState, comparing(func(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool {
			if ulp.Special(x) || ulp.Special(v.Rounded) || !f.Holds(x) || l < Stable || l > Accurate {
				return passes(l, f, x, v, t)
			}
			err := math.Abs(ErrorUlp(f, x, v))
			ok := passes(l, f, x, v, t) || err <= widest
			widest = max(widest, err)
			return ok
		})},
		// An elementwise output is judged as if it were a sum over its batch.
		{"tolerance times the batch size", ruleBatch, with(func(j *judge) {
			j.terms = func(p *loss.Plan, _ Output) subject.Terms { return subject.Terms{N: p.Values()} }
		})},
		{"gradients get the factor of a sum", ruleBatch, with(func(j *judge) {
			j.terms = func(p *loss.Plan, _ Output) subject.Terms { return subject.TermsOf(p, Value) }
		})},
		{"−0 blind", ruleZero, comparing(func(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool {
			if x == 0 {
				x = math.Copysign(0, v.Rounded)
			}
			return passes(l, f, x, v, t)
		})},
		{"ulp of the rounded value", ruleUlp, comparing(func(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool {
			if ulp.Special(x) || ulp.Special(v.Rounded) || l < Stable || l > Faithful || x == 0 || !f.Holds(x) {
				return passes(l, f, x, v, t)
			}
			err := math.Abs((x-v.Rounded)/f.Ulp(v.Rounded) - v.Residual)
			return err < l.Ulps(v.Kappa, t.N) || l < Faithful && err == l.Ulps(v.Kappa, t.N)
		})},
		{"dtype-blind", ruleFormat, comparing(func(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool {
			return passes(l, f, f.Round(x), v, t)
		})},
		{"limits twice as wide", ruleBound, comparing(func(l Level, f ieee.Format, x float64, v oracle.Number, t subject.Terms) bool {
			v.Kappa = 1 + 2*v.Kappa
			return passes(l, f, x, v, t)
		})},
		{"skips counted as passes", ruleSkip, with(func(j *judge) {
			j.count = func(t *Tally, s Status) {
				if s == Skipped {
					s = Passed
				}
				t.count(s)
			}
		})},
		{"a run of skips is a success", ruleSkip, with(func(j *judge) {
			j.verdict = func(t Tally) error {
				if t.Skipped > 0 && t.Failed == 0 {
					return nil
				}
				return t.verdict()
			}
		})},
		{"zero checks are a success", ruleEmpty, with(func(j *judge) {
			j.verdict = func(t Tally) error {
				if t.Failed == 0 {
					return nil
				}
				return t.verdict()
			}
		})},
	}
}

func TestSelfTest_TheJudgePasses(t *testing.T) {
	require.NoError(t, SelfTest())
}

func TestSelfTest_CatchesEveryMutant(t *testing.T) {
	for _, m := range mutants() {
		t.Run(m.name, func(t *testing.T) {
			found := selfTest(m.judge)
			require.NotEmpty(t, found, "the mutant lives")
			var rules []string
			for _, v := range found {
				rules = append(rules, v.rule)
			}
			require.Contains(t, rules, m.rule, "it is caught, but not by the rule that it breaks: %v", found[0])
		})
	}
}
