package conformance

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// goodBCE is binary cross-entropy as one should write it.
func goodBCE(z, y float32) (value, grad float32) {
	x, t := float64(z), float64(y)
	softplus := func(x float64) float64 {
		if x > 0 {
			return x + math.Log1p(math.Exp(-x))
		}
		return math.Log1p(math.Exp(x))
	}
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	zero := func(w, x float64) float64 {
		if w == 0 {
			return 0
		}
		return w * x
	}
	return float32(zero(t, softplus(-x)) + zero(1-t, softplus(x))), float32((1-t)*sigmoid(x) - t*sigmoid(-x))
}

// checked holds a subject to the golden part, unless a configuration says another.
func checked(t *testing.T, s Subject, configs ...Config) *Report {
	t.Helper()
	c := Config{Only: Golden}
	for _, c = range configs {
		switch c.Only {
		case "":
			c.Only = Golden
		case both:
			c.Only = ""
		}
	}
	r, err := c.Check(t.Context(), s)
	require.NoError(t, err)
	requireValid(t, r)
	return r
}

func failures(r *Report) string {
	var text strings.Builder
	r.WriteFailures(&text, math.MaxInt)
	return text.String()
}

func TestPointwise_ARightFunctionConforms(t *testing.T) {
	r := checked(t, Pointwise(bce, goodBCE))
	require.NoError(t, r.Err(), failures(r))
	require.Positive(t, r.Tally.Passed)
	level, ran := r.LevelOf(bce, "f32", Value)
	require.True(t, ran)
	require.GreaterOrEqual(t, level, Faithful)
	var reasons []string
	for _, s := range r.Skips {
		reasons = append(reasons, s.Reason)
	}
	require.Contains(t, reasons, "it reports no errors")
	require.Contains(t, reasons, "no reduction sum")
	require.Contains(t, reasons, "no pos_weight = 3 (it has 1)")
	require.Positive(t, r.Foreign, "the cases of empty_mean=zero are another convention's")
}

func TestPointwise_ValueOnly(t *testing.T) {
	r := checked(t, Pointwise(bce, func(z, y float32) float32 { v, _ := goodBCE(z, y); return v }))
	require.NoError(t, r.Err())
	_, ran := r.LevelOf(bce, "f32", Grad)
	require.False(t, ran)
	require.Contains(t, fmt.Sprint(r.Skips), "no grad")
}

func TestPointwise_ParametersAndErrors(t *testing.T) {
	eval := func(p loss.Params, z, y float32) (value, grad float32, err error) {
		res, err := loss.Eval(&loss.Call{Loss: bce, Format: ieee.Float32, Params: p,
			Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{float64(z)}, Target: []float64{float64(y)}}})
		if err != nil {
			return 0, 0, err
		}
		return float32(res.Value[0]), float32(res.Grad[0]), nil
	}
	r := checked(t, Pointwise(bce, eval))
	require.NoError(t, r.Err(), failures(r))
	for _, row := range r.Rows {
		if row.Output == Refusal {
			require.Equal(t, 2, row.Tally.Passed)
		}
	}
	fixed := checked(t, Pointwise(bce, func(z, y float32) (float32, float32) {
		v, g, _ := eval(loss.Params{"pos_weight": {3}}, z, y)
		return v, g
	}).With(About{Fixed: loss.Params{"pos_weight": {3}}, Name: "weighted", Version: "1.2"}), Config{Live: -1})
	require.NoError(t, fixed.Err(), failures(fixed))
	require.Equal(t, 2, fixed.Tally.Passed, "one case has pos_weight 3")
	require.Equal(t, "weighted", fixed.Subject.Name)
	narrowed := checked(t, Pointwise(bce, eval).With(About{Params: []string{"pos_weight"}}))
	require.Contains(t, fmt.Sprint(narrowed.Skips), "no label_smoothing = 0.125 (it has 0)")
}

