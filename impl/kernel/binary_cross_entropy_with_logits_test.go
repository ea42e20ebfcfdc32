package kernel_test

import (
	"testing"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

func TestBinaryCrossEntropyWithLogits_TiersAgree(t *testing.T) {
	t.Run("float32", func(t *testing.T) {
		testTiers(t, kernel.BinaryCrossEntropyWithLogits[float32](1), ofLogits, count(100_003, 4))
		testTiers(t, kernel.BinaryCrossEntropyWithLogits[float32](2.3), ofLogits, count(100_003, 4))
	})
	t.Run("float64", func(t *testing.T) {
		testTiers(t, kernel.BinaryCrossEntropyWithLogits[float64](1), ofLogits, count(100_003, 4))
		testTiers(t, kernel.BinaryCrossEntropyWithLogits[float64](0), ofLogits, count(100_003, 4))
	})
}

func TestBinaryCrossEntropyWithLogits_IsAccurate(t *testing.T) {
	for _, c := range []float64{1, 2, 0} {
		call := loss.Call{Loss: "binary_cross_entropy_with_logits", Params: loss.Params{"pos_weight": {c}}}
		testAccuracy(t, kernel.BinaryCrossEntropyWithLogits(float32(c)), call, ofLogits, 4000, 2) // of these; see worstOfAll for every float32
		testAccuracy(t, kernel.BinaryCrossEntropyWithLogits(c), call, ofLogits, 4000, 2)
	}
}

func TestBinaryCrossEntropyWithLogits_SumsToTheLastPlace(t *testing.T) {
	testSum(t, kernel.BinaryCrossEntropyWithLogits[float32](1), true, 1)
	testSum(t, kernel.BinaryCrossEntropyWithLogits[float64](1), true, 1)
}
