package kernel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/full"
)

func TestBinaryCrossEntropyWithLogits_TiersAgree(t *testing.T) {
	t.Run("float32", func(t *testing.T) {
		testTiers(t, kernel.BinaryCrossEntropyWithLogits[float32](1), ofLogits, full.Count(50_003, 4))
		testTiers(t, kernel.BinaryCrossEntropyWithLogits[float32](2.3), ofLogits, full.Count(50_003, 4))
	})
	t.Run("float64", func(t *testing.T) {
		testTiers(t, kernel.BinaryCrossEntropyWithLogits[float64](1), ofLogits, full.Count(50_003, 4))
		testTiers(t, kernel.BinaryCrossEntropyWithLogits[float64](0), ofLogits, full.Count(50_003, 4))
	})
}

func TestBinaryCrossEntropyWithLogits_IsAccurate(t *testing.T) {
	for _, c := range []float64{1, 2, 0} {
		call := loss.Call{Loss: "binary_cross_entropy_with_logits", Params: loss.Params{"pos_weight": {c}}}
		testAccuracy(t, kernel.BinaryCrossEntropyWithLogits(float32(c)), call, ofLogits, 4000, 2) // of these; see worstOfAll for every float32
		testAccuracy(t, kernel.BinaryCrossEntropyWithLogits(c), call, ofLogits, 4000, 2)
	}
}

// A target near the least number has too few bits to be multiplied by pos_weight before |z|.
func TestBinaryCrossEntropyWithLogits_OfSubnormalTargets(t *testing.T) {
	testLeastTargets[float32](t, 0x1p-149, 0x1p124)
	testLeastTargets[float64](t, 0x1p-1074, 0x1p1020)
}

func testLeastTargets[T kernel.Float](t *testing.T, least, big float64) {
	for _, c := range []float64{0, 1 / big, 0x1.3p-20, 0.3, 1.3, 2.5, 1e7, 0x1p24, 0x1.8p40, 0x1.3p70, big} {
		k := kernel.BinaryCrossEntropyWithLogits(T(c))
		call := loss.Call{Loss: "binary_cross_entropy_with_logits", Params: loss.Params{"pos_weight": {float64(T(c))}}}
		call.Format, call.Rows, call.Cols = format[T](), 1, 1
		for _, units := range []float64{1, 3, 1000, 0x1p23, 0x1.234p30, 0x1.8p60} {
			for _, z := range []float64{-1, -20, -100, -103.279, -745, -1e10, -1e30, -big, big, math.Inf(-1)} {
				pred, target := []T{T(z)}, []T{T(units * least)}
				call.Pred, call.Target = []float64{float64(pred[0])}, []float64{float64(target[0])}
				truth, err := oracle.Eval(&call)
				require.NoError(t, err)
				for _, tier := range kernel.Tiers() {
					value, grad := make([]T, 1), make([]T, 1)
					k.In(tier).ValueGrad(value, grad, pred, target, 1)
					for i, want := range []oracle.Number{truth.Value[0], truth.Grad[0]} {
						got := []T{value[0], grad[0]}[i]
						if e, allowed := errorIn(got, want); e > allowed {
							t.Errorf("%s of %v, target %v, pos_weight %v in %v: %v, want %v: %.3g ulp", []string{"value", "gradient"}[i], z, target[0], c, tier, got, want.Rounded, e)
						}
					}
				}
			}
		}
	}
}

func TestBinaryCrossEntropyWithLogits_SumsToTheLastPlace(t *testing.T) {
	testSum(t, kernel.BinaryCrossEntropyWithLogits[float32](1), true, 1)
	testSum(t, kernel.BinaryCrossEntropyWithLogits[float64](1), true, 1)
}
