package loss

import "math"

// Squared error of the sigmoid of a logit.
//
// # Formula
//
//	L(z, y) = f·d², d = (1−y)·σ(z) − y·σ(−z), f = squared_error_factor
//
// where d = σ(z) − y.
//
// # Gradient
//
//	∂L/∂z   = 2f·d·s, s = σ(z)·σ(−z)
//	∂²L/∂z² = 2f·s·(s + d·(σ(−z)−σ(z)))
//	∂L/∂y   = −2f·d
//
// # Domain
//
// z any number or infinity, y in [0, 1], f 1 or ½.
//
// # Special cases
//
//	L(+Inf, y) = f·(1−y)², gradient 0
//	L(−Inf, y) = f·y², gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. σ has a relative error below 2^-69 and 1−y one of
// 2^-103, so that both terms of d have 2^-68 and d an absolute error of 2^-68·2·σ(z)·σ(−z)
// next to d = 0, where both are near σ(z)·σ(−z), and of 2^-68 times the larger term
// elsewhere. κ counts the change of y: y·|∂d/∂y|/|d| = y/|d| ≥ σ(z)σ(−z)/|d|. So the
// error is below 2^-66·(1+κ); squaring doubles both it and κ, the product with s adds
// 2^-67. For y = 0 or 1 there is one term and no subtraction. The rest is the final
// rounding: ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// σ(z) − y loses every digit for y = 1 and z > 36.7, where it is −σ(−z). In the form
// above it does not.
//
// # References
//
// Rumelhart, Hinton and Williams, Learning representations by back-propagating errors,
// 1986. That its gradient vanishes for a confident mistake: Nielsen, Neural Networks and
// Deep Learning, 2015, chapter 3.
var SquaredErrorWithLogits = declare(Loss{
	Name:       "squared_error_with_logits",
	Title:      "squared error of the sigmoid of a logit",
	Shape:      Point,
	Formula:    "L = f·d², d = (1−y)·σ(z) − y·σ(−z), f = squared_error_factor",
	Definition: "squared_error_factor * ((1 - y)*sigmoid(z) - y*sigmoid(-z))^2",
	Gradient:   "∂L/∂z = 2f·d·s, s = σ(z)·σ(−z)",
	Second:     "∂²L/∂z² = 2f·s·(s + d·(σ(−z)−σ(z)))",
	ByTarget:   "∂L/∂y = −2f·d",

	Prediction:  Extended,
	Targets:     Targets{Number},
	Target:      UnitInterval,
	Conventions: []Convention{squaredErrorFactor},
	SpecialCases: []string{
		"L(+Inf, y) = f·(1−y)², gradient 0",
		"L(−Inf, y) = f·y², gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of SquaredErrorWithLogits; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{3}, Note: "for a hard target 0 is the limit only"}},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{30}}},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at σ(z) = y, in the limit for y 0 or 1"},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{2}, B: []float64{10}, Note: "concave for σ(z) > 2/3"}},
		{Property: ConvexInProb, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: 8. / 27, Norm: AbsoluteValue,
			Statement: "2f·max |p−y|·p·(1−p), at p = (1+y ± √(1−y+y²))/3; 8f/27 for y 0 or 1", ConstantFor: squaredLogitSlope},
		{Property: Smooth, Holds: true, Constant: squaredLogitCurvature, Norm: AbsoluteValue,
			Statement:   "for every y at most 2f·p²·(1−p)·(2−3p) at p = (15−√33)/24, which y = 0 attains",
			ConstantFor: func(a Args, _ []float64) float64 { return squaredFactor(a) * squaredLogitCurvature }},
		{Property: Bounded, Holds: true, Low: 0, High: 1, Statement: "f·max(y, 1−y)²"},
		{Property: Symmetric, Holds: true, Statement: "L(z, y) = L(−z, 1−y)"},
		{Property: Proper, Holds: true},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{
		{"Rumelhart, Hinton, Williams, Learning representations by back-propagating errors", "Nature 323, 1986"},
		{"Nielsen, Neural Networks and Deep Learning", "2015, chapter 3"},
	},

	evaluate: pointwise(func(a Args, z, y float64) derivatives {
		up, down := logistic(z), logistic(-z)
		d := sub(mul(sub(num(1), num(y)), up), mul(num(y), down))
		s := mul(up, down)
		twice := num(2 * squaredFactor(a))
		return derivatives{
			Value:      mul(num(squaredFactor(a)), d, d),
			Grad:       mul(twice, d, s),
			Second:     mul(twice, s, sub(s, mul(d, tilt(z)))),
			TargetGrad: neg(mul(twice, d)),
		}
	}),
})

// squaredLogitCurvature is 2·p²(1−p)(2−3p) at p = (15−√33)/24: the largest second
// derivative of (σ(z)−y)². The second derivative is linear in y, so that its extremes
// are at y 0 or 1, and there it is this polynomial in σ(z) or σ(−z), whose other extreme,
// −0.1203 at (15+√33)/24, is smaller in size.
const squaredLogitCurvature = 0.15405857012135052

// squaredLogitSlope is the largest |∂L/∂z| for a target y: |p−y|·p·(1−p) is extreme
// where −3p² + 2(1+y)p − y = 0.
func squaredLogitSlope(a Args, target []float64) float64 {
	y := target[0]
	root := math.Sqrt(1 - y + y*y)
	largest := 0.0
	for _, p := range []float64{(1 + y - root) / 3, (1 + y + root) / 3} {
		largest = max(largest, math.Abs(p-y)*p*(1-p))
	}
	return 2 * squaredFactor(a) * largest
}
