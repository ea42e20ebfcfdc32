package main

import "math"

// sigmoidFocalAny64 is the formula for any γ; see sigmoid_focal64.go.
func sigmoidFocalAny64(m *machine, f form, z, y value) (val, grad value) {
	one, zero := m.Const(1), m.Const(0)
	not := m.Sub(one, y)
	a := m.Add(m.Mul(y, m.Param(0)), m.Mul(not, m.Param(1)))
	a = m.Select(m.Compare(atLeast, m.Min(y, not), zero), a, m.Const(math.NaN()))
	below := m.Negative(z)
	wrong, right := m.Select(below, y, not), m.Select(below, not, y)

	n, r := m.reduce64(m.MinusAbs(z))
	s := m.expm1Near64(r)
	e, power := m.Scale(m.Add(s, one), n), m.Scale(one, n)
	lack := m.Sub(m.Sub(one, power), m.Mul(power, s))

	isLarge := m.Compare(greater, e, m.Const(0.41421356237309503))
	k := m.Keep(isLarge, one)
	from := m.Select(isLarge, m.Mul(lack, m.Const(-0.5)), e)
	bend := m.logBend64(from)
	near := m.Add(m.Mul(k, m.Const(0x1.62e42fefa38p-1)), m.Add(from, m.Add(m.Mul(k, m.Const(0x1.ef35793c7673p-45)), bend)))
	d := m.Add(from, bend)
	entropy := m.Add(near, m.Weigh(wrong, m.Abs(z)))
	if f.hasValue {
		val = m.Select(m.Compare(notEqual, a, zero), m.Mul(a, entropy), m.Mul(a, e))
	}

	if f.hasGrad {
		a = m.Xor(a, m.SignBit(z))
	}
	isRight := m.Compare(equal, wrong, zero)
	k, d = m.Sub(m.Keep(isRight, n), k), m.Sub(m.Keep(isRight, r), d)
	part := m.Mul(right, e)
	top := m.Add(wrong, part)
	inverse := m.Div(one, m.Add(e, one))
	var left value
	if f.hasGrad {
		ratio := m.Select(isRight, one, m.Div(e, top))
		push := m.Mul(ratio, m.Min(entropy, m.Const(math.MaxFloat64)))
		push = m.Mul(push, m.Sub(wrong, right))
		slope := m.Sub(wrong, part)
		grad, left = m.keptQuotient(one, push, 2, slope, e, inverse)
	}
	lacking := m.Mul(right, lack)
	beyond := m.Mul(m.Mul(m.Sub(wrong, right), lack), inverse)
	isSoft := m.Compare(notEqual, wrong, zero)
	kTop, fraction := m.Split(m.Mul(top, m.Const(0x1p54)))
	kTop = m.Sub(kTop, m.Const(54))
	from = m.Select(m.Compare(equal, kTop, zero), m.Neg(lacking), m.Sub(fraction, one))
	isHalf := m.Compare(less, m.Abs(beyond), m.Const(0.25))
	from = m.Select(isHalf, beyond, from)
	k = m.Select(isHalf, m.Const(-1), m.Add(k, m.Keep(isSoft, kTop)))
	top = m.Add(from, m.logBend64(from))
	d = m.Select(isHalf, top, m.Add(d, m.Keep(isSoft, top)))

	whole, fine := m.powerOf64(k, d, 2)
	modulator, first, again := m.power64(whole, fine)
	if f.hasValue {
		val = m.Mul(m.Mul(val, m.Scale(modulator, first)), again)
	}
	if f.hasGrad {
		grad = m.keptProduct(grad, left, m.Scale(modulator, m.Add(first, m.Param(raise))))
		grad = m.Mul(m.Mul(m.Mul(grad, a), again), m.Param(scale))
	}
	return val, grad
}

// power64 is 2^(whole + rest), at most 1, as a number next to 1 times 2^first, which is normal, and the
// power of two that is to be multiplied in last.
func (m *machine) power64(whole, rest value) (near, first, last value) {
	magic, _ := m.magic()
	sum := m.Min(m.Max(m.Add(whole, rest), m.Const(-2095)), m.Const(0))
	n := m.Sub(m.Add(sum, magic), magic)
	r := m.Min(m.Max(m.Add(m.Sub(whole, n), rest), m.Const(-4)), m.Const(1))
	ln2 := m.Const(0x1.62e42fefa39efp-1)
	x := m.Mul(r, ln2)
	first = m.Max(n, m.Const(-1021))
	last = m.Scale(m.Const(1), m.Sub(n, first))
	beyond := m.NegMulAdd(r, ln2, x)
	bend := m.Mul(m.Mul(x, x), m.FusedPolynomial(x, taylor64...))
	return m.Add(m.Add(x, m.Sub(bend, beyond)), m.Const(1)), first, last
}

// keptQuotient is (push·power + slope)/(1+e) for a parameter, and what rounding lost of it. It takes the register of push.
func (m *machine) keptQuotient(one, push value, power int, slope, e, inverse value) (quotient, left value) {
	pushes := m.Mul(push, m.Param(power))
	total := m.Add(pushes, slope)
	lost := m.NegMulAdd(push, m.Param(power), pushes)
	taken := m.Sub(total, pushes)
	rest := m.Sub(m.Add(m.Sub(slope, taken), m.Sub(pushes, m.Sub(total, taken))), lost)
	quotient = m.Mul(total, inverse)
	below := m.Add(e, one)
	left = m.SubMul(m.SubMul(total, quotient, below), quotient, m.Sub(e, m.Sub(below, one)))
	return quotient, m.Mul(m.Add(left, rest), inverse)
}

// keptProduct is (a + rest)·b, rounded once but for what is far below. It takes the register of a.
func (m *machine) keptProduct(a, rest, b value) value {
	product := m.Mul(a, b)
	return m.Sub(product, m.SubMul(m.NegMulAdd(a, b, product), rest, b))
}
