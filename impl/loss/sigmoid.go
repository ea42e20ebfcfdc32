package loss

// The sigmoid, which makes a logit a probability.
//
// # Formula
//
//	p(z) = σ(z) = 1/(1+e^−z)
//
// # Gradient
//
//	∂p/∂z   = σ(z)·σ(−z)
//	∂²p/∂z² = σ(z)·σ(−z)·(σ(−z)−σ(z))
//
// # Domain
//
// z any number or infinity.
//
// # Special cases
//
//	p(+Inf) = 1, gradient 0
//	p(−Inf) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: the exponential has a relative
// error below 2^-70, the sum and the quotient add 2^-101, the product of two sigmoids
// doubles it. The rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// 1/(1+e^−z) for z ≥ 0 and e^z/(1+e^z) below, so that e^|z| is never formed; 1 − σ(z) is
// σ(−z), never a difference.
//
// # References
//
// Cox, The regression analysis of binary sequences, 1958.
var Sigmoid = declare(Loss{
	Name:       "sigmoid",
	Title:      "sigmoid",
	Shape:      Point,
	Formula:    "p = σ(z) = 1/(1+e^−z)",
	Definition: "sigmoid(z)",
	Gradient:   "∂p/∂z = σ(z)·σ(−z)",
	Second:     "∂²p/∂z² = σ(z)·σ(−z)·(σ(−z)−σ(z))",

	Prediction: Extended,
	SpecialCases: []string{
		"p(+Inf) = 1, gradient 0",
		"p(−Inf) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Sigmoid; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{A: []float64{-3}, Note: "0 is the limit only"}},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{A: []float64{-30}}},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "in the limit"},
		{Property: Convex, Holds: false, Witness: &Witness{A: []float64{0}, B: []float64{4}, Note: "concave for z > 0"}},
		{Property: Lipschitz, Holds: true, Constant: 0.25, Norm: AbsoluteValue},
		{Property: Smooth, Holds: true, Constant: 0.09622504486493764, Norm: AbsoluteValue, Statement: "1/(6√3)"},
		{Property: Bounded, Holds: true, Low: 0, High: 1},
		{Property: Increasing, Holds: true},
		{Property: Symmetric, Holds: false, Statement: "L(z) = L(−z); it is σ(−z) = 1 − σ(z) that holds", Witness: &Witness{A: []float64{1}, B: []float64{-1}}},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Cox, The regression analysis of binary sequences", "Journal of the Royal Statistical Society B 20, 1958"}},

	evaluate: pointwise(func(_ Args, z, _ float64) derivatives {
		up, down := logistic(z), logistic(-z)
		slope := mul(up, down)
		return derivatives{Value: up, Grad: slope, Second: neg(mul(slope, tilt(z)))}
	}),
})
