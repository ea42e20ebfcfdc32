package interval

import "math/big"

// Product
//
// The extreme products of two intervals are products of their ends; which ends depends on signs alone. With P for lo ≥ 0, N
// for hi ≤ 0 and M for neither:
//
//	      y: P                    N                    M
//	x: P  [x.lo·y.lo, x.hi·y.hi]  [x.hi·y.lo, x.lo·y.hi]  [x.hi·y.lo, x.hi·y.hi]
//	   N  [x.lo·y.hi, x.hi·y.lo]  [x.hi·y.hi, x.lo·y.lo]  [x.lo·y.hi, x.lo·y.lo]
//	   M  [x.lo·y.hi, x.hi·y.hi]  [x.hi·y.lo, x.lo·y.lo]  the least and the greatest of all four
//
// An infinite end stands for finite numbers without a bound, and so 0·Inf is 0: [0, 0]·[1, +Inf] is {0}.

// Mul returns x·y.
func (c Context) Mul(x, y Interval) Interval {
	if x.isZero() || y.isZero() {
		return zero.with(x.marks | y.marks)
	}
	marks := x.marks | y.marks
	if x.IsPoint() && y.IsPoint() {
		lo, hi := c.ends()
		if lo.Mul(x.lo, y.lo).Acc() == big.Exact {
			return point(lo).with(marks)
		}
		return Interval{settle(lo), settle(hi.Mul(x.lo, y.lo)), marks}
	}
	xs, ys := signClass(x), signClass(y)
	if xs == mixed && ys == mixed {
		lo, hi := c.mulDown(x.lo, y.hi), c.mulUp(x.lo, y.lo)
		if other := c.mulDown(x.hi, y.lo); other.Cmp(lo) < 0 {
			lo = other
		}
		if other := c.mulUp(x.hi, y.hi); other.Cmp(hi) > 0 {
			hi = other
		}
		return Interval{lo, hi, marks}
	}
	// An operand of one sign chooses the end of the other: its far end where the product is to be extreme.
	xl, yl, xh, yh := x.lo, y.lo, x.hi, y.hi
	switch {
	case xs == positive && ys == positive:
	case xs == positive && ys == negative:
		xl, xh = x.hi, x.lo
	case xs == positive:
		xl = x.hi
	case xs == negative && ys == positive:
		yl, yh = y.hi, y.lo
	case xs == negative && ys == negative:
		xl, yl, xh, yh = x.hi, y.hi, x.lo, y.lo
	case xs == negative:
		yl, xh, yh = y.hi, x.lo, y.lo
	case ys == positive:
		yl = y.hi
	default:
		xl, xh, yh = x.hi, x.lo, y.lo
	}
	lo, hi := c.ends()
	return Interval{mulEnds(lo, xl, yl), mulEnds(hi, xh, yh), marks}
}

type class int

const (
	negative class = iota - 1 // no number above 0
	mixed                     // numbers on both sides of 0
	positive                  // no number below 0
)

func signClass(x Interval) class {
	switch {
	case x.lo.Sign() >= 0:
		return positive
	case x.hi.Sign() <= 0:
		return negative
	}
	return mixed
}

func (c Context) mulDown(a, b *big.Float) *big.Float { return mulEnds(c.down(), a, b) }

func (c Context) mulUp(a, b *big.Float) *big.Float { return mulEnds(c.up(), a, b) }

func mulEnds(z, a, b *big.Float) *big.Float {
	if a.Sign() == 0 || b.Sign() == 0 {
		return zeroFloat
	}
	if a.IsInf() || b.IsInf() {
		return infinity(a.Signbit() != b.Signbit()) // not an overflow, and so nothing to settle
	}
	return settle(z.Mul(a, b))
}

func infinity(neg bool) *big.Float {
	if neg {
		return noLowerBound
	}
	return noUpperBound
}
