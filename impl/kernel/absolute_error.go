package kernel

import "math"

// AbsoluteError is the absolute error of predictions x and targets y.
//
// # Formula
//
//	L(x, y) = |d|, d = x − y
//
// # Gradient
//
//	∂L/∂x = sgn d
//
// and 0 for d = 0.
//
// # Domain
//
// x any number or infinity, y a finite number.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient 1
//	L(−Inf, y) = +Inf, gradient −1
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// The value is within ½ ulp, that of the difference, and the gradient exact, for any gradient from
// upstream. A sum of any length has a relative error of 2^-23 in float32: of each pair of values
// that of the differences, 2^-24, and 2^-24 of their addition.
//
// # Method
//
// The gradient is chosen and not computed. In float32 two values are added before they are summed in
// float64; where the sum reaches 2^128, or is next to 0, it is that of the float64 kernel.
//
// # References
//
// Bloomfield and Steiger, Least Absolute Deviations, 1983, chapter 1.
func AbsoluteError[T Float]() Pointwise[T] {
	return newPointwise[T](&absoluteError32, &absoluteError64)
}

var (
	absoluteError32 = pointwise[float32]{name: "absolute_error", hasTarget: true, differences: true, point: absoluteError[float32], points: absoluteErrors[float32], double: doubleOf(&absoluteError64)}
	absoluteError64 = pointwise[float64]{name: "absolute_error", hasTarget: true, differences: true, point: absoluteError[float64], points: absoluteErrors[float64]}
)

func absoluteError[T Float](p *[paramCount]T, x, y T) (value, grad T) {
	d := x - y
	return absolute(d), signed(d, p[scaleParam])
}

// absoluteErrors is absoluteError of each element.
func absoluteErrors[T Float](p *[paramCount]T, value, grad, pred, target []T) {
	scale := p[scaleParam]
	value, target = value[:len(pred)], target[:len(pred)]
	for i, x := range pred {
		d := x - target[i]
		value[i] = absolute(d)
		if grad != nil {
			grad[i] = signed(d, scale)
		}
	}
}

// signed is size times the sign of d, and d where that is 0 or NaN. Half of all branches would be foretold wrong.
func signed[T Float](d, size T) T {
	switch {
	case !(absolute(d) > 0):
		return d
	case single[T]():
		return T(math.Float32frombits(math.Float32bits(float32(size)) ^ math.Float32bits(float32(d))&(1<<31)))
	}
	return T(math.Float64frombits(math.Float64bits(float64(size)) ^ math.Float64bits(float64(d))&(1<<63)))
}
