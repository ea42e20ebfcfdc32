package main

func squaredErrorWithLogits(m *machine, f form, z, y value) (val, grad value) {
	one, zero := m.Const(1), m.Const(0)
	e, eRest, raised, raisedRest := m.exponentialPair(m.MinusAbs(z))
	isBelow := m.Negative(z)
	above, rest := m.residual(one, zero, e, eRest, isBelow, y)

	below, belowRest := m.sumOf(one, e)
	belowRest = m.Add(belowRest, eRest)
	inverse := m.Div(one, below)
	belowUp := m.UpperHalf(below)
	d := m.Mul(above, inverse)
	left := m.Sub(m.Sub(rest, m.productRest(d, m.UpperHalf(d), below, belowUp, above)), m.Mul(d, belowRest))
	dRest := m.Mul(left, inverse)

	if f.hasValue {
		t := m.Mul(d, m.Param(0))
		val = m.Add(m.Mul(t, d), m.Mul(m.Add(t, t), dRest))
	}
	if f.hasGrad {
		square := m.Mul(below, below)
		squareRest := m.Add(m.productRest(below, belowUp, below, belowUp, square), m.Mul(m.Add(below, below), belowRest))
		slope := m.Div(m.Mul(m.Mul(d, m.Param(1)), raised), square)
		left := m.Sub(m.Mul(m.Add(m.Mul(dRest, raised), m.Mul(d, raisedRest)), m.Param(1)), m.Mul(slope, squareRest))
		slope = m.Add(slope, m.Mul(m.Mul(left, inverse), inverse))
		grad = m.Mul(m.Select(isBelow, m.Neg(slope), slope), m.Param(scale))
	}
	return val, grad
}

// residual is that of the package, for the sign of z.
func (m *machine) residual(one, zero, e, eRest value, isBelow mask, y value) (above, rest value) {
	not, notRest := m.differenceOf(one, y)
	near, nearRest := m.Select(isBelow, y, not), m.Select(isBelow, zero, notRest)
	far, farRest := m.Select(isBelow, not, y), m.Select(isBelow, notRest, zero)

	small := m.Mul(far, e)
	rest = m.productRest(far, m.UpperHalf(far), e, m.UpperHalf(e), small)
	rest = m.Add(rest, m.Add(m.Mul(far, eRest), m.Mul(farRest, e)))
	above = m.Sub(near, small)
	taken := m.Sub(above, near)
	rest = m.Add(m.Sub(m.Sub(near, m.Sub(above, taken)), m.Add(small, taken)), m.Sub(nearRest, rest))
	return m.sumOf(above, rest)
}
