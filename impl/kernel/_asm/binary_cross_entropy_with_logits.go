package main

func binaryCrossEntropyWithLogits(weighted bool) formula {
	return func(m *machine, f form, z, y value) (val, grad value) {
		e, s := m.shelveLog1p(f, m.exponential(m.MinusAbs(z)))
		one := m.Const(1)
		positive, negative := y, m.Sub(one, y)
		if weighted {
			positive = m.Mul(y, m.Param(0))
		}
		below := m.Negative(z)
		var wrong value
		if f.hasGrad || !weighted {
			wrong = m.Select(below, positive, negative)
		}
		if f.hasValue {
			near := m.log1p(e, s)
			against, distance := wrong, m.Abs(z)
			if weighted {
				near = m.Mul(near, m.Add(positive, negative))
				against = m.Select(below, m.Mul(y, m.Param(1)), negative)
				distance = m.Mul(distance, m.Select(below, m.Param(2), one))
			}
			val = m.Add(near, m.Weigh(against, distance))
		}
		if f.hasGrad {
			if weighted {
				right := m.Select(below, negative, positive)
				grad = m.Div(m.Sub(wrong, m.Mul(right, e)), m.Add(e, one))
			} else { // the weights sum to 1
				grad = m.Sub(wrong, m.Div(e, m.Add(e, one)))
			}
			grad = m.Mul(m.Flip(grad, z), m.Param(scale))
		}
		return val, grad
	}
}
