package interval

// The logistic pair, composed of the elementary operations. Both functions increase, so
// an interval that is not on one side of 0 is evaluated at both ends.

// Sigmoid returns σ(x) = 1/(1 + e^−x). x occurs once in the formula, so a composition
// of enclosures is an enclosure that is as narrow as its steps, and relatively accurate
// at both ends: for x far below 0 it is the quotient of 1 by a large number.
func (c Context) Sigmoid(x Interval) Interval {
	return c.Quo(one, c.Add(one, c.Exp(c.Neg(x))))
}

// Softplus returns log(1 + eˣ) = x + log(1 + e^−x): the first form below 0, where the
// second cancels, and the second above, where eˣ may be beyond all bounds.
func (c Context) Softplus(x Interval) Interval {
	switch {
	case x.hi.Sign() <= 0:
		return c.Log1p(c.Exp(x))
	case x.IsPoint():
		return c.Add(x, c.Log1p(c.Exp(c.Neg(x))))
	}
	end := func(at Interval) Interval {
		if at.lo.IsInf() {
			return at // no bound in, no bound out; below, σ ≥ 0 says more
		}
		return c.Softplus(at)
	}
	lo, hi := end(point(x.lo)), end(point(x.hi))
	if lo.lo.IsInf() {
		lo = zero
	}
	return Interval{lo.lo, hi.hi, x.marks}
}
