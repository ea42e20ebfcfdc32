package main

// The elementary functions, in the dtype of the machine.

func (m *machine) exponential(x value) value {
	if m.dtype.bytes == 4 {
		return m.exponential32(x)
	}
	return m.exponential64(x)
}

// log1p is log(1+e) for 0 ≤ e ≤ 1.
func (m *machine) log1p(e value) value {
	artanh := m.artanh32
	if m.dtype.bytes == 8 {
		artanh = m.artanh64
	}
	s := m.Div(e, m.Add(e, m.Const(2)))
	return m.Sub(e, m.Mul(s, m.Sub(e, artanh(m.Mul(s, s)))))
}

// sides is e^−|z| and σ(z) = up/(1+e), σ(−z) = down/(1+e).
func (m *machine) sides(z value) (e, up, down value) {
	one := m.Const(1)
	e = m.exponential(m.MinusAbs(z))
	below := m.Negative(z)
	return e, m.Select(below, e, one), m.Select(below, one, e)
}
