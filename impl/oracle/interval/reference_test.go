package interval

import "math/big"

// The second path
//
// The functions here share no method with the package: no table, no argument reduction by log 2, no fixed point, no
// directed rounding. They compute with plain big.Float arithmetic, rounded to nearest at P′ > P bits, and return an interval
// with a relative radius of 2^-P. Every P′ in use is below 2^16, so that a series has fewer than 2^13 terms.

// around returns [m·(1 − 2^-p), m·(1 + 2^-p)], a little wider for its own rounding.
func around(m *big.Float, p int) Interval {
	if m.Sign() == 0 {
		return zero
	}
	wide := Context{m.Prec() + 8}
	radius := new(big.Float).SetMantExp(new(big.Float).Abs(m), -p)
	return open(wide.Sub(point(m), point(radius)).lo, wide.Add(point(m), point(radius)).hi)
}

func newFloat(prec int) *big.Float { return new(big.Float).SetPrec(uint(prec)) }

// referenceExp returns e^x for |x| < 2^31 by squaring: e^x = (e^y)^(2^s), y = x·2^-s, |y| < 2^-16.
//
// Taylor: a term of order k carries k products and quotients, a relative error below 2k·2^-P′; the terms sum to less than
// 1.001, and N < 2^13 additions lose less than 2^-P′ each. That is below 2^14·2^-P′ in all with the tail, which starts below
// 2^-P′. A squaring doubles the relative error and adds 2^-P′: 2^s·(2^14 + 1)·2^-P′ after s of them.
func referenceExp(x *big.Float, p int) Interval {
	if x.Sign() == 0 {
		return one
	}
	s := max(0, binary(x)+16)
	work := p + s + 16
	y := new(big.Float).SetMantExp(x, -s)
	sum, term := newFloat(work).SetInt64(1), newFloat(work).SetInt64(1)
	for k := int64(1); ; k++ {
		term.Mul(term, y)
		if term.Sign() == 0 || binary(term) < -work {
			break
		}
		term.Quo(term, newFloat(64).SetInt64(k))
		sum.Add(sum, term)
	}
	for range s {
		sum.Mul(sum, sum)
	}
	return around(sum, p)
}

// referenceExpm1 returns e^x − 1, from an e^x with as many more bits as the subtraction cancels.
func referenceExpm1(x *big.Float, p int) Interval {
	if x.Sign() == 0 {
		return zero
	}
	work := p + max(0, -binary(x)) + 8
	return Context{uint(work)}.Sub(referenceExp(x, work), one)
}

// mercator returns log(1 + t) for |t| < 2^-15 with a relative error below 2^14·2^-work beside that of t: the same count as
// for the Taylor series above.
func mercator(t *big.Float, work int) *big.Float {
	sum, power, term := newFloat(work), newFloat(work).SetInt64(-1), newFloat(work)
	minus := newFloat(work).Neg(t)
	for k := int64(1); ; k++ {
		power.Mul(power, minus)
		term.Quo(power, newFloat(64).SetInt64(k))
		if sum.Sign() != 0 && binary(term) < binary(sum)-work {
			return sum
		}
		sum.Add(sum, term)
	}
}

// referenceLog1p returns log(1 + t): by Mercator's series for small t, and else log(1 + t) = 2^k·log((1 + t)^(2^-k)) with as
// many square roots as it takes.
//
// 1 + t is exact. A root halves the relative error and adds at most 2·2^-P′ (big.Float.Sqrt documents correct rounding), so it
// stays below 4·2^-P′; the subtraction of 1 leaves more than 2^-17 of it and turns that into 2^19·2^-P′.
func referenceLog1p(t *big.Float, p int) Interval {
	if t.Sign() == 0 {
		return zero
	}
	work := p + 21
	if binary(t) <= -16 {
		return around(mercator(t, work), p)
	}
	y := newFloat(int(t.Prec())+max(binary(t), 0)+64).Add(t, oneFloat)
	if y.Acc() != big.Exact {
		panic("referenceLog1p: 1 + t is not exact")
	}
	k := 0
	d := new(big.Float).Set(t)
	for ; binary(d) > -16; k++ {
		y = newFloat(work).Sqrt(y)
		d = newFloat(work).Sub(y, oneFloat)
	}
	log := mercator(d, work)
	return around(log.SetMantExp(log, k), p)
}

