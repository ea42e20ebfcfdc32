package main

// exponential32 is e^x for x ≤ 0; see exp32.go.
func (m *machine) exponential32(x value) value {
	x = m.Max(m.Const(-104), x)
	n := m.Round(m.Mul(x, m.Const(0x1.715476p+0)))
	r := m.Sub(m.Sub(x, m.Mul(n, m.Const(0x1.62e4p-1))), m.Mul(n, m.Const(0x1.7f7d1cp-20)))
	square := m.Mul(r, r)
	q := m.Pairs(r, square, 0x1.fffffcp-2, 0x1.55549p-3, 0x1.5558a2p-5, 0x1.123ad8p-7, 0x1.6a5e64p-10)
	p := m.Add(m.Add(r, m.Mul(square, q)), m.Const(1))
	return m.Scale(p, n)
}

// log1p32 is log(1+e) for 0 ≤ e ≤ 1; see exp32.go.
func (m *machine) log1p32(e value) value {
	square := m.Mul(e, e)
	q := m.Pairs(e, square, -0x1.ffffd2p-2, 0x1.554ddap-2, -0x1.ff2556p-3, 0x1.935568p-3, -0x1.3a6736p-3,
		0x1.b53c48p-4, -0x1.d7efa8p-5, 0x1.4a9226p-6, -0x1.b22adep-9)
	return m.Add(e, m.Mul(square, q))
}
