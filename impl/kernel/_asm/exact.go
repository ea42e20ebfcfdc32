package main

import . "github.com/mmcloughlin/avo/build"

// Arithmetic that keeps what rounding loses; see exact.go of the package.

// UpperHalf is a without the lower half of its significant bits.
func (m *machine) UpperHalf(a value) value {
	low := uint64(1<<12 - 1)
	all := uint64(1<<32 - 1)
	if m.dtype.bytes == 8 {
		low, all = 1<<27-1, 1<<64-1
	}
	return m.logic(m.of(VPANDD, VPANDQ), two(VPAND), a, all&^low)
}

func (m *machine) sumOf(a, b value) (sum, rest value) {
	sum = m.Add(a, b)
	return sum, m.Add(m.Sub(a, sum), b)
}

// differenceOf is sumOf a and −b.
func (m *machine) differenceOf(a, b value) (difference, rest value) {
	difference = m.Sub(a, b)
	return difference, m.Sub(m.Sub(a, difference), b)
}

func (m *machine) productRest(a, aUp, b, bUp, p value) value {
	aLow, bLow := m.Sub(a, aUp), m.Sub(b, bUp)
	rest := m.Add(m.Sub(m.Mul(aUp, bUp), p), m.Mul(aUp, bLow))
	return m.Add(m.Add(rest, m.Mul(aLow, bUp)), m.Mul(aLow, bLow))
}

func (m *machine) exponentialPair(x value) (e, rest, raised, raisedRest value) {
	p, low, n, _ := m.pairNearOne(x)
	factor, up := m.Scale(m.Const(1), n), m.Scale(m.Const(1), m.Add(n, m.Param(raise)))
	return m.Mul(p, factor), m.Mul(low, factor), m.Mul(p, up), m.Mul(low, up)
}

// pairNearOne is e^x = p·2^n, with p as a pair, and r, x = n·log 2 + r.
func (m *machine) pairNearOne(x value) (p, rest, n, r value) {
	lowest, high, low := -132., 0x1.62e4p-1, 0x1.7f7d1cp-20
	log2E := 0x1.715476p+0
	c := []float64{0x1.555554p-3, 0x1.5554e6p-5, 0x1.1113p-7, 0x1.6d4f2cp-10, 0x1.9e1c54p-13}
	if m.dtype.bytes == 8 {
		lowest, high, low = -1056, 0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45
		log2E = 0x1.71547652b82fep+0
		c = []float64{0x1.555555555555bp-3, 0x1.5555555555535p-5, 0x1.111111110eda3p-7, 0x1.6c16c16c24fbap-10, 0x1.a01a01b31e36dp-13,
			0x1.a01a015ca011ep-16, 0x1.71ddf0dc5c6c3p-19, 0x1.27e57758efc4fp-22, 0x1.af6ae47f01504p-26, 0x1.1e882f287ca5fp-29}
	}
	magic, _ := m.magic()
	x = m.Max(m.Const(lowest), x)
	n = m.Sub(m.Add(m.Mul(x, m.Const(log2E)), magic), magic)
	r, rRest := m.differenceOf(m.Sub(x, m.Mul(n, m.Const(high))), m.Mul(n, m.Const(low)))
	g := m.Polynomial(r, c...)

	half := m.Const(0.5)
	up := m.UpperHalf(r)
	u, uRest := m.sumOf(r, m.Mul(m.Mul(up, half), up))
	small := m.Mul(m.Sub(r, up), m.Mul(m.Add(r, up), half))
	w, wRest := m.sumOf(u, m.Add(small, m.Mul(m.Mul(m.Mul(r, r), r), g)))
	p, rest = m.sumOf(m.Const(1), w)
	return p, m.Add(rest, m.Add(m.Add(uRest, wRest), m.Mul(rRest, p))), n, r
}
