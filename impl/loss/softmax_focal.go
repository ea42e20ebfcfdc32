package loss

import "math"

// Focal loss of the softmax of a row of logits.
//
// # Formula
//
//	L(z, t) = α_t·q^γ·ℓ, ℓ = lse(z) − z_t, q = 1 − p, p = softmax(z)_t
//
// in nats, with α = alpha (switched off: 1) and γ = gamma. It is the focal loss of one
// logit u = z_t − lse_{k≠t}(z), for which p = σ(u), q = σ(−u) and ℓ = sp(−u).
//
// # Gradient
//
//	∂L/∂z_t = −G, G = α_t·q^γ·(γ·p·ℓ + q)
//	∂L/∂z_k = G·r_k for k ≠ t, r = softmax over the classes k ≠ t
//	∂²L/∂z² = C·(e_t−r)(e_t−r)ᵀ + G·(diag r − r·rᵀ), C = α_t·p·q^γ·((1+2γ)·q − γ·ℓ·(q − γ·p))
//
// where r_t = 0 and e_t is the unit vector of t.
//
// # Domain
//
// z any numbers or infinities, t a label in [0, K), α_k ≥ 0, γ ≥ 0. A row whose label is
// ignore_index is not evaluated.
//
// # Special cases
//
//	a single +Inf logit is a point mass: L = +0 and gradient 0 for its label
//	L = +Inf for any other label, gradient −α_t at t and α_t at the +Inf
//	L = +Inf for a label at a −Inf logit, gradient −α_t at t and α_t·r_k at k
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	K = 1: L = +0, gradient 0, of any logit but −Inf
//	α_t = 0: L = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: nothing is subtracted. p and
// r_k are quotients of sums of exponentials with 2^-68, q is the sum of the other
// probabilities: 2^-67, ℓ has 2^-66 as in cross_entropy. log q is log1p(−p) for q ≥ ½ and
// else lse_{k≠t} − lse, at least log 2 in size while the terms of its sum are below
// log K + |log q|: 2^-62 for K ≤ 10⁶. q^γ has γ·|log q| times that, below 2^-51 at the very end of
// the range of float64 (see power), which is the bound, and 2^-58 for |γ·log q| < 16. The
// rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// q is never 1 − p. The derivative has the factor q^γ and r_k in place of γ·q^(γ−1)·p_k, so
// that 0 < γ < 1 is as good as any other.
//
// # References
//
// Lin et al., Focal loss for dense object detection, 2017, arXiv:1708.02002, section 3.
var SoftmaxFocal = declare(Loss{
	Name:     "softmax_focal",
	Title:    "focal loss of the softmax of logits",
	Shape:    Row,
	Formula:  "L = α_t·q^γ·ℓ, ℓ = lse(z) − z_t, q = 1 − p, p = softmax(z)_t",
	Gradient: "∂L/∂z_t = −G, ∂L/∂z_k = G·r_k for k ≠ t, G = α_t·q^γ·(γ·p·ℓ + q), r = softmax over the classes k ≠ t",
	Second:   "∂²L/∂z² = C·(e_t−r)(e_t−r)ᵀ + G·(diag r − r·rᵀ), C = α_t·p·q^γ·((1+2γ)·q − γ·ℓ·(q − γ·p))",

	Prediction: Extended,
	Targets:    Targets{Label},
	Params: []Param{
		{Name: "alpha", Kind: PerClass, Domain: NonNegative, Optional: true, Meaning: "factor α of each class"},
		focusing, IgnoreIndex,
	},
	SpecialCases: []string{
		"a single +Inf logit is a point mass: L = +0 and gradient 0 for its label",
		"L = +Inf for any other label, gradient −α_t at t and α_t at the +Inf",
		"L = +Inf for a label at a −Inf logit, gradient −α_t at t and α_t·r_k at k",
		"two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN",
		"K = 1: L = +0, gradient 0, of any logit but −Inf",
		"α_t = 0: L = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of SoftmaxFocal; at most 0.603 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{3, 0}, Note: "for K ≥ 2 0 is the limit only"}},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{10, 0}}},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "in the limit"},
		{Property: Convex, Holds: false, Witness: &Witness{Params: Params{"gamma": {20}}, Target: []float64{0}, A: []float64{-12, 0}, B: []float64{-2, 0}}},
		{Property: ConvexInProb, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: math.Sqrt2 * focalSlope2, Norm: Euclidean, Statement: "√2·α_t·C(γ), C as for sigmoid_focal", ConstantFor: func(a Args, target []float64) float64 {
			return softmaxFocalSlope(a, target, math.Sqrt2)
		}},
		{Property: Lipschitz, Holds: true, Constant: 2 * focalSlope2, Norm: Maximum, Statement: "2·α_t·C(γ)", ConstantFor: func(a Args, target []float64) float64 {
			return softmaxFocalSlope(a, target, 2)
		}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1e300, 0}}},
		{Property: Proper, Holds: false, Source: "arXiv:2011.09172", Witness: &Witness{Target: []float64{0.9, 0.1},
			A: []float64{1.5, 0}, B: []float64{2.197224577336219, 0}, Note: "underconfident: A is better than the true logits (log 9, 0)"}},
		{Property: ShiftInvariant, Holds: true},
		{Property: GradientSumsToZero, Holds: true},
		{Property: Equivariant, Holds: true, Statement: "alpha and the label are permuted too"},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Lin et al., Focal loss for dense object detection", "arXiv:1708.02002, section 3"}},

	evaluate: func(a Args, r *Item) {
		s, ok := newScores(r.Pred)
		if !ok {
			r.noLimit()
			return
		}
		t, gamma := r.Label, num(a.Scalar("gamma"))
		others, othersTotal, logWrong := s.without(t, r.Pred)
		p, ell := s.probability(t), s.surprise(t)
		q := div(exclusiveSums(s.exp)[t], s.total)
		if q.exp >= 0 { // q ≥ ½
			logWrong = log1p(neg(p))
		}
		weight := mul(num(a.Class("alpha", t)), power(q, logWrong, a.Scalar("gamma")))
		r.Value[0] = mul(weight, ell)
		slope := mul(weight, add(mul(gamma, p, ell), q))
		for k := range r.Grad {
			if k == t {
				r.Grad[k] = neg(slope)
			} else {
				r.Grad[k] = div(mul(slope, others[k]), othersTotal)
			}
		}
		if r.Product == nil {
			return
		}
		three := add(num(1), gamma, gamma) // 1 + 2γ
		curvature := mul(weight, p, sub(mul(three, q), mul(gamma, ell, sub(q, mul(gamma, p)))))
		r.againstOthers(t, others, othersTotal, curvature, slope)
	},
})

