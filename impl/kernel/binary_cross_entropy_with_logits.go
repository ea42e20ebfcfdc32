package kernel

// BinaryCrossEntropyWithLogits is the binary cross-entropy of logits z and targets y.
//
// Formula: L = c·y·sp(−z) + (1−y)·sp(z), sp(x) = log(1+eˣ), c = posWeight, in nats.
//
// Gradient: ∂L/∂z = (1−y)·σ(z) − c·y·σ(−z).
func BinaryCrossEntropyWithLogits[T Float](posWeight T) Pointwise[T] {
	if posWeight == 1 {
		return newPointwise[T](&binaryCrossEntropyWithLogits32, &binaryCrossEntropyWithLogits64)
	}
	return newPointwise(&binaryCrossEntropyWithLogitsWeighted32, &binaryCrossEntropyWithLogitsWeighted64, posWeight)
}

var (
	binaryCrossEntropyWithLogits32         = pointwise[float32]{name: bceWithLogitsName, hasTarget: true, point: bceWithLogits[float32]}
	binaryCrossEntropyWithLogits64         = pointwise[float64]{name: bceWithLogitsName, hasTarget: true, point: bceWithLogits[float64]}
	binaryCrossEntropyWithLogitsWeighted32 = pointwise[float32]{name: bceWithLogitsName, hasTarget: true, point: weightedBCEWithLogits[float32]}
	binaryCrossEntropyWithLogitsWeighted64 = pointwise[float64]{name: bceWithLogitsName, hasTarget: true, point: weightedBCEWithLogits[float64]}
)

const bceWithLogitsName = "binary_cross_entropy_with_logits"

func bceWithLogits[T Float](p *[paramCount]T, z, y T) (value, grad T) {
	near, far, slope := bceWithLogitsParts(z, y, 1-y)
	return near + far, slope * p[scaleParam]
}

func weightedBCEWithLogits[T Float](p *[paramCount]T, z, y T) (value, grad T) {
	positive, negative := y*p[0], 1-y
	near, far, slope := bceWithLogitsParts(z, positive, negative)
	return T(near*(positive+negative)) + far, slope * p[scaleParam]
}

// bceWithLogitsParts returns sp(−|z|), the rest of the value for the given weights, and its
// derivative.
func bceWithLogitsParts[T Float](z, whenPositive, whenNegative T) (near, far, slope T) {
	wrong, right := whenNegative, whenPositive
	if negative(z) {
		wrong, right = whenPositive, whenNegative
	}
	e := exponential(-abs(z))
	slope = (wrong - T(right*e)) / (e + 1)
	if negative(z) {
		slope = -slope
	}
	return log1p(e), weigh(wrong, abs(z)), slope
}