// referenceSqrt returns √x: big.Float.Sqrt promises the nearest number.
func referenceSqrt(x *big.Float, p int) Interval {
	if x.Sign() == 0 {
		return zero
	}
	return around(newFloat(p+2).Sqrt(x), p)
}

// referenceAtan returns the arctangent of x by halving the angle, tan(θ/2) = tan θ/(1 + √(1 + tan² θ)), until the series
// converges fast.
//
// A halving has five roundings and does not magnify a relative error of its argument, since that is multiplied by cos θ. There
// are fewer than 20 of them: the first takes any number below 1. The series counts as in referenceExp.
func referenceAtan(x *big.Float, p int) Interval {
	if x.Sign() == 0 {
		return zero
	}
	work := p + 21
	y, halvings := newFloat(work).Set(x), 0
	for ; binary(y) > -16; halvings++ {
		root := newFloat(work).Mul(y, y)
		root.Sqrt(root.Add(root, oneFloat))
		y.Quo(y, root.Add(root, oneFloat))
	}
	square, power, sum, term := newFloat(work).Mul(y, y), newFloat(work).Set(y), newFloat(work).Set(y), newFloat(work)
	for k := int64(1); ; k++ {
		power.Neg(power.Mul(power, square))
		if term.Quo(power, newFloat(64).SetInt64(2*k+1)); binary(term) < binary(sum)-work {
			break
		}
		sum.Add(sum, term)
	}
	return around(sum.SetMantExp(sum, halvings), p)
}

// referenceAtan2 returns the angle of (x, y) as twice that of (x + h, y), h = √(x² + y²), or of (y, h − x) if x < 0, whichever
// has no difference of like numbers.
func referenceAtan2(y, x *big.Float, p int) Interval {
	work := p + 8
	if y.Sign() == 0 {
		if x.Sign() > 0 {
			return zero
		}
		return Context{uint(work)}.Mul(FromInt(4), referenceAtan(oneFloat, work)) // π
	}
	wide := work + 8
	a, b := newFloat(wide).Mul(x, x), newFloat(wide).Mul(y, y)
	h := newFloat(wide)
	if gap := binary(a) - binary(b); x.Sign() == 0 || gap < -2*wide {
		h.Abs(y)
	} else if gap > 2*wide {
		h.Abs(x)
	} else {
		h.Sqrt(a.Add(a, b))
	}
	h.Add(h, newFloat(wide).Abs(x))
	tangent := newFloat(wide)
	if x.Sign() >= 0 {
		tangent.Quo(y, h)
	} else {
		tangent.Quo(h, y)
	}
	return around(newFloat(wide).SetMantExp(referenceAtan(tangent, work).lo, 1), p)
}

// referenceLog returns log x = log1p(x − 1), the difference being exact; for a large exponent e it takes out e = 2^k square
// roots first, which is to say that it halves e.
func referenceLog(x *big.Float, p int) Interval {
	if e := binary(x); e > 64 || e < -64 {
		// log x = log(x·2^-e) + e·log 2, log 2 = 2·log √2 from the roots.
		wide := Context{uint(p) + 80}
		m := new(big.Float).SetMantExp(x, -e)
		ln2 := referenceLog1p(oneFloat, p+80)
		return wide.Add(referenceLog(m, p+80), wide.Mul(FromInt(int64(e)), ln2))
	}
	t := newFloat(int(x.Prec())+128).Sub(x, oneFloat)
	return referenceLog1p(t, p)
}

// binary is exponent for numbers whose sums of exponents have 32 bits.
func binary(x *big.Float) int { return x.MantExp(nil) }
