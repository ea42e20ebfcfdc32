package loss

// Kullback-Leibler divergence of a distribution from a row of log-probabilities.
//
// # Formula
//
//	L(x, q) = Σ q_k·(log q_k − x_k)
//
// in nats. Neither q nor e^x need sum to 1. A class with q_k = 0 contributes 0, whatever its log-probability.
//
// # Gradient
//
//	∂L/∂x_k      = −q_k
//	∂²L/∂x_k∂x_i = 0
//	∂L/∂q_k      = log q_k + 1 − x_k
//
// # Domain
//
// x any numbers or infinities, q_k in [0, 1].
//
// # Special cases
//
//	L = +Inf where x_k = −Inf with q_k > 0
//	L = −Inf where x_k = +Inf with q_k > 0, and NaN where there are both
//	a class with q_k = 0 counts for nothing, and has the gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. The logarithm has 2^-69, so that log q_k − x_k has that of the larger of the two, which
// is below 2^10 where it is the logarithm: 2^-59 of 1 at most. What a class adds to κ·|L| and |L| together is at
// least half of q_k, unless q_k is a label, whose logarithm is exact. The gradient is exact.
//
// # Method
//
// As the formula stands; the difference of the logarithms is taken before the product.
//
// # References
//
// Kullback and Leibler, On information and sufficiency, 1951, equation 2.4; torch.nn.functional.kl_div, in its order of
// arguments.
var KLDivergence = declare(Loss{
	Name:     "kl_divergence",
	Title:    "Kullback-Leibler divergence from log-probabilities",
	Shape:    Row,
	Formula:  "L = Σ q_k·(log q_k − x_k)",
	Gradient: "∂L/∂x_k = −q_k",
	Second:   "∂²L/∂x_k∂x_i = 0",
	ByTarget: "∂L/∂q_k = log q_k + 1 − x_k",

	Prediction: Extended,
	Targets:    Targets{Distribution},
	Target:     UnitInterval,
	SpecialCases: []string{
		"L = +Inf where x_k = −Inf with q_k > 0",
		"L = −Inf where x_k = +Inf with q_k > 0, and NaN where there are both",
		"a class with q_k = 0 counts for nothing, and has the gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 0.5, How: "error analysis in the documentation of KLDivergence"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: false, Witness: &Witness{Target: []float64{0.5, 0.5}, A: []float64{0, 0}, Note: "the probabilities sum to 2"}},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{-1, -2}, B: []float64{-3, -1}, Note: "linear"}},
		{Property: Lipschitz, Holds: true, Norm: Euclidean, Statement: "Σq, which is at least ‖q‖₂", ConstantFor: massOf(1)},
		{Property: Lipschitz, Holds: true, Norm: Maximum, Statement: "Σq", ConstantFor: massOf(1)},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{-1e300, 0}}},
		{Property: ShiftInvariant, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{-1, -2}, B: []float64{-2, -3}}},
		{Property: GradientSumsToZero, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{-1, -2}}},
		{Property: Equivariant, Holds: true, Statement: "the target is permuted too"},
		{Property: Differentiable, Holds: true},
	},
	Identities: []Identity{{Statement: "the divergence is Σ q_k times the negative log-likelihood of k, and Σ q_k·log q_k", Source: "the formulas of both losses",
		Terms: func(_ Args, pred, target []float64) []Multiple {
			terms := []Multiple{negativeEntropy(target)}
			for k, q := range target {
				if q != 0 {
					terms = append(terms, Multiple{Factor: q, Slope: 1, Call: Call{Loss: "negative_log_likelihood", Batch: Batch{Pred: pred, Label: []int{k}}}})
				}
			}
			return terms
		}}},
	Sources: []Source{
		{"Kullback and Leibler, On information and sufficiency", "Annals of Mathematical Statistics 22, 1951, equation 2.4"},
		{"PyTorch, torch.nn.functional.kl_div", "version 2.9"},
	},

	evaluate: func(_ Args, r *Item) {
		r.diverge(nums(r.Target), func(k int) wide { return neg(num(r.Pred[k])) })
		for k, q := range r.Target {
			r.Grad[k] = neg(num(q))
		}
	},
})

// diverge writes Σ q_k·(log q_k + s_k), with s the surprises, and its derivative by the target. For q_k = 0 that is the
// limit, −Inf but where s_k is +Inf.
func (r *Item) diverge(target []wide, surprise func(k int) wide) {
	for k, q := range target {
		s := surprise(k)
		excess := plus(logarithm(q), s)
		switch {
		case !q.zero():
			r.Value[0] = plus(r.Value[0], mul(q, excess))
		case s.special() && s.hi > 0:
			excess = s
		}
		if r.TargetGrad != nil {
			r.TargetGrad[k] = plus(excess, num(1))
		}
	}
}

// negativeEntropy is Σ q_k·log q_k.
func negativeEntropy(target []float64) Multiple {
	var sum wide
	for _, y := range target {
		if q := num(y); y != 0 {
			sum = plus(sum, mul(q, logarithm(q)))
		}
	}
	return Multiple{Factor: sum.float()}.within(0x1p-52)
}

// massOf is Σq times a factor, rounded up: it bounds.
func massOf(factor float64) func(Args, []float64) float64 {
	return func(_ Args, target []float64) float64 { return mul(num(factor), totalOf(target)).atMost() }
}
