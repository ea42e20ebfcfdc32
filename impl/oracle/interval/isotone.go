package interval

import "math/big"

// Thin intervals
//
// Exp, Log, Expm1 and Log1p increase, so the image of [lo, hi] is [f(lo), f(hi)]. Nearly every interval that occurs is a few
// ulps wide, and a second evaluation would cost as much as the first and tell no more than the derivative does:
//
//	f(hi) ≤ f(lo) + (hi − lo)·sup f′
//
// For w = hi − lo < 2^-7 the supremum is bounded by the slope at lo: e^w − 1 < w·(1 + w) for the exponentials (0 < w < 1),
// and exactly by the slope at lo for the logarithms, which are concave. Both are below w·(1 + 2^-6)·f′(lo), and slopeBits
// of precision, rounded up, cover the slope and the width. Intervals that are not thin are evaluated at both ends.

// slopeBits is the precision of widths and slopes: their relative error 2^-31 widens a width.
const slopeBits = 32

// thinBits decides what is thin: a width below 2^-thinBits.
const thinBits = 7

var (
	slopeContext = Context{slopeBits}
	slopeMargin  = big.NewFloat(1 + 0x1p-6)
)

// thinWidth returns hi − lo rounded up, or nil if it is not below 2^-thinBits.
func thinWidth(x Interval) *big.Float {
	if x.lo.IsInf() || x.hi.IsInf() {
		return nil
	}
	w := slopeContext.up()
	if apart := exponent(x.hi) - exponent(x.lo); -faintGap <= apart && apart <= faintGap {
		w.Sub(x.hi, x.lo)
	} else {
		slopeContext.addTo(w, x.hi, negated(x.lo))
	}
	if w = settle(w); w.Sign() != 0 && exponent(w) > -thinBits {
		return nil
	}
	return w
}

// raised returns an upper bound of hi + slope·w·(1 + 2^-6), for slope and w not negative.
func (c Context) raised(hi, slope, w *big.Float) *big.Float {
	if hi.IsInf() || slope.IsInf() {
		return noUpperBound
	}
	rise := settle(slopeContext.up().Mul(slope, w))
	rise = settle(slopeContext.up().Mul(rise, slopeMargin))
	sum := c.up()
	c.addTo(sum, hi, rise)
	return settle(sum)
}
