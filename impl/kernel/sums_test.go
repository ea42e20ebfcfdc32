package kernel

import (
	"math"
	"testing"
)

// vanishing are inputs of each loss whose values are 0 or subnormal in float32.
var vanishing = map[string][2]float32{
	"binary_cross_entropy_with_logits": {104.5, 1},
	"binary_cross_entropy":             {0x1p-149, 0},
	"squared_error":                    {0x1.3p-76, 0},
	"squared_error_with_logits":        {52.5, 1},
	"absolute_error":                   {0x1p-149, 0},
	"huber":                            {0x1.3p-76, 0},
	"smooth_l1":                        {0x1.3p-76, 0},
	"sigmoid":                          {-104.5, 0},
	"softplus":                         {-104.5, 0},
	"log_sigmoid":                      {104.5, 0},
	"sigmoid_focal":                    {104.5, 1},
	"quality_focal":                    {104.5, 1},
	"varifocal":                        {104.5, 1},
	"gaussian_focal_with_logits":       {104.5, 1},
}

// TestSums_KeepWhatVanishes: a sum of float32 is that in float64, although every value is next to 0,
// and also where a gradient is written over what it is taken of.
func TestSums_KeepWhatVanishes(t *testing.T) {
	const n, within = stride + 77, 0x1p-22
	for _, c := range pointwiseKernels[float32]() {
		at := vanishing[c.kernel.name]
		if at == [2]float32{} {
			t.Fatal("no inputs of", c.name)
		}
		if c.kernel.name == "binary_cross_entropy" && c.kernel.params[0] > 0 {
			continue // clipped, it does not vanish
		}
		pred, target, grad := make([]float32, n), make([]float32, n), make([]float32, n)
		for _, tier := range Tiers() {
			for i := range pred {
				pred[i], target[i] = at[0], at[1]
			}
			k, y := c.kernel.In(tier), target
			if !k.hasTarget {
				y = nil
			}
			want := n * valueInDouble(k, at)
			for form, got := range map[string]float64{"Sum": k.Sum(pred, y), "SumGrad": k.SumGrad(grad, pred, y, 1), "SumGrad in place": k.SumGrad(pred, pred, y, 1)} {
				if !(math.Abs(got-want) <= within*math.Abs(want)) {
					t.Errorf("%s: %s in %s: %v, want %v", c.name, form, tier, got, want)
				}
			}
		}
	}
}

// valueInDouble is the value of one element in float64.
func valueInDouble(k Pointwise[float32], at [2]float32) float64 {
	double := k.double(&k.params)
	value, _ := double.point(&double.params, float64(at[0]), float64(at[1]))
	return value
}
