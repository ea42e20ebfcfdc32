package loss

import "slices"

// Classification error: 1 for a wrong class, 0 for the right one.
//
// # Formula
//
//	L(x, t) = [argmax x ≠ t]
//
// where argmax is the class with the highest score, and of several such classes the first
// or, under argmax_tie, the last.
//
// # Gradient
//
//	∂L/∂x_k      = 0
//	∂²L/∂x_k∂x_i = 0
//
// almost everywhere, and by convention everywhere: it is of no use for learning.
//
// # Domain
//
// x any numbers or infinities, t a label in [0, K). A row whose label is ignore_index is
// not evaluated.
//
// # Special cases
//
//	equal highest scores, infinite ones included: the first of them is predicted
//	K = 1: L = +0
//
// # Accuracy
//
// Exact, value and gradient.
//
// # Method
//
// Comparisons only. Both zeros count as equal.
//
// # References
//
// Devroye, Györfi and Lugosi, A Probabilistic Theory of Pattern Recognition, 1996,
// chapter 2.
var ClassificationError = declare(Loss{
	Name:     "classification_error",
	Title:    "classification error (0–1 loss)",
	Shape:    Row,
	Formula:  "L = [argmax x ≠ t]",
	Gradient: "∂L/∂x_k = 0",
	Second:   "∂²L/∂x_k∂x_i = 0",

	Prediction:  Extended,
	Targets:     Targets{Label},
	Params:      []Param{IgnoreIndex},
	Conventions: []Convention{argmaxTie},
	SpecialCases: []string{
		"equal highest scores, infinite ones included: the first of them is predicted",
		"K = 1: L = +0",
	},
	Accuracy: Accuracy{Value: 0, Grad: 0, How: "exact: comparisons only"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "where t alone has the highest score"},
		{Property: Minimum, Holds: true, Constant: 0},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1, 0}, B: []float64{-3, 0}}},
		{Property: Lipschitz, Holds: false, Norm: Euclidean, Witness: &Witness{Target: []float64{0}, A: []float64{1e-200, 0}, B: []float64{-1e-200, 0}}},
		{Property: Bounded, Holds: true, Low: 0, High: 1},
		{Property: Proper, Holds: true, Statement: "weakly: every prediction with the right highest class is as good as the true probability"},
		{Property: ShiftInvariant, Holds: true},
		{Property: GradientSumsToZero, Holds: true, Statement: "0"},
		{Property: Equivariant, Holds: true, When: &Condition{"where no two highest scores are equal", func(_ Args, pred, _ []float64) bool {
			top := highest(pred)
			return !slices.Contains(pred[top+1:], pred[top])
		}}},
		{Property: Differentiable, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1, 0}, B: []float64{-1, 0}, Note: "a jump"}},
	},
	Sources: []Source{{"Devroye, Györfi, Lugosi, A Probabilistic Theory of Pattern Recognition", "1996, chapter 2"}},

	evaluate: func(a Args, r *Item) {
		best := highest(r.Pred)
		if a.Convention(argmaxTie.Name) == "last" {
			for k := range r.Pred {
				if r.Pred[k] == r.Pred[best] {
					best = k
				}
			}
		}
		if best != r.Label {
			r.Value[0] = num(1)
		}
	},
})
