package interval

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The identities σ(x) + σ(−x) = 1, sp(x) − sp(−x) = x and e^sp(x) = 1 + eˣ hold for the
// enclosures at every precision, and the enclosures are narrow.
func TestLogistic_IdentitiesHold(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		c := Context{Prec: uint(30 + r.IntN(400))}
		x := FromFloat64(r.NormFloat64() * []float64{1e-30, 1e-3, 1, 30, 800, 1e4}[r.IntN(6)])
		s, m := c.Sigmoid(x), c.Sigmoid(c.Neg(x))
		require.True(t, c.Add(s, m).Contains(oneFloat), "σ at %v", x)
		require.True(t, c.Sub(c.Softplus(x), c.Softplus(c.Neg(x))).Overlaps(x), "sp at %v", x)
		require.True(t, c.Exp(c.Softplus(x)).Overlaps(c.Add(one, c.Exp(x))), "e^sp at %v", x)
		for _, v := range []Interval{s, c.Softplus(x)} {
			const ulps = 16 // exp, add and quo or log1p, each within 2 ulps, carried at most in full
			width := new(big.Float).Sub(v.hi, v.lo)
			require.True(t, width.Sign() == 0 || binary(width) <= binary(v.hi)-int(c.Prec)+4, "width at %v beyond %d ulps", x, ulps)
		}
	}
}

func TestLogistic_EnclosesTheImageOfAnInterval(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	c := Context{Prec: 80}
	for range 500 {
		a, b := r.NormFloat64()*20, r.NormFloat64()*20
		x := FromBounds(big.NewFloat(min(a, b)), big.NewFloat(max(a, b)))
		inside := FromFloat64(min(a, b) + r.Float64()*(max(a, b)-min(a, b)))
		require.True(t, c.Sigmoid(x).Overlaps(c.Sigmoid(inside)))
		require.True(t, c.Softplus(x).Overlaps(c.Softplus(inside)))
		require.True(t, c.Softplus(x).lo.Cmp(c.Softplus(inside).hi) <= 0)
	}
}

func TestLogistic_FarOut(t *testing.T) {
	c := Context{Prec: 128}
	far := FromBig(new(big.Float).SetMantExp(big.NewFloat(1), 8192))
	require.True(t, c.Softplus(far).Contains(far.lo), "sp(x) → x")
	require.Zero(t, c.Softplus(c.Neg(far)).lo.Sign(), "sp(−x) → 0 from above")
	require.Positive(t, c.Softplus(c.Neg(far)).hi.Sign())
	require.Zero(t, c.Sigmoid(c.Neg(far)).lo.Sign(), "σ(−x) → 0 from above")
	require.True(t, c.Sigmoid(far).hi.Cmp(oneFloat) >= 0)
	unbounded := open(noLowerBound, oneFloat)
	require.Zero(t, c.Softplus(unbounded).lo.Sign(), "sp > 0")
	require.True(t, c.Softplus(open(zeroFloat, noUpperBound)).hi.IsInf())
}
