package main

import "math"

// logarithms is log p and log(1−p), with rest = 1−p; see log.go.
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
	high, low, bend := 0x1.62e4p-1, 0x1.7f7d1cp-20, m.logBend32
	if m.dtype.bytes == 8 {
		high, low, bend = 0x1.62e42fefa38p-1, 0x1.ef35793c7673p-45, m.logBend64
	}
	return m.Add(m.Mul(n, m.Const(high)), m.Add(f, m.Add(m.Mul(n, m.Const(low)), bend(f))))
}

// logBend32 is log(1+f) − f.
func (m *machine) logBend32(f value) value {
	q := m.Polynomial(f, -0x1.fffff8p-2, 0x1.55555p-2, -0x1.000432p-2, 0x1.99a41ap-3, -0x1.5425b6p-3,
		0x1.226ddep-3, -0x1.0f4068p-3, 0x1.0862acp-3, -0x1.384788p-4)
	return m.Mul(m.Mul(f, f), q)
}

// logBend64 is log(1+f) − f.
func (m *machine) logBend64(f value) value {
	s := m.Div(f, m.Add(f, m.Const(2)))
	w := m.Mul(s, s)
	p := m.FusedPolynomial(w, 0x1.5555555555558p-1, 0x1.99999999952b9p-2, 0x1.2492492dfb9b8p-2, 0x1.c71c62d649d8dp-3,
		0x1.7462b925f9f72p-3, 0x1.39fdcbbcee0e7p-3, 0x1.2b5f5b2f7190cp-3)
	return m.Mul(s, m.Sub(m.Mul(p, w), f))
}
