package loss_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/stretchr/testify/require"
)

// TestReduction_EachDividesByWhatItSays works with squared errors 1, 4, 9, 16 in two rows
// and two columns, and with weights whose sums are exact.
func TestReduction_EachDividesByWhatItSays(t *testing.T) {
	batch := loss.Batch{Rows: 2, Cols: 2, Pred: []float64{1, 2, 3, 4}, Target: []float64{0, 0, 0, 0}}
	weighted := batch
	weighted.Weight = []float64{1, 0, 2, 1}
	for _, c := range []struct {
		reduction loss.Reduction
		batch     loss.Batch
		value     []float64
		grad      []float64
	}{
		{loss.None, batch, []float64{1, 4, 9, 16}, []float64{2, 4, 6, 8}},
		{loss.Sum, batch, []float64{30}, []float64{2, 4, 6, 8}},
		{loss.MeanElements, batch, []float64{7.5}, []float64{0.5, 1, 1.5, 2}},
		{loss.MeanCounted, batch, []float64{7.5}, []float64{0.5, 1, 1.5, 2}},
		{loss.MeanSamples, batch, []float64{15}, []float64{1, 2, 3, 4}},
		{loss.MeanWeight, batch, []float64{7.5}, []float64{0.5, 1, 1.5, 2}},
		{loss.None, weighted, []float64{1, 0, 18, 16}, []float64{2, 0, 12, 8}},
		{loss.Sum, weighted, []float64{35}, []float64{2, 0, 12, 8}},
		{loss.MeanElements, weighted, []float64{8.75}, []float64{0.5, 0, 3, 2}},
		{loss.MeanCounted, weighted, []float64{8.75}, []float64{0.5, 0, 3, 2}},
		{loss.MeanSamples, weighted, []float64{17.5}, []float64{1, 0, 6, 4}},
		{loss.MeanWeight, weighted, []float64{8.75}, []float64{0.5, 0, 3, 2}},
	} {
		res := eval(t, &loss.Call{Loss: "squared_error", Reduction: c.reduction, Batch: c.batch})
		requireSame(t, c.value, res.Value, string(c.reduction))
		requireSame(t, c.grad, res.Grad, string(c.reduction)+" gradient")
	}
}

// TestReduction_IgnoredRowsCountOnlyWhereTheNameSaysSo has errors 1, 1 and an ignored row
// that holds NaN.
func TestReduction_IgnoredRowsCountOnlyWhereTheNameSaysSo(t *testing.T) {
	for _, c := range []struct {
		reduction loss.Reduction
		want      []float64
	}{
		{loss.None, []float64{1, 0, 1}},
		{loss.Sum, []float64{2}},
		{loss.MeanElements, []float64{2. / 3}},
		{loss.MeanSamples, []float64{2. / 3}},
		{loss.MeanCounted, []float64{1}},
		{loss.MeanWeight, []float64{1}},
	} {
		res := eval(t, &loss.Call{Loss: "classification_error", Reduction: c.reduction, Params: loss.Params{"ignore_index": {-100}},
			Batch: loss.Batch{Rows: 3, Cols: 2, Pred: []float64{1, 0, nan, nan, 1, 0}, Label: []int{1, -100, 1}}})
		requireSame(t, c.want, res.Value, string(c.reduction))
		requireSame(t, make([]float64, 6), res.Grad, string(c.reduction)+" gradient")
	}
}

