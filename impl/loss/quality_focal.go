package loss

import "math"

// Quality focal loss of a logit against a quality.
//
// # Formula
//
//	L(z, y) = |u|^β·B, u = (1−y)·σ(z) − y·σ(−z), B = y·sp(−z) + (1−y)·sp(z)
//
// in nats, with β = beta. u is σ(z) − y, and B the binary cross-entropy.
//
// # Gradient
//
//	∂L/∂z   = |u|^β·(u + β·sgn u·r·B), r = σ(z)·σ(−z)/|u|
//	∂²L/∂z² = |u|^β·((1+2β)·σ(z)·σ(−z) + β·r·B·((β−1)·r + sgn u·(σ(−z) − σ(z))))
//	∂L/∂y   = −|u|^β·(β·sgn u·B/|u| + z)
//
// # Domain
//
// z any number or infinity, y in [0, 1], β ≥ 0.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, y) = +Inf for y < 1, gradient (1−y)^(β+1)
//	L(−Inf, y) = +Inf for y > 0, gradient −y^(β+1)
//	L(0, ½) = +0 for β > 0, gradient 0 for β ≥ 1, and NaN for β < 1, where the slope has no bound
//	β = 0: L is the binary cross-entropy, 0^0 being 1
//
// At β = 1 and u = 0 the gradient is any number between −σ(z)·σ(−z)·B and that number; the reference says 0.
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. B has 2^-66, and u, which for a hard target is one σ, else 2^-67 of the larger part; where
// the parts cancel κ ≥ β·y/|u| counts the change of y in full, and next to z = 0 u is held by e^z − 1 (see balance).
// log |u| is −sp for hard targets; else log1p of 1 − |u|, which is a sum, for |u| ≥ ½. |u|^β has β·|log |u|| times 2^-67,
// below 2^-54 wherever the result is not far below the smallest float64 (see power). The rounding at the end is ½ ulp, and
// up to ½ more in the subnormal range.
//
// # Method
//
// σ(z) − y is never computed as a difference of rounded numbers: for y = 1 it would be 0 from z = 37 on.
//
// # References
//
// Li et al., Generalized focal loss, 2020, arXiv:2006.04388, equation 5.
var QualityFocal = declare(Loss{
	Name:     "quality_focal",
	Title:    "quality focal loss of a logit against a quality",
	Aliases:  []string{"qfl"},
	Shape:    Point,
	Formula:  "L = |u|^β·B, u = (1−y)·σ(z) − y·σ(−z), B = y·sp(−z) + (1−y)·sp(z)",
	Gradient: "∂L/∂z = |u|^β·(u + β·sgn u·r·B), r = σ(z)·σ(−z)/|u|",
	Second:   "∂²L/∂z² = |u|^β·((1+2β)·σ(z)·σ(−z) + β·r·B·((β−1)·r + sgn u·(σ(−z) − σ(z))))",
	ByTarget: "∂L/∂y = −|u|^β·(β·sgn u·B/|u| + z)",

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     UnitInterval,
	Params: []Param{{Name: "beta", Kind: Scalar, Domain: NonNegative, Default: []float64{2},
		Meaning: "exponent β: how fast a prediction next to its quality loses weight"}},
	SpecialCases: []string{
		"L(+Inf, 1) = +0, gradient 0",
		"L(−Inf, 0) = +0, gradient 0",
		"L(+Inf, y) = +Inf for y < 1, gradient (1−y)^(β+1)",
		"L(−Inf, y) = +Inf for y > 0, gradient −y^(β+1)",
		"L(0, ½) = +0 for β > 0, gradient 0 for β ≥ 1, and NaN for β < 1, where the slope has no bound",
		"β = 0: L is the binary cross-entropy, 0^0 being 1",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of QualityFocal"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, When: hardTarget, Witness: &Witness{Target: []float64{1}, A: []float64{3}, Note: "0 is the limit only"}},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "for β > 0 at σ(z) = y, for y 0 or 1 in the limit"},
		{Property: Convex, Holds: false, Witness: &Witness{Params: Params{"beta": {20}}, Target: []float64{1}, A: []float64{-12}, B: []float64{-2}}},
		{Property: Lipschitz, Holds: true, Constant: focalSlope2, Norm: AbsoluteValue, When: &Condition{"for β = 0, β ≥ 1, or y 0 or 1", func(a Args, _, target []float64) bool {
			beta := a.Scalar("beta")
			return beta == 0 || beta >= 1 || zeroOrOne(target[0])
		}},
			Statement: "C(β) of the focal loss for y 0 or 1; else 1 + β/e, since σ(z)·sp(−z) ≤ 1/e",
			ConstantFor: func(a Args, target []float64) float64 {
				if zeroOrOne(target[0]) {
					return focalSlope(a.Scalar("beta"))
				}
				return 1 + a.Scalar("beta")/math.E
			}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{-1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(z, y) = L(−z, 1−y)"},
		{Property: Proper, Holds: false, Source: "arXiv:2011.09172", Witness: &Witness{Target: []float64{0.9}, A: []float64{1.5}, B: []float64{2.197224577336219}, Note: "underconfident: A = 1.5 is better than the true logit log 9"}},
		{Property: Differentiable, Holds: true, When: &Condition{"for β = 0, β > 1, or y 0 or 1", func(a Args, _, target []float64) bool { return !qualityKink(a, target[0]) }}},
		{Property: Differentiable, Holds: false, When: &Condition{"for 0 < β ≤ 1 and 0 < y < 1", func(a Args, _, target []float64) bool { return qualityKink(a, target[0]) }},
			Witness: &Witness{Params: Params{"beta": {1}}, Target: []float64{0.5}, A: []float64{-0.5}, B: []float64{0.5}, Note: "a kink at σ(z) = y"}},
	},
	Identities: []Identity{
		{Statement: "for β = 0 the loss is the binary cross-entropy", Source: qualitySource, Params: Params{"beta": {0}},
			Terms: func(_ Args, pred, target []float64) []Multiple {
				return []Multiple{term(1, "binary_cross_entropy_with_logits", nil, pred[0], target[0], 1)}
			}},
		{Statement: "for y 0 or 1 the loss is the focal loss without α and with γ = β", Source: qualitySource,
			Terms: func(a Args, pred, target []float64) []Multiple {
				if !zeroOrOne(target[0]) {
					return nil
				}
				return []Multiple{term(1, "sigmoid_focal", Params{"alpha": nil, "gamma": {a.Scalar("beta")}}, pred[0], target[0], 1)}
			}},
	},
	Sources: []Source{{"Li et al., Generalized focal loss", "arXiv:2006.04388, equation 5"}},
	Kinks: func(a Args, pred, target []float64) []float64 {
		if !qualityKink(a, target[0]) {
			return nil
		}
		y := num(target[0])
		return []float64{balance(y, sub(num(1), y), pred[0]).float()}
	},

	evaluate: pointwise(func(a Args, z, target float64) derivatives {
		beta := a.Scalar("beta")
		y, notY := num(target), sub(num(1), num(target))
		up, down, u, entropy := logistic(z), logistic(-z), balance(y, notY, z), bernoulliEntropy(z, target)
		if target == 0 {
			u = up
		} else if target == 1 {
			u = neg(down)
		}
		size, side, rest := u, num(1), add(down, y) // rest = 1 − |u|
		if u.hi < 0 {
			size, side, rest = neg(u), num(-1), add(up, notY)
		}
		v := mul(up, down)
		if size.zero() && beta > 0 && !zeroOrOne(target) && !math.IsInf(z, 0) {
			return derivatives{Grad: cusp(beta, 1), TargetGrad: cusp(beta, 1), Second: mul(v, v, num(2), entropy, cusp(beta, 2))}
		}
		var log wide
		r := div(v, size)
		switch {
		case target == 0:
			log, r = neg(softplus(-z)), down
		case target == 1:
			log, r = neg(softplus(z)), up
		case size.exp >= 0:
			log = log1p(neg(rest))
		default:
			log = logarithm(size)
		}
		m, b := power(size, log, beta), num(beta)
		pull := mul(b, r, entropy)
		lean := mul(side, neg(tilt(z)))
		ratio := num(1) // B/|u| where both vanish
		if !size.zero() {
			ratio = div(entropy, size)
		}
		return derivatives{
			Value:      mul(m, entropy),
			Grad:       mul(m, add(u, mul(side, pull))),
			Second:     mul(m, add(mul(num(1+2*beta), v), mul(pull, add(mul(num(beta-1), r), lean)))),
			TargetGrad: neg(mul(m, add(mul(b, side, ratio), num(z)))),
		}
	}),
})

const qualitySource = "arXiv:2006.04388, equation 5, beside equation 5 of the focal loss, arXiv:1708.02002"

// qualityKink reports whether the loss is not smooth at σ(z) = y.
func qualityKink(a Args, y float64) bool {
	beta := a.Scalar("beta")
	return 0 < beta && beta <= 1 && !zeroOrOne(y)
}

// cusp is a derivative of |u|^β at u = 0, less a factor, of the order that it has: 0 where β is above the order, NaN where
// there is none.
func cusp(beta float64, order float64) wide {
	switch {
	case beta > order || beta == 1 && order == 1:
		return wide{}
	case beta == order:
		return num(1)
	}
	return notANumber
}
