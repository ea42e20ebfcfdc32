package loss

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The short forms have the bits of those of package math, over the whole range of float64.
func TestLdexpAndFrexp_AreThoseOfMath(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	numbers := []float64{0, math.Copysign(0, -1), 1, -1, math.SmallestNonzeroFloat64, 0x1p-1022, math.MaxFloat64, math.Inf(1), math.Inf(-1)}
	for range 100_000 {
		numbers = append(numbers, math.Float64frombits(r.Uint64()))
	}
	for _, x := range numbers {
		fraction, e := frexp(x)
		wantFraction, wantE := math.Frexp(x)
		require.Equal(t, int64(wantE), e)
		require.True(t, sameBits(wantFraction, fraction), "frexp(%g)", x)
		for _, exp := range []int{0, 1, -1, -1022, -1023, 1023, 1024, -1 << 30, 1 << 30, r.IntN(4400) - 2200} {
			require.True(t, sameBits(math.Ldexp(x, exp), ldexp(x, int64(exp))), "ldexp(%g, %d)", x, exp)
		}
	}
}

// Exponents go far beyond 32 bits and cancel there: a term that vanishes is not one that
// explodes, on any processor.
func TestExponential_HasExponentsOfMoreThan32Bits(t *testing.T) {
	for _, x := range []float64{1, 800, 0x1p30, 1e10, 0x1p39, 0x1p40, math.MaxFloat64} {
		up, down := exponential(num(x)), exponential(num(-x))
		product := mul(up, up, up, down, down, down)
		if x < 0x1p39 {
			require.Equal(t, 1., product.float(), "x=%g", x)
		}
		require.Less(t, max(product.exp, -product.exp), int64(8), "x=%g", x)
		require.Equal(t, x > 709, math.IsInf(up.float(), 1), "x=%g", x)
		require.Equal(t, x > 745, down.float() == 0, "x=%g", x)
		require.Positive(t, down.hi, "x=%g", x)
	}
}

func sameBits(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
}
