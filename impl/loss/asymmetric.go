package loss

// Asymmetric loss of a logit: a focal loss with an exponent for each class, and negatives that are forgiven below a clip.
//
// # Formula
//
//	L(z, y) = σ(−z)^γ₊·sp(−z) for y = 1, u^γ₋·(−log(1−u)) for y = 0, u = max(σ(z) − m, 0)
//
// in nats, with γ₊ = gamma_pos, γ₋ = gamma_neg, m = clip. A negative with σ(z) ≤ m has the loss 0, 0^0 included.
//
// # Gradient
//
//	∂L/∂z   = −σ(−z)^γ₊·(σ(−z) + γ₊·σ(z)·sp(−z)) for y = 1
//	∂L/∂z   = u^γ₋·r·(γ₋·ℓ/u + 1/(1−u)) for y = 0, r = σ(z)·σ(−z), ℓ = −log(1−u)
//	∂²L/∂z² = σ(−z)^γ₊·(γ₊·σ(z)·sp(−z)·(γ₊·σ(z) − σ(−z)) + (2γ₊+1)·r) for y = 1
//	∂²L/∂z² = u^γ₋·r·(r·(γ₋·(γ₋−1)·ℓ/u² + 2γ₋/(u·(1−u)) + 1/(1−u)²) + (σ(−z)−σ(z))·(γ₋·ℓ/u + 1/(1−u))) for y = 0
//	∂L/∂y   = L(z, 1) − L(z, 0)
//
// Under the convention modulator=constant the terms with γ₊ and γ₋ as a factor are left out. For γ₋ = 0 the slope
// jumps at the clip from 0 to m; the reference says 0 there.
//
// # Domain
//
// z any number or infinity, y 0 or 1, γ₊ ≥ 0, γ₋ ≥ 0, 0 ≤ m < 1.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 1) = +Inf, gradient −1
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, 0) = (1−m)^γ₋·(−log m), gradient 0; for m = 0 it is +Inf, gradient 1
//	L(z, 0) = +0 for σ(z) ≤ m, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. u has 2^-67 of the larger of its two terms, of which κ counts all that is
// lost next to the clip, but for next to z = 0 and m = ½, where u is (1 − 2m + tanh(z/2))/2. 1 − u is σ(−z) + m, a sum. The
// powers are as in Varifocal, and the terms of the gradient are of one sign. The rounding at the end is ½ ulp, and up to ½ more
// in the subnormal range.
//
// # Method
//
// As the formula stands, with 1 − u never a difference.
//
// # References
//
// Ridnik et al., Asymmetric loss for multi-label classification, 2021, arXiv:2009.14119, equations 4 to 7; its published
// code holds the power constant by an option.
var Asymmetric = declare(Loss{
	Name:     "asymmetric",
	Title:    "asymmetric loss of a logit, focal with a clip for negatives",
	Aliases:  []string{"asl"},
	Shape:    Point,
	Formula:  "L = σ(−z)^γ₊·sp(−z) for y = 1, u^γ₋·(−log(1−u)) for y = 0, u = max(σ(z) − m, 0)",
	Gradient: "∂L/∂z = −σ(−z)^γ₊·(σ(−z) + γ₊·σ(z)·sp(−z)) for y = 1, u^γ₋·r·(γ₋·ℓ/u + 1/(1−u)) for y = 0, r = σ(z)·σ(−z), ℓ = −log(1−u)",
	Second:   "∂²L/∂z² = σ(−z)^γ₊·(γ₊·σ(z)·sp(−z)·(γ₊·σ(z) − σ(−z)) + (2γ₊+1)·r) for y = 1, u^γ₋·r·(r·(γ₋·(γ₋−1)·ℓ/u² + 2γ₋/(u·(1−u)) + 1/(1−u)²) + (σ(−z)−σ(z))·(γ₋·ℓ/u + 1/(1−u))) for y = 0",
	ByTarget: "∂L/∂y = L(z, 1) − L(z, 0)",

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Binary,
	Params: []Param{
		{Name: "gamma_pos", Kind: Scalar, Domain: NonNegative, Default: []float64{1}, Meaning: "focusing exponent γ₊ of positives"},
		{Name: "gamma_neg", Kind: Scalar, Domain: NonNegative, Default: []float64{4}, Meaning: "focusing exponent γ₋ of negatives"},
		{Name: "clip", Kind: Scalar, Domain: BelowOne, Default: []float64{0.05}, Meaning: "probability m up to which a negative costs nothing"},
	},
	Conventions: []Convention{modulator},
	SpecialCases: []string{
		"L(+Inf, 1) = +0, gradient 0",
		"L(−Inf, 1) = +Inf, gradient −1",
		"L(−Inf, 0) = +0, gradient 0",
		"L(+Inf, 0) = (1−m)^γ₋·(−log m), gradient 0; for m = 0 it is +Inf, gradient 1",
		"L(z, 0) = +0 for σ(z) ≤ m, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Asymmetric"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, When: positiveTarget, Witness: &Witness{Target: []float64{1}, A: []float64{3}, Note: "0 is the limit only"}},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "for y = 0 and m > 0 where σ(z) ≤ m, else in the limit"},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0}, B: []float64{12}, Note: "bounded, and not constant"}},
		{Property: Lipschitz, Holds: true, Constant: 1.0453333916694747, Norm: AbsoluteValue, Statement: "C(γ₊) for y = 1, and C(γ₋) for y = 0 without a clip, with the C of the focal loss",
			When: &Condition{"for a modulator that is differentiated, and y = 1 or m = 0", func(a Args, _, target []float64) bool {
				return !a.held() && (target[0] == 1 || a.Scalar("clip") == 0)
			}},
			ConstantFor: func(a Args, target []float64) float64 { return focalSlope(asymmetricExponent(a, target[0])) }},
		{Property: Bounded, Holds: true, Low: 0, High: 2.4400426601364358, Statement: "(1−m)^γ₋·(−log m), which falls with m and with γ₋",
			When: &Condition{"for y = 0, m ≥ 0.05 and γ₋ ≥ 4", func(a Args, _, target []float64) bool {
				return target[0] == 0 && a.Scalar("clip") >= 0.05 && a.Scalar("gamma_neg") >= 4
			}}},
		{Property: Bounded, Holds: false, When: positiveTarget, Witness: &Witness{Target: []float64{1}, A: []float64{-1e300}}},
		{Property: Symmetric, Holds: false, Statement: "L(z, y) = L(−z, 1−y)", Witness: &Witness{Target: []float64{1}, TargetB: []float64{0}, A: []float64{1}, B: []float64{-1}}},
		{Property: Proper, Holds: false, Witness: &Witness{Target: []float64{0.5}, A: []float64{1}, B: []float64{0}, Note: "overconfident: negatives weigh less"}},
		{Property: Differentiable, Holds: true, When: &Condition{"for y = 1, m = 0 or γ₋ > 0", func(a Args, _, target []float64) bool { return !clipKink(a, target[0]) }}},
		{Property: Differentiable, Holds: false, When: &Condition{"for y = 0, m > 0 and γ₋ = 0", func(a Args, _, target []float64) bool { return clipKink(a, target[0]) }},
			Witness: &Witness{Params: Params{"gamma_neg": {0}, "clip": {0.5}}, Target: []float64{0}, A: []float64{-0.5}, B: []float64{0.5}, Note: "a kink at σ(z) = m"}},
	},
	Detached: func(a Args, _, target []float64) bool { return a.held() && asymmetricExponent(a, target[0]) > 0 },
	Kinks: func(a Args, pred, target []float64) []float64 {
		if !clipKink(a, target[0]) {
			return nil
		}
		return []float64{beyondClip(a, pred[0]).float()}
	},
	Identities: []Identity{{Statement: "for y = 1, and for y = 0 without a clip, the loss is the quality focal loss with β = γ₊ or γ₋", Source: asymmetricSource,
		Terms: func(a Args, pred, target []float64) []Multiple {
			if target[0] == 0 && a.Scalar("clip") > 0 {
				return nil
			}
			slope := 1.0
			if a.held() {
				slope = 0
			}
			return []Multiple{term(1, "quality_focal", Params{"beta": {asymmetricExponent(a, target[0])}}, pred[0], target[0], slope)}
		}}},
	Sources: []Source{{"Ridnik et al., Asymmetric loss for multi-label classification", "arXiv:2009.14119, equations 4 to 7"}},

	evaluate: pointwise(func(a Args, z, y float64) derivatives {
		positive, slope, bend := negativeFocal(-z, a.Scalar("gamma_pos"), a.held())
		negative := clippedFocal(a, z)
		byTarget := sub(positive, negative.Value)
		if y == 1 {
			return derivatives{positive, neg(slope), bend, byTarget}
		}
		negative.TargetGrad = byTarget
		return negative
	}),
})

