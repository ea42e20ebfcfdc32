package loss

// The logarithm of the softmax.
//
// # Formula
//
//	v_k(z) = z_k − lse(z)
//
// in nats.
//
// # Gradient
//
// Of Σ u_k·v_k, with u the upstream gradient (1 for every class where there is none), and
// p the softmax of z:
//
//	∂(Σ u_i·v_i)/∂z_k      = u_k − p_k·Σ u_i
//	∂²(Σ u_i·v_i)/∂z_k∂z_i = −Σ u_j·(p_k·δ_ki − p_k·p_i)
//
// # Domain
//
// z any numbers or infinities, u finite numbers.
//
// # Special cases
//
//	a single +Inf logit has v_k = +0, all others −Inf
//	a −Inf logit has v_k = −Inf, gradient u_k
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	K = 1: v_k = +0, gradient 0, of any logit but −Inf
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient: as for cross_entropy, of which this is the negative with
// t = u. u may have both signs, and then Σ_{i≠k} u_i cancels; it is held to 2^-103 of the
// largest partial sum.
//
// # Method
//
// −((z_j−z_k) + log1p(Σ_{i≠j} e^(z_i−z_j))) with j the highest score. See cross_entropy.
//
// # References
//
// Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax
// functions, 2021.
var LogSoftmax = declare(Loss{
	Name:       "log_softmax",
	Title:      "logarithm of the softmax",
	Shape:      Row,
	Formula:    "v_k = z_k − lse(z)",
	Definition: "log_softmax(z)",
	Gradient:   "∂(Σ u_i·v_i)/∂z_k = u_k − p_k·Σ u_i",
	Second:     "∂²(Σ u_i·v_i)/∂z_k∂z_i = −Σ u_j·(p_k·δ_ki − p_k·p_i)",

	Prediction:   Extended,
	VectorValued: true,
	SpecialCases: []string{
		"a single +Inf logit has v_k = +0, all others −Inf",
		"a −Inf logit has v_k = −Inf, gradient u_k",
		"two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN",
		"K = 1: v_k = +0, gradient 0, of any logit but −Inf",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of LogSoftmax; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: false, Witness: &Witness{A: []float64{0, 0}}},
		{Property: Lipschitz, Holds: true, Constant: 2, Norm: Maximum, Statement: "each value"},
		{Property: Bounded, Holds: false, Witness: &Witness{A: []float64{-1e300, 0}}},
		{Property: ShiftInvariant, Holds: true},
		{Property: GradientSumsToZero, Holds: true},
		{Property: Equivariant, Holds: true, Statement: "the values are permuted with the logits"},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Blanchard, Higham, Higham, Accurately computing the log-sum-exp and softmax functions", "IMA Journal of Numerical Analysis 41, 2021"}},

	evaluate: func(_ Args, r *Item) {
		s, ok := newScores(r.Pred)
		if !ok {
			r.noLimit()
			return
		}
		upstream := make([]wide, len(r.Pred))
		var total wide
		for k, u := range r.Upstream {
			upstream[k] = num(u)
			total = plus(total, upstream[k])
		}
		for k, g := range s.residual(upstream) {
			r.Value[k] = neg(s.surprise(k))
			r.Grad[k] = neg(g)
		}
		if r.Product != nil {
			for k, v := range centred(s.exp, s.total, r.Direction) {
				r.Product[k] = neg(mul(total, s.probability(k), v))
			}
		}
	},
})
