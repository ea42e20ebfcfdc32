package main

func huber(m *machine, f form, x, y value) (val, grad value) {
	d, delta := m.Sub(x, y), m.Param(0)
	if f.hasValue {
		size := m.Abs(d)
		near := m.Min(delta, size)
		val = m.Mul(near, m.Sub(size, m.Mul(near, m.Const(0.5))))
	}
	if f.hasGrad {
		grad = m.Mul(m.Max(m.Param(1), m.Min(delta, d)), m.Param(scale))
	}
	return val, grad
}
