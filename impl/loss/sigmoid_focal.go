package loss

import "math"

// Focal loss on a logit.
//
// # Formula
//
//	L(z, y) = a·q^γ·B, a = α·y + (1−α)·(1−y), q = (1−y)·σ(z) + y·σ(−z), B = y·sp(−z) + (1−y)·sp(z)
//
// in nats, with α = alpha (switched off: a = 1) and γ = gamma. q is the probability of the
// wrong class, 1 − p_t, and B the binary cross-entropy. Soft targets mix linearly, as in
// torchvision.
//
// # Gradient
//
//	∂L/∂z   = a·q^γ·D, D = γ·(1−2y)·r·B + d, r = σ(z)·σ(−z)/q, d = (1−y)·σ(z) − y·σ(−z)
//	∂²L/∂z² = a·q^γ·(γ·(1−2y)·r·(D + d + u·B) + σ(z)·σ(−z)), u = σ(−z) − σ(z) − (1−2y)·r
//	∂L/∂y   = q^γ·((2α−1)·B + a·(γ·(σ(−z)−σ(z))·(B/q) − z))
//
// For y = 1 the first is −α·q^γ·(q − γ·p·log p) with p = σ(z).
//
// # Domain
//
// z any number or infinity, y in [0, 1], α in [0, 1], γ ≥ 0.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, y) = +Inf for y < 1, gradient a·(1−y)^(γ+1)
//	L(−Inf, y) = +Inf for y > 0, gradient −a·y^(γ+1)
//	a = 0: L = +0, gradient 0
//	γ = 0: L is a times the binary cross-entropy, 0^0 being 1
//	0 < γ < 1: the gradient is finite; no power is negative
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. B, q and a are sums of non-negative terms and have
// 2^-66, 2^-68 and 2^-101. log q is −sp for hard targets; else it is log1p(−p_t) for
// q ≥ ½, whose relative error stays below 2^-67 next to q = 1, and log q otherwise, with
// 2^-67. q^γ has γ·|log q| times that, which is below 2^-55 wherever the result is not
// far below the smallest float64 (see power). So the value has 2^-54 in all, 2^-2 ulp at
// most, and 2^-63 for moderate γ·log q. In the gradient D has two terms of one sign for
// hard targets, each with 2^-65. With soft targets they may cancel, and so may the two
// terms of d: κ counts the change of y in full. For the target gradient see
// focalByTarget. The
// rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// q^γ = e^(γ·log q), and the derivative has the factor q^γ and the bounded r in place of
// γ·q^(γ−1); r is 1/((1−y)/σ(−z) + y/σ(z)), so that it survives q = 0.
//
// # References
//
// Lin et al., Focal loss for dense object detection, 2017, arXiv:1708.02002, equation 5.
var SigmoidFocal = declare(Loss{
	Name:     "sigmoid_focal",
	Title:    "focal loss on a logit",
	Aliases:  []string{"focal"},
	Shape:    Point,
	Formula:  "L = a·q^γ·B, a = α·y + (1−α)·(1−y), q = (1−y)·σ(z) + y·σ(−z), B = y·sp(−z) + (1−y)·sp(z)",
	Gradient: "∂L/∂z = a·q^γ·D, D = γ·(1−2y)·r·B + d, r = σ(z)·σ(−z)/q, d = (1−y)·σ(z) − y·σ(−z)",
	Second:   "∂²L/∂z² = a·q^γ·(γ·(1−2y)·r·(D + d + u·B) + σ(z)·σ(−z)), u = σ(−z) − σ(z) − (1−2y)·r",
	ByTarget: "∂L/∂y = q^γ·((2α−1)·B + a·(γ·(σ(−z)−σ(z))·(B/q) − z))",

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     UnitInterval,
	Params: []Param{
		{Name: "alpha", Kind: Scalar, Domain: UnitInterval, Default: []float64{0.25}, Optional: true, Meaning: "weight α of the positive class, 1 − α of the negative"},
		focusing,
	},
	SpecialCases: []string{
		"L(+Inf, 1) = +0, gradient 0",
		"L(−Inf, 0) = +0, gradient 0",
		"L(+Inf, y) = +Inf for y < 1, gradient a·(1−y)^(γ+1)",
		"L(−Inf, y) = +Inf for y > 0, gradient −a·y^(γ+1)",
		"a = 0: L = +0, gradient 0",
		"γ = 0: L is a times the binary cross-entropy, 0^0 being 1",
		"0 < γ < 1: the gradient is finite; no power is negative",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of SigmoidFocal; at most 0.581 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{3}, Note: "0 is the limit only"}},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{30}}},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "in the limit, for y 0 or 1; greater for soft targets"},
		{Property: Convex, Holds: false, Witness: &Witness{Params: Params{"gamma": {20}}, Target: []float64{1}, A: []float64{-12}, B: []float64{-2}, Note: "for γ = 2 concave where σ(z) < 0.0578463790860253"}},
		{Property: ConvexInProb, Holds: true, When: hardTarget},
		{Property: Lipschitz, Holds: true, Constant: 0.75 * focalSlope2, Norm: AbsoluteValue,
			Statement: "a·C(γ) for y 0 or 1, C(γ) = max q^γ·(q − γ·p·log p): 1.00895306 for γ = ½, 1.04533339 for 1, 1.12898322 for 2, 1.20155277 for 3, 1.31460539 for 5; the Constant is the larger of the two for the default α; for soft targets C is 1+2γ/e at most",
			ConstantFor: func(a Args, target []float64) float64 {
				y, gamma := target[0], a.Scalar("gamma")
				if y == 0 || y == 1 {
					return mul(focalWeight(a, y), num(focalSlope(gamma))).atMost()
				}
				return mul(focalWeight(a, y), num(focalSoftSlope(gamma))).atMost()
			}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{-1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(z, y) = L(−z, 1−y)", When: &Condition{"for α = ½ and for α off",
			func(a Args, _, _ []float64) bool { return !a.On("alpha") || a.Scalar("alpha") == 0.5 }}},
		{Property: Symmetric, Holds: false, Statement: "L(z, y) = L(−z, 1−y) for any other α",
			Witness: &Witness{Target: []float64{1}, TargetB: []float64{0}, A: []float64{1}, B: []float64{-1}}},
		{Property: Proper, Holds: false, Source: "arXiv:2011.09172", Witness: &Witness{Params: Params{"alpha": nil}, Target: []float64{0.9},
			A: []float64{1.5}, B: []float64{2.197224577336219}, Note: "underconfident: A = 1.5 is better than the true logit log 9"}},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Lin et al., Focal loss for dense object detection", "arXiv:1708.02002, equation 5"}},

	evaluate: pointwise(func(a Args, z, target float64) derivatives {
		gamma := a.Scalar("gamma")
		y, notY := num(target), sub(num(1), num(target))
		up, down := logistic(z), logistic(-z)
		weight := focalWeight(a, target)
		wrong, right := add(mul(notY, up), mul(y, down)), add(mul(y, up), mul(notY, down))
		entropy := add(mul(y, softplus(-z)), mul(notY, softplus(z)))

		var logWrong wide
		switch {
		case target == 0:
			logWrong = neg(softplus(-z))
		case target == 1:
			logWrong = neg(softplus(z))
		case wrong.exp >= 0: // q ≥ ½
			logWrong = log1p(neg(right))
		default:
			logWrong = logarithm(wrong)
		}
		modulator := power(wrong, logWrong, gamma)

		side := sub(notY, y) // 1 − 2y
		r := div(num(1), add(mul(notY, div(num(1), down)), mul(y, div(num(1), up))))
		d := sub(mul(notY, up), mul(y, down))
		push := mul(num(gamma), side, r)
		slope := add(mul(push, entropy), d)
		lean := neg(tilt(z)) // σ(−z) − σ(z)
		bend := add(mul(push, add(slope, d)), mul(push, sub(lean, mul(side, r)), entropy), mul(up, down))
		return derivatives{
			Value:      mul(weight, modulator, entropy),
			Grad:       mul(weight, modulator, slope),
			Second:     mul(weight, modulator, bend),
			TargetGrad: mul(modulator, focalByTarget(a, z, target, weight, entropy, wrong)),
		}
	}),
})

