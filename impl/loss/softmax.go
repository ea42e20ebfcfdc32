package loss

// Softmax, which makes a row of logits a row of probabilities.
//
// # Formula
//
//	p_k(z) = e^z_k/Σ e^z_i
//
// # Gradient
//
// Of Σ u_k·p_k, with u the upstream gradient (1 for every class where there is none):
//
//	∂(Σ u_i·p_i)/∂z_k      = p_k·(u_k − Σ p_i·u_i)
//	∂²(Σ u_i·p_i)/∂z_k∂z_i = (u_k − m)·p_k·(δ_ki − p_i) − p_k·p_i·(u_i − m), m = Σ p_i·u_i
//
// # Domain
//
// z any numbers or infinities, u finite numbers.
//
// # Special cases
//
//	a single +Inf logit has p_k = 1, all others +0; gradient 0
//	a −Inf logit has p_k = +0, gradient 0
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	K = 1: p_k = 1, gradient 0, of any logit but −Inf
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. With j the highest score, z_k − z_j is held but for
// 2^-103 of it, its exponential to 2^-69, the sum of K of them to 2^-69 + K·2^-103 and the
// quotient to 2^-68: the value has that whatever κ. u_k − Σ p_i·u_i is a difference of two
// sums of non-negative terms with 2^-67 each. The terms are p_i·(u_k − u_i), whose change
// with z_i κ counts except where |z_i| is small; there what is left of e^z_i without its 1 is
// right to 2^-70 of |z_i|, and the sum of the ones is exact (see centredScores). The rounding at
// the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// The differences of u are taken before the mean, in the order of u (see centred), so that
// the gradient of equal u is exactly 0.
//
// # References
//
// Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990.
var Softmax = declare(Loss{
	Name:     "softmax",
	Title:    "softmax",
	Shape:    Row,
	Formula:  "p_k = e^z_k/Σ e^z_i",
	Gradient: "∂(Σ u_i·p_i)/∂z_k = p_k·(u_k − Σ p_i·u_i)",
	Second:   "∂²(Σ u_i·p_i)/∂z_k∂z_i = (u_k − m)·p_k·(δ_ki − p_i) − p_k·p_i·(u_i − m), m = Σ p_i·u_i",

	Prediction:   Extended,
	VectorValued: true,
	SpecialCases: []string{
		"a single +Inf logit has p_k = 1, all others +0; gradient 0",
		"a −Inf logit has p_k = +0, gradient 0",
		"two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN",
		"K = 1: p_k = 1, gradient 0, of any logit but −Inf",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Softmax; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: Bounded, Holds: true, Low: 0, High: 1},
		{Property: SumsToOne, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: 0.5, Norm: Euclidean, Statement: "‖p(z) − p(z′)‖₂ ≤ ½·‖z − z′‖₂"},
		{Property: ShiftInvariant, Holds: true},
		{Property: GradientSumsToZero, Holds: true},
		{Property: Equivariant, Holds: true, Statement: "the values are permuted with the logits"},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Bridle, Probabilistic interpretation of feedforward classification network outputs", "Neurocomputing, 1990"}},

	evaluate: func(_ Args, r *Item) {
		s, ok := newScores(r.Pred)
		if !ok {
			r.noLimit()
			return
		}
		deviation := s.centredScores(r.Pred, r.Upstream)
		for k := range r.Pred {
			r.Value[k] = s.probability(k)
			r.Grad[k] = mul(s.probability(k), deviation[k])
		}
		if r.Product == nil {
			return
		}
		move := centred(s.exp, s.total, r.Direction)
		var covariance wide
		for k := range move {
			covariance = plus(covariance, mul(s.probability(k), move[k], deviation[k]))
		}
		for k := range move {
			r.Product[k] = mul(s.probability(k), sub(mul(move[k], deviation[k]), covariance))
		}
	},
})
