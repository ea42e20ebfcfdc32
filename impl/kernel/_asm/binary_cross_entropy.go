package main

import "math"

// binaryCrossEntropy is the formula in either dtype; see binary_cross_entropy.go.
func binaryCrossEntropy(m *machine, f form, given, y value) (val, grad value) {
	one, zero := m.Const(1), m.Const(0)
	p := m.Max(m.Param(0), given)
	p = m.Min(m.Param(1), p)
	rest := m.Sub(one, p)
	if f.hasGrad {
		negative, positive := m.Compare(equal, y, zero), m.Compare(equal, y, one)
		up := m.Select(negative, one, m.Select(positive, m.Const(-1), m.Sub(p, y)))
		down := m.Select(negative, rest, m.Select(positive, p, m.Mul(p, rest)))
		grad = m.Div(up, m.Add(m.Mul(down, m.Param(oneUnit)), zero))
		unmoved := m.Compare(equalOrNaN, m.Add(p, m.Mul(y, zero)), given) // NaN where y is not finite
		grad = m.Mul(m.Keep(unmoved, grad), m.Param(scale))
	}
	if f.hasValue {
		inside := m.Compare(atLeast, m.Min(p, rest), zero)
		log, log1m := m.logarithms(p, rest)
		val = m.Sub(zero, m.Add(m.Weigh(y, log), m.Weigh(m.Sub(one, y), log1m)))
		val = m.Select(inside, val, m.Const(math.NaN()))
	}
	return val, grad
}
