package main

func sigmoid(m *machine, f form, z, _ value) (val, grad value) {
	one := m.Const(1)
	e, raised := m.exponential(m.MinusAbs(z), f.raise(raise)...)
	if f.hasValue {
		val = m.Div(m.Select(m.Negative(z), e, one), m.Add(e, one))
	}
	if f.hasGrad {
		grad = m.Mul(m.Div(raised[0], m.Add(m.Mul(e, m.Add(e, m.Const(2))), one)), m.Param(scale))
	}
	return val, grad
}