// focalWeight returns α·y + (1−α)·(1−y), and 1 where α is off.
func focalWeight(a Args, target float64) wide {
	if !a.On("alpha") {
		return num(1)
	}
	alpha, y := num(a.Scalar("alpha")), num(target)
	return add(mul(alpha, y), mul(sub(num(1), alpha), sub(num(1), y)))
}

// focalByTarget returns (2α−1)·B + a·(γ·(σ(−z)−σ(z))·(B/q) − z).
//
// For a hard target and a confident mistake, |z| > 1, B is near |z| and the three terms may cancel to
// e^−|z|, as they do for α = ¼ and γ = 1. There, −z = ±(B − sp(−|z|)) and
// (σ(−z)−σ(z))/q = ±(1 − e^−|z|), so that B has a coefficient of its own.
func focalByTarget(a Args, z, target float64, weight, entropy, wrong wide) wide {
	gamma, byAlpha := num(a.Scalar("gamma")), wide{}
	if a.On("alpha") {
		byAlpha = sub(num(2*a.Scalar("alpha")), num(1))
	}
	if math.IsInf(z, 0) { // B is q·|z| there: what multiplies |z| decides the sign
		slope := mul(weight, add(gamma, num(1)))
		if z > 0 {
			slope = neg(slope)
		}
		return mul(num(math.Inf(1)), add(mul(byAlpha, wrong), slope))
	}
	if target == 1 && z < -1 || target == 0 && z > 1 {
		near := -math.Abs(z)
		rest := mul(weight, add(mul(gamma, exponential(num(near)), entropy), softplus(near)))
		share := mul(weight, add(gamma, num(1)))
		if target == 1 {
			share, rest = neg(share), neg(rest)
		}
		return add(mul(sub(byAlpha, share), entropy), rest)
	}
	ratio := num(1) // B/q where both vanish
	if !wrong.zero() {
		ratio = div(entropy, wrong)
	}
	return add(mul(byAlpha, entropy), mul(weight, sub(neg(mul(gamma, tilt(z), ratio)), num(z))))
}

