package conformance

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
)

// on the real suite, with few checks of each law.
func checkedFor(t *testing.T, s Subject, c Config) *Report {
	t.Helper()
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	if c.Checks == 0 {
		c.Checks = 40
	}
	r, err := c.Check(t.Context(), s)
	require.NoError(t, err)
	return r
}

const softplusText = `
	claims: convex, nonnegative, lipschitz 1
	softplus(z) - y*z`

// stableSoftplus is right: no large number is subtracted from another.
func stableSoftplus(z, y float64) (value, grad float64) {
	soft := func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }
	sigmoid := func(x float64) float64 {
		if x < 0 {
			return math.Exp(x) / (1 + math.Exp(x))
		}
		return 1 / (1 + math.Exp(-x))
	}
	value = y*soft(-z) + (1-y)*soft(z)
	if y == 0 || y == 1 {
		return value, (1-y)*sigmoid(z) - y*sigmoid(-z)
	}
	return value, sigmoid(z) - y
}

func TestDefine_ARightImplementationConforms(t *testing.T) {
	r := checkedFor(t, Pointwise(Define("define_right", softplusText), stableSoftplus), Config{Level: Stable})
	require.NoError(t, r.Err(), failures(r))
	require.Greater(t, r.Tally.Passed, 250)
	require.Equal(t, []Definition{{Loss: "define_right", Text: softplusText}}, r.Definitions)
	var table strings.Builder
	require.NoError(t, r.WriteTable(&table))
	require.Contains(t, table.String(), "define_right is defined by\n")
	require.Contains(t, table.String(), "softplus(z) - y*z\n")
}

// The textbook's form overflows, and the report says so.
func TestDefine_TheTextbookOverflows(t *testing.T) {
	textbook := func(z, y float64) (value, grad float64) {
		return math.Log(1+math.Exp(z)) - y*z, 1/(1+math.Exp(-z)) - y
	}
	r := checkedFor(t, Pointwise(Define("define_textbook", softplusText), textbook), Config{})
	require.Error(t, r.Err())
	var summary strings.Builder
	require.NoError(t, r.WriteSummary(&summary))
	require.Contains(t, summary.String(), "overflow")
	require.True(t, slices.ContainsFunc(r.Failures, func(f *Failure) bool { return f.Outcome == NotFinite && strings.Contains(f.Got, "Inf") }))
}

// A row, a box and a set: each with a right and a wrong implementation.
func TestDefine_EveryShape(t *testing.T) {
	row := Define("define_row", "claims: convex, nonnegative, shift_invariant, gradient_sums_to_zero\nlogsumexp(z) - z[t]")
	rowOf := func(shift bool) *Function {
		return Rowwise(row, func(z []float64, label int) (float64, []float64) {
			top, sum, grad := 0.0, 0.0, make([]float64, len(z))
			if shift {
				top = slices.Max(z)
			}
			for k, x := range z {
				grad[k] = math.Exp(x - top)
				sum += grad[k]
			}
			for k := range grad {
				grad[k] /= sum
			}
			if grad[label]--; shift { // the rest, by addition
				grad[label] = 0 * top // a NaN stays one
				for k, x := range z {
					if k != label {
						grad[label] -= math.Exp(x-top) / sum
					}
				}
			}
			rest := 0.0
			first := slices.Index(z, top)
			for k, x := range z {
				if shift && k != first {
					rest += math.Exp(x - top)
				}
			}
			if shift {
				return math.Log1p(rest) + (top - z[label]), grad
			}
			return math.Log(sum) - z[label], grad
		})
	}
	right := checkedFor(t, rowOf(true), Config{Level: Close})
	require.NoError(t, right.Err(), failures(right))
	require.Error(t, checkedFor(t, rowOf(false), Config{Level: Close, Checks: -1}).Err())

	set := Define("define_set", "shape: set\nclaims: nonnegative\nmean((p - y)^2)")
	setOf := func(scale float64) Subject {
		return Rowwise(set, func(p, y []float64) (float64, []float64) {
			sum, grad := 0.0, make([]float64, len(p))
			for k := range p {
				d := p[k] - y[k]
				sum += d * d
				grad[k] = scale * 2 * d / float64(len(p))
			}
			for k := range grad {
				grad[k] += 0 * sum // NaN where any is
			}
			return sum / float64(len(p)), grad
		})
	}
	right = checkedFor(t, setOf(1), Config{Level: Close})
	require.NoError(t, right.Err(), failures(right))
	require.Error(t, checkedFor(t, setOf(0.5), Config{Level: Close, Checks: -1}).Err())

	box := Define("define_box", "claims: nonnegative, convex\nabs(x1 - X1) + abs(y1 - Y1) + abs(x2 - X2) + abs(y2 - Y2)")
	boxOf := func(least float64) Subject {
		return Rowwise(box, func(a, b []float64) (float64, []float64) {
			sum, grad := 0.0, make([]float64, 4)
			for k := range a {
				sum += max(math.Abs(a[k]-b[k]), least)
				if a[k] != b[k] {
					grad[k] = math.Copysign(1, a[k]-b[k])
				}
			}
			for k := range grad {
				grad[k] += 0 * sum
			}
			return sum, grad
		})
	}
	right = checkedFor(t, boxOf(0), Config{Level: Close})
	require.NoError(t, right.Err(), failures(right))
	require.Error(t, checkedFor(t, boxOf(1e-3), Config{Level: Close, Checks: -1}).Err())
}