// againstOthers writes the Hessian product of a function of z_t − lse_{k≠t}: with the classes other than t as without has
// them, C its second derivative and −G its first,
//
//	C·(e_t−r)(e_t−r)ᵀ + G·(diag r − r·rᵀ)
func (r *Item) againstOthers(t int, others []wide, total, curvature, slope wide) {
	deviation := centred(others, total, r.Direction) // v_k − Σ r_i·v_i
	for k := range r.Product {
		share := div(others[k], total)
		if k == t {
			r.Product[k] = mul(curvature, deviation[t])
		} else {
			r.Product[k] = sub(mul(slope, share, deviation[k]), mul(curvature, share, deviation[t]))
		}
	}
}

// without returns the classes other than t on their own: e^(z_k−z_m) with 0 for t, where
// m is the highest of them, the sum of these, and log(1 − p_t) = lse_{k≠t} − lse. Where
// there is no other class, or all others are −Inf, there is nothing but zeros, the total
// is 1 and the logarithm −Inf.
func (s *scores) without(t int, z []float64) (exp []wide, total, log wide) {
	exp = make([]wide, len(z))
	m := -1
	for k := range z {
		if k != t && (m < 0 || z[k] > z[m]) {
			m = k
		}
	}
	if m < 0 || math.IsInf(z[m], -1) {
		return exp, num(1), num(math.Inf(-1))
	}
	var rest wide
	for k := range z {
		switch {
		case k == t:
		case k == m:
			exp[k] = num(1)
		default:
			exp[k] = exponential(sub(num(z[k]), num(z[m])))
			rest = plus(rest, exp[k])
		}
	}
	return exp, plus(num(1), rest), sub(sub(log1p(rest), s.logTotal), s.gap[m])
}

// softmaxFocalSlope is α_t·C(γ) for a label given as its one-hot distribution, times a factor,
// rounded up: it bounds.
func softmaxFocalSlope(a Args, target []float64, factor float64) float64 {
	for t, y := range target {
		if y == 1 {
			return mul(num(factor), num(a.Class("alpha", t)), num(focalSlope(a.Scalar("gamma")))).atMost()
		}
	}
	return math.NaN()
}
