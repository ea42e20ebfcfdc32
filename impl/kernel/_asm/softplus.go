package main

func softplus(m *machine, f form, z, _ value) (val, grad value) {
	one := m.Const(1)
	e, s := m.shelveLog1p(f, m.exponential(m.MinusAbs(z)))
	if f.hasValue {
		val = m.Add(m.log1p(e, s), m.Max(m.Const(0), z))
	}
	if f.hasGrad {
		grad = m.Mul(m.Div(m.Select(m.Negative(z), e, one), m.Add(e, one)), m.Param(scale))
	}
	return val, grad
}

func logSigmoid(m *machine, f form, z, _ value) (val, grad value) {
	one := m.Const(1)
	e, s := m.shelveLog1p(f, m.exponential(m.MinusAbs(z)))
	if f.hasValue {
		val = m.Sub(m.Min(m.Const(0), z), m.log1p(e, s))
	}
	if f.hasGrad {
		grad = m.Mul(m.Div(m.Select(m.Negative(z), one, e), m.Add(e, one)), m.Param(scale))
	}
	return val, grad
}
