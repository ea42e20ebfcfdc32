package loss_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

// TestPointwise_SpecialCases holds what the documentation of every pointwise entry says
// of its special cases, to the bit and to the sign of zero.
func TestPointwise_SpecialCases(t *testing.T) {
	tiny := math.SmallestNonzeroFloat64
	alpha := func(a, g float64) loss.Params { return loss.Params{"alpha": {a}, "gamma": {g}} }
	for _, c := range []struct {
		name        string
		x, y        float64
		params      loss.Params
		value, grad float64
	}{
		{"squared_error", inf, 3, nil, inf, inf},
		{"squared_error", -inf, 3, nil, inf, -inf},
		{"squared_error", 3, 3, nil, 0, 0},
		{"squared_error", math.MaxFloat64, -math.MaxFloat64, nil, inf, inf},
		{"squared_error", 1e-170, 0, nil, tiny * math.Round(1e-340/tiny), 2e-170},
		{"squared_error_with_logits", inf, 0.25, nil, 0.5625, 0},
		{"squared_error_with_logits", -inf, 0.25, nil, 0.0625, 0},
		{"squared_error_with_logits", inf, 1, nil, 0, 0},
		{"binary_cross_entropy", 0, 0, nil, 0, 1},
		{"binary_cross_entropy", 1, 1, nil, 0, -1},
		{"binary_cross_entropy", 0, 1, nil, inf, -inf},
		{"binary_cross_entropy", 0, 0.5, nil, inf, -inf},
		{"binary_cross_entropy", 1, 0, nil, inf, inf},
		{"binary_cross_entropy", 1, 0.5, nil, inf, inf},
		{"binary_cross_entropy", 0.5, 0.5, nil, math.Ln2, 0},
		{"binary_cross_entropy_with_logits", inf, 1, nil, 0, 0},
		{"binary_cross_entropy_with_logits", -inf, 0, nil, 0, 0},
		{"binary_cross_entropy_with_logits", inf, 0.25, nil, inf, 0.75},
		{"binary_cross_entropy_with_logits", -inf, 0.25, loss.Params{"pos_weight": {2}}, inf, -0.5},
		{"binary_cross_entropy_with_logits", -inf, 1, loss.Params{"pos_weight": {0}}, 0, 0},
		{"binary_cross_entropy_with_logits", nan, 1, nil, nan, nan},
		{"binary_cross_entropy_with_logits", 1, nan, nil, nan, nan},
		{"sigmoid_focal", inf, 1, nil, 0, 0},
		{"sigmoid_focal", -inf, 0, nil, 0, 0},
		{"sigmoid_focal", inf, 0, nil, inf, 0.75},
		{"sigmoid_focal", -inf, 1, nil, inf, -0.25},
		{"sigmoid_focal", inf, 0.5, loss.Params{"alpha": {}}, inf, 0.125},
		{"sigmoid_focal", -inf, 0.5, loss.Params{"alpha": {}}, inf, -0.125},
		{"sigmoid_focal", -inf, 1, alpha(0, 2), 0, 0},
		{"sigmoid_focal", inf, 1, alpha(0.5, 0), 0, 0},
		{"sigmoid_focal", -inf, 1, alpha(0.5, 0), inf, -0.5},
		{"sigmoid_focal", inf, 1, alpha(0.5, 0.5), 0, 0},
		{"sigmoid", inf, 0, nil, 1, 0},
		{"sigmoid", -inf, 0, nil, 0, 0},
		{"sigmoid", 0, 0, nil, 0.5, 0.25},
		{"softplus", inf, 0, nil, inf, 1},
		{"softplus", -inf, 0, nil, 0, 0},
		{"softplus", math.MaxFloat64, 0, nil, math.MaxFloat64, 1},
		{"softplus", -800, 0, nil, 0, 0},
		{"log_sigmoid", inf, 0, nil, 0, 0},
		{"log_sigmoid", -inf, 0, nil, -inf, 1},
	} {
		call := points(c.name, []float64{c.x}, []float64{c.y}, c.params)
		if l, err := loss.Named(c.name); err == nil && !l.HasTarget() {
			call.Target = nil
		}
		res := eval(t, call)
		what := fmt.Sprintf("%s(%v, %v) %v", c.name, c.x, c.y, c.params)
		requireSame(t, []float64{c.value}, res.Value, what+" value")
		requireSame(t, []float64{c.grad}, res.Grad, what+" gradient")
	}
}

