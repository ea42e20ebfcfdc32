package main

import "math"

// modulated64 is the formula in float64; see modulated64.go of the package.
func modulated64(of modulation) formula {
	return func(m *machine, f form, z, y value) (val, grad value) {
		one, zero := m.Const(1), m.Const(0)
		target := func() (positive, negative value) { // of the label
			if of != heatmap {
				return y, m.Sub(one, m.Take(y))
			}
			positive = m.Keep(m.Compare(equal, m.Take(y), one), one)
			return positive, m.Sub(one, positive)
		}
		x := m.Take(z)
		high, low, n, r := m.pairNearOne(m.MinusAbs(x))
		n, r = m.Stow(n), m.Stow(r)
		factor := m.Scale(one, m.Take(n))
		e, eRest := m.Mul(high, factor), m.Mul(low, factor)
		lack := m.Stow(m.Sub(m.Sub(one, e), eRest))
		positive, _ := target()
		above, _ := m.residual(one, zero, e, eRest, m.Negative(x), m.Take(positive))
		above, e = m.Stow(above), m.Stow(e)

		sides := func() (wrong, right value) {
			positive, negative := target()
			below := m.Negative(m.Take(z))
			return m.Select(below, m.Take(positive), negative), m.Select(below, negative, m.Take(positive))
		}
		wrong, right := sides()
		wrong, right = m.Stow(wrong), m.Stow(right)
		isLarge := m.Compare(greater, m.Take(e), m.Const(0.41421356237309503))
		k := m.Keep(isLarge, one)
		from := m.Select(isLarge, m.Mul(m.Take(lack), m.Const(-0.5)), m.Take(e))
		bend := m.logBend64(from)
		near := m.Add(m.Mul(k, m.Const(0x1.62e42fefa38p-1)), m.Add(from, m.Add(m.Mul(k, m.Const(0x1.ef35793c7673p-45)), bend)))
		d := m.Add(from, bend)
		entropy := m.Stow(m.Add(near, m.Weigh(m.Take(wrong), m.Abs(m.Take(z)))))

		isRight := m.Compare(equal, m.Take(wrong), zero)
		kNear, dNear := m.Stow(m.Sub(m.Keep(isRight, m.Take(n)), k)), m.Stow(m.Sub(m.Keep(isRight, m.Take(r)), d))
		size := m.Abs(m.Take(above))
		below := m.Add(m.Take(e), one)
		inverse := m.Stow(m.Div(one, below))
		var push value
		if f.hasGrad {
			push = m.Select(isRight, one, m.Min(m.Const(0x1p500), m.Div(m.Take(e), size)))
			push = m.Mul(push, m.Min(m.Take(entropy), m.Const(math.MaxFloat64)))
			push = m.Stow(push)
		}
		kTop, fraction := m.Split(m.Mul(size, m.Const(0x1p54)))
		kTop = m.Sub(kTop, m.Const(54))
		from = m.Sub(fraction, one)
		isAbove := m.Compare(greater, m.Take(above), zero)
		nearOne := m.Select(m.Compare(equal, kTop, zero), m.Neg(m.Mul(m.Take(right), below)), from)
		from = m.Select(isAbove, nearOne, from)
		side := m.Select(isAbove, m.Take(right), m.Take(wrong))
		beyond := m.Mul(m.Take(lack), m.Take(inverse))
		beyond = m.Sub(m.Select(isAbove, beyond, m.Neg(beyond)), m.Add(side, side))
		isSoft := m.Compare(notEqual, m.Take(wrong), zero)
		k = m.Add(m.Take(kNear), m.Keep(isSoft, kTop))
		isHalf := m.Compare(less, m.Abs(beyond), m.Const(0.25))
		from = m.Select(isHalf, beyond, from)
		k = m.Select(isHalf, m.Const(-1), k)
		top := m.Add(from, m.logBend64(from))
		d = m.Select(isHalf, top, m.Add(m.Take(dNear), m.Keep(isSoft, top)))

		whole, fine := m.powerOf64(k, d, exponentParam)
		a, last := one, value{}
		switch of {
		case varying:
			isZero := m.Compare(equal, m.Take(y), zero)
			whole, fine = m.Keep(isZero, whole), m.Keep(isZero, fine)
			a = m.Select(isZero, m.Param(weightParam), m.Take(y))
			if f.hasGrad {
				push = m.Stow(m.Keep(isZero, m.Take(push)))
			}
		case heatmap:
			whole, fine = m.Stow(whole), m.Stow(fine)
			a, last = m.heatmapWeight64(m.Take(y))
			last = m.Stow(last)
			whole, fine = m.Take(whole), m.Take(fine)
		}
		isTarget := m.Compare(atLeast, m.Min(m.Take(y), m.Sub(one, m.Take(y))), zero)
		a = m.Stow(m.Select(isTarget, m.Take(a), m.Const(math.NaN())))
		modulator, first, again := m.power64(whole, fine)
		again = m.Stow(again)
		isZero := func() mask {
			return m.Compare(equal, m.Select(m.Compare(notEqual, m.Take(wrong), zero), m.Take(above), one), zero)
		}
		if f.hasValue {
			factor := m.Take(a)
			val = m.Select(m.Compare(notEqual, factor, zero), m.Mul(factor, m.Take(entropy)), m.Mul(factor, m.Take(e)))
			val = m.Mul(m.Mul(val, m.Scale(modulator, first)), m.Take(again))
			if of == heatmap {
				val = m.Mul(val, m.Take(last))
			}
			if of == quality {
				val = m.Select(isZero(), m.Mul(m.Take(entropy), m.Param(powerAtZero)), val)
			}
		}
		if f.hasGrad {
			if f.hasValue {
				val = m.Stow(val)
			}
			raised := m.Stow(m.Scale(modulator, m.Add(first, m.Param(raise))))
			quotient, left := m.keptQuotient(one, m.Take(push), pullParam, m.Abs(m.Take(above)), m.Take(e), m.Take(inverse))
			grad = m.keptProduct(quotient, left, m.Take(raised))
			factor := m.Xor(m.Xor(m.Take(a), m.SignBit(m.Take(z))), m.SignBit(m.Take(above)))
			grad = m.Mul(m.Mul(grad, factor), m.Take(again))
			if of == heatmap {
				grad = m.Mul(grad, m.Take(last))
			}
			if of == quality {
				slope := m.Keep(m.Compare(equal, m.Take(z), zero), m.Param(slopeAtZero))
				grad = m.Select(isZero(), slope, grad)
			}
			grad = m.Mul(grad, m.Param(scale))
			if f.hasValue {
				val = m.Take(val)
			}
		}
		return val, grad
	}
}

// powerOf64 is the exponent of 2^(k + d/log 2) to a power, which is a parameter before its two parts.
func (m *machine) powerOf64(k, d value, power int) (whole, fine value) {
	whole = m.Mul(m.Param(power+1), k)
	fine = m.Add(m.Mul(m.Mul(d, m.Param(power)), m.Const(0x1.71547652b82fep+0)), m.Mul(m.Param(power+2), k))
	return whole, fine
}

// heatmapWeight64 is that of the package.
func (m *machine) heatmapWeight64(y value) (normal, last value) {
	one, zero := m.Const(1), m.Const(0)
	k, part := m.Split(m.Sub(one, y))
	from := m.Select(m.Compare(less, y, m.Const(0.5)), m.Sub(one, m.Add(y, y)), m.Sub(part, one))
	from = m.Select(m.Compare(equal, k, zero), m.Neg(y), from)
	whole, fine := m.powerOf64(k, m.Add(from, m.logBend64(from)), weightParam)
	isBelow := m.Compare(notEqual, y, one)
	near, first, last := m.power64(m.Keep(isBelow, whole), m.Keep(isBelow, fine))
	return m.Scale(near, first), last
}
