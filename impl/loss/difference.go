package loss

// What the losses of a difference d = x − y share.

// distance returns |x − y| and the sign of x − y, which is 0 where they are equal.
func distance(x, y float64) (size, side wide) {
	d := sub(num(x), num(y))
	switch {
	case d.hi < 0:
		return neg(d), num(-1)
	case d.zero():
		return d, wide{}
	}
	return d, num(1)
}

// beyond returns the sign of |x − y| − limit, without a rounding.
func beyond(x, y, limit float64) int {
	d := sub(num(x), num(y))
	switch {
	case d.special():
		return 1
	case d.hi < 0:
		return exactSign(y, -x, -limit)
	}
	return exactSign(x, -y, -limit)
}

// towards gives derivatives in |x − y| the sign of x − y.
func towards(side, value, slope, bend wide) derivatives {
	grad := mul(side, slope)
	return derivatives{Value: value, Grad: grad, Second: bend, TargetGrad: neg(grad)}
}

// differenceAxes says that a loss of one number and its target is a function of their difference.
func differenceAxes(int) [][]int { return [][]int{{0, 1}} }

// differenceKink is the kink of a loss at x = y.
func differenceKink(_ Args, pred, target []float64) []float64 {
	return []float64{sub(num(pred[0]), num(target[0])).float()}
}
