package loss

import "math"

// ln2 is log 2 to 2^-110.
var ln2 = wide{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56, 0}

// vanishing is the binary exponent that stands for every e^x beyond the range of
// elementary functions: the result is not 0, so that it keeps its sign until it is
// rounded.
const vanishing = 1 << 40

// exponential returns e^x with a relative error below 2^-70.
//
// Method: x = k·log 2 + r with |r| ≤ 0.35, then expm1 of r. The reduction has an error
// of |k|·2^-103, far below that.
func exponential(x wide) wide {
	switch {
	case x.special():
		if x.hi < 0 {
			return wide{}
		}
		return x
	case x.hi == 0:
		return num(1)
	case x.exp >= 40 && x.hi < 0:
		return wide{hi: 0.5, exp: -vanishing}
	case x.exp >= 40:
		return wide{hi: 0.5, exp: vanishing}
	}
	k := math.RoundToEven(x.float() / math.Ln2)
	y := plus(num(1), expm1(sub(x, times(num(k), ln2))))
	y.exp += int64(k) // up to 2^41
	return y
}

// expm1 returns e^x − 1 for |x| ≤ 0.7, with a relative error below 2^-71.
//
// Method: for r = x/2^10 the Taylor series, whose first two terms are held in full and
// whose rest, at most r²/6 < 2^-23 of the sum, has a relative error below 2^-50; then ten
// times e^2r − 1 = 2·(e^r−1) + (e^r−1)², which adds 2^-101 each.
func expm1(x wide) wide {
	const halvings = 10
	if x.exp < -200 {
		return x
	}
	r, low := ldexp(x.hi, x.exp-halvings), ldexp(x.lo, x.exp-halvings)
	square := r * r
	squareLow := math.FMA(r, r, -square) + 2*r*low
	rest := square * r * (1./6 + r*(1./24+r*(1./120+r*(1./720+r/5040))))
	q, e := quickTwoSum(r, square/2)
	q, e = quickTwoSum(q, e+(low+(squareLow/2+rest)))
	for range halvings {
		square = q * q
		squareLow = math.FMA(q, q, -square) + 2*q*e
		s, t := quickTwoSum(2*q, square)
		q, e = quickTwoSum(s, t+(2*e+squareLow))
	}
	return normal(q, e, 0)
}

// log1p returns log(1+x) for x ≥ −1, with a relative error below 2^-69.
//
// Method: one step of Newton's iteration from y = math.Log1p(x),
// log(1+x) = y + (x − (e^y−1))/e^y, whose error is half the square of the correction, a
// relative 2^-103. The start may be any that is right to 2^-40. What remains is the error
// of expm1, magnified by x/((1+x)·log(1+x)) ≤ 1.5 on [−½, ½].
func log1p(x wide) wide {
	switch {
	case x.exp < -120 || x.hi == 0:
		return sub(x, mul(num(0.5), x, x))
	case x.special() || x.exp >= 0: // |x| ≥ ½
		return logarithm(plus(num(1), x))
	}
	y := num(math.Log1p(x.float()))
	q := expm1(y)
	return plus(y, div(sub(x, q), plus(num(1), q)))
}

// lessLog1p returns x − log(1+x) for |x| ≤ ½, with a relative error below 2^-80. With s = x/(2+x), of size at most ⅓,
// log(1+x) is 2·(s + s³/3 + s⁵/5 + …) and x − 2·s is x·s, of which the rest takes less than half.
func lessLog1p(x wide) wide {
	s := div(x, plus(num(2), x))
	square, sum := mul(s, s), wide{}
	power := mul(s, square)
	for k := 3.0; k < 55 && !power.zero() && power.exp > s.exp-90; k += 2 {
		sum, power = plus(sum, div(power, num(k))), mul(power, square)
	}
	return sub(mul(x, s), mul(num(2), sum))
}

// logarithm returns log x for x ≥ 0, with a relative error below 2^-69. It does not use
// math.Log, whose assembly on amd64 is wrong for subnormals (go1.26).
//
// Method: x = m·2^e with m in [¾, 1½), and log x = e·log 2 + log1p(m−1), where
// the first term is 0 or at least 1.7 times the second in size, which is below 0.41.
func logarithm(x wide) wide {
	switch {
	case x.hi == 0:
		return num(math.Inf(-1))
	case x.special():
		return x
	}
	m := wide{x.hi, x.lo, 0}
	e := x.exp
	if m.hi < 0.75 {
		m.exp, e = 1, e-1
	}
	return plus(times(num(float64(e)), ln2), log1p(sub(m, num(1))))
}

// logistic returns σ(x) = 1/(1+e^−x). The branch keeps the relative error of e^|x| out
// of the sum: it is below 2^-69. σ(+Inf) is 1 and σ(−Inf) is 0.
func logistic(x float64) wide {
	e := exponential(num(-math.Abs(x)))
	if x >= 0 {
		return div(num(1), plus(num(1), e))
	}
	return div(e, plus(num(1), e))
}

// tilt returns σ(x) − σ(−x) = tanh(x/2) with a relative error below 2^-67, also next to 0
// where the two are equal: there it is (e^x−1)/(e^x+1).
func tilt(x float64) wide {
	if math.Abs(x) >= 0.5 {
		return sub(logistic(x), logistic(-x))
	}
	e := expm1(num(x))
	return div(e, plus(num(2), e))
}

// softplus returns log(1+e^x) with a relative error below 2^-67: that of e^−|x| is
// carried into log1p(e^−|x|) at most in full, since t/((1+t)·log1p(t)) ≤ 1 for t ≥ 0, and
// both terms of the sum are non-negative. softplus(+Inf) = +Inf, softplus(−Inf) = +0.
func softplus(x float64) wide {
	return plus(num(max(x, 0)), log1p(exponential(num(-math.Abs(x)))))
}

// power returns x^γ for 0 ≤ x ≤ 1 and γ ≥ 0, given log x, and 1 for γ = 0. Where x^γ is
// not below the smallest float64 by far, |γ·log x| < 2^12, so that its relative error is
// below 2^-56 for a log x with 2^-69.
func power(x, logx wide, gamma float64) wide {
	switch {
	case gamma == 0:
		return num(1)
	case x.zero():
		return wide{}
	}
	return exponential(mul(num(gamma), logx))
}

// root returns √x for x > 0, to 2^-102: a step of Newton's from the root of the leading half doubles its digits.
func root(x wide) wide {
	if x.exp%2 != 0 {
		x.hi, x.lo, x.exp = 2*x.hi, 2*x.lo, x.exp-1
	}
	half := x.exp / 2
	x.exp = 0
	first := num(math.Sqrt(x.hi))
	r := times(num(0.5), plus(first, div(x, first)))
	r.exp += half
	return r
}