func TestReference_ConformsUnderEveryConvention(t *testing.T) {
	r := checked(t, Reference(), Config{Live: 100, Losses: []string{bce}, Dtypes: []string{"f32"}})
	require.NoError(t, r.Err(), failures(r))
	require.Zero(t, r.Foreign)
	require.Zero(t, r.Tally.Skipped)
	zero := checked(t, Reference(), Config{Live: -1, Losses: []string{bce}, Dtypes: []string{"f32"}, Conventions: loss.Conventions{"empty_mean": "zero"}})
	require.NoError(t, zero.Err(), failures(zero))
	require.Equal(t, 2, zero.Foreign, "only the means of nothing belong to a value")
}

func TestReduced_AndLive(t *testing.T) {
	mean := func(b *Batch[float32]) (value float32, grad []float32, err error) {
		if b.Weight != nil {
			return 0, nil, fmt.Errorf("%w: sample weights", ErrUnsupported)
		}
		sum := 0.0
		for i, z := range b.Pred {
			v, g := goodBCE(z, b.Target[i])
			sum += float64(v)
			grad = append(grad, g/float32(len(b.Pred)))
		}
		return float32(sum / float64(len(b.Pred))), grad, nil
	}
	r := checked(t, Reduced(bce, loss.MeanElements, mean), Config{Live: 1000})
	require.NoError(t, r.Err(), failures(r))
	require.Contains(t, fmt.Sprint(r.Rows), "sampled n=1000 seed=1")

	blocks := func(b *Batch[float32]) float32 { // the remainder of the last block is lost
		sum := 0.0
		for i := range len(b.Pred) / 8 * 8 {
			v, _ := goodBCE(b.Pred[i], b.Target[i])
			sum += float64(v) * weightOf(b, i)
		}
		return float32(sum)
	}
	r = checked(t, Reduced(bce, loss.Sum, blocks), Config{Cases: []string{"live.*"}})
	require.Error(t, r.Err())
	require.Contains(t, failures(r), "allowed  4·(1+κ)·(1+log2 n) = ")
	require.Contains(t, failures(r), fmt.Sprintf("n = %d terms", DefaultLive))
	require.Contains(t, failures(r), fmt.Sprintf("a batch of %d×7 that begins with prediction", DefaultLive/7))
}

// weightOf is the sample weight of a value.
func weightOf(b *Batch[float32], i int) float64 {
	if b.Weight == nil {
		return 1
	}
	return float64(b.Weight[i])
}

func TestJoin_SendsEachCallToItsPart(t *testing.T) {
	sum := func(b *Batch[float32]) (value float32) {
		total := 0.0
		for i, z := range b.Pred {
			v, _ := goodBCE(z, b.Target[i])
			total += float64(v) * weightOf(b, i)
		}
		return float32(total)
	}
	r := checked(t, Join("mylib", "v1", Pointwise(bce, goodBCE), Reduced(bce, loss.Sum, sum)), Config{Live: 100})
	require.NoError(t, r.Err(), failures(r))
	require.NotContains(t, fmt.Sprint(r.Skips), "no reduction sum")
}

