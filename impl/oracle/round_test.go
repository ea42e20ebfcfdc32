package oracle

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

func bits(x float64) uint64 { return math.Float64bits(x) }

// randomBig draws a number of up to 200 bits whose exponent covers every regime of
// every format, ties and subnormals included.
func randomBig(r *rand.Rand) *big.Float {
	x := new(big.Float).SetPrec(200)
	switch r.IntN(4) {
	case 0: // a tie of some format, and its close neighbours
		m := int64(r.Uint64()>>(1+r.IntN(60)))<<1 | 1
		x.SetInt64(m)
		x.SetMantExp(x, r.IntN(2400)-1250)
		if k := r.IntN(3) - 1; k != 0 {
			nudge := new(big.Float).SetMantExp(big.NewFloat(float64(k)), x.MantExp(nil)-150)
			x.Add(x, nudge)
		}
	case 1: // near the ends of the narrow formats
		x.SetFloat64(1 + r.Float64())
		e := []int{-1074, -1022, -149, -133, -126, -24, -14, 15, 127, 1023}[r.IntN(10)]
		x.SetMantExp(x, e+r.IntN(5)-3)
	default:
		x.SetInt(randomInt(r))
		x.SetMantExp(x, r.IntN(2400)-1400)
	}
	if r.IntN(2) == 0 {
		x.Neg(x)
	}
	return x
}

func TestRoundTo_AgreesWithMathBig(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 1))
	for range 100_000 {
		x := randomBig(r)
		want64, _ := x.Float64()
		require.Equal(t, bits(want64), bits(roundTo(x, ieee.Float64)), "%v", x)
		want32, _ := x.Float32()
		require.Equal(t, bits(float64(want32)), bits(roundTo(x, ieee.Float32)), "%v", x)
	}
}

// In the narrow formats the nearest number is found by looking at both neighbours.
func TestRoundTo_TakesTheNearerNeighbourTiesToEven(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 2))
	distance := func(x *big.Float, to float64) *big.Float {
		d := new(big.Float).SetPrec(3000).Sub(x, big.NewFloat(to))
		return d.Abs(d)
	}
	for _, f := range []ieee.Format{ieee.Float16, ieee.BFloat16} {
		for range 50_000 {
			x := randomBig(r)
			got := roundTo(x, f)
			if math.IsInf(got, 0) {
				limit := math.Ldexp(2-math.Ldexp(1, -f.Precision), f.MaxExp) // half an ulp beyond
				require.GreaterOrEqual(t, new(big.Float).Abs(x).Cmp(big.NewFloat(limit)), 0, "%s %v", f, x)
				continue
			}
			for _, other := range []float64{f.Prev(got), f.Next(got)} {
				if math.IsInf(other, 0) {
					other = math.Copysign(math.Ldexp(1, f.MaxExp+1), other)
				}
				switch distance(x, got).Cmp(distance(x, other)) {
				case 1:
					require.Failf(t, "not the nearest", "%s %v: %v, but %v is nearer", f, x, got, other)
				case 0:
					require.Zero(t, f.Bits(got)&1, "%s %v: a tie goes to even", f, x)
				}
			}
		}
	}
}

