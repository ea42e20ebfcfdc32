package main

import "math"

// The truth of the kernels in float64: elementary functions with a bound that is proved here,
// and used where a float32 result needs its error to be known to a small part of an ulp. One
// ulp of float32 is 2^-23 at least relative to the number; every truth below has a relative
// error under 2^-40, which is 2^-17 ulp. What a compiler fuses only makes errors smaller.
// Package math is not used: its documentation gives no proof, and its Log is wrong for
// subnormals on amd64.
//
// # exp(x), −700 ≤ x ≤ 0: relative error below 2^-50
//
// n is a whole number within 0.51 of x·log₂e, |n| ≤ 1010; n·ln2High is exact, since ln2High
// has 32 bits; so is x − n·ln2High, where both are near (Sterbenz) or n is 0; and n·ln2Low is
// below 2^-23, with an error of 2^-76, to which the subtraction adds 2^-54. So r has an error
// below 2^-53 with |r| < 0.36. The Taylor polynomial of degree 14 leaves 0.36^15/15! < 2^-62.
// Horner's rule makes in its last step two roundings, of r·q and of the sum, and passes on a
// third of the error before: below 3·2^-53 of 1.44. Relative to e^r > 0.69 the whole is below
// 7·2^-53 < 2^-50. Scaling by 2^n is exact, for the results are normal.
//
// # log1p(e), 0 ≤ e ≤ 1: relative error below 2^-50
//
// It is 2·atanh(s), s = e/(2+e) ≤ ⅓: 2s·(1 + t/3 + t²/5 + …), t = s². s has two roundings.
// Every term is positive, so that nothing cancels: 17 terms leave t^17/35·1.2 < 2^-58, and a
// relative error of t below 5·2^-53 moves the sum, which is 1 + t/3 + …, by at most 0.15 of
// that; Horner's rule adds 2 roundings and a ninth of those before. All in all, below
// 2 + 1 + 3 + 1 = 7 units of 2^-53.
//
// # log(p), 0 < p ≤ 1 a float32, and 1 − p for p > ½: relative error below 2^-49
//
// p = m·2^k with √½ ≤ m < √2, exactly. log m is 2·atanh((m−1)/(m+1)), |s| ≤ 0.172, with m−1
// exact; as above, 7 units. k = 0 ends here. Else |k·ln 2| ≥ 0.69 and |log m| ≤ 0.347 leave
// at least half of the greater, with two roundings more, so 2·(7+2+1) units at most.
const (
	log2E   = 0x1.71547652b82fep+0
	ln2High = 0x1.62e42feep-1
	ln2Low  = 0x1.a39ef35793c76p-33
	toWhole = 0x1.8p52
)

func exp(x float64) float64 {
	if x < -700 {
		return 0 // a number below 2^-1009, where an ulp is 2^-149
	}
	shifted := x*log2E + toWhole
	n := shifted - toWhole
	r := (x - n*ln2High) - n*ln2Low
	q := 1.0 / 87178291200 // 1/14!
	q = q*r + 1.0/6227020800
	q = q*r + 1.0/479001600
	q = q*r + 1.0/39916800
	q = q*r + 1.0/3628800
	q = q*r + 1.0/362880
	q = q*r + 1.0/40320
	q = q*r + 1.0/5040
	q = q*r + 1.0/720
	q = q*r + 1.0/120
	q = q*r + 1.0/24
	q = q*r + 1.0/6
	q = q*r + 0.5
	q = q*r + 1
	q = q*r + 1
	return q * math.Float64frombits((math.Float64bits(shifted)+1023)<<52)
}

// atanhRatio is atanh(s)/s for t = s² ≤ 1/9.
func atanhRatio(t float64) float64 {
	q := 1.0 / 33
	q = q*t + 1.0/31
	q = q*t + 1.0/29
	q = q*t + 1.0/27
	q = q*t + 1.0/25
	q = q*t + 1.0/23
	q = q*t + 1.0/21
	q = q*t + 1.0/19
	q = q*t + 1.0/17
	q = q*t + 1.0/15
	q = q*t + 1.0/13
	q = q*t + 1.0/11
	q = q*t + 1.0/9
	q = q*t + 1.0/7
	q = q*t + 1.0/5
	q = q*t + 1.0/3
	return q*t + 1
}

func log1p(e float64) float64 {
	s := e / (2 + e)
	return 2 * s * atanhRatio(s*s)
}

func log(p float64) float64 {
	if p == 0 {
		return math.Inf(-1)
	}
	bits := math.Float64bits(p)
	k := int(bits>>52) - 1023
	m := math.Float64frombits(bits&(1<<52-1) | 1023<<52)
	if m >= math.Sqrt2 {
		m, k = m/2, k+1
	}
	s := (m - 1) / (m + 1)
	return float64(k)*math.Ln2 + 2*s*atanhRatio(s*s)
}

// logOfRest is log(1−p).
func logOfRest(p float64) float64 {
	if p > 0.5 {
		return log(1 - p)
	}
	s := p / (2 - p)
	return -2 * s * atanhRatio(s*s)
}
