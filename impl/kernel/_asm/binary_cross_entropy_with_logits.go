package main

func binaryCrossEntropyWithLogits(m *machine, f form, z, y value) (val, grad value) {
	e, raised := m.exponential(m.MinusAbs(z), f.raise(raise)...)
	e, s, raised := m.shelveLog1p(f, e, raised)
	one := m.Const(1)
	wrong := m.Select(m.Negative(z), y, m.Sub(one, y))
	if f.hasValue {
		val = m.Add(m.log1p(e, s), m.Weigh(wrong, m.Abs(z)))
	}
	if f.hasGrad { // the weights sum to 1
		grad = m.Sub(m.ofUnit(wrong), m.Div(raised[0], m.Add(e, one)))
		grad = m.Mul(m.Flip(grad, z), m.Param(scale))
	}
	return val, grad
}

// The parameters of weightedBCEWithLogits; see the package.
const (
	posWeight = iota
	ofTarget
	ofDistance
	valueRaise
	valueUnit
	valueWeight
	valueRest
	wrongWeight
	rightWeight
	rightRest
)

func binaryCrossEntropyWithLogitsWeighted(m *machine, f form, z, y value) (val, grad value) {
	var raises []int
	if f.hasValue {
		raises = append(raises, valueRaise)
	}
	e, raised := m.exponential(m.MinusAbs(z), append(raises, f.raise(raise)...)...)
	e, s, raised := m.shelveLog1p(f, e, raised)
	one := m.Const(1)
	negative := m.Sub(one, y)
	below := m.Negative(z)
	var positive value
	if !m.raised {
		positive = m.Mul(y, m.Param(posWeight))
	}
	if f.hasValue {
		var near, weights value
		if m.raised {
			near = m.Sub(raised[0], m.Mul(m.bend(e, s), m.Param(valueUnit)))
			weights = m.Add(m.Mul(y, m.Param(valueWeight)), m.Mul(negative, m.Param(valueRest)))
		} else {
			near, weights = m.log1p(e, s), m.Add(positive, negative)
		}
		against := m.Select(below, m.Mul(y, m.Param(ofTarget)), negative)
		distance := m.Mul(m.Abs(z), m.Select(below, m.Param(ofDistance), one))
		val = m.Add(m.Mul(near, weights), m.Weigh(against, distance))
	}
	if f.hasGrad {
		var wrong, right value
		if m.raised {
			wrong = m.Select(below, m.Mul(y, m.Param(wrongWeight)), m.Mul(negative, m.Param(oneUnit)))
			right = m.Select(below, m.Mul(negative, m.Param(rightRest)), m.Mul(y, m.Param(rightWeight)))
		} else {
			wrong, right = m.Select(below, positive, negative), m.Select(below, negative, positive)
		}
		grad = m.Div(m.Sub(wrong, m.Mul(right, raised[len(raised)-1])), m.Add(e, one))
		grad = m.Mul(m.Flip(grad, z), m.Param(scale))
	}
	return val, grad
}
