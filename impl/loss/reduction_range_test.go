package loss_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

const (
	least   = math.SmallestNonzeroFloat64
	largest = math.MaxFloat64
)

// TestReduction_MeanOverTheLeastWeightIsThatOfOne has tiny weights, of which only quotients
// matter: the mean over Σ w_k·y_k is that of the weight 1.
func TestReduction_MeanOverTheLeastWeightIsThatOfOne(t *testing.T) {
	zero := distributed("categorical_cross_entropy", []float64{0, 0}, []float64{0, least}, loss.Params{"weight": {0, 1}})
	zero.Reduction = loss.MeanWeight
	res := eval(t, zero)
	requireSame(t, []float64{inf}, res.Value, "−log 0")
	requireSame(t, []float64{0, math.Inf(-1)}, res.Grad, "−1/0")

	one := &loss.Call{Loss: "cross_entropy", Reduction: loss.MeanWeight, Params: loss.Params{"weight": {1}},
		Batch: loss.Batch{Rows: 2, Cols: 1, Pred: []float64{nan, 0}, Target: []float64{0, 2 * least}, Weight: []float64{0, 1}}}
	res = eval(t, one)
	requireSame(t, []float64{0}, res.Value, "one class")
	requireSame(t, []float64{0, 0}, res.Grad, "one class, gradient")

	two := distributed("categorical_cross_entropy", []float64{0.5, 0.25}, []float64{0, least}, loss.Params{"weight": {0, least}})
	two.Reduction, two.Weight = loss.MeanWeight, []float64{least}
	res = eval(t, two)
	requireSame(t, []float64{2 * math.Ln2}, res.Value, "a denominator of 2^-3222")
	requireSame(t, []float64{0, -4}, res.Grad, "a denominator of 2^-3222, gradient")
	two.Conventions = loss.Conventions{"empty_mean": "error"}
	_, err := loss.Eval(two)
	require.NoError(t, err, "it is a mean over something")
}

// TestReduction_HoldsTheBoundAtBothEndsOfTheRange has weights and targets whose products
// leave the range of float64 in every order, while most of their means do not.
func TestReduction_HoldsTheBoundAtBothEndsOfTheRange(t *testing.T) {
	ends := []float64{least, 3 * least, 0x1p-1022, 0.7, 1e300, largest}
	for _, name := range []string{"cross_entropy", "categorical_cross_entropy"} {
		for _, reduction := range loss.Reductions() {
			for _, w := range ends {
				for _, y := range ends[:4] {
					for _, sample := range ends {
						c := &loss.Call{Loss: name, Reduction: reduction, Params: loss.Params{"weight": {w, 0.75 * w, 0}},
							Batch: loss.Batch{Rows: 2, Cols: 3, Pred: []float64{0.25, 0.5, 0.125, 0.75, 0.125, 0.5},
								Target: []float64{y, 0.5, y, 0, y, 1}, Weight: []float64{sample, 1}}}
						requireTruth(t, c, fmt.Sprintf("%s %s, weight %g, target %g, sample weight %g", name, reduction, w, y, sample))
						c.Target, c.Label = nil, []int{1, 0}
						requireTruth(t, c, fmt.Sprintf("%s %s, weight %g, labels, sample weight %g", name, reduction, w, sample))
					}
				}
			}
		}
	}
}

// requireTruth holds all outputs to the bound 1(1+κ) ulp.
func requireTruth(t *testing.T, c *loss.Call, what string) {
	t.Helper()
	direction := []float64{1, -2, 0.5, 0, 1, 3}
	got, err := loss.EvalHessian(c, direction)
	require.NoError(t, err, what)
	truth, err := oracle.Eval(c)
	require.NoError(t, err, what)
	product, err := oracle.EvalProduct(c, direction)
	require.NoError(t, err, what)
	target, err := oracle.EvalTarget(c)
	require.NoError(t, err, what)
	hold := func(output string, got []float64, want []oracle.Number) {
		t.Helper()
		require.Len(t, got, len(want), what)
		for i, v := range want {
			e := math.Abs(conformance.ErrorUlp(ieee.Float64, got[i], v))
			require.LessOrEqual(t, e, 1+v.Kappa, "%s: %s[%d] = %v, true: %v", what, output, i, got[i], v.Rounded)
		}
	}
	hold("value", got.Value, truth.Value)
	hold("gradient", got.Grad, truth.Grad)
	hold("gradient by the target", got.TargetGrad, target)
	hold("Hessian product", got.Product, product)
}
