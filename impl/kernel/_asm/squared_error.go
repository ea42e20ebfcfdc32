package main

func squaredError(m *machine, f form, x, y value) (val, grad value) {
	d := m.Sub(x, y)
	if f.hasValue {
		val = m.Mul(m.Mul(d, m.Param(0)), d)
	}
	if !f.hasValue {
		val = d // which is watched
	}
	if f.hasGrad {
		grad = m.Mul(d, m.Param(2))
	}
	return val, grad
}
