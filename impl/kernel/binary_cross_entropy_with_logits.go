package kernel

// BinaryCrossEntropyWithLogits is the binary cross-entropy of logits z and targets y.
//
// Formula: L = c·y·sp(−z) + (1−y)·sp(z), sp(x) = log(1+eˣ), c = posWeight, in nats.
//
// Gradient: ∂L/∂z = (1−y)·σ(z) − c·y·σ(−z).
func BinaryCrossEntropyWithLogits[T Float](posWeight T) Pointwise[T] {
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
