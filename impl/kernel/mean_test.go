package kernel

import (
	"math"
	"testing"
)

// A mean is in range where no sum is, alone, in a pool, and with the gradient written over
// the predictions.
func TestMean_IsFiniteWhereTheSumIsNot(t *testing.T) {
	const value, n = 0x1p1023, 1000
	pool := NewPool(2)
	defer pool.Close()
	for _, tier := range Tiers() {
		k := SquaredError[float64](0.5).In(tier)
		pred, target, grad := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range pred {
			pred[i] = 0x1p512
		}
		if sum := k.Sum(pred, target); !math.IsInf(sum, 1) {
			t.Fatalf("%v: the sum is %v, in range", tier, sum)
		}
		for name, mean := range map[string]float64{
			"Mean": k.Mean(pred, target), "MeanGrad": k.MeanGrad(grad, pred, target),
			"in a pool": k.On(pool).Mean(pred, target), "MeanGrad in a pool": k.On(pool).MeanGrad(grad, pred, target),
		} {
			if mean != value {
				t.Errorf("%v, %s: %v, want %v", tier, name, mean, value)
			}
		}
		if mean := k.MeanGrad(pred, pred, target); mean != value {
			t.Errorf("%v, over the predictions: %v, want %v", tier, mean, value)
		}
	}
}
