package main

import "math"

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

// fusedExponential is roughExponential with fused steps. It takes the register of x.
func (m *machine) fusedExponential(x value) value {
	magic, exponent := m.magic()
	t := m.Add(m.Mul(x, m.Const(0x1.71547652b82fep+0)), magic)
	r := m.SubMul(x, m.Sub(t, magic), m.Const(0x1.62e42fefa39efp-1))
	square := m.Mul(r, r)
	even := m.FusedPolynomial(square, 0x1.0000003a3a5f8p-1, 0x1.55548d8fa01bbp-5, 0x1.6d8d38c7b40d2p-10)
	odd := m.FusedPolynomial(square, 0x1.55555442cbefp-3, 0x1.11127113d34ebp-7, 0x1.9f086e9b65834p-13)
	even = m.AddMul(even, odd, r)
	return m.addBits(m.Add(m.AddMul(r, square, even), m.Const(1)), m.shiftLeft(t, exponent))
}

// roughPair is e^x for −87 ≤ x ≤ 0 in two vectors of float32, and 0 below.
func (m *machine) roughPair(x value) (power, rest value) {
	const steps = 16
	shift := m.Const(0x1.8p23 + steps*127)
	t := m.Add(m.Mul(x, m.Const(0x1.715476p+4)), shift)
	n := m.Sub(t, shift)
	r := m.Sub(m.Sub(x, m.Mul(n, m.Const(0x1.62ep-5))), m.Mul(n, m.Const(0x1.0bfbe8p-19)))
	p := m.Add(m.Mul(m.Mul(r, r), m.Add(m.Mul(r, m.Const(0x1.5555a4p-3)), m.Const(0x1.000226p-1))), r)
	powers, rests := make([]uint32, steps), make([]uint32, steps)
	for j := range steps {
		exact := math.Exp2(float64(j) / steps)
		near := float32(exact)
		powers[j] = math.Float32bits(near) - math.Float32bits(1) - uint32(j)<<19
		rests[j] = math.Float32bits(float32(exact/float64(near) - 1))
	}
	power = m.addBits(m.lookUp("Powers", powers, t), m.shiftLeft(t, 19))
	p = m.Add(p, m.lookUp("Rests", rests, t))
	live := m.Compare(notLess, x, m.Const(-87))
	return m.Keep(live, power), m.keptResult(live, mul, power, p)
}

// roughLog1p is log(1+e) for 0 ≤ e ≤ 1.
func (m *machine) roughLog1p(e value) value {
	t := m.Div(e, m.Add(e, m.Const(2)))
	return m.Mul(t, m.FusedPolynomial(m.Mul(t, t), 0x1.0000001102d71p1, 0x1.5554df38f5afbp-1, 0x1.99dae714065d6p-2, 0x1.1e5102fb56577p-2, 0x1.208bf8fc26bf7p-2))
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
