package kernel

// BinaryCrossEntropyWithLogits is the binary cross-entropy of logits z and targets y, in
// nats, with the factor c = posWeight on the positive term. It panics unless c is a finite
// number ≥ 0.
//
// # Formula
//
//	L(z, y) = c·y·sp(−z) + (1−y)·sp(z), sp(x) = log(1+eˣ)
//
// # Gradient
//
//	∂L/∂z = (1−y)·σ(z) − c·y·σ(−z)
//
// # Domain
//
// z any number or infinity, y in [0, 1].
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, y) = +Inf for y < 1, gradient 1−y
//	L(−Inf, y) = +Inf for y > 0, gradient −c·y
//	L(NaN, y)  = L(z, NaN) = NaN
//
// # Accuracy
//
// Level 3, 4(1+κ) ulp, value and gradient. float32, c = 1, y 0 and 1, every logit
// (ci/exhaustive): value at most 2.06 ulp, at z = ±0.43704352, gradient 2.41, at
// z = ±4.157294. An exponential has up to 1 ulp of that, its logarithm or 1+e and the
// quotient the rest. c = 2.5, in the same way: the same for y = 0, and for y = 1 value at most
// 2.97 ulp, at z = −0.089331314, gradient 3.27, at z = 7.1540256. float64, c = 1: 1.60 and 1.88
// at 100,000 inputs drawn with seed 2. Other targets, drawn alike, in both: 1.8(1+κ) for c = 1, and
// 2.7(1+κ) for c = 2, 2.5 and 0.3; where the two terms of the gradient cancel, κ counts the change
// of y.
//
// # Method
//
// With e = e^−|z|, sp(−|z|) = log(1+e) is common to both terms, and |z| is added with the
// weight of the class that the sign of z is against: a sum of non-negative numbers. That weight
// less e times the other, over 1+e, is the gradient but for the sign of z. c·y would lose bits where
// y is near the least number: c is multiplied in as factors of y and of |z|. For c = 1 the
// weights sum to 1: the factor of the logarithm is left out, and the gradient is the weight less
// σ(−|z|).
//
// # References
//
// impl/loss, BinaryCrossEntropyWithLogits.
func BinaryCrossEntropyWithLogits[T Float](posWeight T) Pointwise[T] {
	demand(posWeight >= 0 && posWeight-posWeight == 0, bceWithLogitsName, "posWeight", posWeight, "a finite number ≥ 0")
	if posWeight == 1 {
		return newPointwise[T](&binaryCrossEntropyWithLogits32, &binaryCrossEntropyWithLogits64)
	}
	ofTarget, ofDistance := factorsOf(posWeight)
	return newPointwise(&binaryCrossEntropyWithLogitsWeighted32, &binaryCrossEntropyWithLogitsWeighted64, posWeight, ofTarget, ofDistance)
}

// factorsOf gives c in two factors, of y and of |z|. The product with y loses no bits to the subnormal
// range, however small y is, and that with |z| none where |z| counts beside log(1+e^−|z|). Neither
// is out of range where c·y·|z| is not.
func factorsOf[T Float](c T) (ofTarget, ofDistance T) {
	raise := T(0x1p24) // the least number times this is normal
	if !single[T]() {
		raise = 0x1p53
	}
	switch {
	case c == 0 || c > raise:
		return c, 1
	case c < 1:
		return 1, c
	}
	return raise, c / raise
}

var (
	binaryCrossEntropyWithLogits32         = pointwise[float32]{name: bceWithLogitsName, hasTarget: true, point: bceWithLogits[float32]}
	binaryCrossEntropyWithLogits64         = pointwise[float64]{name: bceWithLogitsName, hasTarget: true, point: bceWithLogits[float64]}
	binaryCrossEntropyWithLogitsWeighted32 = pointwise[float32]{name: bceWithLogitsName, hasTarget: true, point: weightedBCEWithLogits[float32]}
	binaryCrossEntropyWithLogitsWeighted64 = pointwise[float64]{name: bceWithLogitsName, hasTarget: true, point: weightedBCEWithLogits[float64]}
)

const bceWithLogitsName = "binary_cross_entropy_with_logits"

func bceWithLogits[T Float](p *[paramCount]T, z, y T) (value, grad T) {
	wrong := 1 - y
	if negative(z) {
		wrong = y
	}
	e := exponential(-absolute(z))
	return log1p(e) + weigh(wrong, absolute(z)), along(z, wrong-e/(e+1)) * p[scaleParam]
}

func weightedBCEWithLogits[T Float](p *[paramCount]T, z, y T) (value, grad T) {
	wrong, right := 1-y, T(y*p[0])
	both := right + wrong
	against, distance := wrong, absolute(z)
	e := exponential(-distance)
	if negative(z) {
		wrong, right = right, wrong
		against, distance = T(y*p[1]), T(distance*p[2])
	}
	return T(log1p(e)*both) + weigh(against, distance), along(z, (wrong-T(right*e))/(e+1)) * p[scaleParam]
}

// along is the derivative by z, given that by |z|.
func along[T Float](z, slope T) T {
	if negative(z) {
		return -slope
	}
	return slope
}
