package main

func softplus(m *machine, f form, z, _ value) (val, grad value) {
	e, up, _ := m.sides(z)
	if f.hasValue {
		val = m.Add(m.log1p(e), m.Max(m.Const(0), z))
	}
	if f.hasGrad {
		grad = m.Mul(m.Div(up, m.Add(e, m.Const(1))), m.Param(scale))
	}
	return val, grad
}

func logSigmoid(m *machine, f form, z, _ value) (val, grad value) {
	e, _, down := m.sides(z)
	if f.hasValue {
		val = m.Sub(m.Min(m.Const(0), z), m.log1p(e))
	}
	if f.hasGrad {
		grad = m.Mul(m.Div(down, m.Add(e, m.Const(1))), m.Param(scale))
	}
	return val, grad
}
