package kernel

import "math"

// BinaryCrossEntropyWithLogits is the binary cross-entropy of logits z and targets y.
//
// Formula: L = c·y·sp(−z) + (1−y)·sp(z), sp(x) = log(1+eˣ), c = posWeight, in nats.
//
// Gradient: ∂L/∂z = (1−y)·σ(z) − c·y·σ(−z).
func BinaryCrossEntropyWithLogits[T Float](posWeight T) Pointwise[T] {
	return newPointwise(&binaryCrossEntropyWithLogits32, &binaryCrossEntropyWithLogits64, posWeight)
}

var binaryCrossEntropyWithLogits32 = pointwise[float32]{
	name: "binary_cross_entropy_with_logits", hasTarget: true,
	point: func(p *[paramCount]float32, z, y float32) (value, grad float32) {
		below := math.Float32bits(z)>>31 != 0
		size := math.Float32frombits(math.Float32bits(z) &^ (1 << 31))
		e := exponential32(-size)
		positive, negative := y*p[0], 1-y
		wrong, up, down := negative, float32(1), e
		if below {
			wrong, up, down = positive, e, 1
		}
		value = float32(log1p32(e)*(positive+negative)) + weigh32(wrong, size)
		d := float32(negative*up) - float32(positive*down)
		return value, float32(d/(e+1)) * p[scaleParam]
	},
}

var binaryCrossEntropyWithLogits64 = pointwise[float64]{
	name: "binary_cross_entropy_with_logits", hasTarget: true,
	point: func(p *[paramCount]float64, z, y float64) (value, grad float64) {
		below := math.Signbit(z)
		size := math.Abs(z)
		e := exponential64(-size)
		positive, negative := y*p[0], 1-y
		wrong, up, down := negative, 1.0, e
		if below {
			wrong, up, down = positive, e, 1
		}
		value = float64(log1p64(e)*(positive+negative)) + weigh64(wrong, size)
		d := float64(negative*up) - float64(positive*down)
		return value, float64(d/(e+1)) * p[scaleParam]
	},
}
