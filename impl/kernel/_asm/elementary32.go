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

// artanh32 is (2·artanh s)/s − 2 for w = s² ≤ 1/9.
func (m *machine) artanh32(w value) value {
	return m.Mul(w, m.Polynomial(w, 0x1.5555p-1, 0x1.99d294p-2, 0x1.1eb4bap-2, 0x1.1efe5p-2))
}
