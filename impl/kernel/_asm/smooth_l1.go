package main

func smoothL1(m *machine, f form, x, y value) (val, grad value) {
	d := m.Sub(x, y)
	if f.hasValue {
		size := m.Abs(d)
		t := m.Min(m.Const(1), m.Mul(size, m.Param(1)))
		val = m.Mul(t, m.Sub(size, m.Mul(t, m.Param(2))))
	}
	if f.hasGrad {
		grad = m.Max(m.Param(5), m.Min(m.Param(4), m.Mul(d, m.Param(3))))
	}
	return val, grad
}
