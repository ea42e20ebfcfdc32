package kernel

// BinaryCrossEntropyWithLogits is the binary cross-entropy of logits z and targets y.
//
// # Formula
//
//	L(z, y) = c·y·sp(−z) + (1−y)·sp(z), sp(x) = log(1+eˣ), c = posWeight, in nats
//
// # Gradient
//
//	∂L/∂z = (1−y)·σ(z) − c·y·σ(−z)
//
// # Domain
//
// z any number or infinity, y in [0, 1]. BinaryCrossEntropyWithLogits panics unless
// c ≥ 0.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, y) = +Inf for y < 1, gradient 1−y
//	L(−Inf, y) = +Inf for y > 0, gradient −c·y
//
// # Method
//
// sp(x) is max(x, 0) + log(1+e), e = e^−|z|: the logarithm counts with the sum of both
// weights, and |z| with that of the side on which the logit is wrong. Both sigmoids have the
// denominator 1+e.
//
// # References
//
// Bishop, Pattern Recognition and Machine Learning, 2006, equation 4.90.
func BinaryCrossEntropyWithLogits[T Float](posWeight T) Pointwise[T] {
	demand(posWeight >= 0, binaryCrossEntropyWithLogits32.name, "pos_weight", posWeight, "a number that is not negative")
	return newPointwise(&binaryCrossEntropyWithLogits32, &binaryCrossEntropyWithLogits64, posWeight)
}

var (
	binaryCrossEntropyWithLogits32 = pointwise[float32]{name: "binary_cross_entropy_with_logits", hasTarget: true, point: binaryCrossEntropyWithLogits[float32]}
	binaryCrossEntropyWithLogits64 = pointwise[float64]{name: "binary_cross_entropy_with_logits", hasTarget: true, point: binaryCrossEntropyWithLogits[float64]}
)

func binaryCrossEntropyWithLogits[T Float](p *[paramCount]T, z, y T) (value, grad T) {
	e, up, down := sides(z)
	ofOne, ofZero := T(y*p[0]), 1-y
	wrong := ofZero
	if negative(z) {
		wrong = ofOne
	}
	value = T(log1p(e)*(ofOne+ofZero)) + weigh(wrong, absolute(z))
	d := T(ofZero*up) - T(ofOne*down)
	return value, T(T(d/(e+1)) * p[scaleParam])
}
