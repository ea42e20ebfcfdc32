package loss

// Varifocal loss of a logit against a quality.
//
// # Formula
//
//	L(z, y) = y·B for y > 0, α·σ(z)^γ·sp(z) for y = 0, B = y·sp(−z) + (1−y)·sp(z)
//
// in nats, with α = alpha and γ = gamma.
//
// # Gradient
//
//	∂L/∂z   = y·((1−y)·σ(z) − y·σ(−z)) for y > 0, α·σ(z)^γ·(σ(z) + γ·σ(−z)·sp(z)) for y = 0
//	∂²L/∂z² = y·σ(z)·σ(−z) for y > 0, α·σ(z)^γ·(γ·σ(−z)·sp(z)·(γ·σ(−z) − σ(z)) + (2γ+1)·σ(z)·σ(−z)) for y = 0
//	∂L/∂y   = sp(z) − 2y·z for y > 0, 0 for y = 0
//
// Under the convention modulator=constant σ(z)^γ is a constant of the gradient, which for y = 0 is α·σ(z)^(γ+1). The loss
// jumps in y at 0: the smallest positive y is a positive.
//
// # Domain
//
// z any number or infinity, y in [0, 1], α ≥ 0, γ ≥ 0.
//
// # Special cases
//
//	L(+Inf, 0) = +Inf, gradient α
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 1) = +Inf, gradient −1
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. sp and σ have 2^-67, and σ^γ = e^(−γ·sp(−z)) has γ·|log σ| times 2^-69, below 2^-55
// wherever the result is not far below the smallest float64 (see power). The terms are of one sign but for the gradient
// of a positive, where κ counts the change of y in full. The rounding at the end is ½ ulp, and up to ½ more in the
// subnormal range.
//
// # Method
//
// The power is an exponential of γ·sp(−z), so that it neither underflows nor is raised to γ−1.
//
// # References
//
// Zhang et al., VarifocalNet: an IoU-aware dense object detector, 2021, arXiv:2008.13367, equation 2; RT-DETR holds
// the power constant (arXiv:2304.08069, its published code).
var Varifocal = declare(Loss{
	Name:     "varifocal",
	Title:    "varifocal loss of a logit against a quality",
	Aliases:  []string{"vfl"},
	Shape:    Point,
	Formula:  "L = y·B for y > 0, α·σ(z)^γ·sp(z) for y = 0, B = y·sp(−z) + (1−y)·sp(z)",
	Gradient: "∂L/∂z = y·((1−y)·σ(z) − y·σ(−z)) for y > 0, α·σ(z)^γ·(σ(z) + γ·σ(−z)·sp(z)) for y = 0",
	Second:   "∂²L/∂z² = y·σ(z)·σ(−z) for y > 0, α·σ(z)^γ·(γ·σ(−z)·sp(z)·(γ·σ(−z) − σ(z)) + (2γ+1)·σ(z)·σ(−z)) for y = 0",
	ByTarget: "∂L/∂y = sp(z) − 2y·z for y > 0, 0 for y = 0",
	Definition: `
		m = exp(-gamma*softplus(-z))
		value = if(y == 0, alpha*if(modulator_constant, stop(m), m)*softplus(z), y*(y*softplus(-z) + (1 - y)*softplus(z)))`,

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     UnitInterval,
	Params: []Param{
		{Name: "alpha", Kind: Scalar, Domain: NonNegative, Default: []float64{0.75}, Meaning: "weight α of a negative"},
		focusing,
	},
	Conventions: []Convention{modulator},
	SpecialCases: []string{
		"L(+Inf, 0) = +Inf, gradient α",
		"L(−Inf, 0) = +0, gradient 0",
		"L(+Inf, 1) = +0, gradient 0",
		"L(−Inf, 1) = +Inf, gradient −1",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Varifocal"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{3}, Note: "0 is the limit only"}},
		{Property: Minimum, Holds: true, Statement: "y times the entropy of y, at σ(z) = y; 0 in the limit for y = 0",
			ConstantFor: func(_ Args, target []float64) float64 {
				y := num(target[0])
				return mul(y, num(logLossMinimum(y, sub(num(1), y)))).float()
			}},
		{Property: Convex, Holds: true, When: positiveTarget},
		{Property: Convex, Holds: false, When: zeroTarget, Witness: &Witness{Params: Params{"gamma": {20}}, Target: []float64{0}, A: []float64{12}, B: []float64{2}}},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue, Statement: "y·max(y, 1−y) for y > 0; α·C(γ) for y = 0, with the C of the focal loss",
			When: &Condition{"for a modulator that is differentiated, or y > 0", func(a Args, _, target []float64) bool { return !a.held() || target[0] > 0 }},
			ConstantFor: func(a Args, target []float64) float64 {
				if y := target[0]; y > 0 {
					return mul(num(y), num(max(y, sub(num(1), num(y)).atMost()))).atMost()
				}
				return mul(num(a.Scalar("alpha")), num(focalSlope(a.Scalar("gamma")))).atMost()
			}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{-1e300}}},
		{Property: Symmetric, Holds: false, Statement: "L(z, y) = L(−z, 1−y)", Witness: &Witness{Target: []float64{1}, TargetB: []float64{0}, A: []float64{1}, B: []float64{-1}}},
		{Property: Proper, Holds: false, Witness: &Witness{Target: []float64{0.5}, A: []float64{0.5}, B: []float64{0}, Note: "overconfident: negatives weigh less"}},
		{Property: Differentiable, Holds: true},
	},
	Detached: func(a Args, _, target []float64) bool { return a.held() && a.Scalar("gamma") > 0 && target[0] == 0 },
	Identities: []Identity{
		{Statement: "for y = 0 the loss is α times the quality focal loss with β = γ", Source: varifocalSource,
			Terms: func(a Args, pred, target []float64) []Multiple {
				if target[0] != 0 {
					return nil
				}
				slope := 1.0
				if a.held() {
					slope = 0
				}
				return []Multiple{term(a.Scalar("alpha"), "quality_focal", Params{"beta": {a.Scalar("gamma")}}, pred[0], 0, slope)}
			}},
		{Statement: "for y > 0 the loss is y times the binary cross-entropy", Source: varifocalSource,
			Terms: func(_ Args, pred, target []float64) []Multiple {
				if target[0] == 0 {
					return nil
				}
				return []Multiple{term(target[0], "binary_cross_entropy_with_logits", nil, pred[0], target[0], 1)}
			}},
	},
	Sources: []Source{{"Zhang et al., VarifocalNet: an IoU-aware dense object detector", "arXiv:2008.13367, equation 2"}},

	evaluate: pointwise(func(a Args, z, target float64) derivatives {
		y, notY := num(target), sub(num(1), num(target))
		if target > 0 {
			return derivatives{
				Value:      mul(y, bernoulliEntropy(z, target)),
				Grad:       mul(y, balance(y, notY, z)),
				Second:     mul(y, logistic(z), logistic(-z)),
				TargetGrad: entropySlope(z, target),
			}
		}
		alpha := num(a.Scalar("alpha"))
		value, slope, bend := negativeFocal(z, a.Scalar("gamma"), a.held())
		return derivatives{Value: mul(alpha, value), Grad: mul(alpha, slope), Second: mul(alpha, bend)}
	}),
})

const varifocalSource = "arXiv:2008.13367, equation 2, beside equation 5 of the focal loss, arXiv:1708.02002"