func TestCertify_RefusesWhatIsNotCertain(t *testing.T) {
	f := ieee.Float32
	between := func(lo, hi float64) interval.Interval {
		return interval.FromBounds(big.NewFloat(lo), big.NewFloat(hi))
	}
	tie := 1 + 0x1p-24
	_, ok := certify(between(tie-0x1p-50, tie+0x1p-50), f)
	require.False(t, ok, "a tie inside")
	_, ok = certify(between(1+0x1p-30, 1+0x1p-29), f)
	require.False(t, ok, "rounded, but the residual has not one digit")
	_, ok = certify(between(-0x1p-200, 0x1p-200), f)
	require.False(t, ok, "a zero of unknown sign")

	tiny := new(big.Float).SetMantExp(big.NewFloat(1), -1300)
	n, ok := certify(interval.FromBounds(new(big.Float).Neg(tiny), tiny), f)
	require.True(t, ok && n.Either && n.Rounded == 0, "a zero of unknown sign, whatever it is")

	c := interval.Context{Prec: 100}
	vanishing := c.Exp(interval.FromFloat64(-0x1p40)) // from 0 to 2^-(2^30), without the ends
	n, ok = certify(c.Neg(vanishing), f)
	require.True(t, ok)
	require.Equal(t, bits(math.Copysign(0, -1)), bits(n.Rounded), "a vanishing negative number rounds to −0")
	require.Zero(t, n.Residual)

	// The number in an interval that is not closed lies strictly inside.
	n, ok = certify(between(tie, tie+0x1p-52), f)
	require.False(t, ok, "the residual has no digit yet")
	n, ok = certify(c.Add(interval.FromFloat64(tie), vanishing), f)
	require.True(t, ok)
	require.Equal(t, bits(1+0x1p-23), bits(n.Rounded), "above a tie")
	require.Less(t, math.Abs(n.Residual+0.5), math.Ldexp(1, -residualBits), "as many bits as are certain")

	n, ok = certify(interval.FromFloat64(tie), f)
	require.True(t, ok)
	require.Equal(t, bits(1), bits(n.Rounded))
	require.Equal(t, bits(0.5), bits(n.Residual))

	n, ok = certify(interval.FromFloat64(1-0x1p-26), f)
	require.True(t, ok)
	require.Equal(t, bits(1), bits(n.Rounded))
	require.Equal(t, bits(-0.25), bits(n.Residual), "below 1 an ulp is 2^-24")
}

// What may have no value at all is not certified, though its bounds are those of a 0: z is log 3 − log 3.
func TestCertify_RefusesWhatMayNotExist(t *testing.T) {
	c := interval.Context{Prec: 64}
	log3 := c.Log(interval.FromInt(3))
	z := c.Sub(log3, log3)
	for name, v := range map[string]interval.Interval{
		"0·(1/z)": c.Mul(interval.FromInt(0), c.Quo(interval.FromInt(1), z)), "0·log z": c.Mul(interval.FromInt(0), c.Log(z)),
		"e^log(z − 1e-300)": c.Exp(c.Log(c.Sub(z, interval.FromFloat64(1e-300)))),
	} {
		require.Zero(t, v.Lo().Sign(), name)
		_, ok := certify(v, ieee.Float64)
		require.False(t, ok, name)
		_, ok = certifyEither(v, ieee.Float64)
		require.False(t, ok, name)
	}
}

// (1 + 2^-24) + |log 3 − log 3| is midway between two numbers of f32 and rounds to 1, the even one. No precision tells it
// from a number a little above the middle.
func TestCertify_KeepsClearOfEndsThatMayBeTheNumber(t *testing.T) {
	c := interval.Context{Prec: lastPrec}
	log3 := c.Log(interval.FromInt(3))
	v := c.Add(interval.FromFloat64(1+0x1p-24), c.Abs(c.Sub(log3, log3)))
	_, ok := certify(v, ieee.Float32)
	require.False(t, ok)
	n, ok := certifyEither(v, ieee.Float32)
	require.True(t, ok)
	require.Equal(t, Number{Rounded: 1, Residual: 0.5, Either: true}, n)

	n, ok = certify(c.Add(interval.FromFloat64(1+0x1p-24), c.Exp(interval.FromFloat64(-1e9))), ieee.Float32)
	require.True(t, ok, "an end that is not attained")
	require.Equal(t, 1+0x1p-23, n.Rounded)
}

func TestExponentBelow_InfinityIsNotSmall(t *testing.T) {
	infinite := new(big.Float).SetInf(false)
	require.False(t, exponentBelow(infinite, 0) || exponentBelow(infinite.Neg(infinite), 1<<30))
	require.True(t, exponentBelow(new(big.Float), -1<<30) && exponentBelow(big.NewFloat(0.75), 0) && !exponentBelow(big.NewFloat(1), 0))
}

// randomInt draws 192 bits.
func randomInt(r *rand.Rand) *big.Int {
	n := new(big.Int)
	for range 3 {
		n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(r.Uint64()))
	}
	return n
}
