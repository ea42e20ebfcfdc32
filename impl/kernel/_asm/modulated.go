package main

import "math"

// A modulation is a loss of modulated.go of the package.
type modulation int

const (
	quality modulation = iota
	varying
	heatmap
)

// The places of its parameters.
const (
	exponentParam = iota
	exponentHigh
	exponentLow
	pullParam
	powerAtZero
	slopeAtZero
	weightParam
	weightHigh
	weightLow
)

// modulated32 is the formula for the exponent 2, or for any.
func modulated32(of modulation, squared bool) formula {
	return func(m *machine, f form, z, y value) (val, grad value) {
		return m.focalHalves(f, z, y, func(t *focal) (val, grad value) { return t.modulated(f, of, squared) })
	}
}

// modulated is that of half a vector. The sign of its gradient is that for z ≥ 0.
func (t *focal) modulated(f form, of modulation, squared bool) (val, grad value) {
	m := t.machine
	one, zero := m.Const(1), m.Const(0)
	t.start()
	lowest, most := -300., 0x1p1000
	if squared {
		lowest, most = -700, 0x1p600
	}
	e := m.fusedExponential(m.Max(m.Const(lowest), t.away))
	m.Shelve(&e)
	e = m.Take(e)
	yes := m.Div(m.Const(-1), m.Add(e, one))
	no := m.Mul(e, yes)
	near := m.roughLog1p(e)
	var push, power, slope value
	shelved := []*value{&no, &near}
	if f.hasGrad {
		push = m.Mul(no, yes)
		shelved = append(shelved, &push)
	}
	m.Shelve(shelved...)
	no = m.Take(no)
	if f.hasGrad {
		push = m.Mul(m.Take(push), m.WideParam(pullParam))
	}

	t.start()
	y := t.wideHalf(t.y, t.half)
	not := m.Sub(one, y)
	positive, negative := y, not
	below := m.Negative(t.wide)
	if of == heatmap {
		positive = m.Keep(m.Compare(equal, not, zero), one)
		negative = m.Sub(one, positive)
	}
	t.wrong = m.Select(below, positive, negative)
	if !squared {
		t.right = m.Select(below, negative, positive)
	}
	entropy := m.SubMul(m.Take(near), t.wrong, m.Max(m.Const(-most), t.away))
	d := m.Add(t.wrong, no)
	if squared {
		power = m.Mul(d, d)
		if f.hasGrad {
			slope = m.Mul(m.AddMul(m.Copy(power), entropy, push), d)
		}
	} else {
		if of == quality {
			nearly := m.Min(m.Mul(t.away, m.Const(-0.25)), m.Const(0x1p-56))
			d = m.Select(m.Compare(notEqual, d, zero), d, nearly)
		}
		size, rest := m.Abs(d), m.Sub(t.right, no)
		power = m.roughExponential(m.Max(m.Const(-300), m.Mul(m.roughLogarithm(size, rest), m.WideParam(exponentParam))))
		if of == quality {
			isTarget := m.Compare(atLeast, m.Min(t.wrong, t.right), zero)
			power = m.Select(isTarget, power, m.Const(math.NaN()))
		}
		moved := m.Compare(notEqual, d, zero)
		power = m.Select(moved, power, m.WideParam(powerAtZero))
		if f.hasGrad {
			slope = m.Add(d, m.Div(m.Mul(push, m.Min(entropy, m.Const(150))), d))
			slope = m.Mul(m.Select(moved, slope, m.WideParam(slopeAtZero)), power)
		}
	}
	switch of {
	case varying:
		isZero, weight := m.Compare(equal, y, zero), m.WideParam(weightParam)
		power = m.Select(isZero, m.Mul(power, weight), y)
		if f.hasGrad {
			slope = m.Select(isZero, m.Mul(slope, weight), m.Mul(d, y))
		}
	case heatmap:
		weight := m.heatmapWeight(y, not, squared)
		power = m.Mul(power, weight)
		if f.hasGrad {
			slope = m.Mul(slope, weight)
		}
	}
	if f.hasValue {
		val = m.Mul(power, entropy)
	}
	if f.hasGrad {
		grad = m.Mul(slope, m.WideParam(scale))
	}
	return val, grad
}

// heatmapWeight is (1−y)^γ for y < 1, and 1 for y = 1, given 1−y.
func (m *machine) heatmapWeight(y, not value, fourth bool) value {
	one, zero := m.Const(1), m.Const(0)
	var weight value
	if fourth {
		square := m.Mul(not, not)
		weight = m.Mul(square, square)
	} else {
		weight = m.roughExponential(m.Max(m.Const(-300), m.Mul(m.roughLogarithm(not, y), m.WideParam(weightParam))))
		weight = m.Select(m.Compare(atLeast, m.Min(y, not), zero), weight, m.Const(math.NaN()))
	}
	return m.Select(m.Compare(notEqual, not, zero), weight, one)
}
