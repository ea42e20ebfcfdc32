package loss

import "slices"

// Negative log-likelihood of a label on a row of log-probabilities.
//
// # Formula
//
//	L(x, t) = −w_t·x_t
//
// in nats, with w = weight. The log-probabilities are used as they are, whatever their exponentials sum to. A label
// whose class has no weight contributes 0, whatever its log-probability.
//
// # Gradient
//
//	∂L/∂x_t      = −w_t, and 0 for the other classes
//	∂²L/∂x_k∂x_i = 0
//
// # Domain
//
// x any numbers or infinities, t a label in [0, K), w_k ≥ 0. A row whose label is ignore_index is not evaluated.
//
// # Special cases
//
//	L = +Inf for a label at −Inf, gradient −w_t
//	w_t = 0: L = +0, gradient 0
//
// # Accuracy
//
// ½ ulp: one product of two numbers, which 106 bits hold.
//
// # Method
//
// As the formula stands.
//
// # References
//
// torch.nn.functional.nll_loss, whose weights and ignore_index these are; Bishop, Pattern Recognition and Machine
// Learning, 2006, equation 4.108.
var NegativeLogLikelihood = declare(Loss{
	Name:       "negative_log_likelihood",
	Title:      "negative log-likelihood of a label on log-probabilities",
	Shape:      Row,
	Formula:    "L = −w_t·x_t",
	Definition: "-weight[t]*x[t]",
	Gradient:   "∂L/∂x_t = −w_t, and 0 for the other classes",
	Second:     "∂²L/∂x_k∂x_i = 0",

	Prediction: Extended,
	Targets:    Targets{Label},
	Params:     []Param{ClassWeight, IgnoreIndex},
	SpecialCases: []string{
		"L = +Inf for a label at −Inf, gradient −w_t",
		"w_t = 0: L = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 0.5, Grad: 0.5, How: "one product of two numbers, which 106 bits hold"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1, 0}, Note: "1 is no log-probability, and is not refused"}},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1, -2}, B: []float64{-3, -1}, Note: "linear"}},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: Euclidean, Statement: "w_t", ConstantFor: labelWeight},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: Maximum, Statement: "w_t", ConstantFor: labelWeight},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1e300, 0}}},
		{Property: ShiftInvariant, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1, -2}, B: []float64{-2, -3}}},
		{Property: GradientSumsToZero, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1, -2}}},
		{Property: Equivariant, Holds: true, Statement: "the weights and the label are permuted too"},
		{Property: Differentiable, Holds: true},
	},
	Scaling: &Scaling{Degree: 1},
	Sources: []Source{
		{"PyTorch, torch.nn.functional.nll_loss", "version 2.9"},
		{"Bishop, Pattern Recognition and Machine Learning", "2006, equation 4.108"},
	},

	evaluate: func(a Args, r *Item) {
		weight := num(a.Class(ClassWeight.Name, r.Label))
		r.Value[0] = neg(mul(weight, num(r.Pred[r.Label])))
		r.Grad[r.Label] = neg(weight)
	},
})

// labelWeight is w_t for a label given as its one-hot distribution.
func labelWeight(a Args, target []float64) float64 {
	return a.Class(ClassWeight.Name, slices.Index(target, 1))
}
