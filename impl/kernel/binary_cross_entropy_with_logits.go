package kernel

import "math"

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

var binaryCrossEntropyWithLogits32 = pointwise[float32]{
	name: "binary_cross_entropy_with_logits", hasTarget: true,
	point: func(p *[paramCount]float32, z, y float32) (value, grad float32) {
		near, size, wrong, d := binaryCrossEntropyParts32(z, y, 1-y)
		return near + weigh32(wrong, size), d * p[scaleParam]
	},
}

var binaryCrossEntropyWithLogitsWeighted32 = pointwise[float32]{
	name: "binary_cross_entropy_with_logits", hasTarget: true,
	point: func(p *[paramCount]float32, z, y float32) (value, grad float32) {
		positive, negative := y*p[0], 1-y
		near, size, wrong, d := binaryCrossEntropyParts32(z, positive, negative)
		return float32(near*(positive+negative)) + weigh32(wrong, size), d * p[scaleParam]
	},
}

func binaryCrossEntropyParts32(z, positive, negative float32) (near, size, wrong, d float32) {
	sign := math.Float32bits(z) & (1 << 31)
	size = math.Float32frombits(math.Float32bits(z) &^ (1 << 31))
	e := exponential32(-size)
	wrong, right := negative, positive
	if sign != 0 {
		wrong, right = positive, negative
	}
	d = (wrong - float32(right*e)) / (e + 1)
	return log1p32(e), size, wrong, math.Float32frombits(math.Float32bits(d) ^ sign)
}

var binaryCrossEntropyWithLogits64 = pointwise[float64]{name: "binary_cross_entropy_with_logits", hasTarget: true}
var binaryCrossEntropyWithLogitsWeighted64 = pointwise[float64]{name: "binary_cross_entropy_with_logits", hasTarget: true}
