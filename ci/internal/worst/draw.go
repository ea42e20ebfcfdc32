package main

import (
	"math"
	"math/rand/v2"

	"github.com/lossproof/lossproof/internal/ieee"
)

// A source draws numbers of a format.
type source struct {
	*rand.Rand
	f ieee.Format
}

// round is the number of the format that is next to x, within its finite ones.
func (s source) round(x float64) float64 {
	return min(max(s.f.Round(x), -s.f.MaxFinite()), s.f.MaxFinite())
}

func (s source) sign() float64 { return float64(1 - 2*s.IntN(2)) }

// between is 2^e times a number of [1, 2), for e from low up to high.
func (s source) between(low, high int) float64 {
	return s.round(math.Ldexp(1+s.Float64(), low+s.IntN(high-low+1)))
}

// bottom and top are the exponents of the least number of the format and of the largest.
func (s source) bottom() int { return s.f.MinExp() - s.f.Precision + 1 }
func (s source) top() int    { return s.f.MaxExp }

// positive is a number of any size, subnormal ones included.
func (s source) positive() float64 {
	return max(s.between(s.bottom(), s.top()), s.f.MinSubnormal())
}

// nudged moves x by at most so many neighbours.
func (s source) nudged(x float64, by int) float64 {
	if x-x != 0 {
		return x
	}
	return s.f.FromOrdinal(s.f.Ordinal(s.round(x)) + int64(s.IntN(2*by+1)-by))
}

// vanishing is how large |z| is where e^−|z| leaves the normal numbers, and where it is 0.
func (s source) vanishing() (normal, zero float64) {
	return -float64(s.f.MinExp()) * math.Ln2, -float64(s.bottom()-1) * math.Ln2
}

// thresholds are where formulas branch, or exponentials leave the range or the precision of a format.
var thresholds = []float64{0, 0.25, math.Ln2, 0.5, 1, 2, 10, 16.6, 36.7, 87.33, 88.72, 103.97, 104, 708.39, 709.78, 744.44, 745.13, 746}

// logitKinds are the ways in which logit draws, of which one draws where e^−|z| is subnormal.
const (
	logitKinds = 8
	vanishes   = 3
)

// logit draws a logit in one of the ways.
func (s source) logit(kind int) float64 {
	normal, zero := s.vanishing()
	switch kind {
	case 0, 1:
		return s.round(3 * s.NormFloat64())
	case 2: // where e^−|z| is neither 1 nor 0
		return s.round(s.sign() * 1.1 * zero * s.Float64())
	case vanishes:
		return s.round(s.sign() * (normal + (zero+2-normal)*s.Float64()))
	case 4:
		return s.sign() * s.between(-3*s.f.Precision/2, 4)
	case 5:
		return s.nudged(s.sign()*thresholds[s.IntN(len(thresholds))], 4)
	case 6:
		return s.sign() * s.positive()
	}
	if s.IntN(8) == 0 {
		return math.Inf(int(s.sign()))
	}
	return s.round(30 * s.NormFloat64())
}

// probability draws a number of [0, 1]: at its ends, near them at every scale, and between.
func (s source) probability() float64 {
	switch s.IntN(8) {
	case 0:
		return min(s.positive(), 1)
	case 1: // subnormal
		return min(s.between(s.bottom(), s.f.MinExp()), 1)
	case 2:
		return s.round(1 - s.between(-s.f.Precision-1, -2))
	case 3:
		return min(s.between(-60, -1), 1)
	case 4:
		return min(max(s.nudged(float64(s.IntN(3))/2, 3), 0), 1)
	}
	return s.round(s.Float64())
}

// target draws a target of a logit: half of them labels, and some where the gradient is next to 0.
func (s source) target(z float64) float64 {
	switch s.IntN(8) {
	case 0, 1, 2, 3:
		return float64(s.IntN(2))
	case 4, 5:
		return min(max(s.nudged(1/(1+math.Exp(-z)), 4), 0), 1)
	}
	return s.probability()
}

// scale draws a gradient from upstream, which is not 0: 1, that of a mean, that of a scaled loss, or
// any number.
func (s source) scale() float64 {
	switch s.IntN(10) {
	case 0, 1, 2:
		return 1
	case 3:
		return s.round(1 / float64(1+s.IntN(1<<s.IntN(30))))
	case 4:
		return math.Ldexp(1, s.IntN(20))
	case 5:
		return s.sign() * s.between(-10, 20)
	case 6, 7:
		return s.round(s.sign() * 4 * s.Float64())
	case 8:
		return s.sign() * s.between(-40, 40)
	}
	return s.sign() * s.positive()
}
