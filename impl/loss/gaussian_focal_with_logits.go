package loss

// Focal loss of a logit against a heatmap of bumps around each object's centre.
//
// # Formula
//
//	L(z, y) = σ(−z)^α·sp(−z) for y = 1, (1−y)^γ·σ(z)^α·sp(z) for y < 1
//
// in nats, with α = alpha and γ = gamma.
//
// # Gradient
//
//	∂L/∂z   = −σ(−z)^α·(σ(−z) + α·σ(z)·sp(−z)) for y = 1, (1−y)^γ·σ(z)^α·(σ(z) + α·σ(−z)·sp(z)) for y < 1
//	∂²L/∂z² = the same for y = 1 at −z, (1−y)^γ·σ(z)^α·(α·σ(−z)·sp(z)·(α·σ(−z) − σ(z)) + (2α+1)·σ(z)·σ(−z)) for y < 1
//	∂L/∂y   = 0 for y = 1, −γ·(1−y)^(γ−1)·σ(z)^α·sp(z) for y < 1
//
// # Domain
//
// z any number or infinity, y in [0, 1], α ≥ 0, γ ≥ 0. y = 1 is meant exactly: the number below it is a negative.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 1) = +Inf, gradient −1
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, 0) = +Inf, gradient 1
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient: the bound of the focal loss of a negative, whose terms are of one sign, times (1−y)^γ,
// which has γ·|log(1−y)| times 2^-69, below 2^-55 wherever the result is not far below the smallest float64 (see power).
// The rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// Both powers are exponentials of logarithms that do not cancel.
//
// # References
//
// Law and Deng, CornerNet: detecting objects as paired keypoints, 2018, arXiv:1808.01244, equation 1, of which β is γ here.
var GaussianFocalWithLogits = declare(Loss{
	Name:     "gaussian_focal_with_logits",
	Title:    "focal loss of a logit against a heatmap",
	Shape:    Point,
	Formula:  "L = σ(−z)^α·sp(−z) for y = 1, (1−y)^γ·σ(z)^α·sp(z) for y < 1",
	Gradient: "∂L/∂z = −σ(−z)^α·(σ(−z) + α·σ(z)·sp(−z)) for y = 1, (1−y)^γ·σ(z)^α·(σ(z) + α·σ(−z)·sp(z)) for y < 1",
	Second:   "∂²L/∂z² = the same for y = 1 at −z, (1−y)^γ·σ(z)^α·(α·σ(−z)·sp(z)·(α·σ(−z) − σ(z)) + (2α+1)·σ(z)·σ(−z)) for y < 1",
	ByTarget: "∂L/∂y = 0 for y = 1, −γ·(1−y)^(γ−1)·σ(z)^α·sp(z) for y < 1",

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     UnitInterval,
	Params:     heatmapParams,
	SpecialCases: []string{
		"L(+Inf, 1) = +0, gradient 0",
		"L(−Inf, 1) = +Inf, gradient −1",
		"L(−Inf, 0) = +0, gradient 0",
		"L(+Inf, 0) = +Inf, gradient 1",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of GaussianFocalWithLogits"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{3}, Note: "0 is the limit only"}},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "in the limit"},
		{Property: Convex, Holds: false, Witness: &Witness{Params: Params{"alpha": {20}}, Target: []float64{1}, A: []float64{-12}, B: []float64{-2}}},
		{Property: Lipschitz, Holds: true, Constant: focalSlope2, Norm: AbsoluteValue, Statement: "C(α) for y = 1 and (1−y)^γ·C(α) below, with the C of the focal loss",
			ConstantFor: func(a Args, target []float64) float64 {
				return mul(heatmapWeight(a, target[0]), num(focalSlope(a.Scalar("alpha")))).atMost()
			}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{-1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(z, y) = L(−z, 1−y)", When: hardTarget},
		{Property: Symmetric, Holds: false, Statement: "L(z, y) = L(−z, 1−y) for 0 < y < 1", Witness: &Witness{Target: []float64{0.5}, TargetB: []float64{0.5}, A: []float64{1}, B: []float64{-1}}},
		{Property: Proper, Holds: false, Source: "arXiv:2011.09172", Witness: &Witness{Target: []float64{0.9}, A: []float64{1.5}, B: []float64{2.197224577336219}, Note: "underconfident: A = 1.5 is better than the true logit log 9"}},
		{Property: Differentiable, Holds: true},
	},
	Identities: []Identity{
		{Statement: "for y 0 or 1 the loss is the focal loss without α and with γ = alpha", Source: heatmapSource,
			Terms: func(a Args, pred, target []float64) []Multiple {
				if !zeroOrOne(target[0]) {
					return nil
				}
				return []Multiple{term(1, "sigmoid_focal", Params{"alpha": nil, "gamma": {a.Scalar("alpha")}}, pred[0], target[0], 1)}
			}},
		{Statement: "for y < 1 the loss is (1−y)^γ times that of y = 0", Source: heatmapSource,
			Terms: func(a Args, pred, target []float64) []Multiple {
				weight := heatmapWeight(a, target[0]).float()
				if target[0] == 1 || weight < 0x1p-900 {
					return nil
				}
				return []Multiple{term(weight, "gaussian_focal_with_logits", Params{"alpha": {a.Scalar("alpha")}}, pred[0], 0, 1).within(0x1p-52)}
			}},
	},
	Sources: []Source{{"Law and Deng, CornerNet: detecting objects as paired keypoints", "arXiv:1808.01244, equation 1"}},

	evaluate: pointwise(func(a Args, z, y float64) derivatives {
		if y == 1 {
			value, slope, bend := negativeFocal(-z, a.Scalar("alpha"), false)
			return derivatives{Value: value, Grad: neg(slope), Second: bend}
		}
		weight := heatmapWeight(a, y)
		value, slope, bend := negativeFocal(z, a.Scalar("alpha"), false)
		byTarget := neg(div(mul(num(a.Scalar("gamma")), weight, value), sub(num(1), num(y))))
		return derivatives{mul(weight, value), mul(weight, slope), mul(weight, bend), byTarget}
	}),
})

const heatmapSource = "arXiv:1808.01244, equation 1, beside equation 5 of the focal loss, arXiv:1708.02002"

var heatmapParams = []Param{
	{Name: "alpha", Kind: Scalar, Domain: NonNegative, Default: []float64{2}, Meaning: "focusing exponent α: how fast easy pixels lose weight"},
	{Name: "gamma", Kind: Scalar, Domain: NonNegative, Default: []float64{4}, Meaning: "exponent γ of 1−y: how fast pixels near a centre lose weight as negatives"},
}

// heatmapWeight returns (1−y)^γ, and 1 for y = 1.
func heatmapWeight(a Args, y float64) wide {
	if y == 1 {
		return num(1)
	}
	return power(sub(num(1), num(y)), log1p(num(-y)), a.Scalar("gamma"))
}
