package interval

import "math/big"

// Arctangent
//
// # Method
//
// With y = min(|x|, 1/|x|) and c = j/64 the multiple of 1/64 nearest to y, or next to nearest:
//
//	atan y = atan c + atan t,  t = (y − c)/(1 + y·c),  |y − c| ≤ 1/128,  |t| ≤ 2^-7
//	atan |x| = atan y, or π/2 − atan y if |x| > 1
//	atan t = t·S(t²),  S(v) = Σ (−v)^k/(2k+1)
//
// That has an error of a few u whatever the result, and so serves where |x| ≥ 2^-8 and the result exceeds 2^-9. Below, write
// |x| = τ·2^q with 1/2 ≤ τ < 1: atan |x| = 2^q·τ·S(x²), where the fixed point holds τ and not x, so that an argument of
// 2^-20000 costs nothing and loses nothing.
//
// # The series S
//
// Let v < 2^-13 be known as V with an error below 1.05 u either way, n = seriesTerms(V) ≤ W/13 + 1, O_k = ⌊2^W/(2k+1)⌋,
// a_{n−1} = O_{n−1}, a_k = O_k − ⌊a_{k+1}·V⌋. If a_{k+1} is off by e, then a_k is off by less than 1 (O_k, but O_0 is exact) +
// 1 (floor) + a_{k+1}·1.05 + e·2^-13. As 0 < a_k < 0.334 for k ≥ 1:
//
//	a_k for k ≥ 1:  less than (2 + 0.334·1.05)/(1 − 2^-13) < 2.36
//	a_0:            less than 1 + 0.334·1.05 + 2.36·2^-13 < 1.36
//
// The series alternates, so what is left out is below v^n/(2n+1), n ≥ 2. (V + 1)^n ≤ 2^-W in units of 1 by the choice of n, and v
// may exceed (V + 1) u by 0.05 u: a factor (1 + 0.05·2^(q−W))^n with q, the leading zeros of V, in [13, W]. If q ≤ W/2 that
// is 1 to many digits, and if q > W/2 then n ≤ 2, so it is below 1.11 always: the rest is below 1.11/5 < 0.23 u. In all
//
//	S is off by less than 1.6 u,  0.99 < S ≤ 1.   (S)
//
// # Error for |x| ≥ 2^-8
//
//	Y    = ⌊y·2^W⌋; for |x| > 1 the quotient 1/|x| is first rounded down to W + 64 bits: short by less than 1 + 2^-60 u
//	t    : the numerator |Y − c| is off by less than 1.01 u. The denominator 1 + ⌊Y·j/64⌋ ≥ 1 is off by less than
//	       1.01·1 + 1 (floor) = 2.01 u. Z = ⌊|Y − c|·2^W/(1 + Yc)⌋ is off by less than 1.01 + 2^-7·2.01 + 1 (floor) < 2.03 u
//	V    = ⌊Z²⌋: t² is off by less than 2·2^-7·2.03 + 1 < 1.04 u, as (S) asks
//	A    = ⌊Z·S⌋: t·S is off by less than 2^-7·1.6 + 1·2.03 + 1 (floor) < 3.05 u
//	atan c by (A) of tables.go: less than 1.001 u; so atan y is off by less than 4.1 u
//	π/2  = 2·atan(64/64): off by less than 2.01 u; so π/2 − atan y is off by less than 6.2 u
//
// In all (N − 8) u < atan |x| < (N + 8) u.
//
// # Error for |x| < 2^-8
//
//	τ    truncated: short by less than 1 u
//	V    = ⌊τ²·2^(2q)⌋: x² is off by less than 2·2^-16·1 + 1 < 1.01 u, as (S) asks
//	B    = ⌊τ·S⌋: off by less than 1·1.6 + 1·1 + 1 (floor) = 3.6 u
//
//	(B − 4)·u·2^q < atan |x| < (B + 4)·u·2^q,  B·u > 0.49.
//
// # Special cases
//
//	atan 0 = 0, exactly
//	atan ±Inf: the limit ±π/2, which no number attains

// Atan returns the arctangent of x, in (−π/2, π/2).
func (c Context) Atan(x Interval) Interval { return c.increasing(x, c.atanAt) }

// atanAt returns an enclosure of atan x.
func (c Context) atanAt(x *big.Float) Interval {
	t := c.tables()
	switch {
	case x.Sign() == 0:
		return zero
	case !x.IsInf() && exponent(x) <= -nearBits:
		return c.atanSeries(x, t)
	}
	return c.atanReduced(x, t)
}

