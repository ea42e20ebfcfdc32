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

// exponential is e^x for x ≤ 0, and e^x times 2^k for parameters k, which are 0 unless the form is
// raised. Its last step begins another stage.
func (m *machine) exponential(x value, raises ...int) (e value, raised []value) {
	n, r := m.reduce(x)
	p := m.nearOne(r)
	m.Shelve(&p, &n)
	p, n = m.Take(p), m.Take(n)
	e = m.Scale(p, n)
	for _, k := range raises {
		up := e
		if m.raised {
			up = m.Scale(p, m.Add(n, m.Param(k)))
		}
		raised = append(raised, up)
	}
	return e, raised
}

// log1p is log(1+e) for 0 ≤ e ≤ 1, given s = e/(2+e).
func (m *machine) log1p(e, s value) value { return m.Sub(e, m.bend(e, s)) }

// bend is e − log(1+e).
func (m *machine) bend(e, s value) value {
	artanh := m.artanh32
	if m.dtype.bytes == 8 {
		artanh = m.artanh64
	}
	return m.Mul(s, m.Sub(e, artanh(m.Mul(s, s))))
}

// shelveLog1p ends a stage with e, with what is raised of it, and, where a form has a value, with
// the s of its log1p.
func (m *machine) shelveLog1p(f form, e value, raised []value) (same, s value, up []value) {
	shelved := []*value{&e}
	if f.hasValue {
		s = m.Div(e, m.Add(e, m.Const(2)))
		shelved = append(shelved, &s)
	}
	if m.raised {
		for i := range raised {
			shelved = append(shelved, &raised[i])
		}
	}
	m.Shelve(shelved...)
	e = m.Take(e)
	if f.hasValue {
		s = m.Take(s)
	}
	for i := range raised {
		if !m.raised {
			raised[i] = e
		}
	}
	return e, s, raised
}

// ofUnit is a times the unit of the gradient from upstream, which is 1 unless the form is raised.
func (m *machine) ofUnit(a value) value {
	switch {
	case !m.raised:
		return a
	case a == m.Const(1):
		return m.Param(oneUnit)
	}
	return m.Mul(a, m.Param(oneUnit))
}
