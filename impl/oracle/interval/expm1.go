package interval

import "math/big"

// exp(x) − 1
//
// # Method
//
// For |x| ≥ 2^-6 it is Exp with a wider result, minus 1. Below, write x = ±τ·2^q with 1/2 ≤ τ < 1 and q ≤ −6, and y = |x|:
//
//	expm1(x) = ±τ·2^q · G(±y),  G(v) = Σ v^k/(k+1)!
//
// The fixed point holds τ, and not x, so that an argument of 2^-20000 costs nothing and loses nothing.
//
// # Error
//
// For |x| ≥ 2^-6. Exp at p + 32 bits gives e^x within 2 ulps, a width below 2^(−p−30)·e^x. |expm1(x)| = e^x·|1 − e^−x| and
// |1 − e^−x| > 2^-7 for every such x, so the relative width of the difference is below 2^(−p−23), and then comes its rounding.
//
// For |x| < 2^-6. τ and y are truncated to W bits: each is short by less than 1 u. Horner: a_{n−1} = F_n,
// a_k = F_{k+1} ± ⌊a_{k+1}·Y⌋ with F as in exp.go; all a_k lie in (0, 1.01) because y is small. If |a_{k+1}| is off by e, then
// the product is off by less than 1 (floor) + a_{k+1} (Y) + e·2^-6, and F_{k+1} by less than 1 for k > 0 and not at all for
// k = 0. As a_{k+1} < 0.51 for k ≥ 0:
//
//	a_k for k > 0:  off by less than (1 + 1 + 0.51)/(1 − 2^-6) < 2.56
//	a_0:            off by less than 1 + 0.51 + 2.56·2^-6 < 1.56
//
// The terms left out begin with y^n/(n+1)! and sum to less than 1.02 of it; n, chosen as in exp.go, makes that < 1.02 u. So
// G = a_0 is off by less than 2.6 u. B = ⌊τ·G⌋ is off by less than τ·2.6 + G·1 + 1 < 2.6 + 1.01 + 1 < 5 u:
//
//	(B − 5)·u·2^q < |expm1(x)| < (B + 5)·u·2^q,  B·u > 0.49.

// tinyBits bounds the arguments of the series: |x| < 2^-tinyBits.
const tinyBits = tableBits

// Expm1 returns e^x − 1, without loss for small x.
func (c Context) Expm1(x Interval) Interval {
	at := c.expm1At(x.lo).with(x.marks)
	if x.IsPoint() {
		return at
	}
	if w := thinWidth(x); w != nil {
		slope := slopeContext.up() // e^lo = 1 + expm1(lo)
		slopeContext.addTo(slope, oneFloat, at.hi)
		return Interval{at.lo, c.raised(at.hi, settle(slope), w), x.marks}
	}
	return Interval{at.lo, c.expm1At(x.hi).hi, x.marks}
}

func (c Context) expm1At(x *big.Float) Interval {
	if x.Sign() == 0 {
		return zero
	}
	if x.IsInf() || exponent(x) > -tinyBits {
		wide := Context{c.Prec + guardBits}
		return c.Sub(wide.expAt(x), one)
	}
	return c.expm1Series(x, c.tables())
}

// expm1Series returns an enclosure of e^x − 1 for 0 < |x| < 2^-6.
func (c Context) expm1Series(x *big.Float, t *tables) Interval {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	q := s.mantissa(&s.z, x, t)
	s.x.Rsh(&s.z, uint(min(-q, int64(t.frac)))) // τ < 1: a shift by W or more leaves 0 all the same

	n := min(seriesTerms(&s.x, t), t.expm1Terms)
	s.acc.Set(t.inverseFact[n])
	for i := n - 1; i > 0; i-- {
		product := s.mul(&s.acc, &s.x, t)
		if x.Signbit() {
			s.acc.Sub(t.inverseFact[i], product)
		} else {
			s.acc.Add(t.inverseFact[i], product)
		}
	}
	s.acc.Set(s.mul(&s.acc, &s.z, t))
	return c.encloseSigned(s, x.Signbit(), 5, q-int64(t.frac))
}

// mantissa sets z to ⌊τ·2^W⌋ and returns q, for |x| = τ·2^q with 1/2 ≤ τ < 1.
func (s *scratch) mantissa(z *big.Int, x *big.Float, t *tables) (q int64) {
	q = int64(x.MantExp(&s.float))
	s.scaled(z, s.float.Abs(&s.float), int(t.frac))
	return q
}

// encloseSigned returns the interval ±[N − err, N + err]·2^exp for N = s.acc.
func (c Context) encloseSigned(s *scratch, neg bool, err, exp int64) Interval {
	if neg {
		s.acc.Neg(&s.acc)
	}
	return c.enclose(s, &s.acc, err, err, exp)
}
