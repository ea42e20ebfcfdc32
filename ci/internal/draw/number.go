package draw

import (
	"math"
	"math/rand/v2"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// thresholds are where implementations branch, and where exp, log and softplus leave the range or
// the precision of a format.
var thresholds = []float64{
	0, math.Ln2, 1, 2, math.Pi, 10, 18, 33.3, 36.7, 37, 40,
	16.6, 87.3, 88.7, 103.97, // float32: precision, underflow, overflow, last subnormal
	708.39, 709.78, 745.13, // float64: the same
	2.79, 4.018, // where focal losses turn from concave to convex
	1e4, // far beyond; the last, since rows of scores leave it out
}

// real draws a number of a domain: an everyday one, one of any magnitude, a neighbour of a
// threshold, a subnormal, or an infinity.
func real(d loss.Domain, r *rand.Rand) float64 {
	sign := float64(1 - 2*r.IntN(2))
	var x float64
	switch n := r.IntN(100); {
	case n < 35:
		x = 3 * r.NormFloat64()
	case n < 50:
		x = sign * math.Exp2(11*r.Float64()) // where exponentials saturate
	case n < 70:
		x = sign * math.Exp2(-60*r.Float64())
	case n < 87:
		x = nudged(sign*thresholds[r.IntN(len(thresholds))], 3, r)
	case n < 90:
		x = sign * math.Ldexp(1+r.Float64(), r.IntN(2046)-1022)
	case n < 97:
		x = sign * ieee.Float64.FromOrdinal(r.Int64N(1<<52))
	case n < 98:
		x = sign * math.MaxFloat64
	default:
		x = sign * math.Inf(1)
	}
	return within(d, x)
}

// probability draws a number of [0, 1]: both ends, their neighbourhoods at every scale, and the
// middle.
func probability(r *rand.Rand) float64 {
	switch n := r.IntN(20); {
	case n < 8:
		return r.Float64()
	case n < 11:
		return math.Exp2(-60 * r.Float64())
	case n < 14:
		return 1 - math.Exp2(-53*r.Float64())
	case n < 15:
		return math.Exp2(-1074 * r.Float64())
	case n < 16:
		return within(loss.UnitInterval, nudged(float64(r.IntN(3))/2, 3, r))
	case n < 17:
		return ieee.Float64.FromOrdinal(r.Int64N(1 << 52))
	default:
		return float64(r.IntN(2))
	}
}

// nudged moves x by at most so many neighbours.
func nudged(x float64, by int, r *rand.Rand) float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return x
	}
	return ieee.Float64.FromOrdinal(ieee.Float64.Ordinal(x) + int64(r.IntN(2*by+1)-by))
}

// within moves x into a domain.
func within(d loss.Domain, x float64) float64 { return min(max(x, d.Low), d.High) }
