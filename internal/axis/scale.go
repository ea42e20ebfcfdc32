package axis

import (
	"math"
	"strconv"

	"github.com/lossproof/lossproof/internal/ieee"
)

// A Scale is a kind of axis of inputs: the floats of a dtype in equal steps of bits within each of its pieces, which end at the knots.
// The pieces of everyday numbers are the widest.
type Scale struct {
	Name   string
	Labels []float64 // that stand at the axis

	knots, shares []float64 // from 0 up, and where on the axis from 0 to 1 they lie
	below         bool      // negative numbers mirror the positive ones
	toOne         bool      // above ½ the axis is that of 1 − x, mirrored
}

var (
	halfLine = []float64{0, 1e-6, 0.1, 1000, math.Inf(1)}
	reals    = &Scale{"real", []float64{math.Inf(-1), -1000, -10, -1, -0.1, 0, 0.1, 1, 10, 1000, math.Inf(1)}, halfLine, []float64{0, 0.08, 0.22, 0.84, 1}, true, false}
	positive = &Scale{"positive", []float64{0, 1e-6, 0.1, 1, 10, 100, 1000, math.Inf(1)}, halfLine, []float64{0, 0.08, 0.22, 0.84, 1}, false, false}
	unit     = &Scale{"unit", []float64{0, 1e-6, 0.1, 0.5, 0.9, 1 - 1e-6, 1}, []float64{0, 1e-6, 0.1, 0.5}, []float64{0, 0.12, 0.28, 0.5}, false, true}
)

// At is where a number lies, from 0 to 1.
func (s *Scale) At(f ieee.Format, x float64) float64 {
	switch {
	case s.below:
		half := s.along(f, math.Abs(x)) / 2
		return 0.5 + math.Copysign(half, x)
	case s.toOne && x > 0.5:
		return 1 - s.along(f, 1-x)
	}
	return s.along(f, x)
}

// Number is the finite number of a dtype that lies at a place from 0 to 1, or next to it.
func (s *Scale) Number(f ieee.Format, at float64) float64 {
	switch {
	case s.below:
		return math.Copysign(s.number(f, 2*math.Abs(at-0.5)), at-0.5)
	case s.toOne && at > 0.5:
		return f.Round(1 - s.number(f, 1-at))
	}
	return s.number(f, at)
}

func (s *Scale) along(f ieee.Format, x float64) float64 {
	last := len(s.knots) - 1
	x = min(max(x, 0), s.knots[last])
	k := 1
	for k < last && x > s.knots[k] {
		k++
	}
	low, high := s.ends(f, k)
	return s.shares[k-1] + (steps(f, x)-low)/(high-low)*(s.shares[k]-s.shares[k-1])
}

func (s *Scale) number(f ieee.Format, at float64) float64 {
	last := len(s.shares) - 1
	k := 1
	for k < last && at > s.shares[k] {
		k++
	}
	low, high := s.ends(f, k)
	n := low + (at-s.shares[k-1])/(s.shares[k]-s.shares[k-1])*(high-low)
	return min(f.FromOrdinal(int64(math.Round(n))), f.MaxFinite())
}

// ends are those of a piece, in steps from 0.
func (s *Scale) ends(f ieee.Format, k int) (low, high float64) {
	return steps(f, s.knots[k-1]), steps(f, s.knots[k])
}

func steps(f ieee.Format, x float64) float64 { return float64(f.Ordinal(f.Round(x))) }

// Knots are where on the axis a step changes its width.
func (s *Scale) Knots() (all []float64) {
	for _, share := range s.shares[1 : len(s.shares)-1] {
		if s.below {
			share = 0.5 + share/2
		}
		all = append(all, share)
		if s.below || s.toOne {
			all = append(all, 1-share)
		}
	}
	return all
}

// Error is where an error in ulp lies on an axis of errors, from −1 to 1: √log10(1+10|e|) shows 0.1, 1 and 10 ulp apart and still has
// room for 1e16.
func Error(e float64) float64 {
	return math.Copysign(min(math.Sqrt(math.Log10(1+10*math.Abs(e)))/4, 1), e)
}

// Text writes a number that stands at an axis in few characters.
func Text(x float64) string {
	switch size := math.Abs(x); {
	case math.IsInf(size, 0):
		return map[bool]string{true: "−∞", false: "∞"}[x < 0]
	case x == 1-1e-6:
		return "1−10⁻⁶"
	case x < 0:
		return "−" + Text(-x)
	case size == 1e15:
		return "10¹⁵"
	case size == 1e6:
		return "10⁶"
	case size == 1e-6:
		return "10⁻⁶"
	case size == 1000:
		return "10³"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}