// TestRowwise_SpecialCases does the same for the row losses.
func TestRowwise_SpecialCases(t *testing.T) {
	gamma := func(g float64) loss.Params { return loss.Params{"gamma": {g}} }
	for _, c := range []struct {
		call  *loss.Call
		value []float64
		grad  []float64
	}{
		{labelled("classification_error", []float64{1, 1}, 0, nil), []float64{0}, []float64{0, 0}},
		{labelled("classification_error", []float64{1, 1}, 1, nil), []float64{1}, []float64{0, 0}},
		{labelled("classification_error", []float64{inf, inf}, 0, nil), []float64{0}, []float64{0, 0}},
		{labelled("classification_error", []float64{-inf, -inf}, 0, nil), []float64{0}, []float64{0, 0}},
		{labelled("classification_error", []float64{math.Copysign(0, -1), 0}, 0, nil), []float64{0}, []float64{0, 0}},
		{labelled("classification_error", []float64{7}, 0, nil), []float64{0}, []float64{0}},
		{labelled("cross_entropy", []float64{inf, 3}, 0, nil), []float64{0}, []float64{0, 0}},
		{labelled("cross_entropy", []float64{inf, 3}, 1, nil), []float64{inf}, []float64{1, -1}},
		{labelled("cross_entropy", []float64{0, -inf}, 0, nil), []float64{0}, []float64{0, 0}},
		{labelled("cross_entropy", []float64{0, -inf}, 1, nil), []float64{inf}, []float64{1, -1}},
		{labelled("cross_entropy", []float64{inf, inf}, 1, nil), []float64{nan}, []float64{nan, nan}},
		{labelled("cross_entropy", []float64{-inf, -inf}, 1, nil), []float64{nan}, []float64{nan, nan}},
		{labelled("cross_entropy", []float64{5}, 0, nil), []float64{0}, []float64{0}},
		{labelled("cross_entropy", []float64{math.MaxFloat64, -math.MaxFloat64}, 0, nil), []float64{0}, []float64{math.Copysign(0, -1), 0}}, // a negative number below the range
		{labelled("cross_entropy", []float64{math.MaxFloat64, -math.MaxFloat64}, 1, nil), []float64{inf}, []float64{1, -1}},
		{labelled("cross_entropy", []float64{math.MaxFloat64, -math.MaxFloat64}, 1, loss.Params{"weight": {0.25}}), []float64{math.MaxFloat64 / 2}, []float64{0.25, -0.25}},
		{distributed("cross_entropy", []float64{0, -inf}, []float64{1, 0}, nil), []float64{0}, []float64{0, 0}},
		{labelled("cross_entropy", []float64{0, -inf}, 1, loss.Params{"weight": {1, 0}}), []float64{0}, []float64{0, 0}},
		{labelled("cross_entropy", []float64{1e8, 1e8}, 0, nil), []float64{math.Ln2}, []float64{-0.5, 0.5}},
		{labelled("cross_entropy", []float64{nan, 0}, 1, nil), []float64{nan}, []float64{nan, nan}},
		{labelled("cross_entropy", []float64{0, 0, 0}, 1, loss.Params{"label_smoothing": {1}}), []float64{1.0986122886681098}, []float64{0, 0, 0}}, // log 3 by mpmath; math.Log(3) is 1 ulp off
		{labelled("categorical_cross_entropy", []float64{0, 1}, 0, nil), []float64{inf}, []float64{-inf, 0}},
		{labelled("categorical_cross_entropy", []float64{0, 1}, 1, nil), []float64{0}, []float64{0, -1}},
		{distributed("categorical_cross_entropy", []float64{0, 1}, []float64{0, 1}, nil), []float64{0}, []float64{0, -1}},
		{labelled("softmax_focal", []float64{inf, 3}, 0, nil), []float64{0}, []float64{0, 0}},
		{labelled("softmax_focal", []float64{inf, 3}, 1, nil), []float64{inf}, []float64{1, -1}},
		{labelled("softmax_focal", []float64{2, -inf}, 0, nil), []float64{0}, []float64{0, 0}},
		{labelled("softmax_focal", []float64{2, -inf}, 0, gamma(0)), []float64{0}, []float64{0, 0}},
		{labelled("softmax_focal", []float64{2, -inf}, 1, nil), []float64{inf}, []float64{1, -1}},
		{labelled("softmax_focal", []float64{2}, 0, nil), []float64{0}, []float64{0}},
		{labelled("softmax_focal", []float64{2}, 0, gamma(0)), []float64{0}, []float64{0}},
		{labelled("softmax_focal", []float64{inf, inf}, 0, nil), []float64{nan}, []float64{nan, nan}},
		{labelled("softmax_focal", []float64{-inf, -inf}, 0, nil), []float64{nan}, []float64{nan, nan}},
		{labelled("softmax_focal", []float64{-5, 5}, 0, loss.Params{"alpha": {0, 1}}), []float64{0}, []float64{0, 0}},
		{distributed("softmax", []float64{inf, 3}, nil, nil), []float64{1, 0}, []float64{0, 0}},
		{distributed("softmax", []float64{-inf, 3}, nil, nil), []float64{0, 1}, []float64{0, 0}},
		{distributed("softmax", []float64{inf, inf}, nil, nil), []float64{nan, nan}, []float64{nan, nan}},
		{distributed("softmax", []float64{-inf, -inf}, nil, nil), []float64{nan, nan}, []float64{nan, nan}},
		{distributed("softmax", []float64{4}, nil, nil), []float64{1}, []float64{0}},
		{distributed("log_softmax", []float64{inf, 3}, nil, nil), []float64{0, -inf}, []float64{-1, 1}},
		{distributed("log_softmax", []float64{-inf, 3}, nil, nil), []float64{-inf, 0}, []float64{1, -1}},
		{distributed("log_softmax", []float64{inf, inf}, nil, nil), []float64{nan, nan}, []float64{nan, nan}},
		{distributed("log_softmax", []float64{4}, nil, nil), []float64{0}, []float64{0}},
		{distributed("log_sum_exp", []float64{inf, 3}, nil, nil), []float64{inf}, []float64{1, 0}},
		{distributed("log_sum_exp", []float64{inf, inf}, nil, nil), []float64{inf}, []float64{nan, nan}},
		{distributed("log_sum_exp", []float64{-inf, -inf}, nil, nil), []float64{-inf}, []float64{nan, nan}},
		{distributed("log_sum_exp", []float64{1e300}, nil, nil), []float64{1e300}, []float64{1}},
	} {
		res := eval(t, c.call)
		what := fmt.Sprintf("%s(%v, %v%v) %v", c.call.Loss, c.call.Pred, c.call.Label, c.call.Target, c.call.Params)
		requireSame(t, c.value, res.Value, what+" value")
		requireSame(t, c.grad, res.Grad, what+" gradient")
	}
}

