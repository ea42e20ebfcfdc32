package kernel_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

func TestSquaredError_TiersAgree(t *testing.T) {
	for _, f := range []float64{1, 0.5} {
		testTiers(t, kernel.SquaredError(float32(f)), ofNumbers, count(50_003, 4))
		testTiers(t, kernel.SquaredError(f), ofNumbers, count(50_003, 4))
	}
}

func TestSquaredError_IsAccurate(t *testing.T) {
	for name, f := range factors {
		call := loss.Call{Loss: "squared_error", Conventions: loss.Conventions{"squared_error_factor": name}}
		testAccuracy(t, kernel.SquaredError(float32(f)), call, ofNumbers, 4000, 1.92)
		testAccuracy(t, kernel.SquaredError(f), call, ofNumbers, 4000, 1.92)
	}
}

func TestSquaredError_SumsToTheLastPlace(t *testing.T) {
	testSum(t, kernel.SquaredError[float32](1), true, 1)
	testSum(t, kernel.SquaredError[float64](1), true, 1)
}

// factors are the values of the convention squared_error_factor.
var factors = map[string]float64{"1": 1, "1/2": 0.5}

func TestSquaredError_RefusesAnotherFactor(t *testing.T) {
	require.PanicsWithValue(t, "kernel: squared_error: squared_error_factor = 2: want 1 or 1/2", func() { kernel.SquaredError(2.0) })
	require.Panics(t, func() { kernel.SquaredErrorWithLogits(float32(0)) })
}

// Two squares that are added in float32 may be out of its range. The sum is not, even where
// the gradient replaces the numbers that it is taken of.
func TestSquaredError_SumsWhatPairsOverflow(t *testing.T) {
	const n = 1<<14 + 50
	for _, tier := range kernel.Tiers() {
		k := kernel.SquaredError[float32](1).In(tier)
		pred, target, value := make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range pred {
			pred[i] = 1.8e19
		}
		k.Value(value, pred, target)
		requireSum(t, k.Sum(pred, target), value, 1)
		grad := make([]float32, n)
		requireSum(t, k.SumGrad(grad, pred, target, 0.5), value, 1)
		require.Equal(t, pred, grad, tier)
		requireSum(t, k.SumGrad(pred, pred, target, 1), value, 1)
		require.Equal(t, float32(3.6e19), pred[n-1], tier)

		pred[3] = float32(math.Inf(-1))
		require.Equal(t, math.Inf(1), k.Sum(pred, target), tier)
		target[n-1] = float32(math.NaN())
		require.True(t, math.IsNaN(k.Sum(pred, target)), tier)
	}
}

// Vectors sum the bits of squares: subnormal ones too, and one that is no number among others,
// whatever its sign.
func TestSquaredError_SumsBits(t *testing.T) {
	const n = 4096
	inf := float32(math.Inf(1))
	for _, tier := range kernel.Tiers() {
		k := kernel.SquaredError[float32](1).In(tier)
		pred, target, value := make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range pred {
			pred[i] = 2e-20 / float32(1+i%1000)
		}
		k.Value(value, pred, target)
		require.Less(t, value[500], float32(0x1p-126))
		require.Positive(t, value[500])
		require.Zero(t, value[999])
		requireSum(t, k.Sum(pred, target), value, 0)
		pred[70] = 1e19
		k.Value(value, pred, target)
		requireSum(t, k.Sum(pred, target), value, 0)
		for _, i := range []int{0, 17, 63, n - 1} {
			for _, x := range []float32{inf, -inf, float32(math.NaN()), float32(math.Copysign(math.NaN(), -1))} {
				pred, target := slices.Clone(pred), slices.Clone(target)
				pred[i] = x
				require.Equal(t, x != x, math.IsNaN(k.Sum(pred, target)), "%v: %v at %d", tier, x, i)
				require.False(t, k.Sum(pred, target) < math.Inf(1), "%v: %v at %d", tier, x, i)
				pred[i], target[i] = inf, inf // whose difference is NaN with a sign
				require.True(t, math.IsNaN(k.Sum(pred, target)), "%v: at %d", tier, i)
			}
		}
	}
}

// A gradient may be written over the predictions or the targets.
func TestSquaredError_InPlace(t *testing.T) {
	pred, target := make([]float32, 40_001), make([]float32, 40_001)
	for i := range pred {
		pred[i], target[i] = float32(i%7), float32(i%3)
	}
	for _, tier := range kernel.Tiers() {
		k := kernel.SquaredError[float32](0.5).In(tier)
		grad := make([]float32, len(pred))
		sum := k.SumGrad(grad, pred, target, 3)
		over := slices.Clone(pred)
		require.Equal(t, sum, k.SumGrad(over, over, target, 3))
		require.Equal(t, grad, over)
		over = slices.Clone(target)
		require.Equal(t, sum, k.SumGrad(over, pred, over, 3))
		require.Equal(t, grad, over)
	}
}
