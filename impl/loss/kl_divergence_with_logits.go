package loss

import "math"

// Kullback-Leibler divergence of a distribution from the softmax of a row of logits.
//
// # Formula
//
//	L(z, q) = Σ q_k·(log q_k + nll_k), nll_k = lse(z) − z_k
//
// in nats. q need not sum to 1. A class with q_k = 0 contributes 0, whatever its logit.
//
// # Gradient
//
//	∂L/∂z_k      = p_k·Σ q_i − q_k, p = softmax(z)
//	∂²L/∂z_k∂z_i = Σ q_j·(p_k·δ_ki − p_k·p_i)
//	∂L/∂q_k      = log q_k + 1 + nll_k
//
// # Domain
//
// z any numbers or infinities, q_k in [0, 1].
//
// # Special cases
//
//	a single +Inf logit is a point mass: L = +Inf where another class has q_k > 0
//	L = +Inf where z_k = −Inf with q_k > 0, gradient p_k·Σ q_i − q_k
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	K = 1: L = q·log q, gradient 0, of any logit but −Inf
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient: that of KLDivergence for the value, since nll_k is a sum of non-negative terms with 2^-66,
// and that of CrossEntropy for the gradient.
//
// # Method
//
// Those of both. Next to its minimum L is the square of what it is the difference of; κ says how little the numbers of
// the input leave of it.
//
// # References
//
// Hinton, Vinyals and Dean, Distilling the knowledge in a neural network, 2015, arXiv:1503.02531, section 2; optax,
// losses.kl_divergence of log_softmax. A temperature T divides the logits, and multiplies the value by T².
var KLDivergenceWithLogits = declare(Loss{
	Name:     "kl_divergence_with_logits",
	Title:    "Kullback-Leibler divergence from the softmax of logits",
	Shape:    Row,
	Formula:  "L = Σ q_k·(log q_k + nll_k), nll_k = lse(z) − z_k",
	Gradient: "∂L/∂z_k = p_k·Σ q_i − q_k, p = softmax(z)",
	Second:   "∂²L/∂z_k∂z_i = Σ q_j·(p_k·δ_ki − p_k·p_i)",
	ByTarget: "∂L/∂q_k = log q_k + 1 + nll_k",

	Prediction: Extended,
	Targets:    Targets{Distribution},
	Target:     UnitInterval,
	SpecialCases: []string{
		"a single +Inf logit is a point mass: L = +Inf where another class has q_k > 0",
		"L = +Inf where z_k = −Inf with q_k > 0, gradient p_k·Σ q_i − q_k",
		"two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN",
		"K = 1: L = q·log q, gradient 0, of any logit but −Inf",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of KLDivergenceWithLogits"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: false, Witness: &Witness{Target: []float64{0.5, 0.25}, A: []float64{1, 0}, Note: "the target sums to less than 1"}},
		{Property: Minimum, Holds: true, Statement: "Σq·log Σq, which is 0 where Σq = 1, at p = q/Σq", ConstantFor: func(_ Args, target []float64) float64 {
			mass := totalOf(target)
			if mass.zero() {
				return 0
			}
			return mul(mass, logarithm(mass)).float()
		}},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{0, 0}, B: []float64{1, 1}, Note: "constant along a shift"}},
		{Property: Lipschitz, Holds: true, Norm: Euclidean, Statement: "√2·Σq", ConstantFor: massOf(math.Sqrt2)},
		{Property: Lipschitz, Holds: true, Norm: Maximum, Statement: "2·Σq", ConstantFor: massOf(2)},
		{Property: Smooth, Holds: true, Norm: Euclidean, Statement: "Σq/2", ConstantFor: massOf(0.5)},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{-1e300, 0}}},
		{Property: ShiftInvariant, Holds: true},
		{Property: GradientSumsToZero, Holds: true},
		{Property: Equivariant, Holds: true, Statement: "the target is permuted too"},
		{Property: Differentiable, Holds: true},
	},
	Identities: []Identity{{Statement: "the divergence is the cross-entropy and Σ q_k·log q_k", Source: "the formulas of both losses",
		Terms: func(_ Args, pred, target []float64) []Multiple {
			return []Multiple{negativeEntropy(target), {Factor: 1, Slope: 1, Call: Call{Loss: "cross_entropy", Batch: Batch{Pred: pred, Target: target}}}}
		}}},
	Sources: []Source{{"Hinton, Vinyals and Dean, Distilling the knowledge in a neural network", "arXiv:1503.02531, section 2"}},

	evaluate: func(_ Args, r *Item) {
		s, ok := newScores(r.Pred)
		if !ok {
			r.noLimit()
			return
		}
		q := nums(r.Target)
		r.diverge(q, s.surprise)
		copy(r.Grad, s.residual(q))
		if r.Product != nil {
			for k, v := range centred(s.exp, s.total, r.Direction) {
				r.Product[k] = mul(totalOf(r.Target), s.probability(k), v)
			}
		}
	},
})
