package ieee

import (
	"math"
	"math/big"
)

// roundParsed rounds the decimal s to the format once. Rounding the float64 x that
// s was read as would round twice, which differs where x is a tie of the narrow
// format and s is not; the exact decimal decides then.
func (f Format) roundParsed(s string, x float64) float64 {
	r := f.Round(x)
	if r == x || math.IsNaN(x) || math.IsInf(x, 0) || math.Abs(x-r) != f.Ulp(x)/2 {
		return r // no tie, or nothing to round
	}
	exact, ok := new(big.Rat).SetString(s)
	if !ok { // a hexadecimal float, which is exactly x
		return r
	}
	switch exact.Cmp(new(big.Rat).SetFloat64(x)) {
	case 1:
		return f.Round(Float64.Next(x))
	case -1:
		return f.Round(Float64.Prev(x))
	}
	return r
}