// atanReduced returns an enclosure of atan x for |x| ≥ 2^-8. Its error is a few u, whatever the result.
func (c Context) atanReduced(x *big.Float, t *tables) Interval {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	beyond := x.IsInf() || exponent(x) > 0 && !isOne(x)
	switch {
	case x.IsInf():
		s.x.SetInt64(0)
	case beyond:
		inverse := new(big.Float).SetPrec(t.frac+wideBits).SetMode(big.ToZero).Quo(oneFloat, x)
		s.scaled(&s.x, inverse.Abs(inverse), int(t.frac))
	default:
		s.scaled(&s.x, x, int(t.frac))
		s.x.Abs(&s.x)
	}

	table := t.arctangents()
	j := (int(s.y.Rsh(&s.x, t.frac-tableBits-1).Int64()) + 1) / 2
	s.product.Mul(&s.x, s.small.SetInt64(int64(j)))
	s.sum.Add(t.one, s.product.Rsh(&s.product, tableBits))
	s.y.Lsh(s.small.SetInt64(int64(j)), t.frac-tableBits) // c
	s.y.Sub(&s.x, &s.y)
	below := s.y.Sign() < 0
	s.divide(&s.z, s.y.Abs(&s.y), &s.sum, t)
	s.y.Set(s.mul(&s.z, &s.z, t))
	s.atanSeriesSum(&s.y, t)
	a := s.mul(&s.acc, &s.z, t)
	if below {
		s.acc.Sub(table[j], a)
	} else {
		s.acc.Add(table[j], a)
	}
	if beyond {
		s.acc.Sub(s.y.Lsh(table[tableSize], 1), &s.acc)
	}
	return c.encloseSigned(s, x.Signbit(), 8, -int64(t.frac))
}

func isOne(x *big.Float) bool { return x.Cmp(oneFloat) == 0 || x.Cmp(minusOne) == 0 }

// atanSeries returns an enclosure of atan x for 0 < |x| < 2^-8.
func (c Context) atanSeries(x *big.Float, t *tables) Interval {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	q := s.mantissa(&s.x, x, t)
	s.product.Mul(&s.x, &s.x)
	s.y.Rsh(&s.product, t.frac+uint(min(-2*q, int64(t.frac)))) // τ² < 1: a shift by 2W or more leaves 0 all the same
	s.atanSeriesSum(&s.y, t)
	s.acc.Set(s.mul(&s.acc, &s.x, t))
	return c.encloseSigned(s, x.Signbit(), 4, q-int64(t.frac))
}

// atanSeriesSum sets s.acc to S(v), for v < 2^-13.
func (s *scratch) atanSeriesSum(v *big.Int, t *tables) {
	n := seriesTerms(v, t)
	s.acc.Set(t.odd[n-1])
	for i := n - 2; i >= 0; i-- {
		s.acc.Sub(t.odd[i], s.mul(&s.acc, v, t))
	}
}

// Angle of a point
//
// atan2(y, x) is the angle in (−π, π] of the point (x, y), and with each of y and x written once it is
//
//	atan(y/x)                if x > 0
//	π/2 − atan(x/y)          if y > 0
//	−π/2 − atan(x/y)         if y < 0
//	π                        if y = 0 and x < 0
//
// so the composition of enclosures is an enclosure, and a narrow one. The second and third are used where x is not certainly
// positive: if it is negative or 0, then both terms have the same sign and nothing cancels. All are computed with 32 more bits,
// which leaves an error far below that of the last rounding.

// Atan2 returns the angle of the point (x, y) in (−π, π]. Where the point may be the origin, or lie on either side of the
// negative x axis, the result is [−π, π] and Uncertain. It panics with a *DomainError at the origin.
func (c Context) Atan2(y, x Interval) Interval {
	wide := Context{c.Prec + guardBits}
	switch {
	case x.above(zeroFloat):
		return c.rounded(wide.Atan(wide.Quo(y, x)))
	case y.above(zeroFloat):
		return c.rounded(wide.Sub(wide.halfPi(), wide.Atan(wide.Quo(x, y))))
	case y.below(zeroFloat):
		return c.rounded(wide.Sub(wide.Neg(wide.halfPi()), wide.Atan(wide.Quo(x, y))))
	case y.isZero() && x.isZero():
		panic(&DomainError{"Atan2", x})
	}
	pi := wide.Add(wide.halfPi(), wide.halfPi())
	if y.isZero() && x.below(zeroFloat) {
		return c.rounded(pi).with((x.marks | y.marks) & uncertain)
	}
	return c.rounded(Interval{negated(pi.hi), pi.hi, uncertain})
}

// halfPi is π/2, the limit of the arctangent.
func (c Context) halfPi() Interval { return c.atanAt(noUpperBound) }

// rounded returns x with ends of the working precision.
func (c Context) rounded(x Interval) Interval {
	if x.isZero() {
		return x
	}
	lo, hi := c.down().Set(x.lo), c.up().Set(x.hi)
	return Interval{settle(lo), settle(hi), x.marks}
}