func TestReduction_EmptyMeanFollowsTheConvention(t *testing.T) {
	empty := loss.Batch{Cols: 1, Target: []float64{}}
	unweighted := loss.Batch{Rows: 1, Cols: 1, Pred: []float64{3}, Target: []float64{1}, Weight: []float64{0}}
	for _, c := range []struct {
		batch     loss.Batch
		reduction loss.Reduction
		value     string
		want      float64
	}{
		{empty, loss.MeanElements, "nan", nan},
		{empty, loss.MeanSamples, "zero", 0},
		{empty, loss.Sum, "nan", 0},
		{unweighted, loss.MeanWeight, "nan", nan},
		{unweighted, loss.MeanWeight, "zero", 0},
		{unweighted, loss.MeanElements, "nan", 0},
	} {
		res := eval(t, &loss.Call{Loss: "squared_error", Reduction: c.reduction, Conventions: loss.Conventions{"empty_mean": c.value}, Batch: c.batch})
		requireSame(t, []float64{c.want}, res.Value, string(c.reduction)+" "+c.value)
	}
	ignored := &loss.Call{Loss: "cross_entropy", Reduction: loss.MeanCounted, Params: loss.Params{"ignore_index": {0}},
		Batch: loss.Batch{Rows: 1, Cols: 2, Pred: []float64{1, 2}, Label: []int{0}}}
	requireSame(t, []float64{nan}, eval(t, ignored).Value, "all ignored")
	ignored.Conventions = loss.Conventions{"empty_mean": "error"}
	_, err := loss.Eval(ignored)
	var e *loss.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, loss.EmptyMean, e.Class)
}

func TestReduction_NeitherOverflowsNorUnderflowsBeforeItsResult(t *testing.T) {
	big := loss.Batch{Rows: 4, Cols: 1, Pred: []float64{1.2e154, 1.2e154, 1.2e154, 1.2e154}, Target: make([]float64, 4)}
	mean := eval(t, &loss.Call{Loss: "squared_error", Reduction: loss.MeanElements, Batch: big}).Value[0]
	single := eval(t, points("squared_error", big.Pred[:1], big.Target[:1], nil)).Value[0]
	require.True(t, near(single, mean, 1), "the mean of equal numbers to 1 ulp: %v %v", single, mean)

	small := loss.Batch{Rows: 2, Cols: 1, Pred: []float64{0x1p-500, 0x1p-500}, Target: make([]float64, 2), Weight: []float64{0x1p-900, 0x1p-900}}
	res := eval(t, &loss.Call{Loss: "squared_error", Reduction: loss.MeanWeight, Batch: small})
	requireSame(t, []float64{0x1p-1000}, res.Value, "tiny weights")
	requireSame(t, []float64{0x1p-500, 0x1p-500}, res.Grad, "tiny weights, gradient")
}

