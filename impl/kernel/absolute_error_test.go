package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

// A thresholded is a loss of a difference that is linear from a threshold on, or everywhere.
type thresholded[T kernel.Float] struct {
	loss, param string
	most        float64 // ulp that a value or a gradient may be off for targets 0 and 1
	build       func(threshold T) kernel.Pointwise[T]
}

func thresholdeds[T kernel.Float]() []thresholded[T] {
	return []thresholded[T]{
		{"absolute_error", "", 0.5 + 1e-9, func(T) kernel.Pointwise[T] { return kernel.AbsoluteError[T]() }},
		{"huber", "delta", 4, kernel.Huber[T]},
		{"smooth_l1", "beta", 6, kernel.SmoothL1[T]},
	}
}

// thresholds are of every size, up to the ends of the range and beyond where 1/β is in it.
func thresholds[T kernel.Float]() []T {
	f := format[T]()
	return []T{1, 0.1, 3, 0x1p-100, 0x1p100, T(f.MinSubnormal()), T(f.MinNormal()), T(f.MaxFinite()), T(f.MaxFinite() / 3), T(math.Sqrt(f.MinNormal()))}
}

// testThresholded runs a test for each loss and threshold.
func testThresholded[T kernel.Float](t *testing.T, test func(t *testing.T, l thresholded[T], k kernel.Pointwise[T], call loss.Call)) {
	for _, l := range thresholdeds[T]() {
		for _, x := range append(thresholds[T](), 0) {
			if l.param != "beta" && x == 0 || l.param == "" && x != 1 {
				continue
			}
			call := loss.Call{Loss: l.loss}
			if l.param != "" {
				call.Params = loss.Params{l.param: {float64(x)}}
			}
			t.Run(fmt.Sprintf("%s/%s/%v", l.loss, format[T]().Name, x), func(t *testing.T) { test(t, l, l.build(x), call) })
		}
	}
}

func TestThresholded_TiersAgree(t *testing.T) {
	testThresholded(t, testThresholdedTiers[float32])
	testThresholded(t, testThresholdedTiers[float64])
}

func testThresholdedTiers[T kernel.Float](t *testing.T, _ thresholded[T], k kernel.Pointwise[T], _ loss.Call) {
	testTiers(t, k, ofNumbers, full.Count(1<<13, 4)+13)
}

func TestThresholded_AreAccurate(t *testing.T) {
	testThresholded(t, testThresholdedAccuracy[float32])
	testThresholded(t, testThresholdedAccuracy[float64])
}

func testThresholdedAccuracy[T kernel.Float](t *testing.T, l thresholded[T], k kernel.Pointwise[T], call loss.Call) {
	testAccuracy(t, k, call, ofNumbers, 1000, l.most)
}

func TestThresholded_SumToTheLastPlace(t *testing.T) {
	for _, l := range thresholdeds[float32]() {
		testSum(t, l.build(1), true, 1)
	}
	for _, l := range thresholdeds[float64]() {
		testSum(t, l.build(1), true, 1)
	}
}

func TestThresholded_RefuseWhatIsNoThreshold(t *testing.T) {
	require.PanicsWithValue(t, "kernel: huber: delta = 0: want a finite number > 0", func() { kernel.Huber(0.0) })
	require.PanicsWithValue(t, "kernel: smooth_l1: beta = -1: want a finite number that is not negative", func() { kernel.SmoothL1(float32(-1)) })
	for _, x := range []float64{math.NaN(), math.Inf(1), -1} {
		require.Panics(t, func() { kernel.Huber(x) })
		require.Panics(t, func() { kernel.SmoothL1(x) })
	}
}

// A difference may be out of range where the loss is not: δ times it, or it less β/2.
func TestThresholded_ValuesOfWhatOverflows(t *testing.T) {
	testThresholdedOverflow[float32](t, 0x1p127)
	testThresholdedOverflow[float64](t, 0x1p1023)
}

func testThresholdedOverflow[T kernel.Float](t *testing.T, most T) {
	for _, c := range []struct {
		kernel     kernel.Pointwise[T]
		want, grad T
	}{
		{kernel.Huber[T](0x1p-10), most * 0x1.4p-10, 0x1p-10}, // less δ²/2, which is below the last place
		{kernel.SmoothL1(most), most * 0.75, 1},
	} {
		for _, tier := range kernel.Tiers() {
			k := c.kernel.In(tier)
			for _, n := range []int{1, 31, 64, 100, 1<<14 + 3} {
				pred, target, value, grad, again := make([]T, n), make([]T, n), make([]T, n), make([]T, n), make([]T, n)
				pred[n-1], target[n-1] = most, -most/4
				k.ValueGrad(value, grad, pred, target, 1)
				require.Equal(t, c.want, value[n-1], "%v, %d", tier, n)
				require.Equal(t, c.grad, grad[n-1], "%v, %d", tier, n)
				k.Grad(again, pred, target, 1)
				require.Equal(t, grad, again, tier)
				require.InEpsilon(t, float64(c.want), k.Sum(pred, target), 0x1p-22, "%v, %d", tier, n)
				require.InEpsilon(t, float64(c.want), k.SumGrad(again, pred, target, 1), 0x1p-22, "%v, %d", tier, n)
				require.Equal(t, grad, again, tier)
			}
		}
	}
}
