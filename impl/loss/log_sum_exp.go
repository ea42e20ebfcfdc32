package loss

// The logarithm of the sum of exponentials, a smooth maximum.
//
// # Formula
//
//	L(z) = lse(z) = log Σ e^z_k
//
// # Gradient
//
//	∂L/∂z_k      = p_k, p = softmax(z)
//	∂²L/∂z_k∂z_i = p_k·δ_ki − p_k·p_i
//
// # Domain
//
// z any numbers or infinities.
//
// # Special cases
//
//	a single +Inf logit: L = +Inf, gradient 1 there and 0 elsewhere
//	two or more +Inf logits: L = +Inf, gradient NaN
//	all −Inf: L = −Inf, gradient NaN
//	K = 1: L = z, gradient 1, of any logit but −Inf
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. With j the highest score, log1p(Σ_{k≠j} e^(z_k−z_j)) has a
// relative error below 2^-67 and z_j is exact. They cancel where z_j is negative and near
// −log1p(…) ≥ −log K; κ = Σ p_k·|z_k|/|L| is then at least |z_j|/|L|, as all z are below z_j,
// and the error at most 2^-67·κ. The gradient is that of softmax: 2^-68. The rounding at the
// end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// z_j + log1p(Σ_{k≠j} e^(z_k−z_j)), with the own term of z_j taken out of the sum as the 1
// of log1p.
//
// # References
//
// Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax
// functions, 2021.
var LogSumExp = declare(Loss{
	Name:     "log_sum_exp",
	Title:    "logarithm of the sum of exponentials",
	Aliases:  []string{"logsumexp"},
	Shape:    Row,
	Formula:  "L = lse(z) = log Σ e^z_k",
	Gradient: "∂L/∂z_k = p_k, p = softmax(z)",
	Second:   "∂²L/∂z_k∂z_i = p_k·δ_ki − p_k·p_i",

	Prediction: Extended,
	SpecialCases: []string{
		"a single +Inf logit: L = +Inf, gradient 1 there and 0 elsewhere",
		"two or more +Inf logits: L = +Inf, gradient NaN",
		"all −Inf: L = −Inf, gradient NaN",
		"K = 1: L = z, gradient 1, of any logit but −Inf",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of LogSumExp; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: false, Witness: &Witness{A: []float64{-5, -5}}},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{A: []float64{0, 0}, B: []float64{1, 1}, Note: "linear along a shift"}},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: Maximum},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: Euclidean},
		{Property: Smooth, Holds: true, Constant: 0.5, Norm: Euclidean},
		{Property: Bounded, Holds: false, Witness: &Witness{A: []float64{1e300, 0}}},
		{Property: Increasing, Holds: true, Statement: "in every z_k"},
		{Property: ShiftInvariant, Holds: false, Statement: "L(z + c·1) = L(z) + c", Witness: &Witness{A: []float64{0, 0}, B: []float64{1, 1}}},
		{Property: GradientSumsToZero, Holds: false, Statement: "it sums to 1", Witness: &Witness{A: []float64{0, 0}}},
		{Property: Equivariant, Holds: true},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Blanchard, Higham, Higham, Accurately computing the log-sum-exp and softmax functions", "IMA Journal of Numerical Analysis 41, 2021"}},

	evaluate: func(_ Args, r *Item) {
		s, ok := newScores(r.Pred)
		if !ok {
			r.noLimit()
			r.Value[0] = num(r.Pred[s.top])
			return
		}
		r.Value[0] = plus(num(r.Pred[s.top]), s.logTotal)
		for k := range r.Grad {
			r.Grad[k] = s.probability(k)
		}
		if r.Product != nil {
			for k, v := range centred(s.exp, s.total, r.Direction) {
				r.Product[k] = mul(s.probability(k), v)
			}
		}
	},
})
