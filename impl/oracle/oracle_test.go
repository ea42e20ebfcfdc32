package oracle_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

var inf = math.Inf(1)

func pointwise(name string, x, y float64) *loss.Call {
	c := &loss.Call{Loss: name, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{x}, Target: []float64{y}}}
	if l, err := loss.Named(name); err == nil && !l.HasTarget() {
		c.Target = nil
	}
	return c
}

func labelled(name string, label int, scores ...float64) *loss.Call {
	return &loss.Call{Loss: name, Batch: loss.Batch{Rows: 1, Cols: len(scores), Pred: scores, Label: []int{label}}}
}

func with(c *loss.Call, params loss.Params) *loss.Call {
	c.Params = params
	return c
}

// What is asked for first, and what is never asked for, changes no number.
func TestAsk_IsEvalInAnyOrder(t *testing.T) {
	batch := labelled("cross_entropy", 1, 0.5, -3, 20)
	batch.Rows, batch.Pred, batch.Label = 2, append(batch.Pred, 1, 2, 3), []int{1, 2}
	mean := *batch
	mean.Reduction = loss.MeanCounted
	for _, c := range []*loss.Call{batch, &mean, pointwise("sigmoid_focal", -2, 0.25), labelled("log_sum_exp", 0, inf, 1),
		labelled("cross_entropy", 0, math.NaN(), 1)} {
		if l, err := loss.Named(c.Loss); err == nil && !l.HasTarget() {
			c.Label = nil
		}
		truth, err := oracle.Eval(c)
		require.NoError(t, err)
		q, err := oracle.Ask(c)
		require.NoError(t, err)
		grad, err := q.Grad()
		require.NoError(t, err)
		for i := range grad {
			require.True(t, math.IsNaN(grad[i].Kappa), "it was not asked for")
			q.GradKappa(i)
		}
		value, err := q.Value()
		require.NoError(t, err)
		for i := range value {
			q.ValueKappa(i)
		}
		require.Equal(t, fmt.Sprint(truth.Value, truth.Grad), fmt.Sprint(value, grad))
	}
}

// The decimals were computed with mpmath 1.3.0 from the textbook formulas, at up to
// 20,000 digits so that nothing cancels, and numerically differentiated there.
func TestDigits_AgreeWithTheTextbook(t *testing.T) {
	const bcel, soft = "binary_cross_entropy_with_logits", 0.57444251681165903
	for _, c := range []struct {
		call  *loss.Call
		value string
		grad  []string
	}{
		{pointwise(bcel, -1e4, 0), "1.135483865314736098540938875066248401957e-4343",
			[]string{"1.135483865314736098540938875066248401957e-4343"}},
		{pointwise(bcel, 3.5, 1), "0.02975041827262056519481117408174982881539",
			[]string{"-0.02931223075135631886528955811418158389418"}},
		{pointwise(bcel, 17, 0), "17.00000004139937633089747447708360061670", nil},
		{pointwise(bcel, 0.3, soft), "0.6820224894250294092462320225743660721665",
			[]string{"-4.745648257343697638243508023068217672725e-17"}},
		{pointwise("sigmoid_focal", 1.25, 1), "0.003123627856560210331993666031336229034143", nil},
		{with(pointwise("sigmoid_focal", 100, 1), loss.Params{"gamma": {.5}}), "",
			[]string{"-2.690660989936653907437259840203370570653e-66"}},
		{labelled("cross_entropy", 0, 1, 2, 3), "2.407605964444380304482919904545070451473",
			[]string{"-0.9099694268296195420019778985155082021321", "0.2447284710547976524729596183407627971993", "0.6652409557748218895290182801747454049328"}},
		{with(labelled("softmax_focal", 0, 1, 2, 3), loss.Params{"gamma": {3}}), "1.814119175655446942223310839479948939394",
			[]string{"-1.175636025976746442264254814545603663141", "0.3161772238399586945271967374791123408640"}},
		{pointwise("squared_error_with_logits", -12, 1), "0.9999877116885464521068492383802528601946",
			[]string{"-0.00001228819820136716166477283916993202402186"}},
	} {
		d, err := oracle.Digits(c.call, 40)
		require.NoError(t, err)
		if c.value != "" {
			sameDecimal(t, c.value, d.Value[0])
		}
		for i, want := range c.grad {
			sameDecimal(t, want, d.Grad[i])
		}
	}
}

// sameDecimal compares two decimals of 40 digits whatever their notation: both as
// exact numbers.
func sameDecimal(t *testing.T, want, got string) {
	t.Helper()
	a, b := newRat(t, want), newRat(t, got)
	require.Zero(t, a.Cmp(b), "want %s, got %s", want, got)
}

