package main

import "math"

// sigmoidFocal32 is the formula for γ = 0, 1 or 2, or any γ, which it takes from the
// parameters; see sigmoid_focal.go.
func sigmoidFocal32(gamma int) formula {
	params := []int{0, 1}
	if gamma == anyGamma {
		params = append(params, 2)
	}
	return func(m *machine, f form, z, y value) (val, grad value) {
		out := m.inFloat64(func(in ...value) (out []value) {
			v, g := value{}, value{}
			if gamma == anyGamma {
				v, g = m.focalAny(f, in[0], in[1], in[2], in[3], in[4])
			} else {
				v, g = m.focalWhole(gamma, f, in[0], in[1], in[2], in[3])
			}
			if f.hasValue {
				out = append(out, v)
			}
			if f.hasGrad {
				out = append(out, g)
			}
			return out
		}, params, z, y)
		if f.hasValue {
			val = out[0]
		}
		if f.hasGrad {
			grad = m.Mul(out[len(out)-1], m.Param(scale))
		}
		return val, grad
	}
}

const anyGamma = -1

// focalWhole is the formula in float64, for γ = 0, 1 or 2.
func (m *machine) focalWhole(gamma int, f form, z, y, positive, negative value) (val, grad value) {
	one := m.Const(1)
	not := m.Sub(one, y)
	a := m.Add(m.Mul(y, positive), m.Mul(not, negative))
	below := m.Negative(z)
	wrong, right := m.Select(below, y, not), m.Select(below, not, y)
	var sign, side value
	if f.hasGrad {
		sign = m.SignBit(z)
		if gamma > 0 {
			side = m.Xor(m.Sub(m.Const(float64(gamma)), m.Mul(y, m.Const(float64(2*gamma)))), sign)
		}
	}
	e := m.roughExponential(m.Max(m.Const(-200), m.MinusAbs(z)))
	var entropy, q value
	if f.hasValue || gamma > 0 {
		entropy = m.Add(m.roughLog1p(e), m.Weigh(wrong, m.Abs(z)))
	}
	part := m.Mul(right, e)
	inverse := m.Div(one, m.Add(e, one))
	if gamma > 0 {
		q = m.Mul(m.Add(wrong, part), inverse)
	}
	if f.hasValue {
		val = m.share(a, entropy, e)
		for range gamma {
			val = m.Mul(val, q)
		}
	}
	if f.hasGrad {
		slope := m.Sub(wrong, part)
		if gamma > 0 {
			push := m.Mul(m.Mul(m.Min(entropy, m.Const(math.MaxFloat32)), m.Mul(e, inverse)), side)
			slope = m.Add(push, m.Mul(slope, q))
		}
		grad = m.Mul(m.Mul(slope, inverse), a)
		if gamma == 2 {
			grad = m.Mul(grad, q)
		}
		grad = m.Xor(grad, sign)
	}
	return val, grad
}

// focalAny is the formula in float64, for any γ.
func (m *machine) focalAny(f form, z, y, positive, negative, gamma value) (val, grad value) {
	one := m.Const(1)
	not := m.Sub(one, y)
	a := m.Add(m.Mul(y, positive), m.Mul(not, negative))
	below := m.Negative(z)
	wrong, right := m.Select(below, y, not), m.Select(below, not, y)
	var sign, push, entropy value
	if f.hasGrad {
		sign = m.SignBit(z)
		push = m.Mul(m.Xor(m.Sub(one, m.Add(y, y)), sign), gamma)
	}
	x := m.Max(m.Const(-200), m.MinusAbs(z))
	e := m.roughExponential(x)
	near := m.roughLog1p(e)
	if f.hasValue {
		entropy = m.share(a, m.Add(near, m.Weigh(wrong, m.Abs(z))), e)
	}
	if f.hasGrad {
		near = m.Sub(near, m.Mul(wrong, x))
	}
	part := m.Mul(right, e)
	top := m.Add(wrong, part)
	other := m.Add(right, m.Mul(wrong, e))
	quotient := m.Div(one, m.Mul(top, m.Add(e, one)))
	inverse := m.Mul(quotient, top)
	if f.hasGrad {
		push = m.Mul(m.Mul(m.Mul(push, quotient), e), near)
		slope := m.Add(push, m.Mul(m.Sub(wrong, part), inverse))
		grad = m.Xor(m.Mul(slope, a), sign)
	}
	q, p := m.Mul(top, inverse), m.Mul(other, inverse)
	isProbability := m.Compare(greater, m.Min(q, p), m.Const(0))
	modulator := m.roughExponential(m.Max(m.Const(-300), m.Mul(m.roughLogarithm(q, p), gamma)))
	modulator = m.Select(isProbability, modulator, m.Const(math.NaN()))
	if f.hasValue {
		val = m.Mul(entropy, modulator)
	}
	if f.hasGrad {
		grad = m.Mul(grad, modulator)
	}
	return val, grad
}

// share is a·x, and +0 where a is 0 and x infinite, but NaN where e is, which is in [0, 1]
// elsewhere.
func (m *machine) share(a, x, e value) value {
	return m.Select(m.Compare(notEqual, a, m.Const(0)), m.Mul(a, x), m.Mul(a, e))
}
