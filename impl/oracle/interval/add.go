package interval

import "math/big"

// Sum and difference
//
// big.Float adds exactly and then rounds, and aligns its operands to do so: 1 + 2^-2000000000 would shift a mantissa by
// 250 MB to find out that the sum is a little more than 1. So an operand that is too small to matter is replaced first.
//
// Let a have exponent e (|a| ≥ 2^(e−1)) and let b lie more than Prec + 64 binary places below it (|b| < 2^(e−Prec−64)). A
// lower bound of a + b is then
//
//	RD(a)                   if b > 0, because RD(a) ≤ a < a + b
//	RD(a − 2^(e−Prec−2))    if b < 0, because 2^(e−Prec−2) > |b|
//
// and an upper bound is the mirror image. The step is a quarter of the ulp of a at Prec bits, so that the bound moves by one
// ulp at most; alignment costs Prec + 2 bits, or the precision of a.

// faintGap is how many binary places below the last bit of the result an operand may begin and still be added as it is. One
// word: less would gain nothing.
const faintGap = 64

// Add returns x + y.
func (c Context) Add(x, y Interval) Interval {
	lo, hi := c.ends()
	if c.addTo(lo, x.lo, y.lo) && x.IsPoint() && y.IsPoint() {
		return point(settle(lo)).with(x.marks | y.marks)
	}
	c.addTo(hi, x.hi, y.hi)
	return Interval{settle(lo), settle(hi), x.marks | y.marks}
}

// Sub returns x − y.
func (c Context) Sub(x, y Interval) Interval {
	marks := x.marks | y.marks
	if x.isZero() {
		return c.Neg(y).with(x.marks)
	}
	lo, hi := c.ends()
	if c.subTo(lo, x.lo, y.hi) && x.IsPoint() && y.IsPoint() {
		return point(settle(lo)).with(marks)
	}
	c.subTo(hi, x.hi, y.lo)
	return Interval{settle(lo), settle(hi), marks}
}

// Sum returns the sum of xs, added from the first to the last. Its width is that of the terms together and one ulp of the
// running sum for each addition that was not exact.
func (c Context) Sum(xs ...Interval) Interval {
	if len(xs) == 0 {
		return zero
	}
	if len(xs) == 1 {
		return xs[0]
	}
	lo, hi := c.ends()
	exact, marks := true, marks(0)
	for _, x := range xs {
		exactLo := c.addTo(lo, lo, x.lo)
		exactHi := c.addTo(hi, hi, x.hi)
		exact = exact && exactLo && exactHi && x.IsPoint()
		marks |= x.marks
		// A running sum that left the exponent range must not be taken for a number, so each step settles.
		if s := settle(lo); s != lo {
			lo = c.down().Set(s)
		}
		if s := settle(hi); s != hi {
			hi = c.up().Set(s)
		}
	}
	if lo, hi = settle(lo), settle(hi); exact {
		return point(lo).with(marks)
	}
	return Interval{lo, hi, marks}
}

// addTo sets z to a bound of a + b in the direction of z's rounding mode and reports whether it is the sum itself. The ends
// must be ends of the same kind, so that infinities of opposite sign never meet. z may be a or b.
func (c Context) addTo(z, a, b *big.Float) (exact bool) {
	if a.Sign() != 0 && b.Sign() != 0 && !a.IsInf() && !b.IsInf() {
		gap := exponent(a) - exponent(b)
		if gap < 0 {
			a, b, gap = b, a, -gap
		}
		if gap > int64(c.Prec)+faintGap {
			c.addFaint(z, a, b.Sign())
			return false
		}
	}
	z.Add(a, b)
	return z.Acc() == big.Exact
}

// subTo is addTo of a − b.
func (c Context) subTo(z, a, b *big.Float) (exact bool) {
	if a.Sign() != 0 && b.Sign() != 0 && !a.IsInf() && !b.IsInf() {
		if gap := exponent(a) - exponent(b); max(gap, -gap) > int64(c.Prec)+faintGap {
			return c.addTo(z, a, negated(b))
		}
	}
	z.Sub(a, b)
	return z.Acc() == big.Exact
}

// addFaint sets z to a bound of a + b for a b of which only the sign matters.
func (c Context) addFaint(z, a *big.Float, signB int) {
	towardB := z.Mode() == big.ToPositiveInf && signB > 0 || z.Mode() == big.ToNegativeInf && signB < 0
	if !towardB {
		z.Set(a)
		return
	}
	// The step cannot underflow: b itself has a smaller exponent.
	step := Scale(new(big.Float), oneFloat, exponent(a)-int64(c.Prec)-2)
	if signB < 0 {
		z.Sub(a, step)
	} else {
		z.Add(a, step)
	}
}
