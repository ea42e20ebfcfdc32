package main

// reduce32 is n and r, x = n·log 2 + r, for x ≤ 0; see exp32.go.
func (m *machine) reduce32(x value) (n, r value) {
	x = m.Max(m.Const(-132), x)
	n = m.Round(m.Mul(x, m.Const(0x1.715476p+0)))
	return n, m.Sub(m.Sub(x, m.Mul(n, m.Const(0x1.62e4p-1))), m.Mul(n, m.Const(0x1.7f7d1cp-20)))
}

// expm1Near32 is e^r − 1 for |r| ≤ 0.3471.
func (m *machine) expm1Near32(r value) value {
	square := m.Mul(r, r)
	q := m.Pairs(r, square, 0x1.fffffcp-2, 0x1.55549p-3, 0x1.5558a2p-5, 0x1.123ad8p-7, 0x1.6a5e64p-10)
	return m.Add(r, m.Mul(square, q))
}

// artanh32 is (2·artanh s)/s − 2 for w = s² ≤ 1/9.
func (m *machine) artanh32(w value) value {
	return m.Mul(w, m.Polynomial(w, 0x1.5555p-1, 0x1.99d294p-2, 0x1.1eb4bap-2, 0x1.1efe5p-2))
}