func TestErrors_NameTheClassTheIndexAndTheNumber(t *testing.T) {
	bce := func(p, y []float64) *loss.Call { return points("binary_cross_entropy", p, y, nil) }
	with := func(c *loss.Call, change func(*loss.Call)) *loss.Call { change(c); return c }
	for _, c := range []struct {
		call    *loss.Call
		class   loss.Class
		index   int
		message string
	}{
		{bce([]float64{0.5, 1.5}, []float64{0, 0}), loss.BadPrediction, 1,
			"binary_cross_entropy: prediction[1] = 1.5: want a number in [0, 1]"},
		{bce([]float64{0.5}, []float64{-0.25}), loss.BadTarget, 0,
			"binary_cross_entropy: target[0] = -0.25: want a number in [0, 1]"},
		{points("squared_error", []float64{1}, []float64{inf}, nil), loss.BadTarget, 0,
			"squared_error: target[0] = +Inf: want a finite number"},
		{labelled("cross_entropy", []float64{1, 2}, 2, nil), loss.BadLabel, 0,
			"cross_entropy: target[0] = 2: want a class index in [0, 2)"},
		{with(bce([]float64{0.5}, []float64{0}), func(c *loss.Call) { c.Weight = []float64{-1} }), loss.BadWeight, 0,
			"binary_cross_entropy: weight[0] = -1: want a finite number ≥ 0"},
		{points("sigmoid_focal", []float64{0}, []float64{0}, loss.Params{"gamma": {-1}}), loss.BadParameter, -1,
			"sigmoid_focal: gamma = -1: want a finite number ≥ 0"},
		{points("sigmoid_focal", []float64{0}, []float64{0}, loss.Params{"alpha": {1.5}}), loss.BadParameter, -1,
			"sigmoid_focal: alpha = 1.5: want a number in [0, 1]"},
		{labelled("cross_entropy", []float64{0, 0}, 0, loss.Params{"weight": {1, -2}}), loss.BadParameter, 1,
			"cross_entropy: weight[1] = -2: want a finite number ≥ 0"},
		{labelled("softmax_focal", []float64{0, 0}, 0, loss.Params{"alpha": {1, 2, 3}}), loss.BadParameter, -1,
			"softmax_focal: alpha = 3 numbers: want 1 or 2, one for each class"},
		{points("squared_error", []float64{0}, []float64{0}, loss.Params{"delta": {1}}), loss.BadParameter, -1,
			"squared_error: delta = set: want a parameter that this loss has, and there is none"},
		{with(bce([]float64{0.5}, []float64{0}), func(c *loss.Call) { c.Conventions = loss.Conventions{"probability_clip": "1e-12"} }), loss.BadConvention, -1,
			"binary_cross_entropy: probability_clip = 1e-12: want one of none, 1e-7"},
		{with(bce([]float64{0.5}, []float64{0}), func(c *loss.Call) { c.Reduction = "mean" }), loss.BadReduction, -1,
			"binary_cross_entropy: reduction = mean: want a reduction that this loss has"},
		{with(distributed("softmax", []float64{1, 2}, nil, nil), func(c *loss.Call) { c.Reduction = loss.Sum }), loss.BadReduction, -1,
			"softmax: reduction = sum: want a reduction that this loss has"},
		{bce([]float64{0.5}, []float64{0, 1}), loss.BadShape, -1,
			"binary_cross_entropy: target = 2 numbers: want 1"},
		{distributed("softmax_focal", []float64{1, 2}, []float64{0, 1}, nil), loss.BadShape, -1,
			"softmax_focal: target = 2 numbers: want a label"},
		{with(bce(nil, []float64{}), func(c *loss.Call) { c.Rows, c.Cols = 1<<(strconv.IntSize/2), 1<<(strconv.IntSize/2) }), loss.BadShape, -1,
			fmt.Sprintf("binary_cross_entropy: shape = %[1]d×%[1]d: want rows ≥ 0 and columns ≥ 1", uint(1)<<(strconv.IntSize/2))},
		{with(bce(nil, []float64{}), func(c *loss.Call) {
			c.Reduction, c.Conventions = loss.MeanElements, loss.Conventions{"empty_mean": "error"}
		}), loss.EmptyMean, -1, "binary_cross_entropy: denominator = 0: want a mean over something"},
	} {
		_, err := loss.Eval(c.call)
		var e *loss.Error
		require.True(t, errors.As(err, &e), "%s: %v", c.message, err)
		require.Equal(t, c.class, e.Class)
		require.Equal(t, c.index, e.Index, c.message)
		require.Equal(t, c.message, e.Error())
	}
	_, err := loss.Eval(&loss.Call{Loss: "mse"})
	require.ErrorContains(t, err, `no loss "mse"`)
}

// A default that a dtype does not hold is the number next to it there, whoever asks.
func TestDefaults_AreNumbersOfTheDtype(t *testing.T) {
	for _, f := range []loss.Format{loss.Float64, loss.Float32, loss.BFloat16, loss.Float16} {
		for _, l := range loss.All() {
			c := &loss.Call{Loss: l.Name, Format: f}
			for name, v := range c.AllParams() {
				for _, x := range v {
					require.True(t, c.WholeParam(name) || f.Holds(x), "%s %s %s = %v", l.Name, f, name, x)
				}
			}
		}
	}
	c := &loss.Call{Loss: "asymmetric", Format: loss.Float32, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{1}, Target: []float64{0}}}
	p, err := c.Plan()
	require.NoError(t, err)
	require.Equal(t, float64(float32(0.05)), p.Args.Scalar("clip"))
	explicit := *c
	explicit.Params = c.AllParams()
	require.Empty(t, explicit.Canonical().Params)
}
