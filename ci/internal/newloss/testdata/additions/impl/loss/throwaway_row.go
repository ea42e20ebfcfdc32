package loss

// Squared distance of a row from a distribution.
//
// # Formula
//
//	L(x, y) = Σ_k (x_k−y_k)²
//
// # Gradient
//
//	∂L/∂x_k      = 2·(x_k−y_k)
//	∂²L/∂x_k∂x_i = 2·[k = i]
//	∂L/∂y_k      = −∂L/∂x_k
//
// # Domain
//
// x finite numbers, y in [0, 1].
//
// # Special cases
//
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, with κ over the differences.
//
// # Method
//
// As above.
//
// # References
//
// None: it is made to be thrown away.
var ThrowawayRow = declare(Loss{
	Name:       "throwaway_row",
	Title:      "squared distance of a row from a distribution",
	Shape:      Row,
	Formula:    "L = Σ_k (x_k−y_k)²",
	Definition: "sum((x - y)^2)",
	Gradient:   "∂L/∂x_k = 2·(x_k−y_k)",
	Second:     "∂²L/∂x_k∂x_i = 2·[k = i]",
	ByTarget:   "∂L/∂y_k = −∂L/∂x_k",

	Prediction: Finite,
	Targets:    Targets{Distribution},
	Target:     UnitInterval,
	Axes: func(width int) [][]int {
		axes := make([][]int, width)
		for k := range axes {
			axes[k] = []int{k, width + k}
		}
		return axes
	},
	SpecialCases: []string{"L(y, y) = +0, gradient 0"},
	Accuracy:     Accuracy{Value: 1, Grad: 1, How: "a sum of squares"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: Convex, Holds: true},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0, 1}, A: []float64{1e200, 0}}},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"none", "made to be thrown away"}},

	evaluate: func(_ Args, r *Item) {
		for k, x := range r.Pred {
			d := sub(num(x), num(r.Target[k]))
			r.Value[0] = plus(r.Value[0], mul(d, d))
			r.Grad[k] = mul(num(2), d)
			r.TargetGrad[k] = neg(r.Grad[k])
			if r.Direction != nil {
				r.Product[k] = mul(num(2), num(r.Direction[k]))
			}
		}
	},
})
