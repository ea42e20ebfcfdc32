package interval

import "math/big"

// Logarithm
//
// # Method
//
// x = 2^e·m with 1 ≤ m < 2, and c is the multiple of 1/64 nearest to m, or next to nearest:
//
//	log x = e·log 2 + log c + 2·atanh(z),  z = (m − c)/(m + c),  |m − c| ≤ 1/128,  |z| < 2^-8
//	atanh z = z·S(z²),  S(v) = Σ v^k/(2k+1)
//
// That has an error of a few u whatever the result, and so serves only where |log x| ≥ 2^-9. Next to 1, for |x − 1| < 2^-8,
// log x = log1p(x − 1) and log1p.go keeps the relative error small. (2^-8 and no less: log(1 ± 2^-8) exceeds 2^-9.)
//
// # The series S, shared with log1p.go
//
// Let z² < 2^-16 be known as Z2 with an error below 1.01 u either way. n = seriesTerms(Z2) ≤ W/16 + 1 terms, O_k =
// ⌊2^W/(2k+1)⌋, a_{n−1} = O_{n−1}, a_k = O_k + ⌊a_{k+1}·Z2⌋. If a_{k+1} is off by e, then a_k is off by less than 1 (O_k, but
// O_0 is exact) + 1 (floor) + a_{k+1}·1.01 + e·2^-16. As a_k < 0.334 for k ≥ 1:
//
//	a_k for k ≥ 1:  less than (2 + 0.334·1.01)/(1 − 2^-16) < 2.35
//	a_0:            less than 1 + 0.334·1.01 + 2.35·2^-16 < 1.34
//
// The tail is below 1.001·z^(2n)/(2n+1) with n ≥ 2. (Z2 + 1)^n ≤ 2^-W in units of 1 by the choice of n, and z² may exceed
// (Z2 + 1) u by 0.01 u: a factor (1 + 0.01·2^(q−W))^n with q, the leading zeros of Z2, in [16, W]. If q ≤ W/2 that is 1 to
// many digits, and if q > W/2 then n ≤ 2, so it is below 1.03 always. The tail is below 1.001·1.03/5 < 0.21 u. In all
//
//	S is off by less than 1.6 u,  1 ≤ S < 1.0001.   (S)
//
// # Error for |x − 1| ≥ 2^-8
//
//	M    = m truncated: log m − log M < 1 u, since log′ ≤ 1 here                                     [0, 1)
//	Z    = ⌊|M − c|·2^W/(M + c)⌋, both exact in fixed point: short by less than 1 u
//	Z2   = ⌊Z·Z⌋: short by less than 2·2^-8·1 + 1 < 1.01 u, as (S) asks; Z2 < 2^-16 exactly, so n ≤ W/16 + 1
//	A    = ⌊Z·S·2⌋: 2·(z·S) is off by less than 2·(2^-8·1.6 + 1.0001·1) < 2.02 u, and the floor      (−2.02, 3.02), or its mirror image if m < c
//	e·L  : L is short by less than 2^20 u' and |e| ≤ 2^31 + 1, so 2^52 u' = 2^-12 u, and the floor       (−2^-12, 1 + 2^-12)
//	log c: by (L') of tables.go                                                                      [0, 1 + 2^-44)
//
// The exact value minus T, the sum of what is stored, lies in (−3.1, 6.1) u. A further relative error of 2^-63 u in x, which
// log1p.go brings with it, fits as well:
//
//	(T − 4) u < log x < (T + 7) u.

// nearBits bounds what is next to 1: |x − 1| < 2^-nearBits.
const nearBits = 8

// Log returns the natural logarithm of x. An x that reaches down to 0, or below, is cut off there: the bound is −Inf, and the
// result Uncertain unless x is certainly positive. It panics with a *DomainError if no number in x is positive.
func (c Context) Log(x Interval) Interval {
	if x.hi.Sign() <= 0 {
		panic(&DomainError{"Log", x})
	}
	if x.lo.Sign() <= 0 {
		return Interval{noLowerBound, c.logAt(x.hi).hi, x.marks | doubt(x.above(zeroFloat))}
	}
	at := c.logAt(x.lo).with(x.marks)
	if x.IsPoint() {
		return at
	}
	if exponent(x.hi)-exponent(x.lo) <= 1 && !x.hi.IsInf() {
		w := settle(slopeContext.up().Sub(x.hi, x.lo))
		if w = settle(slopeContext.up().Quo(w, x.lo)); exponent(w) <= -thinBits {
			return Interval{at.lo, c.raised(at.hi, oneFloat, w), x.marks}
		}
	}
	return Interval{at.lo, c.logAt(x.hi).hi, x.marks}
}

// doubt is the mark of a result whose operand is in the domain if inside says so, and may be outside otherwise.
func doubt(inside bool) marks {
	if inside {
		return 0
	}
	return uncertain
}

// logAt returns an enclosure of log x for x > 0.
func (c Context) logAt(x *big.Float) Interval {
	if x.IsInf() {
		return open(largeFinite, noUpperBound)
	}
	t := c.tables()
	if e := exponent(x); e == 0 || e == 1 {
		// The difference is exact before it is rounded to W' bits, a relative error of 2^-W'.
		near := new(big.Float).SetPrec(t.frac+wideBits).Sub(x, oneFloat)
		if near.Sign() == 0 {
			return zero
		}
		if exponent(near) <= -nearBits {
			return c.log1pSeries(near, t)
		}
	}
	return c.logReduced(x, t)
}

// logReduced returns an enclosure of log x for x > 0. Its error is a few u, whatever the result.
func (c Context) logReduced(x *big.Float, t *tables) Interval {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.log(x, t)
	return c.enclose(s, &s.acc, 4, 7, -int64(t.frac))
}

// log sets s.acc to the T of the proof above.
func (s *scratch) log(x *big.Float, t *tables) {
	e := int64(x.MantExp(&s.float)) - 1
	m := &s.x
	s.scaled(m, &s.float, int(t.frac)+1)

	words := m.Bits() // the leading bit of m fills a word of its own
	j := (int(words[t.words-1]>>(wordBits-tableBits-1)) + 1) / 2
	center := t.center[j]
	s.y.Sub(m, center)
	s.sum.Add(m, center)
	below := s.y.Sign() < 0

	s.divide(&s.z, s.y.Abs(&s.y), &s.sum, t)
	s.y.Set(s.mul(&s.z, &s.z, t))
	s.atanhSeries(&s.y, t)
	s.product.Mul(&s.acc, &s.z)
	s.product.Lsh(&s.product, 1)
	a := s.drop(&s.product, t.words)
	if below {
		s.acc.Sub(t.logs[j], a)
	} else {
		s.acc.Add(t.logs[j], a)
	}
	if e != 0 {
		s.y.Mul(s.small.SetInt64(e), t.ln2)
		s.acc.Add(&s.acc, s.y.Rsh(&s.y, wideBits))
	}
}

// divide sets z to ⌊a·2^W/b⌋.
func (s *scratch) divide(z, a, b *big.Int, t *tables) {
	s.shifted.Lsh(a, t.frac)
	z.QuoRem(&s.shifted, b, &s.remainder)
}

// atanhSeries sets s.acc to S(v), for v < 2^-16.
func (s *scratch) atanhSeries(v *big.Int, t *tables) {
	n := seriesTerms(v, t)
	s.acc.Set(t.odd[n-1])
	for i := n - 2; i >= 0; i-- {
		s.acc.Add(t.odd[i], s.mul(&s.acc, v, t))
	}
}