// A claim that is false is found, with an input that refutes it, though the implementation is right.
func TestDefine_AFalseClaimIsFound(t *testing.T) {
	for claim, c := range map[string]struct{ text, law string }{
		"convex":                  {"sigmoid(z)", "convex_by_jensen"},
		"nonnegative":             {"softplus(z) - 1", "non_negative"},
		"lipschitz 0.5":           {"softplus(z)", "lipschitz"},
		"smooth 0.125":            {"softplus(z)", "smooth"},
		"bounded [0, 0.75]":       {"sigmoid(z)", "bounded"},
		"minimum 0":               {"z^2 - 1", "minimum_is_a_bound"},
		"increasing":              {"z^2", "increasing"},
		"symmetric":               {"(x - 2*y)^2", "symmetric"},
		"strongly_convex 3":       {"z^2", "strongly_convex"},
		"strictly_convex":         {"relu(z)", "strictly_convex"},
		"shift_invariant":         {"sum(z*z)", "shift_invariant"},
		"gradient_sums_to_zero":   {"sum(z*z)", "gradient_sums_to_zero"},
		"permutation_equivariant": {"z[0]^2 + sum(z)", "permutation_equivariant"},
	} {
		word, _, _ := strings.Cut(claim, " ")
		name := Define("define_false_"+word, "claims: "+claim+"\n"+c.text)
		r := checkedFor(t, Reference(name), Config{Dtypes: []string{"f64"}, Only: Properties, Laws: []string{c.law}, Checks: 200})
		require.Error(t, r.Err(), claim)
		for _, l := range r.Laws.Results {
			if l.Law == c.law {
				require.Equal(t, Failed, l.Status, claim)
				require.Contains(t, l.String(), "prediction", claim)
			}
		}
		require.True(t, slices.ContainsFunc(r.Laws.Results, func(l LawResult) bool { return l.Law == c.law }), claim)
	}
}

// Where a definition cannot be certified there is no case, and the report says where that is.
func TestDefine_SaysWhereItCannotBeCertified(t *testing.T) {
	name := Define("define_log", "claims: nonnegative\n-log(p)")
	r := checkedFor(t, Reference(name), Config{Dtypes: []string{"f64"}})
	require.NoError(t, r.Err(), failures(r))
	require.Len(t, r.Definitions, 1)
	require.Contains(t, r.Definitions[0].Uncertified[0], "f64: prediction [0]: interval: Log has no real value at 0")

	nowhere := Define("define_nowhere", "log(-1 - x^2)")
	_, err := Config{}.newRunOnSuite(Reference(nowhere))
	require.ErrorContains(t, err, "define_nowhere: nothing of it can be certified in f64: prediction [")
}

func (c Config) newRunOnSuite(s Subject) (*run, error) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	return c.newRun(s)
}

func TestDefine_PanicsAsMustCompileDoes(t *testing.T) {
	require.PanicsWithValue(t, "conformance: define_bad: formula: line 1, column 6: no name w: there is inf, p, pi, x, z", func() { Define("define_bad", "z^2 +w") })
	require.Panics(t, func() { Define("softplus", "z^2") })
	require.PanicsWithValue(t, "conformance: the text of define_head has no formula: Unknown is for those", func() { Define("define_head", "claims: convex") })
	require.PanicsWithValue(t, "conformance: the text of define_formula has a formula: Define is for those", func() { Unknown("define_formula", "z^2") })
}

