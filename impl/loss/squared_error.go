package loss

// Squared error.
//
// # Formula
//
//	L(x, y) = f·(x−y)², f = squared_error_factor
//
// # Gradient
//
//	∂L/∂x   = 2f·(x−y)
//	∂²L/∂x² = 2f
//	∂L/∂y   = 2f·(y−x)
//
// # Domain
//
// x any number or infinity, y a finite number, f 1 or ½.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient +Inf
//	L(−Inf, y) = +Inf, gradient −Inf
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: x−y is held exactly but for
// what is 2^-103 of it, its square and the factor, a power of two, add 2^-102; the
// rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// The difference is not rounded before it is squared, nor can it overflow: (10^308 −
// (−10^308))² is +Inf because its value is.
//
// # References
//
// Gauss, Theoria combinationis observationum erroribus minimis obnoxiae, 1823; Brier,
// Verification of forecasts expressed in terms of probability, 1950, for targets that are
// probabilities.
var SquaredError = declare(Loss{
	Name:       "squared_error",
	Title:      "squared error",
	Aliases:    []string{"mse", "l2"},
	Shape:      Point,
	Formula:    "L = f·(x−y)², f = squared_error_factor",
	Definition: "squared_error_factor * (x - y)^2",
	Gradient:   "∂L/∂x = 2f·(x−y)",
	Second:     "∂²L/∂x² = 2f",
	ByTarget:   "∂L/∂y = 2f·(y−x)",

	Prediction:  Extended,
	Targets:     Targets{Number},
	Target:      Finite,
	Conventions: []Convention{squaredErrorFactor},
	SpecialCases: []string{
		"L(+Inf, y) = +Inf, gradient +Inf",
		"L(−Inf, y) = +Inf, gradient −Inf",
		"L(y, y) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of SquaredError; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at x = y"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at x = y"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: true},
		{Property: StronglyConvex, Holds: true, Constant: 2, Statement: "2f",
			ConstantFor: func(a Args, _ []float64) float64 { return 2 * squaredFactor(a) }},
		{Property: ConvexInProb, Holds: true, Statement: "where the prediction is the probability"},
		{Property: Lipschitz, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e110}, B: []float64{0}}},
		{Property: Smooth, Holds: true, Constant: 2, Norm: AbsoluteValue, Statement: "2f",
			ConstantFor: func(a Args, _ []float64) float64 { return 2 * squaredFactor(a) }},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e60}}},
		{Property: Symmetric, Holds: true, Statement: "L(x, y) = L(y, x) = L(−x, −y)"},
		{Property: Proper, Holds: true, Statement: "the expected loss is least at the mean of y (Brier score)"},
		{Property: ShiftInvariant, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0}, B: []float64{1}}},
		{Property: GradientSumsToZero, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1}}},
		{Property: Differentiable, Holds: true},
	},
	Scaling: &Scaling{Degree: 2, Target: true},
	Sources: []Source{
		{"Gauss, Theoria combinationis observationum erroribus minimis obnoxiae", "1823"},
		{"Brier, Verification of forecasts expressed in terms of probability", "Monthly Weather Review 78, 1950"},
	},

	evaluate: pointwise(func(a Args, x, y float64) derivatives {
		f := squaredFactor(a)
		d := sub(num(x), num(y))
		grad := mul(num(2*f), d)
		return derivatives{
			Value:      mul(num(f), d, d),
			Grad:       grad,
			Second:     num(2 * f),
			TargetGrad: neg(grad),
		}
	}),
})

// squaredFactor is the f of the convention squared_error_factor.
func squaredFactor(a Args) float64 {
	if a.Convention(squaredErrorFactor.Name) == "1/2" {
		return 0.5
	}
	return 1
}
