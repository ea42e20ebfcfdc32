package interval

import "math/big"

// log(1 + x)
//
// # Method
//
// For |x| ≥ 2^-8 it is the logarithm of 1 + x, rounded down to W' bits. Below, with x = ±τ·2^q, 1/2 ≤ τ < 1, q ≤ −8:
//
//	log1p(x) = 2·atanh(z) = ±2^(q+1)·ζ·S(z²),  ζ = τ/(2 + x),  z = ζ·2^q
//
// with S from log.go. The fixed point holds τ and ζ, and not x, so that an argument of 2^-20000 costs nothing and loses
// nothing.
//
// # Error
//
// For |x| ≥ 2^-8: rounding 1 + x is a relative error below 2^(1−W'), hence 2^-63 u in the logarithm, which log.go has room
// for.
//
// For |x| < 2^-8:
//
//	τ    truncated: short by less than 1 u
//	s    = 2 + x, x truncated toward 0: off by less than 1 u, and s > 1.99
//	Z    = ⌊τ·2^W/s⌋: ζ < 0.51 is off by less than 1/s + τ/s² + 1 (floor) < 0.503 + 0.253 + 1 < 1.8 u
//	Z2   = ⌊Z²·2^(2q)⌋: z² is off by less than 2·0.51·1.8·2^-16 + 1 < 1.01 u, as (S) asks; z² < 0.51²·2^-16
//	B    = ⌊Z·S⌋: ζ·S is off by less than 0.51·1.6 + 1.0001·1.8 + 1 (floor) < 3.7 u
//
// A relative error of 2^-W' in x itself, which log.go brings with it, is another 2^-64 u:
//
//	(B − 4)·u·2^(q+1) < |log1p(x)| < (B + 4)·u·2^(q+1),  B·u > 0.24.

// Log1p returns log(1 + x), without loss for small x. An x that reaches down to −1, or below, is cut off there: the bound
// is −Inf, and the result Uncertain unless x certainly exceeds −1. It panics with a *DomainError if no number in x exceeds −1.
func (c Context) Log1p(x Interval) Interval {
	if x.hi.Cmp(minusOne) <= 0 {
		panic(&DomainError{"Log1p", x})
	}
	if x.lo.Cmp(minusOne) <= 0 {
		return Interval{noLowerBound, c.log1pAt(x.hi).hi, x.marks | doubt(x.above(minusOne))}
	}
	at := c.log1pAt(x.lo).with(x.marks)
	if x.IsPoint() {
		return at
	}
	if w := slopeContext.log1pWidth(x); w != nil {
		return Interval{at.lo, c.raised(at.hi, oneFloat, w), x.marks}
	}
	return Interval{at.lo, c.log1pAt(x.hi).hi, x.marks}
}

var minusOne = big.NewFloat(-1)

// log1pWidth returns an upper bound of (hi − lo)/(1 + lo), or nil if that is not thin or may not be.
func (c Context) log1pWidth(x Interval) *big.Float {
	if x.hi.IsInf() {
		return nil
	}
	w, base := c.up(), c.down()
	c.addTo(w, x.hi, negated(x.lo))
	c.addTo(base, x.lo, oneFloat)
	w = settle(c.up().Quo(settle(w), settle(base))) // base > 0: lo > −1, and rounding to 32 bits keeps the sign
	if exponent(w) > -thinBits {
		return nil
	}
	return w
}

// log1pAt returns an enclosure of log(1 + x) for x > −1.
func (c Context) log1pAt(x *big.Float) Interval {
	switch {
	case x.Sign() == 0:
		return zero
	case x.IsInf():
		return open(largeFinite, noUpperBound)
	}
	t := c.tables()
	if exponent(x) <= -nearBits {
		return c.log1pSeries(x, t)
	}
	wide := Context{t.frac + wideBits}
	sum := wide.down()
	wide.addTo(sum, x, oneFloat)
	return c.logReduced(sum, t)
}

// log1pSeries returns an enclosure of log(1 + x) for 0 < |x| < 2^-8.
func (c Context) log1pSeries(x *big.Float, t *tables) Interval {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	q := s.mantissa(&s.x, x, t)
	s.y.Rsh(&s.x, uint(min(-q, int64(t.frac)))) // τ < 1: a shift by W or more leaves 0 all the same
	if x.Signbit() {
		s.y.Neg(&s.y)
	}
	s.sum.Lsh(t.one, 1)
	s.sum.Add(&s.sum, &s.y)
	s.divide(&s.z, &s.x, &s.sum, t)

	s.product.Mul(&s.z, &s.z)
	s.y.Rsh(&s.product, t.frac+uint(min(-2*q, int64(t.frac)))) // ζ² < 1, likewise
	s.atanhSeries(&s.y, t)
	s.acc.Set(s.mul(&s.acc, &s.z, t))
	return c.encloseSigned(s, x.Signbit(), 4, q+1-int64(t.frac))
}