// The classical mistakes, and what is said about each.
func TestWrongSubjects_FailReadably(t *testing.T) {
	sigmoid := func(z float32) float32 { return float32(1 / (1 + math.Exp(-float64(z)))) }
	log := func(x float32) float32 { return float32(math.Log(float64(x))) }
	term := func(w, x float32) float32 {
		if w == 0 {
			return 0
		}
		return w * x
	}
	for _, c := range []struct {
		name     string
		f        func(z, y float32) (float32, float32)
		contains []string
	}{
		{"log(sigmoid(z))", func(z, y float32) (float32, float32) {
			_, g := goodBCE(z, y)
			return -term(y, log(sigmoid(z))) - term(1-y, log(sigmoid(-z))), g
		}, []string{
			"binary_cross_entropy_with_logits, f32, value[0]: inaccurate",
			"case     bcel.f32.", "(Everyday), none",
			"input    prediction 17 (41880000), target 1 (3f800000)",
			"got      -0 (80000000)",
			"want     4.139", "correctly rounded", "ulp from it",
			"allowed  4·(1+κ) = 72", "κ = 17",
			"rule     level 3, accurate: error ≤ 4·(1+κ) ulp",
			"repeat   conformance.Config{Cases: []string{\"bcel.f32.",
		}},
		{"1−p instead of σ(−z)", func(z, y float32) (float32, float32) {
			v, _ := goodBCE(z, y)
			p := sigmoid(z)
			return v, (1-y)*p - y*(1-p)
		}, []string{"grad[0]: inaccurate", "got      0 (00000000)"}},
		{"exp that overflows", func(z, y float32) (float32, float32) {
			_, g := goodBCE(z, y)
			e := float32(math.Exp(-float64(z)))
			return (1-y)*z + log(1+e), g
		}, []string{"value[0]: not finite", "got      +Inf (7f800000)", "NaN or Inf only where the truth has it"}},
		{"NaN everywhere", func(z, y float32) (float32, float32) {
			nan := float32(math.NaN())
			return nan, nan
		}, []string{"got      NaN (7fc00000)", "not finite"}},
		{"a panic", func(z, y float32) (float32, float32) {
			if z == 5 {
				panic("five is right out")
			}
			return goodBCE(z, y)
		}, []string{"panicked", `got      the panic "five is right out"`, "input    prediction 5 (40a00000)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := checked(t, Pointwise(bce, c.f))
			require.ErrorContains(t, r.Err(), "checks failed")
			for _, text := range c.contains {
				require.Contains(t, failures(r), text)
			}
		})
	}
}

func TestWrongSubject_MissingMaxShift(t *testing.T) {
	const name = "cross_entropy"
	if _, err := loss.Named(name); err != nil {
		t.Skip("the catalogue has no cross_entropy yet")
	}
	inputs := loss.Batch{Rows: 1, Cols: 2, Pred: []float64{100, 0}, Label: []int{0}}
	suite = source{vectors: func(n string, f ieee.Format) ([]golden.Vector, error) {
		if n != name || f != ieee.Float32 {
			return nil, nil
		}
		return []golden.Vector{{ID: "ce.f32.0", Flags: []string{"ExtremeLogit"}, Call: loss.Call{Loss: name, Format: f, Batch: inputs},
			Truth: oracle.Truth{Value: []oracle.Number{{Rounded: f.Round(0x1.b7ad4p-145), Kappa: 100}}, Grad: []oracle.Number{{}, {}}}}}, nil
	}, truth: handTruth}
	defer func() { suite = source{handVectors, handTruth} }()
	r := checked(t, Rowwise(name, func(z []float32, t int) float32 {
		var sum float32
		for _, x := range z {
			sum += float32(math.Exp(float64(x)))
		}
		return float32(math.Log(float64(sum))) - z[t]
	}))
	require.Error(t, r.Err())
	require.Contains(t, failures(r), "cross_entropy, f32, value[0]: not finite")
	require.Contains(t, failures(r), "prediction [100 (42c80000), 0 (00000000)], label 0")
	require.Contains(t, failures(r), "got      +Inf (7f800000)")
}

// subjectFunc is a subject without a wrapper, which can lie in every way.
type subjectFunc func(c *loss.Call) (*Answer, error)

func (subjectFunc) Describe() Description {
	return Description{Name: "liar", Capabilities: []Capability{{Loss: bce, Formats: []string{"f32"}, Outputs: []Output{Value, Grad}, Refuses: true}}}
}
func (f subjectFunc) Eval(_ context.Context, c *loss.Call) (*Answer, error) { return f(c) }

