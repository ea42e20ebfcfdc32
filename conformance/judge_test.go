package conformance

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

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
			terms := subject.Terms{N: 1 + random.IntN(100), Size: math.Abs(v.Rounded) * random.ExpFloat64()}
			for l := Exact; l > Callable; l-- {
				if passes(l, f, x, v, terms) {
					require.True(t, passes(l-1, f, x, v, terms), "%s %v for %+v meets %s and not %s", f, x, v, l, l-1)
				}
			}
		}
	}
}

func TestLevel_NamesReadBack(t *testing.T) {
	for _, l := range append(subject.Levels(), NotCallable) {
		text, err := l.MarshalText()
		require.NoError(t, err)
		var back Level
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, l, back)
	}
	_, err := subject.LevelNamed("6")
	require.ErrorContains(t, err, "there is 0 callable")
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