func TestSigmoidFocal_SubunitGammaHasFiniteGradient(t *testing.T) {
	for _, gamma := range []float64{1e-9, 0.25, 0.5, 0.999} {
		for _, z := range []float64{-1e308, -745, -1, 0, 1, 40, 745, 1e308, inf} {
			for _, y := range []float64{0, 0.5, 1} {
				res := eval(t, points("sigmoid_focal", []float64{z}, []float64{y}, loss.Params{"gamma": {gamma}}))
				require.False(t, math.IsNaN(res.Grad[0]) || math.IsInf(res.Grad[0], 0), "γ=%v z=%v y=%v: %v", gamma, z, y, res.Grad[0])
			}
		}
	}
}

func TestSigmoidFocal_GammaZeroIsWeightedBCE(t *testing.T) {
	for _, z := range []float64{-inf, -1e308, -800, -3, -1e-300, 0, 0.5, 800, inf} {
		for _, y := range []float64{0, 0.25, 1} {
			focal := eval(t, points("sigmoid_focal", []float64{z}, []float64{y}, loss.Params{"gamma": {0}, "alpha": {0.5}}))
			plain := eval(t, points("binary_cross_entropy_with_logits", []float64{z}, []float64{y}, nil))
			// α_t is ½ for every y, a power of two: the same bits but for subnormals.
			require.True(t, same(plain.Value[0]/2, focal.Value[0]), "z=%v y=%v", z, y)
			require.True(t, near(plain.Grad[0]/2, focal.Grad[0], 1), "z=%v y=%v: 1 ulp, both being faithful", z, y)
		}
	}
}

