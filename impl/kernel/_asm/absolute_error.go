package main

func absoluteError(m *machine, f form, x, y value) (val, grad value) {
	d := m.Sub(x, y)
	if f.hasValue {
		val = m.Abs(d)
	}
	if f.hasGrad {
		grad = m.Select(m.Compare(different, d, m.Const(0)), m.Flip(m.Param(scale), d), d)
	}
	return val, grad
}
