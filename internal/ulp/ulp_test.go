package ulp_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// TestError_AgreesWithBigArithmetic computes (x − V)/ulp(V) exactly, for every format
// and for numbers of every magnitude.
func TestError_AgreesWithBigArithmetic(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, f := range ieee.Formats() {
		top := f.Ordinal(f.MaxFinite())
		draw := func() float64 { return math.Copysign(f.FromOrdinal(random.Int64N(top+1)), random.Float64()-0.5) }
		for n := range 20000 {
			rounded, residual := draw(), math.Ldexp(float64(random.IntN(1<<20))-1<<19, -20)
			if n%4 == 0 { // a power of two, where the ulp changes
				rounded = math.Copysign(math.Ldexp(1, f.MinExp()+random.IntN(f.MaxExp-f.MinExp())), rounded)
			}
			x := draw()
			if n%3 == 0 {
				x = f.FromOrdinal(min(max(f.Ordinal(rounded)+int64(random.IntN(9)-4), -top), top))
			}
			unit := ulp.Of(f, rounded, residual)
			want := new(big.Float).SetPrec(5000).Sub(exact(x), exact(rounded))
			want.Quo(want, exact(unit)).Sub(want, exact(residual))
			wanted, _ := want.Float64()
			wanted = min(max(wanted, -math.MaxFloat64), math.MaxFloat64)
			got := ulp.Error(f, x, rounded, residual)
			// One rounding of the difference and one of subtracting the residual.
			slack := 2 * ieee.Float64.Ulp(max(math.Abs(wanted), 1))
			if wanted == got {
				continue
			}
			require.LessOrEqual(t, math.Abs(got-wanted), slack, "%s: %v for %v, residual %v: %v, want %v", f, x, rounded, residual, got, wanted)
		}
	}
}

func exact(x float64) *big.Float { return new(big.Float).SetPrec(5000).SetFloat64(x) }

func TestError_SpecialCases(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	f := ieee.Float64
	for _, c := range []struct {
		x, rounded, residual, want float64
	}{
		{nan, nan, 0, 0},
		{inf, inf, 0, 0},
		{-inf, inf, 0, inf},
		{nan, 1, 0, inf},
		{1, nan, 0, inf},
		{inf, math.MaxFloat64, 0, inf},
		// Finite errors stay finite, however large.
		{math.MaxFloat64, 5e-324, 0, math.MaxFloat64},
		{-math.MaxFloat64, 5e-324, 0, -math.MaxFloat64},
		{math.MaxFloat64, -math.MaxFloat64, 0, 0x1p54 - 2},
		{1, 1, 0.25, -0.25},
		{1 + 0x1p-52, 1, 0.25, 0.75},
		{1 - 0x1p-53, 1, -0.25, -0.75},
		{1 + 0x1p-52, 1, -0.25, 2.25},
		// Below the smallest normal number the ulp does not halve.
		{0x1p-1022 - 0x1p-1074, 0x1p-1022, -0.25, -0.75},
		{5e-324, 0, 0.25, 0.75},
	} {
		got := ulp.Error(f, c.x, c.rounded, c.residual)
		require.True(t, ulp.SameBits(c.want, got), "%v for %v and %v: %v, want %v", c.x, c.rounded, c.residual, got, c.want)
	}
}
