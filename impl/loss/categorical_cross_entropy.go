package loss

// Cross-entropy on a row of probabilities.
//
// # Formula
//
//	L(p, y) = −Σ w_k·y_k·log p_k
//
// in nats, with w = weight, and for a label y its one-hot distribution. The
// probabilities are used as they are and not divided by their sum. A class with
// w_k·y_k = 0 contributes 0, whatever its probability. Under the convention
// probability_clip, every p_k is first moved into the clip.
//
// # Gradient
//
//	∂L/∂p_k   = −w_k·y_k/p_k
//	∂²L/∂p_k² = w_k·y_k/p_k²
//	∂L/∂y_k   = −w_k·log p_k
//
// The mixed second derivatives are 0. Where the clip has moved p_k, the first two are 0.
//
// # Domain
//
// p_k in [0, 1], y a label in [0, K) or numbers in [0, 1], w_k ≥ 0. Neither p nor y need
// sum to 1. A row whose label is ignore_index is not evaluated.
//
// # Special cases
//
//	0·log 0 = 0, gradient 0
//	L = +Inf where p_k = 0 with w_k·y_k > 0, gradient −Inf
//	L = +0 where p_k = 1 for every class with w_k·y_k > 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: log p_k has a relative error
// below 2^-69, also where p_k is subnormal or next to 1, the two products add 2^-101, and
// the K terms of the sum are of one sign: 2^-69 + K·2^-103. The gradient is a product and
// a quotient: 2^-101. The rounding at the end is ½ ulp, and up to ½ more in the subnormal
// range.
//
// # Method
//
// As the formula stands; the sum is held to 106 bits, so that its error does not grow
// with the number of classes.
//
// # References
//
// Good, Rational decisions, 1952; Bishop, Pattern Recognition and Machine Learning, 2006,
// equation 4.108.
var CategoricalCrossEntropy = declare(Loss{
	Name:     "categorical_cross_entropy",
	Title:    "cross-entropy on probabilities",
	Aliases:  []string{"cce"},
	Shape:    Row,
	Formula:  "L = −Σ w_k·y_k·log p_k",
	Gradient: "∂L/∂p_k = −w_k·y_k/p_k",
	Second:   "∂²L/∂p_k² = w_k·y_k/p_k²",
	ByTarget: "∂L/∂y_k = −w_k·log p_k",

	Prediction:  UnitInterval,
	Targets:     Targets{Label, Distribution},
	Target:      UnitInterval,
	Params:      []Param{ClassWeight, IgnoreIndex},
	Conventions: []Convention{probabilityClip},
	SpecialCases: []string{
		"0·log 0 = 0, gradient 0",
		"L = +Inf where p_k = 0 with w_k·y_k > 0, gradient −Inf",
		"L = +0 where p_k = 1 for every class with w_k·y_k > 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of CategoricalCrossEntropy; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "where p_k = 1 for every class with y_k > 0; among p that sum to 1 only for a label"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "over [0, 1]^K; among p that sum to 1 it is the entropy of y, at p = y"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0.5, 0.25}, B: []float64{0.5, 0.75}, Note: "classes with y_k = 0 do not matter"}},
		{Property: ConvexInProb, Holds: true},
		{Property: Lipschitz, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0, 0.5}, B: []float64{0.5, 0.5}}},
		{Property: Smooth, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0, 0.5}, B: []float64{0.5, 0.5}}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0, 1}}},
		{Property: Proper, Holds: true, Statement: "among predictions that sum to 1", When: equalWeights},
		{Property: ShiftInvariant, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0.25, 0.5}, B: []float64{0.5, 0.75}}},
		{Property: GradientSumsToZero, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0.5, 0.5}}},
		{Property: Equivariant, Holds: true, Statement: "the weights and the target are permuted too"},
		{Property: Differentiable, Holds: true, Statement: "on p_k > 0, without a clip"},
	},
	Sources: []Source{
		{"Good, Rational decisions", "Journal of the Royal Statistical Society B 14, 1952"},
		{"Bishop, Pattern Recognition and Machine Learning", "2006, equation 4.108"},
	},

	evaluate: func(a Args, r *Item) {
		var value wide
		for k, prediction := range r.Pred {
			w, y := num(a.Class(ClassWeight.Name, k)), wide{}
			switch {
			case r.Target != nil:
				y = num(r.Target[k])
			case r.Label == k:
				y = num(1)
			}
			clipped, moved := a.Clip(prediction)
			p := num(clipped)
			surprise := neg(logarithm(p))
			value = plus(value, mul(w, y, surprise))
			slope := mul(w, y, div(num(1), p))
			if moved {
				slope = wide{}
			}
			r.Grad[k] = neg(slope)
			if r.TargetGrad != nil {
				r.TargetGrad[k] = mul(w, surprise)
			}
			if r.Product != nil {
				r.Product[k] = mul(slope, div(num(1), p), num(r.Direction[k]))
			}
		}
		r.Value[0] = value
	},
})
