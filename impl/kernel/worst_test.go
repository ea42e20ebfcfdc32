package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
)

var halved = loss.Conventions{"squared_error_factor": "1/2"}

// Where each float32 kernel is off most, and how far, of every prediction with the targets 0
// and 1: what ci/exhaustive printed, and the documentation of the kernels says. A kernel that
// has changed here has to be looked at there again.
var worstOfAll = []struct {
	loss        string
	params      loss.Params
	conventions loss.Conventions
	kernel      kernel.Pointwise[float32]
	output      string
	target      float64
	bits        uint32 // of the prediction
	ulps        float64
}{
	{"binary_cross_entropy_with_logits", nil, nil, kernel.BinaryCrossEntropyWithLogits[float32](1), "value", 0, 0xbedfc42b, 2.0581},
	{"binary_cross_entropy_with_logits", nil, nil, kernel.BinaryCrossEntropyWithLogits[float32](1), "gradient", 0, 0xc085088d, 2.4019},
	{"binary_cross_entropy_with_logits", nil, nil, kernel.BinaryCrossEntropyWithLogits[float32](1), "value", 1, 0x3edfc42b, 2.0581},
	{"binary_cross_entropy_with_logits", nil, nil, kernel.BinaryCrossEntropyWithLogits[float32](1), "gradient", 1, 0x4085088d, 2.4019},
	{"binary_cross_entropy_with_logits", loss.Params{"pos_weight": {2.5}}, nil, kernel.BinaryCrossEntropyWithLogits[float32](2.5), "value", 0, 0xbedfc42b, 2.0581},
	{"binary_cross_entropy_with_logits", loss.Params{"pos_weight": {2.5}}, nil, kernel.BinaryCrossEntropyWithLogits[float32](2.5), "gradient", 0, 0xc085088d, 2.4019},
	{"binary_cross_entropy_with_logits", loss.Params{"pos_weight": {2.5}}, nil, kernel.BinaryCrossEntropyWithLogits[float32](2.5), "value", 1, 0xbdb6f356, 2.9627},
	{"binary_cross_entropy_with_logits", loss.Params{"pos_weight": {2.5}}, nil, kernel.BinaryCrossEntropyWithLogits[float32](2.5), "gradient", 1, 0x40e4edc7, 3.2618},
	{"binary_cross_entropy", nil, nil, kernel.BinaryCrossEntropy[float32](), "value", 0, 0x3e9644f9, 0.9146},
	{"binary_cross_entropy", nil, nil, kernel.BinaryCrossEntropy[float32](), "gradient", 0, 0x3efff4b1, 1.4995},
	{"binary_cross_entropy", nil, nil, kernel.BinaryCrossEntropy[float32](), "value", 1, 0x3f34e873, 0.9047},
	{"squared_error", nil, nil, kernel.SquaredError[float32](1), "value", 1, 0x3e9605a7, 1.9140},
	{"squared_error_with_logits", nil, nil, kernel.SquaredErrorWithLogits[float32](1), "value", 0, 0xc22c79d8, 1.2418},
	{"squared_error_with_logits", nil, nil, kernel.SquaredErrorWithLogits[float32](1), "gradient", 0, 0xbf5addfc, 1.9621},
	{"squared_error", nil, halved, kernel.SquaredError[float32](0.5), "value", 0, 0x20800800, 0.5},
	{"squared_error", nil, halved, kernel.SquaredError[float32](0.5), "value", 1, 0x3e9605a7, 1.9140},
	{"squared_error", nil, halved, kernel.SquaredError[float32](0.5), "gradient", 1, 0x33000000, 0.5},
	{"squared_error_with_logits", nil, halved, kernel.SquaredErrorWithLogits[float32](0.5), "value", 0, 0xc22a95f8, 1.2535},
	{"squared_error_with_logits", nil, halved, kernel.SquaredErrorWithLogits[float32](0.5), "gradient", 0, 0xbf5addfc, 1.9621},
	{"sigmoid", nil, nil, kernel.Sigmoid[float32](), "value", 0, 0xc085088d, 2.4019},
	{"sigmoid", nil, nil, kernel.Sigmoid[float32](), "gradient", 0, 0x4028ba0d, 2.4899},
	{"softplus", nil, nil, kernel.Softplus[float32](), "value", 0, 0xbedfc42b, 2.0581},
	{"softplus", nil, nil, kernel.Softplus[float32](), "gradient", 0, 0xc085088d, 2.4019},
	{"log_sigmoid", nil, nil, kernel.LogSigmoid[float32](), "value", 0, 0x3edfc42b, 2.0581},
	{"log_sigmoid", nil, nil, kernel.LogSigmoid[float32](), "gradient", 0, 0x4085088d, 2.4019},
	{"sigmoid_focal", loss.Params{"gamma": {2}}, nil, kernel.SigmoidFocal[float32](0.25, 2), "value", 0, 0xc167c39c, 0.7601},
	{"sigmoid_focal", loss.Params{"gamma": {2}}, nil, kernel.SigmoidFocal[float32](0.25, 2), "gradient", 0, 0xc1e5a453, 0.7521},
}

func TestKernels_AreOffMostWhereTheyWereFoundToBe(t *testing.T) {
	for _, w := range worstOfAll {
		pred := []float32{math.Float32frombits(w.bits)}
		call := loss.Call{Loss: w.loss, Params: w.params, Conventions: w.conventions, Format: format[float32](),
			Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{float64(pred[0])}}}
		var target []float32
		if decl, err := loss.Named(w.loss); err == nil && decl.HasTarget() {
			target, call.Target = []float32{float32(w.target)}, []float64{w.target}
		}
		truth, err := oracle.Eval(&call)
		require.NoError(t, err)
		for _, tier := range kernel.Tiers() {
			value, grad := make([]float32, 1), make([]float32, 1)
			w.kernel.In(tier).ValueGrad(value, grad, pred, target, 1)
			got, want := value[0], truth.Value[0]
			if w.output == "gradient" {
				got, want = grad[0], truth.Grad[0]
			}
			ulps, allowed := errorIn(got, want)
			require.InDelta(t, w.ulps, ulps, 0.00005, "%s, %s of %v, target %v, in %v: the table has four digits", w.loss, w.output, pred[0], w.target, tier)
			require.LessOrEqual(t, ulps, allowed, "level 3")
		}
	}
}
