package loss

// Asymmetric absolute error.
//
// # Formula
//
//	L(x, y) = up·d for d ≥ 0, −d for d < 0, d = x−y
//
// # Gradient
//
//	∂L/∂x   = up for d > 0, −1 for d < 0
//	∂²L/∂x² = 0
//	∂L/∂y   = −∂L/∂x
//
// # Domain
//
// x any number or infinity, y a finite number, up > 0.
//
// # Special cases
//
//	L(−Inf, y) = +Inf, gradient −1
//
// # Accuracy
//
// 1(1+κ) ulp, with κ over the difference.
//
// # Method
//
// As above.
//
// # References
//
// None: it is made to be thrown away.
var ThrowawayPoint = declare(Loss{
	Name:       "throwaway_point",
	Title:      "asymmetric absolute error",
	Shape:      Point,
	Formula:    "L = up·d for d ≥ 0, −d for d < 0, d = x−y",
	Definition: "if(x > y, up*(x - y), y - x)",
	Gradient:   "∂L/∂x = up for d > 0, −1 for d < 0",
	Second:     "∂²L/∂x² = 0",
	ByTarget:   "∂L/∂y = −∂L/∂x",

	Prediction:   Extended,
	Targets:      Targets{Number},
	Target:       Finite,
	Axes:         func(int) [][]int { return [][]int{{0, 1}} },
	Params:       []Param{{Name: "up", Kind: Scalar, Domain: Positive, Default: []float64{2}, Meaning: "slope above the target"}},
	SpecialCases: []string{"L(−Inf, y) = +Inf, gradient −1"},
	Accuracy:     Accuracy{Value: 1, Grad: 1, How: "one product of two numbers"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at x = y"},
		{Property: Convex, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: 2, Norm: AbsoluteValue, ConstantFor: func(a Args, _ []float64) float64 { return max(1, a.Scalar("up")) }},
		{Property: Differentiable, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1}, B: []float64{1}, Note: "a kink"}},
	},
	Sources: []Source{{"none", "made to be thrown away"}},
	Kinks: func(_ Args, pred, target []float64) []float64 {
		return []float64{sub(num(pred[0]), num(target[0])).float()}
	},

	evaluate: pointwise(func(a Args, x, y float64) derivatives {
		d := sub(num(x), num(y))
		slope := num(-1)
		switch {
		case d.zero():
			return derivatives{}
		case d.hi > 0:
			slope = num(a.Scalar("up"))
		}
		return derivatives{Value: mul(slope, d), Grad: slope, TargetGrad: neg(slope)}
	}),
})