func TestConventions_ChangeTheValueAsDeclared(t *testing.T) {
	with := func(c *loss.Call, name, value string) *loss.Call {
		c.Conventions = loss.Conventions{name: value}
		return c
	}
	half := eval(t, with(points("squared_error", []float64{3}, []float64{1}, nil), "squared_error_factor", "1/2"))
	requireSame(t, []float64{2, 2}, []float64{half.Value[0], half.Grad[0]}, "half squared error")

	half = eval(t, with(points("squared_error_with_logits", []float64{inf}, []float64{0}, nil), "squared_error_factor", "1/2"))
	requireSame(t, []float64{0.5}, half.Value, "half squared error of a sigmoid")

	last := eval(t, with(labelled("classification_error", []float64{1, 1, 0}, 1, nil), "argmax_tie", "last"))
	requireSame(t, []float64{0}, last.Value, "last of a tie")

	// 1 − 1e-7 is 0.99999988 in float32, further from 1 than 1e-7 is from 0.
	for _, c := range []struct {
		p, y, want float64
	}{{0, 1, 16.11809539794922}, {1, 0, 15.942384719848633}} {
		call := with(points("binary_cross_entropy", []float64{c.p}, []float64{c.y}, nil), "probability_clip", "1e-7")
		call.Format = ieee.Float32
		res := eval(t, call)
		require.True(t, same(c.want, ieee.Float32.Round(res.Value[0])), "%v: %v", c, ieee.Float32.Round(res.Value[0]))
		requireSame(t, []float64{0}, res.Grad, "gradient where the clip moved p")
	}
	clipped := eval(t, with(labelled("categorical_cross_entropy", []float64{0, 0.5}, 0, nil), "probability_clip", "1e-7"))
	require.True(t, near(16.118095650958319788, clipped.Value[0], 1), "−log 1e-7 to 1 ulp: %v", clipped.Value[0])
	requireSame(t, []float64{0, 0}, clipped.Grad, "gradient where the clip moved p")
}

// Under empty_mean=nan a row that counts, but whose class weighs nothing, has a NaN
// gradient: 0/0, and not 1/0.
func TestReduce_MeanOverNoWeightIsNaNThroughout(t *testing.T) {
	for _, value := range []string{"nan", "zero"} {
		r, err := loss.Eval(&loss.Call{Loss: "cross_entropy", Reduction: loss.MeanWeight,
			Params:      loss.Params{"weight": {0, 1}, "label_smoothing": {1}},
			Conventions: loss.Conventions{"empty_mean": value},
			Batch:       loss.Batch{Rows: 1, Cols: 2, Pred: []float64{0.5, 0}, Label: []int{0}}})
		require.NoError(t, err)
		for _, x := range append(r.Grad, r.Value...) {
			if value == "nan" {
				require.True(t, math.IsNaN(x), "%v", x)
			} else {
				require.Zero(t, x)
			}
		}
	}
}

// The sum of the weights may lie beyond the range of float64, or the products below it,
// where the mean does not.
func TestReduce_MeanOfExtremeWeightsStaysInRange(t *testing.T) {
	for _, w := range [][]float64{{1e308, 1e308}, {5e-324, 5e-324}, {1e308, 1}} {
		r, err := loss.Eval(&loss.Call{Loss: "squared_error", Reduction: loss.MeanWeight,
			Batch: loss.Batch{Rows: 2, Cols: 1, Pred: []float64{3, 3}, Target: []float64{1, 1}, Weight: w}})
		require.NoError(t, err)
		require.Equal(t, math.Float64bits(4), math.Float64bits(r.Value[0]), "weights %v", w)
		total := r.Grad[0] + r.Grad[1]
		require.Equal(t, math.Float64bits(4), math.Float64bits(total), "weights %v", w)
	}
}

// Logits next to each other keep their gradient beside one that is impossible.
func TestResidual_OfLogitsThatAreNearlyEqualBesideAnImpossibleOne(t *testing.T) {
	const d, ulps = 0x1.bp-1024, 4 * 0x1p-1074
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		call loss.Call
		want []float64
	}{
		"smoothed": {loss.Call{Loss: "cross_entropy", Params: loss.Params{"label_smoothing": {1}, "weight": {2, 0, 2}},
			Batch: loss.Batch{Rows: 1, Cols: 3, Pred: []float64{d, 0, -inf}, Label: []int{0}}}, []float64{d / 3, 2. / 3, -2. / 3}},
		"log_softmax": {loss.Call{Loss: "log_softmax", Batch: loss.Batch{Rows: 1, Cols: 4, Pred: []float64{0, 0, d, -inf}, Upstream: []float64{1, 1, 1, 0}}},
			[]float64{d / 3, d / 3, -2 * d / 3, 0}},
	} {
		r, err := loss.Eval(&c.call)
		require.NoError(t, err, name)
		for k, want := range c.want {
			require.InDelta(t, want, r.Grad[k], max(ulps, 0x1p-52*math.Abs(want)), "%s: gradient %d", name, k)
		}
	}
}