// focalSlope2 is focalSlope(2).
const focalSlope2 = 1.1289832185683982

// focalSlope returns C(γ), the largest q^γ·(q − γ·p·log p) over p in [0, 1], q = 1−p: the
// Lipschitz constant of the focal loss in its logit. It is where the second derivative
// changes sign, (1+2γ)·q + γ·log p·(1−(1+γ)·p) = 0, of which the left side rises from −∞
// at p = 0 to a positive number at p = 1/(1+γ).
func focalSlope(gamma float64) float64 {
	if gamma == 0 {
		return 1
	}
	low, high := 0.0, 1/(1+gamma)
	for range 200 {
		p := low + (high-low)/2
		if (1+2*gamma)*(1-p)+gamma*logarithm(num(p)).float()*(1-(1+gamma)*p) < 0 {
			low = p
		} else {
			high = p
		}
	}
	p := high
	log := logarithm(num(p)).float()
	return math.Exp(gamma*math.Log1p(-p)) * ((1 - p) - gamma*p*log)
}

// focalSoftSlope bounds q^γ·|γ·(1−2y)·r·B + d| for any y: |d| ≤ 1, and with r ≤ σ(z)/y and
// r ≤ σ(−z)/(1−y) the two terms of r·B are at most σ(z)·sp(−z) ≤ 1/e and the same for −z.
func focalSoftSlope(gamma float64) float64 { return 1 + 2*gamma/math.E }
