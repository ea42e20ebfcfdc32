package main

func binaryCrossEntropyWithLogits(m *machine, f form, z, y value) (val, grad value) {
	e := m.exponential(m.MinusAbs(z))
	one := m.Const(1)
	positive, negative := m.Mul(y, m.Param(0)), m.Sub(one, y)
	below := m.Negative(z)
	if f.hasValue {
		wrong := m.Select(below, positive, negative)
		near := m.log1p(e)
		val = m.Add(m.Mul(near, m.Add(positive, negative)), m.Weigh(wrong, m.Abs(z)))
	}
	if f.hasGrad {
		up, down := m.Select(below, e, one), m.Select(below, one, e)
		d := m.Sub(m.Mul(negative, up), m.Mul(positive, down))
		grad = m.Mul(m.Div(d, m.Add(e, one)), m.Param(scale))
	}
	return val, grad
}
