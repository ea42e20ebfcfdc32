package loss

import "math/big"

// Sums of float64 numbers without any rounding, for what two float64 are too few: a sum that cancels
// in truth must not leave a rounding behind, and a branch must be the right one.

// exactBits holds every sum of float64 numbers exactly.
const exactBits = 2200

// exactly returns x to 106 bits.
func exactly(x *big.Float) wide {
	exp := x.MantExp(nil)
	scaled := new(big.Float).SetMantExp(x, -exp)
	hi, _ := scaled.Float64()
	lo, _ := scaled.Sub(scaled, big.NewFloat(hi)).Float64()
	return normal(hi, lo, int64(exp))
}

// exactSign returns the sign of the sum of finite numbers.
func exactSign(terms ...float64) int {
	sum := new(big.Float).SetPrec(exactBits)
	for _, x := range terms {
		sum.Add(sum, big.NewFloat(x))
	}
	return sum.Sign()
}
