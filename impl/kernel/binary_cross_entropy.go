package kernel

import "math"

// BinaryCrossEntropy is the binary cross-entropy of probabilities p and targets y.
//
// # Formula
//
//	L(p, y) = −y·log p − (1−y)·log(1−p), in nats
//
// A term whose weight y or 1−y is exactly 0 is 0, whatever its logarithm.
//
// # Gradient
//
//	∂L/∂p = (p−y)/(p·(1−p)), which is −1/p for y = 1 and 1/(1−p) for y = 0
//
// # Domain
//
// p and y in [0, 1]. Where p is not, the value is NaN.
//
// # Special cases
//
//	L(0, 0) = +0, gradient 1
//	L(1, 1) = +0, gradient −1
//	L(0, y) = +Inf for y > 0, gradient −Inf
//	L(1, y) = +Inf for y < 1, gradient +Inf
//
// # Accuracy
//
// 4(1+κ) ulp, and below 2 ulp whatever κ for y 0 and 1. float32, every probability
// (ci/exhaustive): for y = 0 value at most 0.915 ulp, at p = 0.29349497, gradient 1.50, at
// p = 0.49991372; for y = 1 value 0.905, at p = 0.7066719, gradient 0.5.
// In random and special samples against the oracle: float32, other targets, value 1.4 and
// gradient 1.8; float64 0.64 and 1.30, other targets 1.8 and 1.8. A logarithm has less than
// 1 ulp, and the product with its weight and the sum round once each; in the gradient p−y,
// 1−p, their product and the quotient do.
//
// # Method
//
// Both logarithms are found from exact differences from 1, also where p is subnormal or next
// to 1 (see log.go). 1/p is out of range where p is next to 0, and 1/(n·p) need not be: a gradient from
// upstream below 1 is taken 2^24 times, or 2^53 times in float64, and the quotient as much smaller.
// Nothing is clipped; BinaryCrossEntropyClipped does that.
//
// # References
//
// Good, Rational decisions, 1952; Bishop, Pattern Recognition and Machine Learning, 2006,
// equation 4.90.
func BinaryCrossEntropy[T Float]() Pointwise[T] {
	return newPointwise(&binaryCrossEntropy32, &binaryCrossEntropy64, T(math.Inf(-1)), T(math.Inf(1)))
}

// lowerBCE makes quotients smaller by a power of two that a gradient from upstream below 1 is larger
// by, so that 1/p is in range where p is subnormal.
func lowerBCE[T Float](p *[paramCount]T) (raised bool) {
	p[unitParam] = 1
	if size := absolute(p[scaleParam]); size < 1 {
		p[unitParam] = T(0x1p24)
		if !single[T]() {
			p[unitParam] = 0x1p53
		}
		p[scaleParam] *= p[unitParam]
	}
	return false
}

// BinaryCrossEntropyClipped is BinaryCrossEntropy with every p first moved into
// [1e-7, 1 − 1e-7], of which both ends are rounded to T. Where that moves p, the gradient
// is 0.
func BinaryCrossEntropyClipped[T Float]() Pointwise[T] {
	const least = 1e-7
	return newPointwise[T](&binaryCrossEntropy32, &binaryCrossEntropy64, least, 1-least)
}

var (
	binaryCrossEntropy32 = pointwise[float32]{name: "binary_cross_entropy", hasTarget: true, point: binaryCrossEntropy[float32],
		scaled: lowerBCE[float32], double: doubleOf(&binaryCrossEntropy64)}
	binaryCrossEntropy64 = pointwise[float64]{name: "binary_cross_entropy", hasTarget: true, point: binaryCrossEntropy[float64],
		scaled: lowerBCE[float64]}
)

func binaryCrossEntropy[T Float](param *[paramCount]T, given, y T) (value, grad T) {
	p := given
	if p < param[0] {
		p = param[0]
	}
	if p > param[1] {
		p = param[1]
	}
	not, rest := 1-y, 1-p
	log, log1m := logarithms(p, rest)
	value = 0 - (weigh(y, log) + weigh(not, log1m))
	if !(p >= 0 && rest >= 0) {
		value = T(math.NaN())
	}
	switch { // adding 0 makes −0 the 0 that it stands for
	case (p < given || p > given) && y*0 == 0: // y is finite
		grad = 0
	case y == 0:
		grad = 1 / (T(rest*param[unitParam]) + 0)
	case y == 1:
		grad = -1 / (T(p*param[unitParam]) + 0)
	default:
		grad = (p - y) / (T(T(p*rest)*param[unitParam]) + 0)
	}
	return value, T(grad * param[scaleParam])
}