const asymmetricSource = "arXiv:2009.14119, equations 4 to 7, beside equation 5 of the focal loss, arXiv:1708.02002"

// asymmetricExponent is γ₊ or γ₋.
func asymmetricExponent(a Args, y float64) float64 {
	if y == 1 {
		return a.Scalar("gamma_pos")
	}
	return a.Scalar("gamma_neg")
}

// clipKink reports whether the loss has a kink at the clip.
func clipKink(a Args, y float64) bool {
	return y == 0 && a.Scalar("clip") > 0 && a.Scalar("gamma_neg") == 0
}

// beyondClip is σ(z) − m.
func beyondClip(a Args, z float64) wide {
	m := num(a.Scalar("clip"))
	return balance(m, sub(num(1), m), z)
}

// clippedFocal is the loss of a negative.
func clippedFocal(a Args, z float64) (d derivatives) {
	gamma, held := a.Scalar("gamma_neg"), a.held()
	if a.Scalar("clip") == 0 {
		d.Value, d.Grad, d.Second = negativeFocal(z, gamma, held)
		return d
	}
	u := beyondClip(a, z)
	if u.hi <= 0 {
		return d
	}
	up, down := logistic(z), logistic(-z)
	r, rest := mul(up, down), plus(down, num(a.Scalar("clip"))) // rest = 1 − u
	ell, logU := neg(log1p(neg(u))), logarithm(u)
	if u.exp >= 0 { // u ≥ ½
		ell, logU = neg(logarithm(rest)), log1p(neg(rest))
	}
	g, m := num(gamma), power(u, logU, gamma)
	if held {
		g = wide{}
	}
	slope := add(div(mul(g, ell), u), div(num(1), rest))
	curve := div(num(1), mul(rest, rest))
	curve = add(curve, div(mul(num(2), g), mul(u, rest)), div(mul(g, sub(g, num(1)), ell), mul(u, u)))
	d.Value, d.Grad = mul(m, ell), mul(m, r, slope)
	d.Second = mul(m, r, sub(mul(r, curve), mul(tilt(z), slope)))
	return d
}
