package properties

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

const least = 0x1p-1074 // the least float64

// A bound of a few subnormal units is not rounded below itself.
func TestBound_OfSubnormalNumbersIsNotRoundedDown(t *testing.T) {
	for kappa, units := range map[float64]float64{0: 4, 0.1: 5, 0.24: 5, 0.3: 6} {
		require.Equal(t, units*least, errorBound(subject.Accurate, ieee.Float64, oracle.Number{Kappa: kappa}, subject.Terms{N: 1}), "κ = %v", kappa)
	}
	require.Equal(t, 4*0x1p-149*roundedUp, errorBound(subject.Accurate, ieee.Float32, oracle.Number{}, subject.Terms{N: 1}))
}

// What the noisy subject answers is nearer to the truth than the bound, also where the truth is
// far below the least number and the bound a few of these.
func TestNoisy_StaysWithinBoundsOfSubnormalNumbers(t *testing.T) {
	truth := oracle.Number{Residual: 7.9e-88}
	largest := 0.0
	for seed := range uint64(200) {
		c := loss.Call{Loss: "softplus", Format: ieee.Float64, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{-946}}}
		plan, err := c.Plan()
		require.NoError(t, err)
		x := noisy{level: subject.Accurate, seed: seed}.disturb(&c, plan, truth, "value", 0, 1, subject.Terms{N: 1})
		largest = max(largest, math.Abs(x))
	}
	// 4 units below 0 are more than 4 from the truth.
	require.Equal(t, 3*least, largest)
}
