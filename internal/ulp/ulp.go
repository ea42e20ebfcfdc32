// Package ulp measures the error of a number in units in the last place of the true value.
//
// A true value V is given by V rounded to the format and by its residual, (V − rounded)/ulp(V), so
// that no number of more precision is needed.
package ulp

import (
	"math"

	"github.com/lossproof/lossproof/internal/ieee"
)

// Error returns the signed error of x: (x − V)/ulp(V).
//
// It is exact up to the rounding of one float64 subtraction, for every finite x. An
// error beyond float64 is ±math.MaxFloat64, so that a number that is wrong but finite
// is told from a NaN or an infinity that is not the truth's: that error is infinite.
// Where x and V are the same infinity or both NaN it is 0.
func Error(f ieee.Format, x, rounded, residual float64) float64 {
	if Special(x) || Special(rounded) {
		if SameSpecial(x, rounded) {
			return 0
		}
		return math.Inf(1)
	}
	exponent := math.Ilogb(Of(f, rounded, residual))
	difference := x - rounded // exact where they are near, by Sterbenz
	if math.IsInf(difference, 0) {
		difference, exponent = x/2-rounded/2, exponent-1
	}
	err := math.Ldexp(difference, -exponent) - residual
	return min(max(err, -math.MaxFloat64), math.MaxFloat64)
}

// Of is the unit in the last place of the binade that holds |V|. Where V was
// rounded up to a power of two it lies in the binade below, whose ulp is half as
// large, unless that binade is the one of the subnormals.
func Of(f ieee.Format, rounded, residual float64) float64 {
	r := math.Abs(rounded)
	fraction, _ := math.Frexp(r)
	roundedUp := residual != 0 && math.Signbit(residual) != math.Signbit(rounded)
	if fraction == 0.5 && roundedUp && r > f.MinNormal() {
		return f.Ulp(r) / 2
	}
	return f.Ulp(r)
}

// OfSum is the unit that the error of a sum is measured in: Of, or the ulp of size where that is
// larger, since the terms may cancel. The size is 0 where there is no sum, or where it is |V|.
func OfSum(f ieee.Format, rounded, residual, size float64) float64 {
	unit := Of(f, rounded, residual)
	if math.IsNaN(size) {
		return unit
	}
	return max(unit, f.Ulp(size))
}

// Special reports whether x is NaN or infinite.
func Special(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }

// SameSpecial reports whether x and y are the same infinity, or both NaN, or the same number.
func SameSpecial(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }

// SameBits reports whether two numbers are the same; NaN is one number, and
// the two zeros are two.
func SameBits(x, y float64) bool {
	return math.IsNaN(x) && math.IsNaN(y) || math.Float64bits(x) == math.Float64bits(y)
}
