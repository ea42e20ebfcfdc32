package oracle_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

// κ of squared error is a rational number, 2·(|x| + |y|)/|x−y|, without y where it is 0 or 1, a
// label. Kappa is not below it, and above it by a few roundings at most, in
// formats whose numbers are far from the values that they round.
func TestKappa_IsAnUpperBoundOfTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(33, 1))
	for _, f := range []ieee.Format{ieee.BFloat16, ieee.Float16, ieee.Float32, ieee.Float64} {
		for range 2000 {
			x, y := f.Round(r.NormFloat64()), f.Round(r.NormFloat64())
			if r.IntN(8) == 0 {
				y = 0
			}
			c := pointwise("squared_error", x, y)
			c.Format = f
			truth, err := oracle.Eval(c)
			require.NoError(t, err)
			exact := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
			d := new(big.Rat).Sub(exact(x), exact(y))
			square := new(big.Rat).Mul(d, d)
			if square.Cmp(exact(f.MinNormal())) < 0 {
				continue
			}
			sum := exact(math.Abs(x))
			if y != 1 { // a label
				sum.Add(sum, exact(math.Abs(y)))
			}
			want := sum.Quo(sum.Mul(sum, big.NewRat(2, 1)), d.Abs(d))
			got := truth.Value[0].Kappa
			require.GreaterOrEqual(t, exact(got).Cmp(want), 0, "%s (%v − %v)²: κ = %v", f, x, y, got)
			require.LessOrEqual(t, exact(got*(1-0x1p-51)).Cmp(want), 0, "%s (%v − %v)²: κ = %v", f, x, y, got)
		}
	}
}

// A value that was rounded up is smaller than its rounded number, and κ divides by the value.
func TestKappa_DividesByTheValueAndNotByItsRounding(t *testing.T) {
	c := pointwise("squared_error", -0.45703125, -0.734375)
	c.Format = ieee.BFloat16
	truth, err := oracle.Eval(c)
	require.NoError(t, err)
	require.InDelta(t, 8.5915, truth.Value[0].Kappa, 0.0001)
}
