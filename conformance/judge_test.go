package conformance

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// TestErrorUlp_AgreesWithBigArithmetic computes (x − V)/ulp(V) exactly, for every format
// and for numbers of every magnitude.
func TestErrorUlp_AgreesWithBigArithmetic(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, f := range ieee.Formats() {
		top := f.Ordinal(f.MaxFinite())
		draw := func() float64 { return math.Copysign(f.FromOrdinal(random.Int64N(top+1)), random.Float64()-0.5) }
		for n := range 20000 {
			v := oracle.Number{Rounded: draw(), Residual: math.Ldexp(float64(random.IntN(1<<20))-1<<19, -20)}
			if n%4 == 0 { // a power of two, where the ulp changes
				v.Rounded = math.Copysign(math.Ldexp(1, f.MinExp()+random.IntN(f.MaxExp-f.MinExp())), v.Rounded)
			}
			x := draw()
			if n%3 == 0 {
				x = f.FromOrdinal(min(max(f.Ordinal(v.Rounded)+int64(random.IntN(9)-4), -top), top))
			}
			ulp := ulpOfTruth(f, v)
			want := new(big.Float).SetPrec(5000).Sub(exact(x), exact(v.Rounded))
			want.Quo(want, exact(ulp)).Sub(want, exact(v.Residual))
			wanted, _ := want.Float64()
			wanted = min(max(wanted, -math.MaxFloat64), math.MaxFloat64)
			got := ErrorUlp(f, x, v)
			// One rounding of the difference and one of subtracting the residual.
			slack := 2 * ieee.Float64.Ulp(max(math.Abs(wanted), 1))
			if wanted == got {
				continue
			}
			require.LessOrEqual(t, math.Abs(got-wanted), slack, "%s: %v for %v, residual %v: %v, want %v", f, x, v.Rounded, v.Residual, got, wanted)
		}
	}
}

func exact(x float64) *big.Float { return new(big.Float).SetPrec(5000).SetFloat64(x) }

func TestErrorUlp_SpecialCases(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	f := ieee.Float64
	for _, c := range []struct {
		x    float64
		v    oracle.Number
		want float64
	}{
		{nan, oracle.Number{Rounded: nan}, 0},
		{inf, oracle.Number{Rounded: inf}, 0},
		{-inf, oracle.Number{Rounded: inf}, inf},
		{nan, oracle.Number{Rounded: 1}, inf},
		{1, oracle.Number{Rounded: nan}, inf},
		{inf, oracle.Number{Rounded: math.MaxFloat64}, inf},
		// Finite errors stay finite, however large.
		{math.MaxFloat64, oracle.Number{Rounded: 5e-324}, math.MaxFloat64},
		{-math.MaxFloat64, oracle.Number{Rounded: 5e-324}, -math.MaxFloat64},
		{math.MaxFloat64, oracle.Number{Rounded: -math.MaxFloat64}, 0x1p54 - 2},
		{1, oracle.Number{Rounded: 1, Residual: 0.25}, -0.25},
		{1 + 0x1p-52, oracle.Number{Rounded: 1, Residual: 0.25}, 0.75},
		{1 - 0x1p-53, oracle.Number{Rounded: 1, Residual: -0.25}, -0.75},
		{1 + 0x1p-52, oracle.Number{Rounded: 1, Residual: -0.25}, 2.25},
		// Below the smallest normal number the ulp does not halve.
		{0x1p-1022 - 0x1p-1074, oracle.Number{Rounded: 0x1p-1022, Residual: -0.25}, -0.75},
		{5e-324, oracle.Number{Rounded: 0, Residual: 0.25}, 0.75},
	} {
		require.True(t, sameBits(c.want, ErrorUlp(f, c.x, c.v)), "%v for %+v: %v, want %v", c.x, c.v, ErrorUlp(f, c.x, c.v), c.want)
	}
}

// TestLevels_AreNested: what meets a level meets every lower one.
func TestLevels_AreNested(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for _, f := range ieee.Formats() {
		top := f.Ordinal(math.Inf(1))
		for range 20000 {
			r := random.Int64N(top + 1)
			if random.IntN(2) == 0 {
				r = -r
			}
			v := oracle.Number{Rounded: f.FromOrdinal(r), Residual: random.Float64() - 0.5, Kappa: math.Exp(random.NormFloat64())}
			x := f.FromOrdinal(r + int64(random.NormFloat64()*20))
			n := 1 + random.IntN(100)
			for l := Exact; l > Callable; l-- {
				if passes(l, f, x, v, n) {
					require.True(t, passes(l-1, f, x, v, n), "%s %v for %+v meets %s and not %s", f, x, v, l, l-1)
				}
			}
		}
	}
}

func TestLevel_NamesReadBack(t *testing.T) {
	for _, l := range append(Levels(), NotCallable) {
		text, err := l.MarshalText()
		require.NoError(t, err)
		var back Level
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, l, back)
	}
	_, err := LevelNamed("6")
	require.ErrorContains(t, err, "want one of 0 callable")
	require.Equal(t, "Level(9)", Level(9).String())
}

// TestErrorStats_RMSOfHugeErrors: squares overflow where the mean square root does not.
func TestErrorStats_RMSOfHugeErrors(t *testing.T) {
	var s, a, b errorStats
	for k, x := range []float64{3e300, -4e300, 0, 0} {
		s.add(x, 0, k)
		if k%2 == 0 {
			a.add(x, 0, k)
		} else {
			b.add(x, 0, k)
		}
	}
	a.merge(b)
	for _, stats := range []errorStats{s, a} {
		require.Less(t, math.Abs(stats.rms()/2.5e300-1), 4*0x1p-52) // four roundings
		require.True(t, stats.largest == -4e300 && stats.at == 1)
	}
	s.add(math.Inf(1), 0, 9)
	require.True(t, math.IsInf(s.rms(), 1))
}
