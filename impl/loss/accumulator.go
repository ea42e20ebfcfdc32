package loss

import "math"

// An Accumulator is a compensated sum (Neumaier 1974): the rounding error of every
// addition is found exactly and summed apart, so that the error of the result does
// not grow with the number of terms until that nears 2^53. For terms of one sign the
// relative error is below 1 ulp plus 2n·2^-106.
//
// The zero Accumulator is an empty sum. Infinite terms sum to an infinity, and
// infinities of both signs, or a NaN, to NaN.
type Accumulator struct{ sum, lost float64 }

// Add adds a term.
func (a *Accumulator) Add(x float64) {
	t := a.sum + x
	if math.Abs(a.sum) >= math.Abs(x) {
		a.lost += (a.sum - t) + x
	} else {
		a.lost += (x - t) + a.sum
	}
	a.sum = t
}

// Sum returns the sum of the terms so far, rounded.
func (a *Accumulator) Sum() float64 {
	if math.IsInf(a.sum, 0) || math.IsNaN(a.sum) {
		return a.sum
	}
	return a.sum + a.lost
}
