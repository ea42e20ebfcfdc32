package main

func softplus(m *machine, f form, z, _ value) (val, grad value) {
	e, s, up := m.sides(f, z)
	if f.hasValue {
		val = m.Add(m.log1p(e, s), m.Max(m.Const(0), z))
	}
	if f.hasGrad {
		grad = m.Mul(m.Div(m.Select(m.Negative(z), up, m.ofUnit(m.Const(1))), m.Add(e, m.Const(1))), m.Param(scale))
	}
	return val, grad
}

func logSigmoid(m *machine, f form, z, _ value) (val, grad value) {
	e, s, up := m.sides(f, z)
	if f.hasValue {
		val = m.Sub(m.Min(m.Const(0), z), m.log1p(e, s))
	}
	if f.hasGrad {
		grad = m.Mul(m.Div(m.Select(m.Negative(z), m.ofUnit(m.Const(1)), up), m.Add(e, m.Const(1))), m.Param(scale))
	}
	return val, grad
}

// sides is e^−|z| with the s of its log1p, and what is raised of it.
func (m *machine) sides(f form, z value) (e, s, up value) {
	e, raised := m.exponential(m.MinusAbs(z), f.raise(raise)...)
	e, s, raised = m.shelveLog1p(f, e, raised)
	if f.hasGrad {
		up = raised[0]
	}
	return e, s, up
}

// raise is those parameters that a gradient has, if there is one.
func (f form) raise(params ...int) []int {
	if f.hasGrad {
		return params
	}
	return nil
}
