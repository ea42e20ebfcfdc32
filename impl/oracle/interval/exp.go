package interval

import "math/big"

// Exponential
//
// # Method
//
// x = k·log 2 + r with 0 ≤ r < log 2, in fixed point. The leading twelve bits of r select two table entries, and the rest
// ρ < 2^-12 goes through the Taylor polynomial in Horner's form:
//
//	exp(x) = 2^k · exp(j1/64) · exp(j2/4096) · exp(ρ)
//
// # Error
//
// Argument, for |x| < 2^30. X is x·2^W' truncated toward 0, off by less than 1 u'. |k| < 2^31, whatever the first guess for
// it, because X − k·L lies in [0, L). L, the stored log 2, is short by less than 2^20 u' (tables.go, L), so the remainder
// R = X − k·L differs from r := x − k·log 2 by less than 1 + 2^51 u' < 2^-12 u. R loses its last 64 bits, less than 1 u. What
// remains, R̂, satisfies −2^-12 u < δ < (1 + 2^-12) u for δ = r − R̂. From here R̂ = j1/64 + j2/4096 + ρ is exact, and
// j1 ≤ 44, because R̂ < log 2 < 45/64.
//
// Polynomial, n terms. F_k = ⌊2^W/k!⌋, a_{n−1} = F_{n−1}, a_k = F_k + ⌊a_{k+1}·ρ⌋. If a_{k+1} is short by e, then a_k is
// short by less than 1 (F_k) + 1 (floor) + 2^-12·e; a_0 by less than 2.001 u. The n terms that are left out begin with ρ^n/n!
// and sum to less than 1.001 of it. n is the lesser of two numbers of terms that each make ρ^n/n! ≤ u: expTerms for any
// ρ < 2^-12, and seriesTerms for this ρ. So P = a_0 is short of exp(ρ) by less than 3.01 u.
//
// Products. If A and B are short by α and β, then ⌊A·B⌋ is short by less than (exact A)·β + B·α + 1. By (E) of tables.go the
// entries are short by less than 1.001 u.
//
//	Q = ⌊E2·P⌋:  exp(63/4096) < 1.016, P < 1.001:     1.016·3.01 + 1.001·1.001 + 1 < 5.07
//	T = ⌊E1·Q⌋:  exp(44/64) < 1.989,   Q < 1.017:     1.989·5.07 + 1.017·1.001 + 1 < 12.2
//
// so T u ≤ exp(R̂) < (T + 12.2) u. Last, exp(r) = exp(R̂)·exp(δ) with exp(R̂) < 2.001: it lies less than 2.01·2^-12 u below
// exp(R̂) and less than 2.01 u above it. In all
//
//	(T − 1) u < exp(x)·2^-k < (T + 15) u,  T ≥ 2^W (every factor is at least 1).
//
// # Special cases
//
//	x = 0           exactly 1
//	0 < |x| < 2^-p  1 < exp(x) < 1 + x + x² < 1 + 2^(1−p), or 1 − 2^-p < 1 + x < exp(x) < 1: the ends are neighbours of 1
//	x ≥ 2^30        exp(x) > 2^(2^30), and no upper bound
//	x ≤ −2^30       0 < exp(x) < 2^-(2^30), and the lower bound is 0

const expRange = 30 // Exp reduces arguments below 2^30 in magnitude

var (
	expHuge = new(big.Float).SetMantExp(oneFloat, 1<<expRange)
	expTiny = new(big.Float).SetMantExp(oneFloat, -1<<expRange)
)

// Exp returns e^x.
func (c Context) Exp(x Interval) Interval {
	at := c.expAt(x.lo).with(x.marks)
	if x.IsPoint() {
		return at
	}
	if w := thinWidth(x); w != nil {
		// exp(lo + w) = exp(lo)·(1 + (e^w − 1))
		return Interval{at.lo, c.raised(at.hi, at.hi, w), x.marks}
	}
	return Interval{at.lo, c.expAt(x.hi).hi, x.marks}
}

// expAt returns an enclosure of e^x for one number, or for an infinite end the bound that is the limit there.
func (c Context) expAt(x *big.Float) Interval {
	switch {
	case x.Sign() == 0:
		return one
	case x.IsInf() || exponent(x) > expRange:
		if x.Signbit() {
			return open(zeroFloat, expTiny)
		}
		return open(expHuge, noUpperBound)
	case exponent(x) <= -int64(c.Prec):
		b := c.Add(one, point(x))
		if x.Signbit() {
			return open(b.lo, oneFloat)
		}
		return open(oneFloat, b.hi)
	}
	return c.expReduced(x, c.tables())
}

// expReduced returns an enclosure of e^x for |x| < 2^30.
func (c Context) expReduced(x *big.Float, t *tables) Interval {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	k := s.exp(x, t)
	return c.enclose(s, &s.acc, 1, 15, int64(k)-int64(t.frac))
}

// exp sets s.acc to the T and returns the k of the proof above, for |x| < 2^30.
func (s *scratch) exp(x *big.Float, t *tables) (k int) {
	k = s.reduce(x, t)
	rest, words := &s.x, t.words
	j1, j2 := 0, 0
	if w := rest.Bits(); len(w) == words { // otherwise r < 2^-UintSize, and both indices are 0
		top := w[words-1]
		j1 = int(top >> (wordBits - tableBits))
		j2 = int(top >> (wordBits - 2*tableBits) % tableSize)
		w[words-1] = top % (1 << (wordBits - 2*tableBits))
		rest.SetBits(w)
	}
	n := min(seriesTerms(rest, t), t.expTerms)
	s.acc.Set(t.inverseFact[n-1])
	for i := n - 2; i >= 0; i-- {
		s.acc.Add(t.inverseFact[i], s.mul(&s.acc, rest, t))
	}
	if j2 != 0 {
		s.acc.Set(s.mul(&s.acc, t.fine[j2], t))
	}
	if j1 != 0 {
		s.acc.Set(s.mul(&s.acc, t.coarse[j1], t))
	}
	return k
}

// reduce sets s.x to R̂ with W fraction bits and returns k.
func (s *scratch) reduce(x *big.Float, t *tables) int {
	s.scaled(&s.x, x, int(t.frac)+wideBits)
	// The guess for k needs no proof: the loops below make it right, and at most a step or two away.
	approx, _ := x.Float64()
	k := int64(approx * log2e)
	s.y.Mul(s.small.SetInt64(k), t.ln2)
	s.x.Sub(&s.x, &s.y)
	for ; s.x.Sign() < 0; k-- {
		s.x.Add(&s.x, t.ln2)
	}
	for ; s.x.Cmp(t.ln2) >= 0; k++ {
		s.x.Sub(&s.x, t.ln2)
	}
	s.x.Rsh(&s.x, wideBits)
	return int(k)
}

const log2e = 0x1.71547652b82fep+0 // 1/log 2, to the nearest float64
