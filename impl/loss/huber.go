package loss

// Huber loss, half the squared error of small differences and linear in large ones.
//
// # Formula
//
//	L(x, y) = ½·d² for |d| ≤ δ, δ·(|d| − δ/2) for |d| > δ, d = x − y
//
// with δ = delta.
//
// # Gradient
//
//	∂L/∂x   = d for |d| ≤ δ, δ·sgn d for |d| > δ
//	∂²L/∂x² = 1 for |d| ≤ δ, 0 for |d| > δ
//	∂L/∂y   = −∂L/∂x
//
// # Domain
//
// x any number or infinity, y a finite number, δ > 0.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient δ
//	L(−Inf, y) = +Inf, gradient −δ
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the difference d, of which the loss is a function: d is
// held but for 2^-103 of it, |d| − δ/2 is at least |d|/2, so that nothing cancels, and two products add 2^-102
// each; the rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// The branch is that of exact numbers. Neither the difference nor a product overflows before the loss does.
//
// # References
//
// Huber, Robust estimation of a location parameter, 1964, equation 1.3.
var Huber = declare(Loss{
	Name:     "huber",
	Title:    "Huber loss, a parabola at 0 that goes on as a line",
	Shape:    Point,
	Formula:  "L = ½·d² for |d| ≤ δ, δ·(|d| − δ/2) for |d| > δ, d = x − y",
	Gradient: "∂L/∂x = d for |d| ≤ δ, δ·sgn d for |d| > δ",
	Second:   "∂²L/∂x² = 1 for |d| ≤ δ, 0 for |d| > δ",
	ByTarget: "∂L/∂y = −∂L/∂x",
	Definition: `
		d = x - y
		value = if(abs(d) <= delta, d^2/2, delta*(abs(d) - delta/2))`,

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Finite,
	Axes:       differenceAxes,
	Params: []Param{{Name: "delta", Kind: Scalar, Domain: Positive, Default: []float64{1},
		Meaning: "difference δ beyond which the loss is linear"}},
	SpecialCases: []string{
		"L(+Inf, y) = +Inf, gradient δ",
		"L(−Inf, y) = +Inf, gradient −δ",
		"L(y, y) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Huber"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at x = y"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at x = y"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{2}, B: []float64{4}, Note: "linear for |d| > δ"}},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue, Statement: "δ",
			ConstantFor: func(a Args, _ []float64) float64 { return a.Scalar("delta") }},
		{Property: Smooth, Holds: true, Constant: 1, Norm: AbsoluteValue},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(x, y) = L(y, x) = L(−x, −y)"},
		{Property: Differentiable, Holds: true},
	},
	Scaling: &Scaling{Degree: 2, Target: true, Params: []string{"delta"}},
	Identities: []Identity{{Statement: "the Huber loss is δ times the smooth L1 loss with β = δ", Source: "Girshick, Fast R-CNN, 2015, arXiv:1504.08083, equation 3, beside Huber's formula",
		Terms: func(a Args, pred, target []float64) []Multiple {
			delta := a.Scalar("delta")
			return []Multiple{term(delta, "smooth_l1", Params{"beta": {delta}}, pred[0], target[0], 1)}
		}}},
	Sources: []Source{{"Huber, Robust estimation of a location parameter", "The Annals of Mathematical Statistics 35, 1964, equation 1.3"}},

	evaluate: pointwise(func(a Args, x, y float64) derivatives {
		size, side := distance(x, y)
		delta := num(a.Scalar("delta"))
		if beyond(x, y, a.Scalar("delta")) > 0 {
			return towards(side, mul(delta, sub(size, mul(num(0.5), delta))), delta, wide{})
		}
		return towards(side, mul(num(0.5), size, size), size, num(1))
	}),
})
