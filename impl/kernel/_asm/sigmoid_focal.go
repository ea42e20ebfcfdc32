package main

import "math"

// sigmoidFocal32 is the formula for γ = 0, 1 or 2, or for any γ, which it takes from the
// parameters; see sigmoid_focal.go.
func sigmoidFocal32(gamma int) formula {
	return func(m *machine, f form, z, y value) (val, grad value) {
		var power, rest value
		if gamma > 0 {
			power, rest = m.roughPair(m.MinusAbs(z))
			m.Shelve(&power, &rest)
		}
		return m.focalHalves(f, z, y, func(t *focal) (val, grad value) {
			switch m := t.machine; {
			case gamma == anyGamma:
				val, grad = t.any(f)
			case gamma == 0:
				t.start()
				e := m.Keep(m.Compare(notLess, t.away, m.Const(-700)), m.roughExponential(t.away))
				val, grad = t.whole(f, 0, e)
			default:
				val, grad = t.whole(f, gamma, m.Add(m.wideHalf(power, t.half), m.wideHalf(rest, t.half)))
			}
			if f.hasGrad {
				grad = t.Mul(grad, t.WideParam(scale))
			}
			return val, grad
		})
	}
}

// focalHalves computes both halves of z and y in float64, and gives the gradient, which is that for z ≥ 0, its sign.
func (m *machine) focalHalves(f form, z, y value, of func(t *focal) (val, grad value)) (val, grad value) {
	out := m.inFloat64(func(m *machine, half int) []value {
		val, grad := of(&focal{machine: m, z: z, y: y, half: half})
		switch {
		case !f.hasGrad:
			return []value{val}
		case !f.hasValue:
			return []value{grad}
		}
		return []value{val, grad}
	})
	val, grad = out[0], out[len(out)-1]
	if f.hasGrad {
		grad = m.Xor(grad, m.SignBit(z))
	}
	return val, grad
}

const anyGamma = -1

// A focal is what both formulas are made of, for a half of the vectors z and y, in float64.
type focal struct {
	*machine
	z, y         value
	half         int
	wide, away   value // z and −|z|
	a            value
	wrong, right value // weight of the class that the sign of z is against, and of the other
}

// start finds z and away.
func (t *focal) start() {
	t.wide = t.wideHalf(t.z, t.half)
	t.away = t.MinusAbs(t.wide)
}

// classes finds a and wrong, and right where it is needed. It follows start.
func (t *focal) classes(needsRight bool) {
	y := t.wideHalf(t.y, t.half)
	not := t.Sub(t.Const(1), y)
	below := t.Negative(t.wide)
	t.a = t.AddMul(t.Mul(not, t.WideParam(1)), y, t.WideParam(0))
	t.wrong = t.Select(below, y, not)
	if needsRight {
		t.right = t.Select(below, not, y)
	}
}

// entropy is B, for log(1+e^−|z|).
func (t *focal) entropy(near value) value {
	return t.SubMul(near, t.wrong, t.Max(t.Const(-0x1p1000), t.away))
}

// whole is the formula for γ = 0, 1 or 2, given e^−|z|. The sign of its gradient is that for z ≥ 0.
func (t *focal) whole(f form, gamma int, e value) (val, grad value) {
	m := t.machine
	yes := m.Div(m.Const(-1), m.Add(e, m.Const(1)))
	no := m.Mul(e, yes)
	shelved := []*value{&yes, &no}
	var near value
	if f.hasValue || gamma > 0 {
		near = m.roughLog1p(e)
		shelved = append(shelved, &near)
	}
	m.Shelve(shelved...)
	t.start()
	t.classes(gamma > 0)
	weight := t.a
	var entropy, q, push value
	if f.hasValue || gamma > 0 {
		entropy = t.entropy(m.Take(near))
	}
	if gamma > 0 {
		side := m.Sub(t.wrong, t.right)
		no = m.Take(no)
		if f.hasGrad {
			push = m.Mul(no, yes)
		}
		q = m.AddMul(m.Copy(t.wrong), no, side)
		if f.hasGrad {
			if gamma == 2 {
				side = m.Add(side, side)
			}
			push = m.Mul(push, side)
		}
	}
	if gamma == 2 {
		weight = m.Mul(weight, q)
	}
	if f.hasValue {
		val = m.Mul(weight, entropy)
		if gamma > 0 {
			val = m.Mul(val, q)
		}
	}
	if f.hasGrad {
		grad = m.Add(t.wrong, no)
		if gamma > 0 {
			grad = m.AddMul(m.Mul(grad, q), entropy, push)
		}
		grad = m.Mul(grad, weight)
	}
	return val, grad
}

// any is the formula for any γ. The sign of its gradient is that for z ≥ 0.
func (t *focal) any(f form) (val, grad value) {
	m := t.machine
	one, gamma := m.Const(1), m.WideParam(2)
	t.start()
	e := m.roughExponential(m.Max(m.Const(-300), t.away))
	entropy := m.roughLog1p(e)
	t.classes(true)
	entropy = t.entropy(entropy)
	part := m.Mul(t.right, e)
	top, other := m.Add(t.wrong, part), m.Add(t.right, m.Mul(t.wrong, e))
	quotient := m.Div(one, m.Mul(top, m.Add(e, one)))
	inverse := m.Mul(quotient, top)
	if f.hasGrad {
		side := m.Mul(m.Sub(t.wrong, t.right), gamma)
		push := m.Mul(m.Mul(m.Mul(side, quotient), e), m.Min(entropy, m.Const(150)))
		grad = m.Mul(m.Add(push, m.Mul(m.Sub(t.wrong, part), inverse)), t.a)
	}
	if f.hasValue {
		val = m.Mul(entropy, t.a)
	}
	q, p := m.Mul(top, inverse), m.Mul(other, inverse)
	isProbability := m.Compare(greater, m.Min(q, p), m.Const(0))
	modulator := m.roughExponential(m.Max(m.Const(-300), m.Mul(m.roughLogarithm(q, p), gamma)))
	modulator = m.Select(isProbability, modulator, m.Const(math.NaN()))
	if f.hasValue {
		val = m.Mul(val, modulator)
	}
	if f.hasGrad {
		grad = m.Mul(grad, modulator)
	}
	return val, grad
}
