package main

// reduce64 is n and r, x = n·log 2 + r.
func (m *machine) reduce64(x value) (n, r value) {
	x = m.Max(m.Const(-1056), x)
	n = m.Round(m.Mul(x, m.Const(0x1.71547652b82fep+0)))
	return n, m.Sub(m.Sub(x, m.Mul(n, m.Const(0x1.62e42fefa38p-1))), m.Mul(n, m.Const(0x1.ef35793c7673p-45)))
}

// expm1Near64 is e^r − 1 for |r| ≤ 0.3471.
func (m *machine) expm1Near64(r value) value {
	square := m.Mul(r, r)
	return m.Add(r, m.Mul(square, m.Pairs(r, square, taylor64...)))
}

// taylor64 are the coefficients of (e^r − 1 − r)/r².
var taylor64 = []float64{0x1.000000000000cp-1, 0x1.5555555555516p-3, 0x1.555555554fe21p-5, 0x1.1111111120d14p-7, 0x1.6c16c18601f63p-10,
	0x1.a01a014f6e0d3p-13, 0x1.a01995c0ceca4p-16, 0x1.71ded30338b6cp-19, 0x1.28b0f9e15ee1dp-22, 0x1.ae0149e69064fp-26}

// artanh64 is (2·artanh s)/s − 2 for w = s² ≤ 1/9.
func (m *machine) artanh64(w value) value {
	p := m.Pairs(w, m.Mul(w, w), 0x1.5555555555535p-1, 0x1.99999999a0725p-2, 0x1.249249208e892p-2, 0x1.c71c741b15a33p-3, 0x1.745cb438b4abbp-3,
		0x1.3b1dd626314c5p-3, 0x1.10681127011f7p-3, 0x1.efd33f5353e1ap-4, 0x1.55c870d8e04afp-4, 0x1.5c622437940f7p-3)
	return m.Mul(w, p)
}
