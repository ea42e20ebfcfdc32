package kernel

// SquaredError is the squared error of predictions x and targets y; f is 1 or ½.
//
// # Formula
//
//	L(x, y) = f·(x−y)²
//
// # Gradient
//
//	∂L/∂x = 2f·(x−y)
//
// # Domain
//
// x any number or infinity, y a finite number. SquaredError panics where f is neither 1
// nor ½.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient +Inf
//	L(−Inf, y) = +Inf, gradient −Inf
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// Below 1.92 ulp, whatever κ: with m in [1, 2) the fraction of x−y, whose rounding is ½ ulp,
// the square has a fraction of m² and an error of m ulp for m < √2, and of m/2 above, from
// it and ½ from its own rounding; 1.914 at the worst float32 for targets 0 and 1 (ci/exhaustive),
// for both f.
// The gradient is within ½ ulp, for f·scale a power of two, for any scale, and where x−y is out of
// range within 2 ulp. A sum of any length has a relative error of 2^-22 in float32, below 4 ulp, of
// which its own additions make 2^-24.
//
// # Method
//
// The factor is multiplied in before the square, where it is exact, so that ½·d² overflows
// only where it is out of range. In float32 two squares are added before they are summed in
// float64; where the sum reaches 2^128, as it does where that overflows, or is so small that squares
// may have vanished, it is that of the float64 kernel. Where a difference overflows, which the sum, or
// the gradient alone in the same way, tells, gradients are computed again from halves.
//
// # References
//
// Gauss, Theoria combinationis observationum erroribus minimis obnoxiae, 1823.
func SquaredError[T Float](f T) Pointwise[T] {
	checkFactor(squaredError32.name, f)
	return newPointwise(&squaredError32, &squaredError64, f, 2*f)
}

const slopeParam = 2 // 2f times the gradient from upstream

// squaredErrorSlope multiplies what d is multiplied by. Where that is out of range, though the
// gradient need not be, the vectors have no form for it.
func squaredErrorSlope[T Float](p *[paramCount]T) (raised bool) {
	p[slopeParam] = T(p[1] * p[scaleParam])
	return p[slopeParam] != p[scaleParam] && p[slopeParam]*0 != 0 && p[scaleParam]*0 == 0
}

var (
	squaredError32 = pointwise[float32]{name: "squared_error", hasTarget: true, differences: true, point: squaredError[float32], points: squaredErrors[float32], turns: squaredErrorTurns[float32],
		scaled: squaredErrorSlope[float32], double: doubleOf(&squaredError64)}
	squaredError64 = pointwise[float64]{name: "squared_error", hasTarget: true, differences: true, point: squaredError[float64], points: squaredErrors[float64],
		scaled: squaredErrorSlope[float64]}
)

func squaredError[T Float](p *[paramCount]T, x, y T) (value, grad T) {
	d := x - y
	value, grad = T(T(d*p[0])*d), T(d*p[slopeParam])
	switch {
	case p[slopeParam]*0 != 0 && p[scaleParam]*0 == 0:
		grad = T(T(d*p[1]) * p[scaleParam])
	case d*0 != 0 && x*0 == 0 && y*0 == 0:
		grad = T((T(x*0.5)-T(y*0.5))*p[slopeParam]) * 2
	}
	return value, grad
}

// squaredErrors is squaredError of each element, where nothing that the gradient is computed from
// is out of range.
func squaredErrors[T Float](p *[paramCount]T, value, grad, pred, target []T) {
	factor, slope := p[0], p[slopeParam]
	value, target = value[:len(pred)], target[:len(pred)]
	if grad == nil {
		for i, x := range pred {
			d := x - target[i]
			value[i] = T(T(d*factor) * d)
		}
		return
	}
	grad = grad[:len(pred)]
	for i, x := range pred {
		d := x - target[i]
		value[i], grad[i] = T(T(d*factor)*d), T(d*slope)
	}
}

// checkFactor panics unless f is a value of the convention squared_error_factor.
func checkFactor[T Float](loss string, f T) {
	demand(f == 1 || f == 0.5, loss, "squared_error_factor", f, "1 or 1/2")
}

// squaredErrorTurns is squaredErrors and addPairs of whole turns.
func squaredErrorTurns[T Float](p *[paramCount]T, sum *lanes, grad, pred, target []T) {
	factor, slope := p[0], p[slopeParam]
	for ; len(pred) >= turn; pred, target = pred[turn:], target[turn:] {
		x, y := (*[turn]T)(pred), (*[turn]T)(target)
		var g *[turn]T
		if grad != nil {
			g, grad = (*[turn]T)(grad), grad[turn:]
		}
		for i := range sum {
			d, e := x[i]-y[i], x[len(sum)+i]-y[len(sum)+i]
			sum[i] += float64(T(T(d*factor)*d) + T(T(e*factor)*e))
			if g != nil {
				g[i], g[len(sum)+i] = T(d*slope), T(e*slope)
			}
		}
	}
}
