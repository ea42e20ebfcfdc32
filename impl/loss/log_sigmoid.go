package loss

// The logarithm of the sigmoid.
//
// # Formula
//
//	L(z) = log σ(z) = −sp(−z)
//
// in nats.
//
// # Gradient
//
//	∂L/∂z   = σ(−z)
//	∂²L/∂z² = −σ(z)·σ(−z)
//
// # Domain
//
// z any number or infinity.
//
// # Special cases
//
//	L(+Inf) = +0, gradient 0
//	L(−Inf) = −Inf, gradient 1
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: as for softplus, of which it is
// the mirror image.
//
// # Method
//
// −softplus(−z): log(1/(1+e^−z)) itself is −Inf below −709.78.
//
// # References
//
// Mächler, Accurately computing log(1 − exp(−|a|)), 2012.
var LogSigmoid = declare(Loss{
	Name:       "log_sigmoid",
	Title:      "logarithm of the sigmoid",
	Shape:      Point,
	Formula:    "L = log σ(z) = −sp(−z)",
	Definition: "log_sigmoid(z)",
	Gradient:   "∂L/∂z = σ(−z)",
	Second:     "∂²L/∂z² = −σ(z)·σ(−z)",

	Prediction: Extended,
	SpecialCases: []string{
		"L(+Inf) = +0, gradient 0",
		"L(−Inf) = −Inf, gradient 1",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of LogSigmoid; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: false, Witness: &Witness{A: []float64{0}}},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{A: []float64{3}, Note: "0 is the limit only"}},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{A: []float64{30}}},
		{Property: Convex, Holds: false, Witness: &Witness{A: []float64{-4}, B: []float64{4}, Note: "concave everywhere"}},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue},
		{Property: Smooth, Holds: true, Constant: 0.25, Norm: AbsoluteValue},
		{Property: Bounded, Holds: false, Witness: &Witness{A: []float64{-1e300}}},
		{Property: Increasing, Holds: true},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Mächler, Accurately computing log(1 − exp(−|a|))", "vignette of the R package Rmpfr, 2012"}},

	evaluate: pointwise(func(_ Args, z, _ float64) derivatives {
		down := logistic(-z)
		return derivatives{Value: neg(softplus(-z)), Grad: down, Second: neg(mul(logistic(z), down))}
	}),
})
