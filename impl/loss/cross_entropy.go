package loss

import "math"

// Cross-entropy of the softmax of a row of logits.
//
// # Formula
//
//	L(z, y) = Σ t_k·nll_k, nll_k = lse(z) − z_k, t_k = w_k·((1−ε)·y_k + (ε/K)·Σ y_i)
//
// in nats, with w = weight, ε = label_smoothing, and for a label y its one-hot
// distribution. A distribution need not sum to 1. A class with t_k = 0 contributes 0,
// whatever its logit.
//
// # Gradient
//
//	∂L/∂z_k      = p_k·Σ t_i − t_k, p = softmax(z)
//	∂²L/∂z_k∂z_i = Σ t_j·(p_k·δ_ki − p_k·p_i)
//	∂L/∂y_k      = (1−ε)·w_k·nll_k + (ε/K)·Σ w_i·nll_i
//
// # Domain
//
// z any numbers or infinities, y a label in [0, K) or numbers in [0, 1], w_k ≥ 0, ε in
// [0, 1]. A row whose label is ignore_index is not evaluated.
//
// # Special cases
//
//	a single +Inf logit is a point mass: L = +0 for its label, +Inf for any other
//	L = +Inf for a label at a −Inf logit, gradient p_k − t_k
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	K = 1: L = +0, gradient 0, of any logit but −Inf
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. With j the highest score, the differences z_j − z_k are
// held exactly but for 2^-103 of them; the exponentials have 2^-69 (a difference that
// matters is below 2^13), their sum of K non-negative terms 2^-69 + K·2^-103, log1p of it
// 2^-67; nll_k and L are sums of non-negative terms: 2^-66. The gradient is a difference
// of two sums with 2^-67 each. For a label without smoothing it has one term. With a soft
// target κ counts the change of t_k, and so all of the cancellation; equal t and nearly
// equal logits, the case that cancels through ε alone, is held to 2^-66 (see residual);
// what else cancels through ε or w does so at most to the last of their 53 bits, of which
// 2^-66 leaves 13. The rounding at the end is ½ ulp, and up to ½ more in the subnormal
// range.
//
// # Method
//
// nll_k = (z_j−z_k) + log1p(Σ_{i≠j} e^(z_i−z_j)). lse is never rounded before z_k is
// subtracted: [10⁸, 10⁸] gives log 2 and not 0. The gradient of the class of a label is minus
// the sum of the other probabilities, never p − 1.
//
// # References
//
// Bridle, Probabilistic interpretation of feedforward classification network outputs,
// 1990; Szegedy et al., 2016, arXiv:1512.00567, section 7 (label smoothing); the weights
// are those of torch.nn.functional.cross_entropy.
var CrossEntropy = declare(Loss{
	Name:       "cross_entropy",
	Title:      "cross-entropy of the softmax of logits",
	Aliases:    []string{"ce"},
	Shape:      Row,
	Formula:    "L = Σ t_k·nll_k, nll_k = lse(z) − z_k, t_k = w_k·((1−ε)·y_k + (ε/K)·Σ y_i)",
	Definition: "-sum(weight * ((1 - label_smoothing)*y + label_smoothing/K*sum(y)) * log_softmax(z))",
	Gradient:   "∂L/∂z_k = p_k·Σ t_i − t_k, p = softmax(z)",
	Second:     "∂²L/∂z_k∂z_i = Σ t_j·(p_k·δ_ki − p_k·p_i)",
	ByTarget:   "∂L/∂y_k = (1−ε)·w_k·nll_k + (ε/K)·Σ w_i·nll_i",

	Prediction: Extended,
	Targets:    Targets{Label, Distribution},
	Target:     UnitInterval,
	Params:     []Param{ClassWeight, IgnoreIndex, labelSmoothing},
	SpecialCases: []string{
		"a single +Inf logit is a point mass: L = +0 for its label, +Inf for any other",
		"L = +Inf for a label at a −Inf logit, gradient p_k − t_k",
		"two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN",
		"K = 1: L = +0, gradient 0, of any logit but −Inf",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of CrossEntropy; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{3, 0}, Note: "for K ≥ 2 and a label 0 is the limit only"}},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{10, 0}}},
		{Property: Minimum, Holds: true, Statement: "entropy of y where Σy = 1, at p = y; in general Σ t_k·log(Σt/t_k)", ConstantFor: func(a Args, target []float64) float64 {
			t := crossEntropyWeights(a, &Item{Pred: target, Target: target})
			total, least := add(t...), wide{}
			for _, x := range t {
				if !x.zero() {
					least = plus(least, mul(x, logarithm(div(total, x))))
				}
			}
			return least.float() / float64(len(t))
		}},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0, 0}, B: []float64{1, 1}, Note: "constant along a shift"}},
		{Property: ConvexInProb, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: math.Sqrt2, Norm: Euclidean, Statement: "√2·Σt",
			ConstantFor: func(a Args, target []float64) float64 { return totalWeight(a, target, math.Sqrt2) }},
		{Property: Lipschitz, Holds: true, Constant: 2, Norm: Maximum, Statement: "2·Σt",
			ConstantFor: func(a Args, target []float64) float64 { return totalWeight(a, target, 2) }},
		{Property: Smooth, Holds: true, Constant: 0.5, Norm: Euclidean, Statement: "Σt/2",
			ConstantFor: func(a Args, target []float64) float64 { return totalWeight(a, target, 0.5) }},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1e300, 0}}},
		{Property: Proper, Holds: true, When: &Condition{"with equal weights and without smoothing", func(a Args, pred, target []float64) bool {
			return a.Scalar(labelSmoothing.Name) == 0 && equalWeights.Holds(a, pred, target)
		}}},
		{Property: ShiftInvariant, Holds: true},
		{Property: GradientSumsToZero, Holds: true},
		{Property: Equivariant, Holds: true, Statement: "the weights and the target are permuted too"},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{
		{"Bridle, Probabilistic interpretation of feedforward classification network outputs", "Neurocomputing, 1990"},
		{"Szegedy et al., Rethinking the Inception architecture (label smoothing)", "arXiv:1512.00567, section 7"},
	},

	evaluate: func(a Args, r *Item) {
		s, ok := newScores(r.Pred)
		if !ok {
			r.noLimit()
			return
		}
		t, classes := crossEntropyWeights(a, r), num(float64(len(r.Pred)))
		var value, total, even wide
		for k := range t {
			value = plus(value, mul(t[k], s.surprise(k)))
			total = plus(total, t[k])
			even = plus(even, mul(num(a.Class(ClassWeight.Name, k)), s.surprise(k)))
		}
		r.Value[0] = div(value, classes)
		for k, g := range s.residual(t) {
			r.Grad[k] = div(g, classes)
		}
		epsilon := num(a.Scalar("label_smoothing"))
		for k := range r.TargetGrad {
			own := mul(sub(num(1), epsilon), num(a.Class(ClassWeight.Name, k)), s.surprise(k))
			r.TargetGrad[k] = plus(own, div(mul(epsilon, even), classes))
		}
		if r.Product != nil {
			for k, v := range centred(s.exp, s.total, r.Direction) {
				r.Product[k] = div(mul(total, s.probability(k), v), classes)
			}
		}
	},
})

// crossEntropyWeights returns K·t_k = w_k·((1−ε)·K·y_k + ε·Σy). The division by K is left
// to the end, so that equal classes have equal weights exactly.
func crossEntropyWeights(a Args, r *Item) []wide {
	t := make([]wide, len(r.Pred))
	mass := num(1)
	if r.Target == nil {
		t[r.Label] = num(1)
	} else {
		mass = wide{}
		for k, y := range r.Target {
			t[k] = num(y)
			mass = plus(mass, t[k])
		}
	}
	epsilon := num(a.Scalar("label_smoothing"))
	own, even := mul(sub(num(1), epsilon), num(float64(len(t)))), mul(epsilon, mass)
	for k := range t {
		t[k] = mul(num(a.Class(ClassWeight.Name, k)), plus(mul(own, t[k]), even))
	}
	return t
}

// totalWeight is Σt for a target given as a distribution, times a factor, rounded up: it bounds.
func totalWeight(a Args, target []float64, factor float64) float64 {
	t := crossEntropyWeights(a, &Item{Pred: target, Target: target})
	return div(mul(num(factor), add(t...)), num(float64(len(t)))).atMost()
}