// At an infinite logit the truth is the limit: what the truth settles to as the logit
// grows, here at 2^12 to 2^20, where every exponential has left the format but
// nothing that grows has.
func TestEval_InfiniteLogitIsTheLimit(t *testing.T) {
	for _, l := range loss.All() {
		if l.Shape != loss.Point || l.Prediction != loss.Extended {
			continue
		}
		for _, sign := range []float64{-1, 1} {
			for _, y := range []float64{-1, 0, 1, 0.25} {
				if y != 0 && !l.HasTarget() || l.HasTarget() && !l.Target.Holds(y) {
					continue
				}
				at := func(x float64) *oracle.Truth {
					truth, err := oracle.Eval(pointwise(l.Name, x, y))
					require.NoError(t, err, "%s(%v, %v)", l.Name, x, y)
					return truth
				}
				limit, near, far := at(sign*inf), at(sign*0x1p12), at(sign*0x1p20)
				name := fmt.Sprintf("%s(%v, %v)", l.Name, sign*inf, y)
				for i, got := range []oracle.Number{limit.Value[0], limit.Grad[0]} {
					a := []oracle.Number{near.Value[0], near.Grad[0]}[i].Rounded
					b := []oracle.Number{far.Value[0], far.Grad[0]}[i].Rounded
					if math.Abs(b) > math.Abs(a)*2 { // it grows without bound
						require.Equal(t, math.Copysign(inf, b), got.Rounded, name)
					} else {
						require.Equal(t, math.Float64bits(b), math.Float64bits(got.Rounded), "%s: %v, %v", name, b, got.Rounded)
					}
				}
			}
		}
	}
}

func TestEval_ScoresWithoutALimitAreNaN(t *testing.T) {
	for _, name := range []string{"cross_entropy", "softmax_focal"} {
		for _, scores := range [][]float64{{-inf, -inf}, {inf, inf, 0}} {
			truth, err := oracle.Eval(labelled(name, 0, scores...))
			require.NoError(t, err)
			require.True(t, math.IsNaN(truth.Value[0].Rounded))
			for _, g := range truth.Grad {
				require.True(t, math.IsNaN(g.Rounded))
			}
		}
	}
}

func TestEval_LogOfZero(t *testing.T) {
	for _, c := range []struct{ p, y, value, grad float64 }{
		{0, 1, inf, -inf}, {1, 0, inf, inf}, {1, 1, 0, -1}, {0, 0, 0, 1}, {0, 0.5, inf, -inf}, {1, 0.5, inf, inf},
	} {
		truth, err := oracle.Eval(pointwise("binary_cross_entropy", c.p, c.y))
		require.NoError(t, err)
		require.Equal(t, math.Float64bits(c.value), math.Float64bits(truth.Value[0].Rounded), "%+v", c)
		require.Equal(t, math.Float64bits(c.grad), math.Float64bits(truth.Grad[0].Rounded), "%+v", c)
	}
}

// Rounding to a narrow format of a number that is exactly a tie: (1 + 2^-12)² has 25
// bits in float32.
func TestEval_ExactTiesGoToEven(t *testing.T) {
	c := pointwise("squared_error", 1+0x1p-12, 0)
	c.Format = ieee.Float32
	truth, err := oracle.Eval(c)
	require.NoError(t, err)
	require.Equal(t, 1+0x1p-11, truth.Value[0].Rounded)
	require.Equal(t, 0.5, truth.Value[0].Residual)
}

// κ by hand: for (x−y)² it is |x·2d| + |y·2d| over d².
func TestEval_ConditionNumber(t *testing.T) {
	truth, err := oracle.Eval(pointwise("squared_error", 3, 2))
	require.NoError(t, err)
	require.Equal(t, 10.0, truth.Value[0].Kappa)
	require.Equal(t, 2.5, truth.Grad[0].Kappa*0.5, "(3·2 + 2·2)/2, of which 2 counts as a measurement")
	truth, err = oracle.Eval(pointwise("squared_error", 3, 1))
	require.NoError(t, err)
	require.Equal(t, 3.0, truth.Value[0].Kappa, "a target of exactly 1 is a label")
}