// Of an unknown loss what can be known is checked.
func TestUnknown_AGoodFunctionConforms(t *testing.T) {
	s := Pointwise(Unknown("unknown_good", "prediction: z\ntarget: y in [0, 1]\nclaims: convex, nonnegative, lipschitz 1"), stableSoftplus)
	r := checkedFor(t, s, Config{})
	require.NoError(t, r.Err(), failures(r))
	require.Greater(t, r.Tally.Passed, 12)
	for _, l := range r.Laws.Results {
		require.NotContains(t, []string{"value_is_true", "gradient_is_true"}, l.Law, "nobody knows the truth")
	}
}

func TestUnknown_FindsWhatCanBeKnown(t *testing.T) {
	calls := 0
	for what, c := range map[string]struct {
		law  string
		eval func(z, y float64) (value, grad float64)
	}{
		"nan": {"finite", func(z, y float64) (float64, float64) {
			v, g := stableSoftplus(z, y)
			return v + 0*math.Log(math.Abs(z)), g // NaN at 0
		}},
		"overflow": {"finite", func(z, y float64) (float64, float64) {
			_, g := stableSoftplus(z, y)
			return math.Log(1+math.Exp(z)) - y*z, g
		}},
		"slope": {"gradient_is_derivative", func(z, y float64) (float64, float64) {
			v, g := stableSoftplus(z, y)
			return v, 1.25 * g
		}},
		"convexity": {"convex_by_jensen", func(z, y float64) (float64, float64) {
			return math.Sin(z), math.Cos(z)
		}},
		"same": {"same_bits_again", func(z, y float64) (float64, float64) {
			v, g := stableSoftplus(z, y)
			calls++
			return v + float64(calls%2), g
		}},
	} {
		name := Unknown("unknown_"+what, "target: y in [0, 1]\nclaims: convex")
		r := checkedFor(t, Pointwise(name, c.eval), Config{Workers: 1})
		require.Error(t, r.Err(), what)
		found := slices.IndexFunc(r.Laws.Results, func(l LawResult) bool { return l.Law == c.law })
		require.GreaterOrEqual(t, found, 0, what)
		require.Equal(t, Failed, r.Laws.Results[found].Status, what)
	}
}

// A batch of an unknown loss is nothing but its items, and inputs are left alone.
func TestUnknown_HoldsBatchesToTheirItems(t *testing.T) {
	for what, law := range map[string]string{"neighbour": "batch_independent", "input": "inputs_unchanged"} {
		name := Unknown("unknown_"+what, "target: y")
		r := checkedFor(t, spoiled{name, what}, Config{Workers: 1})
		require.Error(t, r.Err())
		found := slices.IndexFunc(r.Laws.Results, func(l LawResult) bool { return l.Law == law })
		require.GreaterOrEqual(t, found, 0, what)
		require.Equal(t, Failed, r.Laws.Results[found].Status, what)
	}
}

// spoiled is a squared error that looks at its neighbour, or writes to its input.
type spoiled struct{ name, what string }

func (s spoiled) Describe() Description {
	return Description{Name: s.what, Capabilities: []Capability{{Loss: s.name, Formats: []string{"f64"}, Outputs: []Output{Value, Grad}}}}
}

func (s spoiled) Eval(_ context.Context, c *loss.Call) (*Answer, error) {
	if len(c.Pred) != len(c.Target) {
		return nil, errors.New("lengths")
	}
	a := &Answer{}
	for i, x := range c.Pred {
		d := x - c.Target[i]
		if s.what == "neighbour" && i > 0 {
			d += c.Pred[i-1]
		}
		a.Value, a.Grad = append(a.Value, d*d), append(a.Grad, 2*d)
	}
	if s.what == "input" {
		c.Pred[0]++
	}
	return a, nil
}

func ExampleDefine() {
	name := Define("my_huber", `
		param: beta = 1 in (0, inf)
		claims: convex, nonnegative, lipschitz 1
		d = abs(x - y)
		value = if(d < beta, d^2/(2*beta), d - beta/2)`)
	truth, err := oracle.Eval(&loss.Call{Loss: name, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{3}, Target: []float64{1}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(truth.Value[0].Rounded, truth.Grad[0].Rounded)
	// Output: 1.5 1
}
