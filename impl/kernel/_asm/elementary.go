package main

// The elementary functions, in the dtype of the machine.

// reduce is n and r, x = n·log 2 + r, for x ≤ 0.
func (m *machine) reduce(x value) (n, r value) {
	if m.dtype.bytes == 4 {
		return m.reduce32(x)
	}
	return m.reduce64(x)
}

// nearOne is e^r for |r| ≤ 0.3471.
func (m *machine) nearOne(r value) value {
	if m.dtype.bytes == 4 {
		return m.Add(m.expm1Near32(r), m.Const(1))
	}
	return m.Add(m.expm1Near64(r), m.Const(1))
}

// exponential is e^x for x ≤ 0. Its last step begins another stage.
func (m *machine) exponential(x value) value {
	n, r := m.reduce(x)
	p := m.nearOne(r)
	m.Shelve(&p, &n)
	p, n = m.Take(p), m.Take(n)
	return m.Scale(p, n)
}

// log1p is log(1+e) for 0 ≤ e ≤ 1, given s = e/(2+e).
func (m *machine) log1p(e, s value) value {
	artanh := m.artanh32
	if m.dtype.bytes == 8 {
		artanh = m.artanh64
	}
	return m.Sub(e, m.Mul(s, m.Sub(e, artanh(m.Mul(s, s)))))
}

// shelveLog1p ends a stage with e and, where a form has a value, with the s of its log1p.
func (m *machine) shelveLog1p(f form, e value) (same, s value) {
	if !f.hasValue {
		m.Shelve(&e)
		return m.Take(e), value{}
	}
	s = m.Div(e, m.Add(e, m.Const(2)))
	m.Shelve(&e, &s)
	return m.Take(e), m.Take(s)
}