// The weighted mean, its gradient and its change by a soft target, against the sums
// written out for two rows.
func TestEval_WeightedMeanOfDistributions(t *testing.T) {
	c := &loss.Call{Loss: "categorical_cross_entropy", Reduction: loss.MeanWeight,
		Params: loss.Params{"weight": {2, 1}},
		Batch:  loss.Batch{Rows: 2, Cols: 2, Pred: []float64{.5, .5, .25, .5}, Target: []float64{.25, .75, .5, .5}, Weight: []float64{1, 3}}}
	truth, err := oracle.Eval(c)
	require.NoError(t, err)
	// By hand there are at most 4 roundings; the difference in the last line cancels two bits.
	// Σ w·L = 1·(2·¼+¾)·ln 2 + 3·(2·½·2+½)·ln 2 = (1.25 + 7.5)·ln 2; D = 1.25 + 3·1.5 = 5.75.
	within(t, 4, 8.75/5.75*math.Ln2, truth.Value[0].Rounded)
	within(t, 4, -2*.25/.5/5.75, truth.Grad[0].Rounded)
	within(t, 4, -3*2*.5/.25/5.75, truth.Grad[2].Rounded)
	target, err := oracle.EvalTarget(c)
	require.NoError(t, err)
	mean := 8.75 / 5.75 * math.Ln2
	within(t, 16, (2*math.Ln2-mean*2)/5.75, target[0].Rounded)
}

// within demands that two numbers computed in different ways differ by a few roundings.
// A target number that is NaN makes the denominator of a weighted mean NaN, and with it all that
// is counted; not where its example or its class has weight 0. Oracle and reference agree.
func TestEval_NaNInTheDenominator(t *testing.T) {
	nan := math.NaN()
	for _, name := range []string{"cross_entropy", "categorical_cross_entropy"} {
		for _, c := range []struct {
			class, example []float64
			spread         bool // to the example that has no NaN
		}{
			{[]float64{1, 2}, nil, true},
			{[]float64{1, 2}, []float64{0, 1}, false},
			{[]float64{0, 2}, nil, false},
			{[]float64{2, 0}, []float64{2, 1}, true},
			{nil, nil, false},
		} {
			for _, second := range [][]float64{{0.25, 0.75}, {0, 1}} {
				call := &loss.Call{Loss: name, Reduction: loss.MeanWeight, Batch: loss.Batch{Rows: 2, Cols: 2,
					Pred: []float64{0.5, 0.5, 0.25, 0.75}, Target: append([]float64{nan, 0.5}, second...), Weight: c.example}}
				if c.class != nil {
					call.Params = loss.Params{"weight": c.class}
				}
				truth, err := oracle.Eval(call)
				require.NoError(t, err)
				byTarget, err := oracle.EvalTarget(call)
				require.NoError(t, err)
				got, err := loss.Eval(call)
				require.NoError(t, err)
				what := fmt.Sprintf("%s %v", name, call)
				for i, pair := range [][2]oracle.Number{{truth.Grad[2], byTarget[2]}, {truth.Grad[3], byTarget[3]}} {
					require.Equal(t, c.spread, math.IsNaN(pair[0].Rounded), what)
					if c.spread {
						require.True(t, math.IsNaN(pair[1].Rounded), what)
					}
					same(t, pair[0].Rounded, got.Grad[2+i], what)
					same(t, pair[1].Rounded, got.TargetGrad[2+i], what)
				}
				same(t, truth.Value[0].Rounded, got.Value[0], what)
			}
		}
	}
}

// same requires two numbers to be NaN together, or else within an ulp.
func same(t *testing.T, want, got float64, what string) {
	t.Helper()
	if math.IsNaN(want) || math.IsNaN(got) {
		require.Equal(t, math.IsNaN(want), math.IsNaN(got), what)
		return
	}
	within(t, 1, want, got)
}

func within(t *testing.T, ulps int64, want, got float64) {
	t.Helper()
	apart := ieee.Float64.Ordinal(want) - ieee.Float64.Ordinal(got)
	require.LessOrEqual(t, max(apart, -apart), ulps, "want %v, got %v", want, got)
}

// The Hessian product of a row of scores against the closed form diag(p) − p·pᵀ.
func TestEvalProduct_OfCrossEntropy(t *testing.T) {
	c := labelled("cross_entropy", 0, 0, 0)
	product, err := oracle.EvalProduct(c, []float64{1, 0})
	require.NoError(t, err)
	require.Equal(t, 0.25, product[0].Rounded)
	require.Equal(t, -0.25, product[1].Rounded)
}

