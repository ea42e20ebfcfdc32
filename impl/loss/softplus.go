package loss

// Softplus, −log(1−σ(z)): the cross-entropy of a negative example.
//
// # Formula
//
//	L(z) = sp(z) = log(1+e^z)
//
// in nats.
//
// # Gradient
//
//	∂L/∂z   = σ(z)
//	∂²L/∂z² = σ(z)·σ(−z)
//
// # Domain
//
// z any number or infinity.
//
// # Special cases
//
//	L(+Inf) = +Inf, gradient 1
//	L(−Inf) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: e^−|z| has a relative error
// below 2^-70, carried into log1p(e^−|z|) at most in full, since t/((1+t)·log1p(t)) ≤ 1;
// log1p adds 2^-69 and the sum of two non-negative terms 2^-103. The rounding at the end is
// ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// max(z, 0) + log1p(e^−|z|): log(1+e^z) itself overflows above 709.78 and is 0 below −36.7.
//
// # References
//
// Dugas et al., Incorporating second-order functional knowledge for better option pricing,
// 2001; Mächler, Accurately computing log(1 − exp(−|a|)), 2012.
var Softplus = declare(Loss{
	Name:       "softplus",
	Title:      "softplus",
	Shape:      Point,
	Formula:    "L = sp(z) = log(1+e^z)",
	Definition: "softplus(z)",
	Gradient:   "∂L/∂z = σ(z)",
	Second:     "∂²L/∂z² = σ(z)·σ(−z)",

	Prediction: Extended,
	SpecialCases: []string{
		"L(+Inf) = +Inf, gradient 1",
		"L(−Inf) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Softplus; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{A: []float64{-3}, Note: "0 is the limit only"}},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{A: []float64{-30}}},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "in the limit"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue},
		{Property: Smooth, Holds: true, Constant: 0.25, Norm: AbsoluteValue},
		{Property: Bounded, Holds: false, Witness: &Witness{A: []float64{1e300}}},
		{Property: Increasing, Holds: true},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Dugas et al., Incorporating second-order functional knowledge for better option pricing", "NIPS 2000"}},

	evaluate: pointwise(func(_ Args, z, _ float64) derivatives {
		up := logistic(z)
		return derivatives{Value: softplus(z), Grad: up, Second: mul(up, logistic(-z))}
	}),
})
