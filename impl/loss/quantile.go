package loss

// Quantile loss, also called pinball loss: the absolute error with another slope on either side.
//
// # Formula
//
//	L(x, y) = τ·(y − x) for x < y, (1−τ)·(x − y) for x ≥ y
//
// with τ = quantile.
//
// # Gradient
//
//	∂L/∂x   = −τ for x < y, 1−τ for x > y
//	∂²L/∂x² = 0
//	∂L/∂y   = −∂L/∂x
//
// For x = y it is any number in [−τ, 1−τ]; the reference says 0.
//
// # Domain
//
// x any number or infinity, y a finite number, τ in (0, 1).
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient 1−τ
//	L(−Inf, y) = +Inf, gradient −τ
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: x − y and 1−τ have 2^-103 each, their product 2^-102
// more; the rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// 1−τ is not rounded before it is multiplied.
//
// # References
//
// Koenker and Bassett, Regression quantiles, 1978, equation 2.1.
var Quantile = declare(Loss{
	Name:     "quantile",
	Title:    "quantile loss, which is least at a quantile of the target",
	Aliases:  []string{"pinball"},
	Shape:    Point,
	Formula:  "L = τ·(y − x) for x < y, (1−τ)·(x − y) for x ≥ y",
	Gradient: "∂L/∂x = −τ for x < y, 1−τ for x > y",
	Second:   "∂²L/∂x² = 0",
	ByTarget: "∂L/∂y = −∂L/∂x",
	Definition: `
		e = y - x
		value = max(quantile*e, (quantile - 1)*e)`,

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Finite,
	Axes:       differenceAxes,
	Params: []Param{{Name: "quantile", Kind: Scalar, Domain: InsideUnit, Default: []float64{0.5},
		Meaning: "the quantile τ of the target that a prediction is drawn to"}},
	SpecialCases: []string{
		"L(+Inf, y) = +Inf, gradient 1−τ",
		"L(−Inf, y) = +Inf, gradient −τ",
		"L(y, y) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Quantile"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at x = y"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at x = y"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{2}, B: []float64{4}, Note: "linear on either side"}},
		{Property: Lipschitz, Holds: true, Constant: 0.5, Norm: AbsoluteValue, Statement: "max(τ, 1−τ)",
			ConstantFor: func(a Args, _ []float64) float64 {
				tau := num(a.Scalar("quantile"))
				return max(tau.float(), sub(num(1), tau).atMost())
			}},
		{Property: Smooth, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e-200}, B: []float64{-1e-200}}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(x, y) = L(y, x) = L(−x, −y)", When: &Condition{"for τ = ½",
			func(a Args, _, _ []float64) bool { return a.Scalar("quantile") == 0.5 }}},
		{Property: Symmetric, Holds: false, Statement: "L(x, y) = L(−x, −y) for any other τ", Witness: &Witness{Params: Params{"quantile": {0.25}}, Target: []float64{0}, A: []float64{1}, B: []float64{-1}}},
		{Property: Differentiable, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1}, B: []float64{1}, Note: "a kink"}},
	},
	Scaling: &Scaling{Degree: 1, Target: true},
	Identities: []Identity{
		{Statement: "L_τ(x, y) = L_{1−τ}(−x, −y)", Source: koenker,
			Terms: func(a Args, pred, target []float64) []Multiple {
				other, exact := complement(a.Scalar("quantile"))
				if !exact {
					return nil
				}
				return []Multiple{term(1, "quantile", Params{"quantile": {other}}, -pred[0], -target[0], -1)}
			}},
		{Statement: "L_τ(x, y) = L_{1−τ}(y, x)", Source: koenker,
			Terms: func(a Args, pred, target []float64) []Multiple {
				other, exact := complement(a.Scalar("quantile"))
				if x := num(pred[0]); !exact || x.special() {
					return nil
				}
				return []Multiple{term(1, "quantile", Params{"quantile": {other}}, target[0], pred[0], 0)}
			}},
		{Statement: "L_τ + L_{1−τ} = |x − y|", Source: koenker,
			Terms: func(a Args, pred, target []float64) []Multiple {
				other, exact := complement(a.Scalar("quantile"))
				if !exact {
					return nil
				}
				return []Multiple{term(1, "absolute_error", nil, pred[0], target[0], 1),
					term(-1, "quantile", Params{"quantile": {other}}, pred[0], target[0], 1)}
			}},
		{Statement: "for τ = ½ the loss is half the absolute error", Source: koenker, Params: Params{"quantile": {0.5}},
			Terms: func(_ Args, pred, target []float64) []Multiple {
				return []Multiple{term(0.5, "absolute_error", nil, pred[0], target[0], 1)}
			}},
	},
	Sources: []Source{{"Koenker and Bassett, Regression quantiles", "Econometrica 46, 1978, equation 2.1"}},
	Kinks:   differenceKink,

	evaluate: pointwise(func(a Args, x, y float64) derivatives {
		size, side := distance(x, y)
		slope := num(a.Scalar("quantile"))
		if side.hi > 0 {
			slope = sub(num(1), slope)
		}
		return towards(side, mul(slope, size), slope, wide{})
	}),
})

const koenker = "Koenker and Bassett, Regression quantiles, 1978, equation 2.1: each side has its slope"