// The truth in a narrow format is the truth in float64, rounded, unless that is a tie.
func TestEval_FormatsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 300 {
		x, y := ieee.Float16.Round(r.NormFloat64()*8), float64(r.IntN(2))
		for _, name := range []string{"binary_cross_entropy_with_logits", "sigmoid_focal"} {
			wide, err := oracle.Eval(pointwise(name, x, y))
			require.NoError(t, err)
			c := pointwise(name, x, y)
			for _, c.Format = range []ieee.Format{ieee.Float32, ieee.BFloat16, ieee.Float16} {
				truth, err := oracle.Eval(c)
				require.NoError(t, err)
				require.Equal(t, c.Format.Round(wide.Value[0].Rounded), truth.Value[0].Rounded)
				require.Equal(t, c.Format.Round(wide.Grad[0].Rounded), truth.Grad[0].Rounded)
				require.LessOrEqual(t, math.Abs(truth.Value[0].Residual), 0.5)
			}
		}
	}
}

func TestEval_RefusesBadInput(t *testing.T) {
	_, err := oracle.Eval(pointwise("binary_cross_entropy", 1.5, 1))
	var bad *loss.Error
	require.ErrorAs(t, err, &bad)
	require.Equal(t, loss.BadPrediction, bad.Class)
}

func BenchmarkEval(b *testing.B) {
	for name, c := range map[string]*loss.Call{
		"pointwise": pointwise("binary_cross_entropy_with_logits", 1.7, 1),
		"row10":     labelled("cross_entropy", 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10.5),
		"focal":     pointwise("sigmoid_focal", 1.7, 0.3),
	} {
		b.Run("call="+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := oracle.Eval(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// (1−α)·(1 − ε) with an ε of e^−10²⁰⁰ and 1−α midway between two numbers: no precision
// tells on which side, and both neighbours are right.
func TestEval_MarksWhatNoPrecisionTells(t *testing.T) {
	const alpha = 0x1p-54 // 1 − α is midway between 1 − 2^-53 and 1
	truth, err := oracle.Eval(with(pointwise("sigmoid_focal", 1e200, 0), loss.Params{"alpha": {alpha}}))
	require.NoError(t, err)
	g := truth.Grad[0]
	require.True(t, g.Either, "%+v", g)
	require.Equal(t, 1.0, g.Rounded)
	require.Equal(t, -0.5, g.Residual)

	// The slope of Σ softmax is 0.
	c := &loss.Call{Loss: "log_softmax", Batch: loss.Batch{Rows: 1, Cols: 3, Pred: []float64{1, 2, 3}, Upstream: []float64{0, 0, 0}}}
	truth, err = oracle.Eval(c)
	require.NoError(t, err)
	require.Zero(t, truth.Grad[1].Rounded)
	product, err := oracle.EvalTarget(pointwise("binary_cross_entropy_with_logits", 0, 0.25))
	require.NoError(t, err)
	require.True(t, product[0].Either && product[0].Rounded == 0, "sp(−0) − sp(0)")
}

func TestDigits_AtInfinityAndFarOut(t *testing.T) {
	const bcel = "binary_cross_entropy_with_logits"
	for _, c := range []struct {
		call        *loss.Call
		value, grad string
	}{
		{pointwise(bcel, inf, 0), "+Inf", "1"},
		{pointwise(bcel, -inf, 0), "0", "0"},
		{pointwise(bcel, -inf, 1), "+Inf", "-1"},
		{pointwise("log_sigmoid", -inf, 0), "-Inf", "1"},
		{pointwise(bcel, -1e6, 0), "<1e-39456", "<1e-39456"},
		{pointwise(bcel, 1e6, 1), "<1e-39456", ">-1e-39456"},
		{pointwise("squared_error", 3, 1), "4", "4"},
	} {
		d, err := oracle.Digits(c.call, 20)
		require.NoError(t, err)
		require.Equal(t, []string{c.value}, d.Value)
		require.Equal(t, []string{c.grad}, d.Grad)
	}
}

// κ where σ(z) − y cancels to 2^-69: the slope of the square cancels with it, and must be
// known all the same. κ is near 2·(|z·σ′| + y)/|σ−y|.
func TestEval_ConditionNumberWhereTheSlopeCancels(t *testing.T) {
	z, y := -0.5289864907210169, 0.37075330398634654
	truth, err := oracle.Eval(pointwise("squared_error_with_logits", z, y))
	require.NoError(t, err)
	v := truth.Value[0]
	p := 1 / (1 + math.Exp(-z))
	want := 2 * (math.Abs(z)*p*(1-p) + y) / math.Sqrt(v.Rounded)
	require.Less(t, math.Abs(v.Kappa/want-1), 0x1p-6, "κ = %v, by hand %v", v.Kappa, want)
}
