package loss

import (
	"math"
	"slices"
)

// Poly-1 cross-entropy of the softmax of a row of logits: another coefficient for the first power of 1 − p.
//
// # Formula
//
//	L(z, t) = ℓ + ε·q, ℓ = lse(z) − z_t, q = 1 − p, p = softmax(z)_t
//
// in nats, with ε = epsilon. ℓ = −log(1−q) is q + q²/2 + q³/3 + …, of which ε changes the first coefficient.
//
// # Gradient
//
//	∂L/∂z_t = −G, G = q·(1 + ε·p)
//	∂L/∂z_k = G·r_k for k ≠ t, r = softmax over the classes k ≠ t
//	∂²L/∂z² = C·(e_t−r)(e_t−r)ᵀ + G·(diag r − r·rᵀ), C = p·q·(1 + ε·(p − q))
//
// where r_t = 0 and e_t is the unit vector of t.
//
// # Domain
//
// z any numbers or infinities, t a label in [0, K), ε ≥ −1. A row whose label is ignore_index is not evaluated.
//
// # Special cases
//
//	a single +Inf logit is a point mass: L = +0 and gradient 0 for its label
//	L = +Inf for any other label, gradient −1 at t and 1 at the +Inf
//	L = +Inf for a label at a −Inf logit, gradient −1 at t and r_k at k
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	K = 1: L = +0, gradient 0, of any logit but −Inf
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: nothing cancels. q is the sum of the other probabilities,
// 2^-67; (1+ε)·q and ℓ − q are not negative, and ℓ − q has 2^-63, by its series for q ≤ ½ and else as a difference of which
// at least a quarter remains. 1 + ε·p is a sum of one sign in the form (1+ε) − ε·q where ε < 0. The rounding at the end is
// ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// L = (1+ε)·q + (ℓ − q), since next to ε = −1 the two terms of the formula cancel. q is never 1 − p.
//
// # References
//
// Leng et al., PolyLoss: a polynomial expansion perspective of classification loss functions, 2022, arXiv:2204.12511,
// section 4.3.
var Poly1CrossEntropy = declare(Loss{
	Name:     "poly1_cross_entropy",
	Title:    "Poly-1 cross-entropy of the softmax of logits",
	Shape:    Row,
	Formula:  "L = ℓ + ε·q, ℓ = lse(z) − z_t, q = 1 − p, p = softmax(z)_t",
	Gradient: "∂L/∂z_t = −G, ∂L/∂z_k = G·r_k for k ≠ t, G = q·(1 + ε·p), r = softmax over the classes k ≠ t",
	Second:   "∂²L/∂z² = C·(e_t−r)(e_t−r)ᵀ + G·(diag r − r·rᵀ), C = p·q·(1 + ε·(p − q))",

	Prediction: Extended,
	Targets:    Targets{Label},
	Params: []Param{{Name: "epsilon", Kind: Scalar, Domain: fromMinusOne, Default: []float64{1},
		Meaning: "what is added to the coefficient 1 of 1 − p"}, IgnoreIndex},
	SpecialCases: []string{
		"a single +Inf logit is a point mass: L = +0 and gradient 0 for its label",
		"L = +Inf for any other label, gradient −1 at t and 1 at the +Inf",
		"L = +Inf for a label at a −Inf logit, gradient −1 at t and r_k at k",
		"two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN",
		"K = 1: L = +0, gradient 0, of any logit but −Inf",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Poly1CrossEntropy"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{10, 0}, Note: "for K ≥ 2 0 is the limit only"}},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "in the limit"},
		{Property: Convex, Holds: true, Statement: "a falling convex function of z_t − lse_{k≠t}, which is concave", When: &Condition{"for ε ≤ 1", func(a Args, _, _ []float64) bool { return a.Scalar("epsilon") <= 1 }}},
		{Property: Convex, Holds: false, When: &Condition{"for ε > 1", func(a Args, _, _ []float64) bool { return a.Scalar("epsilon") > 1 }},
			Witness: &Witness{Params: Params{"epsilon": {16}}, Target: []float64{0}, A: []float64{-12, 0}, B: []float64{0, 0}}},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0, 0}, B: []float64{1, 1}, Note: "constant along a shift"}},
		{Property: ConvexInProb, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: math.Sqrt2, Norm: Euclidean, Statement: "√2·max G, with max G = 1 for ε ≤ 1, and else (1+ε)²/(4ε)", ConstantFor: func(a Args, _ []float64) float64 {
			return poly1Slope(a, math.Sqrt2)
		}},
		{Property: Lipschitz, Holds: true, Constant: 2, Norm: Maximum, Statement: "2·max G", ConstantFor: func(a Args, _ []float64) float64 {
			return poly1Slope(a, 2)
		}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1e300, 0}}},
		{Property: Proper, Holds: false, Witness: &Witness{Params: Params{"epsilon": {16}}, Target: []float64{0.9, 0.1},
			A: []float64{5, 0}, B: []float64{2.197224577336219, 0}, Note: "overconfident: A is better than the true logits (log 9, 0)"}},
		{Property: ShiftInvariant, Holds: true},
		{Property: GradientSumsToZero, Holds: true},
		{Property: Equivariant, Holds: true, Statement: "the label is permuted too"},
		{Property: Differentiable, Holds: true},
	},
	Identities: []Identity{{Statement: "the loss is 1−ε times the cross-entropy and ε times itself with ε = 1", Source: "the formula is linear in ε",
		Terms: func(a Args, pred, target []float64) []Multiple {
			epsilon := a.Scalar("epsilon")
			rest, exact := complement(epsilon)
			if !exact {
				return nil
			}
			item := Batch{Pred: pred, Label: []int{slices.Index(target, 1)}}
			return []Multiple{
				{Factor: rest, Slope: 1, Call: Call{Loss: "cross_entropy", Batch: item}},
				{Factor: epsilon, Slope: 1, Call: Call{Loss: "poly1_cross_entropy", Params: Params{"epsilon": {1}}, Batch: item}},
			}
		}}},
	Sources: []Source{{"Leng et al., PolyLoss", "arXiv:2204.12511, section 4.3"}},

	evaluate: func(a Args, r *Item) {
		s, ok := newScores(r.Pred)
		if !ok {
			r.noLimit()
			return
		}
		t, epsilon := r.Label, num(a.Scalar("epsilon"))
		p, q := s.probability(t), div(exclusiveSums(s.exp)[t], s.total)
		rest := sub(s.surprise(t), q) // ℓ − q
		if q.exp < 0 {                // q < ½
			rest = lessLog1p(neg(q))
		}
		first, slope := plus(num(1), epsilon), plus(num(1), mul(epsilon, p))
		if epsilon.hi < 0 {
			slope = sub(first, mul(epsilon, q))
		}
		r.Value[0] = plus(mul(first, q), rest)
		for k := range r.Grad {
			r.Grad[k] = mul(s.probability(k), slope)
		}
		r.Grad[t] = neg(mul(q, slope))
		if r.Product == nil {
			return
		}
		lean := add(sub(num(1), epsilon), mul(num(2), epsilon, p)) // 1 + ε·(p − q), which for ε = ±1 is 2p or 2q
		if sub(p, q).hi > 0 {
			lean = sub(first, mul(num(2), epsilon, q))
		}
		others, total, _ := s.without(t, r.Pred)
		r.againstOthers(t, others, total, mul(p, q, lean), mul(q, slope))
	},
})

// poly1Slope is the largest G times a factor, rounded up: it bounds. In p G is 1 + (ε−1)·p − ε·p².
func poly1Slope(a Args, factor float64) float64 {
	epsilon := num(a.Scalar("epsilon"))
	slope := num(1)
	if epsilon.hi > 0 && sub(epsilon, num(1)).hi > 0 {
		first := plus(num(1), epsilon)
		slope = div(mul(first, first), mul(num(4), epsilon))
	}
	return mul(num(factor), slope).atMost()
}
