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
		require.Equal(t, wantE, e)
		require.True(t, sameBits(wantFraction, fraction), "frexp(%g)", x)
		for _, exp := range []int{0, 1, -1, -1022, -1023, 1023, 1024, r.IntN(4400) - 2200} {
			require.True(t, sameBits(math.Ldexp(x, exp), ldexp(x, exp)), "ldexp(%g, %d)", x, exp)
		}
	}
}

func sameBits(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
}
