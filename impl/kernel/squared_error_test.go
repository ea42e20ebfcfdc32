package kernel_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

func TestSquaredError_TiersAgree(t *testing.T) {
	for _, f := range []float64{1, 0.5} {
		testTiers(t, kernel.SquaredError(float32(f)), ofNumbers, full.Count(50_003, 4))
		testTiers(t, kernel.SquaredError(f), ofNumbers, full.Count(50_003, 4))
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
		pred, target := make([]float32, n), make([]float32, n)
		for i := range pred {
			pred[i] = 1.8e19
		}
		squares := squaresOf(pred)
		requireSum(t, k.Sum(pred, target), squares, 1)
		grad := make([]float32, n)
		requireSum(t, k.SumGrad(grad, pred, target, 0.5), squares, 1)
		require.Equal(t, pred, grad, tier)
		requireSum(t, k.SumGrad(pred, pred, target, 1), squares, 1)
		require.Equal(t, float32(3.6e19), pred[n-1], tier)

		pred[3] = float32(math.Inf(-1))
		require.Equal(t, math.Inf(1), k.Sum(pred, target), tier)
		target[n-1] = float32(math.NaN())
		require.True(t, math.IsNaN(k.Sum(pred, target)), tier)
	}
}

// squaresOf are the squares of xs in float64, which for these numbers are exact.
func squaresOf(xs []float32) []float64 {
	squares := make([]float64, len(xs))
	for i, x := range xs {
		squares[i] = float64(x) * float64(x)
	}
	return squares
}

// Vectors sum the bits of squares: those that are 0 or subnormal count in full where all are, and one that is no number among others,
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
		require.InEpsilon(t, exactSum(squaresOf(pred)), k.Sum(pred, target), 0x1p-52, tier)
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

// A difference may be out of range where its product with the gradient from upstream is not; and
// that with 2 where it is not itself.
func TestSquaredError_GradientsOfWhatOverflows(t *testing.T) {
	testSquaredErrorOverflow[float32](t, math.MaxFloat32)
	testSquaredErrorOverflow[float64](t, math.MaxFloat64)
}

func testSquaredErrorOverflow[T kernel.Float](t *testing.T, most T) {
	k := kernel.SquaredError[T](1)
	for _, tier := range kernel.Tiers() {
		k := k.In(tier)
		for _, n := range []int{1, 7, 8, 16, 31, 32, 33, 63, 64, 100, 1<<14 + 3} {
			for _, at := range []int{0, n / 2, n - 1} {
				pred, target, grad, value := make([]T, n), make([]T, n), make([]T, n), make([]T, n)
				pred[at], target[at] = most, -most
				want := make([]T, n)
				want[at] = most / 4
				check := func(form string, got []T) {
					require.Equal(t, want, got, "%s of %d in %v", form, n, tier)
				}
				k.Grad(grad, pred, target, 0x1p-4)
				check("Grad", grad)
				k.ValueGrad(value, grad, pred, target, 0x1p-4)
				check("ValueGrad", grad)
				require.Equal(t, T(math.Inf(1)), value[at])
				clear(grad)
				k.SumGrad(grad, pred, target, 0x1p-4)
				check("SumGrad", grad)
				k.Grad(pred, pred, target, 0x1p-4)
				check("Grad in place", pred)
			}
		}
		grad := make([]T, 3)
		k.Grad(grad, []T{1, 1, 0.25}, []T{1, 0.5, 0}, most)
		require.Equal(t, []T{0, most, most / 2}, grad, tier)
	}
}
