package loss

// Absolute error.
//
// # Formula
//
//	L(x, y) = |d|, d = x − y
//
// # Gradient
//
//	∂L/∂x   = sgn d
//	∂²L/∂x² = 0
//	∂L/∂y   = −sgn d
//
// For d = 0 it is any number in [−1, 1]; the reference says 0.
//
// # Domain
//
// x any number or infinity, y a finite number.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient 1
//	L(−Inf, y) = +Inf, gradient −1
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, and in truth whatever κ: d is held but for 2^-103 of it, and the rounding at the end is ½ ulp. The
// gradient is exact.
//
// # Method
//
// The difference cannot overflow before it is rounded.
//
// # References
//
// Bloomfield and Steiger, Least Absolute Deviations, 1983, chapter 1.
var AbsoluteError = declare(Loss{
	Name:       "absolute_error",
	Title:      "absolute error",
	Aliases:    []string{"mae", "l1"},
	Shape:      Point,
	Formula:    "L = |d|, d = x − y",
	Definition: "abs(x - y)",
	Gradient:   "∂L/∂x = sgn d",
	Second:     "∂²L/∂x² = 0",
	ByTarget:   "∂L/∂y = −sgn d",

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Finite,
	Axes:       differenceAxes,
	SpecialCases: []string{
		"L(+Inf, y) = +Inf, gradient 1",
		"L(−Inf, y) = +Inf, gradient −1",
		"L(y, y) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of AbsoluteError"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at x = y"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at x = y"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{2}, B: []float64{4}, Note: "linear on either side"}},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue},
		{Property: Smooth, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e-200}, B: []float64{-1e-200}}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(x, y) = L(y, x) = L(−x, −y)"},
		{Property: Differentiable, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1}, B: []float64{1}, Note: "a kink"}},
	},
	Scaling: &Scaling{Degree: 1, Target: true},
	Identities: []Identity{{Statement: "|d| is the smooth L1 loss with β = 0", Source: "the formulas of both losses",
		Terms: func(_ Args, pred, target []float64) []Multiple {
			return []Multiple{term(1, "smooth_l1", Params{"beta": {0}}, pred[0], target[0], 1)}
		}}},
	Sources: []Source{{"Bloomfield and Steiger, Least Absolute Deviations", "1983, chapter 1"}},
	Kinks:   differenceKink,

	evaluate: pointwise(func(_ Args, x, y float64) derivatives {
		size, side := distance(x, y)
		return towards(side, size, num(1), wide{})
	}),
})
