package main

// Elementary functions in float64, as exact as a float32 result needs them; see rough.go.

// roughExponential is e^x for −700 ≤ x ≤ 0.
func (m *machine) roughExponential(x value) value {
	magic, exponent := m.magic()
	t := m.Add(m.Mul(x, m.Const(0x1.71547652b82fep+0)), magic)
	n := m.Sub(t, magic)
	r := m.Sub(x, m.Mul(n, m.Const(0x1.62e42fefa39efp-1)))
	square := m.Mul(r, r)
	q := m.halves(r, square, 0x1.0000003a3a5f8p-1, 0x1.55555442cbefp-3, 0x1.55548d8fa01bbp-5, 0x1.11127113d34ebp-7,
		0x1.6d8d38c7b40d2p-10, 0x1.9f086e9b65834p-13)
	p := m.Add(m.Add(r, m.Mul(square, q)), m.Const(1))
	return m.addBits(p, m.shiftLeft(t, exponent)) // n ends the bits of t, and p·2^n is normal
}

// roughLog1p is log(1+e) for 0 ≤ e ≤ 1.
func (m *machine) roughLog1p(e value) value {
	square := m.Mul(e, e)
	q := m.halves(e, square, -0x1.ffffd2e0f0f88p-2, 0x1.554def84c3ef8p-2, -0x1.ff26e117292dep-3, 0x1.935c9fa6f916ap-3,
		-0x1.3a7a817e00621p-3, 0x1.b579c2b021baep-4, -0x1.d863241d35226p-5, 0x1.4b0835c695ea9p-6, -0x1.b2f587a18b778p-9)
	return m.Add(e, m.Mul(square, q))
}

// roughLogarithm is log x for 0 < x ≤ 1, with rest = 1 − x.
func (m *machine) roughLogarithm(x, rest value) value {
	n, part := m.Split(x)
	f := m.Select(m.Compare(equal, n, m.Const(0)), m.Neg(rest), m.Sub(part, m.Const(1)))
	square := m.Mul(f, f)
	q := m.halves(f, square, -0x1.00000001da579p-1, 0x1.555555cfcc485p-2, -0x1.fffff90c32dfbp-3, 0x1.9999107c9df6dp-3,
		-0x1.5556b39ebf3bfp-3, 0x1.24abce674471bp-3, -0x1.ffe4f361460d6p-4, 0x1.c2f28bc6beecp-4, -0x1.969cb8e1043cep-4,
		0x1.9a41f54f722a5p-4, -0x1.946c8f7f0d9c7p-4, 0x1.b70cff1e39a1bp-5)
	return m.Add(m.Mul(n, m.Const(0x1.62e42fefa39efp-1)), m.Add(f, m.Mul(square, q)))
}

// halves is a polynomial c₀ + c₁·x + …, its even and its odd part by Horner's rule each,
// so that one need not wait for the other.
func (m *machine) halves(x, square value, c ...float64) value {
	var parts [2][]float64
	for i, c := range c {
		parts[i%2] = append(parts[i%2], c)
	}
	return m.Add(m.Polynomial(square, parts[0]...), m.Mul(m.Polynomial(square, parts[1]...), x))
}
