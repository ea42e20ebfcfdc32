package interval

import "math/big"

// Quotient
//
// x/y is monotone in each operand as long as y keeps its sign, so its extremes are quotients of ends, chosen by sign. With y
// of class P (mul.go names the classes):
//
//	x: P  [x.lo/y.hi, x.hi/y.lo]
//	   N  [x.lo/y.lo, x.hi/y.hi]
//	   M  [x.lo/y.lo, x.hi/y.lo]
//
// and x/y = (−x)/(−y) reduces class N to it. An end 0 of y means that y may be as small as it likes: a bound divided by it is
// no bound. An end +Inf of y means that the quotient may be as near to 0 as it likes. Inf/Inf cannot occur, because y.hi
// divides only ends of x that are finite.

// Quo returns x/y. A y with 0 strictly inside gives [−Inf, +Inf]; one with 0 as an end gives the bound that its sign
// implies, and an exact 0 divided by it is 0. Where y may be 0 the result is Uncertain. It panics with a *DomainError if y is
// exactly 0.
func (c Context) Quo(x, y Interval) Interval {
	if y.isZero() {
		panic(&DomainError{"Quo", y})
	}
	ys := signClass(y)
	marks := x.marks | y.marks
	if ys == mixed {
		return Interval{noLowerBound, noUpperBound, marks | uncertain}
	}
	marks |= doubt(y.above(zeroFloat) || y.below(zeroFloat))
	if x.isZero() {
		return zero.with(marks)
	}
	if x.IsPoint() && y.IsPoint() {
		lo := c.down().Quo(x.lo, y.lo)
		if lo.Acc() == big.Exact {
			return point(lo).with(marks)
		}
		return Interval{settle(lo), settle(c.up().Quo(x.lo, y.lo)), marks}
	}
	if ys == negative {
		x, y = c.Neg(x), c.Neg(y)
	}
	switch signClass(x) {
	case positive:
		return Interval{quoEnds(c.down(), x.lo, y.hi), quoEnds(c.up(), x.hi, y.lo), marks}
	case negative:
		return Interval{quoEnds(c.down(), x.lo, y.lo), quoEnds(c.up(), x.hi, y.hi), marks}
	}
	return Interval{quoEnds(c.down(), x.lo, y.lo), quoEnds(c.up(), x.hi, y.lo), marks}
}

// quoEnds returns the bound a/b for an end b ≥ 0.
func quoEnds(z, a, b *big.Float) *big.Float {
	switch {
	case a.Sign() == 0:
		return zeroFloat
	case b.IsInf():
		return zeroFloat
	case b.Sign() == 0 || a.IsInf():
		return infinity(a.Signbit())
	}
	return settle(z.Quo(a, b))
}
