package loss

// Focal loss of a probability against a heatmap of bumps around each object's centre.
//
// # Formula
//
//	L(p, y) = −(1−p)^α·log p for y = 1, −(1−y)^γ·p^α·log(1−p) for y < 1
//
// in nats, with α = alpha and γ = gamma.
//
// # Gradient
//
//	∂L/∂p   = (1−p)^α·(α·log p/(1−p) − 1/p) for y = 1, (1−y)^γ·p^α·(1/(1−p) − α·log(1−p)/p) for y < 1
//	∂²L/∂p² = (1−y)^γ·p^α·(−α·(α−1)·log(1−p)/p² + 2α/(p·(1−p)) + 1/(1−p)²) for y < 1
//	∂L/∂y   = 0 for y = 1, γ·(1−y)^(γ−1)·p^α·log(1−p) for y < 1
//
// For y = 1 the second derivative is that of y = 0 at 1−p.
//
// # Domain
//
// p and y in [0, 1], α ≥ 0, γ ≥ 0. y = 1 is meant exactly: the number below it is a negative.
//
// # Special cases
//
//	L(0, 1) = +Inf, gradient −Inf
//	L(1, 1) = +0, gradient 0 for α > 0, −1 for α = 0
//	L(1, 0) = +Inf, gradient +Inf
//	L(0, 0) = +0, gradient 0 for α > 0, 1 for α = 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. 1−p has 2^-103, log p and log1p(−p) 2^-69, also where p is subnormal or next to 1, and
// each power its exponent times the logarithm of its base times that, below 2^-55 wherever the result is not far below the
// smallest float64 (see power). All terms are of one sign. The rounding at the end is ½ ulp, and up to ½ more in the
// subnormal range.
//
// # Method
//
// log(1−p)/p, which is −1 at p = 0, takes the place of p^(α−1)·log(1−p), so that no power is negative.
//
// # References
//
// Law and Deng, CornerNet: detecting objects as paired keypoints, 2018, arXiv:1808.01244, equation 1, of which β is γ here.
var GaussianFocal = declare(Loss{
	Name:     "gaussian_focal",
	Title:    "focal loss of a probability against a heatmap",
	Shape:    Point,
	Formula:  "L = −(1−p)^α·log p for y = 1, −(1−y)^γ·p^α·log(1−p) for y < 1",
	Gradient: "∂L/∂p = (1−p)^α·(α·log p/(1−p) − 1/p) for y = 1, (1−y)^γ·p^α·(1/(1−p) − α·log(1−p)/p) for y < 1",
	Second:   "∂²L/∂p² = (1−y)^γ·p^α·(−α·(α−1)·log(1−p)/p² + 2α/(p·(1−p)) + 1/(1−p)²) for y < 1",
	ByTarget: "∂L/∂y = 0 for y = 1, γ·(1−y)^(γ−1)·p^α·log(1−p) for y < 1",

	Prediction: UnitInterval,
	Targets:    Targets{Number},
	Target:     UnitInterval,
	Params:     heatmapParams,
	SpecialCases: []string{
		"L(0, 1) = +Inf, gradient −Inf",
		"L(1, 1) = +0, gradient 0 for α > 0, −1 for α = 0",
		"L(1, 0) = +Inf, gradient +Inf",
		"L(0, 0) = +0, gradient 0 for α > 0, 1 for α = 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of GaussianFocal"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at p = 1 for y = 1, at p = 0 for y < 1"},
		{Property: Convex, Holds: true, When: &Condition{"for α = 0 or α ≥ 1: a series in p or in 1−p of positive terms, all of them convex", func(a Args, _, _ []float64) bool {
			return a.Scalar("alpha") == 0 || a.Scalar("alpha") >= 1
		}}},
		{Property: Lipschitz, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{0}, B: []float64{0.5}}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{0}}},
		{Property: Symmetric, Holds: true, Statement: "L(p, y) = L(1−p, 1−y)", When: hardTarget},
		{Property: Differentiable, Holds: true},
	},
	Identities: []Identity{
		{Statement: "for α = 0 and y 0 or 1 the loss is the binary cross-entropy", Source: heatmapSource, Params: Params{"alpha": {0}},
			Terms: func(_ Args, pred, target []float64) []Multiple {
				if !zeroOrOne(target[0]) {
					return nil
				}
				return []Multiple{term(1, "binary_cross_entropy", nil, pred[0], target[0], 1)}
			}},
		{Statement: "for y < 1 the loss is (1−y)^γ times that of y = 0", Source: heatmapSource,
			Terms: func(a Args, pred, target []float64) []Multiple {
				weight := heatmapWeight(a, target[0]).float()
				if target[0] == 1 || weight < 0x1p-900 {
					return nil
				}
				return []Multiple{term(weight, "gaussian_focal", Params{"alpha": {a.Scalar("alpha")}}, pred[0], 0, 1).within(0x1p-52)}
			}},
	},
	Sources: []Source{{"Law and Deng, CornerNet: detecting objects as paired keypoints", "arXiv:1808.01244, equation 1"}},

	evaluate: pointwise(func(a Args, p, y float64) derivatives {
		alpha, hit, miss := a.Scalar("alpha"), num(p), sub(num(1), num(p))
		if y == 1 {
			value, slope, bend := missed(miss, hit, log1p(num(-p)), logarithm(hit), alpha)
			return derivatives{Value: value, Grad: neg(slope), Second: bend}
		}
		weight := heatmapWeight(a, y)
		value, slope, bend := missed(hit, miss, logarithm(hit), log1p(num(-p)), alpha)
		byTarget := neg(div(mul(num(a.Scalar("gamma")), weight, value), sub(num(1), num(y))))
		return derivatives{mul(weight, value), mul(weight, slope), mul(weight, bend), byTarget}
	}),
})

// missed returns −q^α·log(1−q) with its derivatives by q, given q, 1−q and their logarithms.
func missed(q, rest, logQ, logRest wide, alpha float64) (value, slope, bend wide) {
	m, a, ratio := power(q, logQ, alpha), num(alpha), num(1) // −log(1−q)/q
	if !q.zero() {
		ratio = div(neg(logRest), q)
	}
	inverse := div(num(1), rest)
	value = mul(m, neg(logRest))
	slope = mul(m, add(inverse, mul(a, ratio)))
	if alpha == 0 {
		return value, slope, mul(inverse, inverse)
	}
	bend = mul(m, add(mul(a, num(alpha-1), div(ratio, q)), mul(num(2*alpha), div(inverse, q)), mul(inverse, inverse)))
	return value, slope, bend
}
