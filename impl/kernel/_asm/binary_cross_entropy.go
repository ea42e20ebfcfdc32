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
		grad = m.Div(up, m.Add(down, zero))
		grad = m.Mul(m.Keep(m.Compare(equalOrNaN, p, given), grad), m.Param(scale))
	}
	if f.hasValue {
		inside := m.Compare(notLess, m.Min(p, rest), zero)
		log, log1m := m.logarithms(p, rest)
		val = m.Sub(zero, m.Add(m.Weigh(y, log), m.Weigh(m.Sub(one, y), log1m)))
		val = m.Select(inside, val, m.Const(math.NaN()))
	}
	return val, grad
}

// logarithms is log p and log(1−p), with rest = 1−p; see log32.go.
func (m *machine) logarithms(p, rest value) (log, log1m value) {
	one, zero, infinite := m.Const(1), m.Const(0), m.Const(math.Inf(-1))
	raise := 24.
	if m.dtype.bytes == 8 {
		raise = 54
	}
	n, part := m.Split(m.Mul(p, m.Const(math.Ldexp(1, int(raise)))))
	log = m.addLog(m.Sub(n, m.Const(raise)), m.Sub(part, one))
	log = m.Select(m.Compare(equal, p, zero), infinite, log)

	n, part = m.Split(rest)
	f := m.Select(m.Compare(less, p, m.Const(0.5)), m.Sub(one, m.Add(p, p)), m.Sub(part, one))
	f = m.Select(m.Compare(equal, n, zero), m.Neg(p), f)
	log1m = m.Select(m.Compare(equal, rest, zero), infinite, m.addLog(n, f))
	return log, log1m
}

// addLog is n·log 2 + log(1+f).
func (m *machine) addLog(n, f value) value {
	q := m.Polynomial(f, -0x1.fffff8p-2, 0x1.55555p-2, -0x1.000432p-2, 0x1.99a41ap-3, -0x1.5425b6p-3,
		0x1.226ddep-3, -0x1.0f4068p-3, 0x1.0862acp-3, -0x1.384788p-4)
	low := m.Add(m.Mul(n, m.Const(0x1.7f7d1cp-20)), m.Mul(m.Mul(f, f), q))
	return m.Add(m.Mul(n, m.Const(0x1.62e4p-1)), m.Add(f, low))
}
