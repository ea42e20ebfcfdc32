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
// # Accuracy
//
// Level 3, 4(1+κ) ulp, value and gradient. Every float32 with targets 0 and 1 (ci/exhaustive):
// value at most 1.25 ulp, at z = ±43.118988, or for f = ½ 1.26, at z = ±42.646454, next to the
// subnormal range; gradient 1.97, at z = ±0.8549497. float64: 1.00 and 1.70 for labels. All
// targets in both: 0.98(1+κ) and 1.47(1+κ), at 100,000 inputs drawn with seed 2, a third of
// them next to σ(z) = y. There the value is a square of what an error δ is added to, and δ² is
// of second order, which κ does not count: it is 2^-63 in float32 and 2^-121 in float64, and
// more than level 3 allows for |d| below about 2^-42 and 2^-71.
//
// # Method
//
// With e = e^−|z| both sigmoids have the denominator D = 1+e, and d·D is the difference of one
// weight and e times the other. Where σ(z) is next to y that difference keeps nothing of the
// digits of e; so e, the weights, their product, D and d are pairs, a number and what rounding
// lost of it. The gradient is 2f·d·e/D², and a correction of first order in what was lost.
//
// # References
//
// Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, 1986;
// Dekker, A floating-point technique for extending the available precision, 1971.
func SquaredErrorWithLogits[T Float](f T) Pointwise[T] {
	checkFactor(squaredErrorWithLogits32.name, f)
	return newPointwise(&squaredErrorWithLogits32, &squaredErrorWithLogits64, f, 2*f)
}

var (
	squaredErrorWithLogits32 = pointwise[float32]{name: "squared_error_with_logits", hasTarget: true, point: squaredErrorWithLogits[float32], scaled: raiseAlways[float32], double: doubleOf(&squaredErrorWithLogits64)}
	squaredErrorWithLogits64 = pointwise[float64]{name: "squared_error_with_logits", hasTarget: true, point: squaredErrorWithLogits[float64], scaled: raiseAlways[float64]}
)

func squaredErrorWithLogits[T Float](p *[paramCount]T, z, y T) (value, grad T) {
	e, eRest, raised, raisedRest := exponentialPair(-absolute(z), p[raiseParam])
	above, rest := residual(e, eRest, z, y)

	below, belowRest := sumOf(1, e)
	belowRest += eRest
	inverse := 1 / below
	belowUp := upperHalf(below)
	d := T(above * inverse)
	left := (rest - productRest(d, upperHalf(d), below, belowUp, above)) - T(d*belowRest)
	dRest := T(left * inverse)

	f := T(d * p[0])
	value = T(f*d) + T(T(f+f)*dRest)

	square := T(below * below)
	squareRest := productRest(below, belowUp, below, belowUp, square) + T(T(below+below)*belowRest)
	slope := T(T(d*p[1])*raised) / square
	left = T((T(dRest*raised)+T(d*raisedRest))*p[1]) - T(slope*squareRest)
	slope += T(T(left*inverse) * inverse)
	if negative(z) {
		slope = -slope
	}
	return value, T(slope * p[scaleParam])
}

// residual is (1−y) − y·e for z ≥ 0 and y − (1−y)·e for z < 0 as a pair, given e^−|z| as one: σ(z) − y times
// 1+e, but for the sign of z.
func residual[T Float](e, eRest, z, y T) (above, rest T) {
	not, notRest := sumOf(1, -y)

	// far·e is the term of d·D that is small, near the other; its sign is that of z.
	near, nearRest, far, farRest := not, notRest, y, T(0)
	if negative(z) {
		near, nearRest, far, farRest = y, 0, not, notRest
	}
	eUp := upperHalf(e)
	small := T(far * e)
	rest = productRest(far, upperHalf(far), e, eUp, small) + (T(far*eRest) + T(farRest*e))
	above = near - small
	taken := above - near
	rest = ((near - (above - taken)) - (small + taken)) + (nearRest - rest)
	return sumOf(above, rest)
}