func TestLyingSubjects_AreFound(t *testing.T) {
	honest := func(c *loss.Call) (*Answer, error) { return Reference().Eval(context.Background(), c) }
	var calls atomic.Int64
	for _, c := range []struct {
		name     string
		f        subjectFunc
		outcome  Outcome
		contains string
	}{
		{"changes its input", func(c *loss.Call) (*Answer, error) {
			a, err := honest(c)
			if len(c.Pred) > 0 {
				c.Pred[0] += 1
			}
			return a, err
		}, Mutated, "changed its input"},
		{"changes a parameter", func(c *loss.Call) (*Answer, error) {
			a, err := honest(c)
			c.Params = loss.Params{"pos_weight": {2}}
			return a, err
		}, Mutated, "changed its input"},
		{"answers at random", func(c *loss.Call) (*Answer, error) {
			a, err := honest(c)
			if err == nil && len(a.Value) > 0 {
				a.Value[0] = float64(calls.Add(1))
			}
			return a, err
		}, Unrepeatable, "at first, and"},
		{"answers too much", func(c *loss.Call) (*Answer, error) {
			a, err := honest(c)
			if err == nil {
				a.Grad = append(a.Grad, 0)
			}
			return a, err
		}, WrongLength, "2 numbers"},
		{"has no answer", func(c *loss.Call) (*Answer, error) { return nil, nil }, WrongLength, "neither an answer nor an error"},
		{"answers in float64", func(c *loss.Call) (*Answer, error) {
			r, err := loss.Eval(c)
			if err != nil {
				return nil, err
			}
			return &Answer{Value: r.Value, Grad: r.Grad}, nil
		}, WrongFormat, "value[0]: wrong format"},
		{"refuses", func(c *loss.Call) (*Answer, error) { return nil, errors.New("not today") }, Refused, `the error "not today"`},
		{"answers bad input", func(c *loss.Call) (*Answer, error) {
			if a, err := honest(c); err == nil {
				return a, nil
			}
			return &Answer{Value: []float64{0}, Grad: []float64{0}}, nil
		}, Accepted, "want     an error of class target"},
		{"names another class", func(c *loss.Call) (*Answer, error) {
			a, err := honest(c)
			if err != nil {
				err = &loss.Error{Class: loss.BadShape}
			}
			return a, err
		}, WrongClass, "an error of class shape"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := checked(t, c.f)
			require.Error(t, r.Err())
			require.NotEmpty(t, r.Failures)
			require.Contains(t, failures(r), c.contains)
			found := false
			for _, f := range r.Failures {
				found = found || f.Outcome == c.outcome
			}
			require.True(t, found, "no failure is %s:\n%s", c.outcome, failures(r))
		})
	}
	t.Run("any other error is the right class", func(t *testing.T) {
		r := checked(t, subjectFunc(func(c *loss.Call) (*Answer, error) {
			a, err := honest(c)
			if err != nil {
				panic("a panic refuses bad input too")
			}
			return a, nil
		}))
		require.NoError(t, r.Err(), failures(r))
	})
}

func TestRowwise_WatchesWhatItHandsOut(t *testing.T) {
	call := &loss.Call{Loss: "cross_entropy", Format: ieee.Float64, Batch: loss.Batch{Rows: 2, Cols: 3, Pred: []float64{1, 2, 3, 4, 5, 6}, Label: []int{0, 2}}}
	ask := func(s Subject) (*Answer, error) { return s.Eval(t.Context(), call) }
	a, err := ask(Rowwise("cross_entropy", func(pred []float64, label int) (float64, []float64) { return pred[label], pred }))
	require.NoError(t, err)
	require.True(t, a.Value[0] == 1 && a.Value[1] == 6 && len(a.Grad) == 6)
	_, err = ask(Rowwise("cross_entropy", func(pred []float64, label int) (float64, []float64) { pred[0] = 7; return 0, pred }))
	require.ErrorIs(t, err, errMutated)
	_, err = ask(Rowwise("cross_entropy", func(pred []float64, label int) (float64, []float64) { return 0, pred[1:] }))
	require.ErrorContains(t, err, "row 0: a gradient of 2 numbers, want 3")
	call.Loss, call.Label = "softmax", nil
	a, err = ask(Rowwise("softmax", func(pred, upstream []float64) (value, grad []float64) { return upstream, pred }))
	require.NoError(t, err)
	require.True(t, len(a.Value) == 6 && a.Value[0] == 1, "without an upstream it is 1")
}
