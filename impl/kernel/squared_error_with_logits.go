package kernel

// SquaredErrorWithLogits is the squared error of the sigmoids of logits z and targets y; f
// is 1 or ½.
//
// # Formula
//
//	L(z, y) = f·d², d = (1−y)·σ(z) − y·σ(−z)
//
// where d = σ(z) − y.
//
// # Gradient
//
//	∂L/∂z = 2f·d·σ(z)·σ(−z)
//
// # Domain
//
// z any number or infinity, y in [0, 1]. SquaredErrorWithLogits panics where f is neither 1
// nor ½.
//
// # Special cases
//
//	L(+Inf, y) = f·(1−y)², gradient 0
//	L(−Inf, y) = f·y², gradient 0
//
// # Method
//
// With e = e^−|z| both sigmoids have the denominator D = 1+e, and d is one quotient; σ(z)·σ(−z)
// is e/D². The gradient is 2f·(d·D)·e/D³.
//
// # References
//
// Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, 1986.
func SquaredErrorWithLogits[T Float](f T) Pointwise[T] {
	checkFactor(squaredErrorWithLogits32.name, f)
	return newPointwise(&squaredErrorWithLogits32, &squaredErrorWithLogits64, f, 2*f)
}

var (
	squaredErrorWithLogits32 = pointwise[float32]{name: "squared_error_with_logits", hasTarget: true, point: squaredErrorWithLogits[float32]}
	squaredErrorWithLogits64 = pointwise[float64]{name: "squared_error_with_logits", hasTarget: true, point: squaredErrorWithLogits[float64]}
)

func squaredErrorWithLogits[T Float](p *[paramCount]T, z, y T) (value, grad T) {
	e, up, down := sides(z)
	above := T((1-y)*up) - T(y*down)
	below := 1 + e
	d := above / below
	value = T(T(d*p[0]) * d)
	cube := T(T(below*below) * below)
	return value, T(T(T(T(above*p[1])*e)/cube) * p[scaleParam])
}
