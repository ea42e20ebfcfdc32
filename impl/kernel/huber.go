package kernel

// Huber is the Huber loss of predictions x and targets y.
//
// # Formula
//
//	L(x, y) = ½·d² for |d| ≤ δ, δ·(|d| − δ/2) for |d| > δ, d = x − y
//
// with δ = delta.
//
// # Gradient
//
//	∂L/∂x = d for |d| ≤ δ, δ·sgn d for |d| > δ
//
// # Domain
//
// x any number or infinity, y a finite number. Huber panics unless δ is a finite number > 0.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient δ
//	L(−Inf, y) = +Inf, gradient −δ
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// The value is within 4 ulp, whatever κ: of the relative errors of 2^-p, p the precision, that of d
// counts at most twice, as |d| − δ/2 ≥ |d|/2, and two are those of a difference and a product. The
// gradient is within 1½ ulp, that of d and of its product with the gradient from upstream, for any of
// these. A sum of any length adds 2^-24 in float32 to the errors of its values.
//
// # Method
//
// With c = min(|d|, δ) the value is c·(|d| − c/2), and with d cut off at ±δ that is the gradient:
// nothing is chosen, and what is next to δ has the same value by both formulas. Where a difference
// overflows, which the sum of the values tells, they are computed again from halves.
//
// # References
//
// Huber, Robust estimation of a location parameter, 1964, equation 1.3.
func Huber[T Float](delta T) Pointwise[T] {
	demand(delta > 0 && delta-delta == 0, huber32.name, "delta", delta, "a finite number > 0")
	return newPointwise(&huber32, &huber64, delta, -delta)
}

var (
	huber32 = pointwise[float32]{name: "huber", hasTarget: true, differences: true, point: huber[float32], points: hubers[float32], double: doubleOf(&huber64)}
	huber64 = pointwise[float64]{name: "huber", hasTarget: true, differences: true, point: huber[float64], points: hubers[float64]}
)

func huber[T Float](p *[paramCount]T, x, y T) (value, grad T) {
	d := x - y
	size, delta := absolute(d), p[0]
	near := min(size, delta)
	value, grad = T(near*T(size-T(near*0.5))), T(max(min(d, delta), p[1])*p[scaleParam])
	if d*0 != 0 && x*0 == 0 && y*0 == 0 { // then |d| > δ
		value = T(delta*T(absolute(T(x*0.5)-T(y*0.5))-T(delta*0.25))) * 2
	}
	return value, grad
}

// hubers is huber of each element, where no difference is out of range.
func hubers[T Float](p *[paramCount]T, value, grad, pred, target []T) {
	delta, least, scale := p[0], p[1], p[scaleParam]
	value, target = value[:len(pred)], target[:len(pred)]
	for i, x := range pred {
		d := x - target[i]
		size := absolute(d)
		near := min(size, delta)
		value[i] = T(near * T(size-T(near*0.5)))
		if grad != nil {
			grad[i] = T(max(min(d, delta), least) * scale)
		}
	}
}
