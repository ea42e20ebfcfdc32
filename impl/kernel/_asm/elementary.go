package main

// The elementary functions, in the dtype of the machine.

func (m *machine) exponential(x value) value {
	if m.dtype.bytes == 4 {
		return m.exponential32(x)
	}
	return m.exponential64(x)
}

func (m *machine) log1p(e value) value {
	if m.dtype.bytes == 4 {
		return m.log1p32(e)
	}
	return m.log1p64(e)
}

// sides is e^−|z| and σ(z) = up/(1+e), σ(−z) = down/(1+e).
func (m *machine) sides(z value) (e, up, down value) {
	one := m.Const(1)
	e = m.exponential(m.MinusAbs(z))
	below := m.Negative(z)
	return e, m.Select(below, e, one), m.Select(below, one, e)
}
