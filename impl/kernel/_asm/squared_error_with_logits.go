package main

func squaredErrorWithLogits(m *machine, f form, z, y value) (val, grad value) {
	one := m.Const(1)
	e, up, down := m.sides(z)
	above := m.Sub(m.Mul(m.Sub(one, y), up), m.Mul(y, down))
	below := m.Add(e, one)
	if f.hasValue {
		d := m.Div(above, below)
		val = m.Mul(m.Mul(d, m.Param(0)), d)
	}
	if f.hasGrad {
		cube := m.Mul(m.Mul(below, below), below)
		grad = m.Mul(m.Div(m.Mul(m.Mul(above, m.Param(1)), e), cube), m.Param(scale))
	}
	return val, grad
}
