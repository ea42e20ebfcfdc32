package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/adapters/kernels"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

// modulations runs a test for each loss of modulated.go, with each of the powers.
func modulations[T kernel.Float](t *testing.T, powers []T, test func(t *testing.T, k kernel.Pointwise[T], call loss.Call)) {
	var calls []loss.Call
	for _, x := range powers {
		power := []float64{float64(x)}
		calls = append(calls, loss.Call{Loss: "quality_focal", Params: loss.Params{"beta": power}},
			loss.Call{Loss: "gaussian_focal_with_logits", Params: loss.Params{"alpha": power, "gamma": {float64(T(1.5))}}},
			loss.Call{Loss: "gaussian_focal_with_logits", Params: loss.Params{"alpha": {2}, "gamma": power}})
		for _, modulator := range []string{"differentiated", "constant"} {
			for _, alpha := range []T{0.75, 0, 2} {
				calls = append(calls, loss.Call{Loss: "varifocal", Params: loss.Params{"alpha": {float64(alpha)}, "gamma": power}, Conventions: loss.Conventions{"modulator": modulator}})
			}
		}
	}
	for _, call := range calls {
		t.Run(fmt.Sprint(call.Loss, call.Params, call.Conventions), func(t *testing.T) {
			one := call
			one.Format, one.Batch = format[T](), loss.Batch{Rows: 1, Cols: 1, Pred: []float64{0}, Target: []float64{0}}
			plan, err := one.Plan()
			require.NoError(t, err)
			k, ok := kernels.Pointwise[T](call.Loss, plan.Args)
			require.True(t, ok)
			test(t, k, call)
		})
	}
}

func TestModulations_TiersAgree(t *testing.T) {
	modulations(t, focusing, testModulationTiers[float32])
}

func TestModulations64_TiersAgree(t *testing.T) {
	modulations(t, focusing64, testModulationTiers[float64])
}

func testModulationTiers[T kernel.Float](t *testing.T, k kernel.Pointwise[T], _ loss.Call) {
	testTiers(t, k, ofLogits, full.Count(1<<12, 8)+13)
}

func TestModulations_AreAccurate(t *testing.T) {
	modulations(t, focusing, testModulationAccuracy[float32])
}

func TestModulations64_AreAccurate(t *testing.T) {
	modulations(t, focusing64[:10], testModulationAccuracy[float64])
}

func testModulationAccuracy[T kernel.Float](t *testing.T, k kernel.Pointwise[T], call loss.Call) {
	testAccuracy(t, k, call, ofLogits, 160, math.Inf(1))
}

func TestModulations_HardTargets(t *testing.T) {
	const faithful = 1
	modulations(t, focusing, func(t *testing.T, k kernel.Pointwise[float32], call loss.Call) {
		testSweep(t, k, call, ofLogits, faithful)
	})
}

// TestQualityFocal_IsFlatAtItsQuality: at σ(z) = y, which is at z = 0 alone, the value is 0 and the gradient 0, or none.
func TestQualityFocal_IsFlatAtItsQuality(t *testing.T) {
	t.Run("float32", testFlat[float32])
	t.Run("float64", testFlat[float64])
}

func testFlat[T kernel.Float](t *testing.T) {
	for _, tier := range kernel.Tiers() {
		for _, beta := range []T{0, 0.5, 1, 1.5, 2, 30} {
			value, grad := make([]T, 1), make([]T, 1)
			kernel.QualityFocal(beta).In(tier).ValueGrad(value, grad, []T{0}, []T{0.5}, 1)
			if beta == 0 {
				require.InDelta(t, math.Ln2, float64(value[0]), 1e-7)
			} else {
				require.Zero(t, value[0], "β = %v in %v", beta, tier)
			}
			require.Equal(t, beta > 0 && beta < 1, math.IsNaN(float64(grad[0])), "β = %v in %v: gradient %v", beta, tier, grad[0])
			if beta == 0 || beta >= 1 {
				require.Zero(t, grad[0], "β = %v in %v", beta, tier)
			}
		}
	}
}
