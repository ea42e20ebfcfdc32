package loss

import "math"

// Distribution focal loss: the cross-entropy of a row of logits with a position between two classes.
//
// # Formula
//
//	L(z, y) = (l+1−y)·nll_l + (y−l)·nll_(l+1), l = min(⌊y⌋, K−2), nll_k = lse(z) − z_k
//
// in nats: the position y is the two classes next to it, each with as much weight as y is near. A class of weight 0
// contributes 0, whatever its logit. Under the convention position_clamp y is first lowered to K−1−0.01.
//
// # Gradient
//
//	∂L/∂z_k      = p_k − w_k, p = softmax(z)
//	∂²L/∂z_k∂z_i = p_k·δ_ki − p_k·p_i
//	∂L/∂y        = z_l − z_(l+1)
//
// with w_l = l+1−y, w_(l+1) = y−l, and all other w_k 0. At a class y between others ∂L/∂y is any number between its limits from
// both sides; the reference says the one nearest to 0. Where y was lowered it is 0.
//
// # Domain
//
// z any numbers or infinities, y in [0, K−1].
//
// # Special cases
//
//	y = K−1: L = nll_(K−1), and no class beyond the last is looked at
//	a single +Inf logit is a point mass
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	K = 1: L = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, as CrossEntropy with the weights w, which are held exactly. A position that is a class
// is a label and does not count in κ.
//
// # Method
//
// That of CrossEntropy.
//
// # References
//
// Li et al., Generalized focal loss, 2020, arXiv:2006.04388, equation 6; the clamp is that of YOLOv8.
var DistributionFocal = declare(Loss{
	Name:     "distribution_focal",
	Title:    "distribution focal loss, the cross-entropy of a position between two classes",
	Aliases:  []string{"dfl"},
	Shape:    Row,
	Formula:  "L = (l+1−y)·nll_l + (y−l)·nll_(l+1), l = min(⌊y⌋, K−2), nll_k = lse(z) − z_k",
	Gradient: "∂L/∂z_k = p_k − w_k, p = softmax(z)",
	Second:   "∂²L/∂z_k∂z_i = p_k·δ_ki − p_k·p_i",
	ByTarget: "∂L/∂y = z_l − z_(l+1)",

	Prediction:  Extended,
	Targets:     Targets{Position},
	Target:      NonNegative,
	Conventions: []Convention{positionClamp},
	SpecialCases: []string{
		"y = K−1: L = nll_(K−1), and no class beyond the last is looked at",
		"a single +Inf logit is a point mass",
		"two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN",
		"K = 1: L = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of CrossEntropy; at most 0.500 seen at 20,000 random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{10, 0}, Note: "0 is the limit only, and of a class"}},
		{Property: Minimum, Holds: true, Statement: "entropy of y−⌊y⌋ and its complement", When: positionAsIs, ConstantFor: func(_ Args, target []float64) float64 {
			f := sub(num(target[0]), num(math.Floor(target[0])))
			least := wide{}
			for _, x := range []wide{f, sub(num(1), f)} {
				if !x.zero() {
					least = sub(least, mul(x, logarithm(x)))
				}
			}
			return least.float()
		}},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0, 0}, B: []float64{1, 1}, Note: "constant along a shift"}},
		{Property: Lipschitz, Holds: true, Constant: math.Sqrt2, Norm: Euclidean},
		{Property: Lipschitz, Holds: true, Constant: 2, Norm: Maximum},
		{Property: Smooth, Holds: true, Constant: 0.5, Norm: Euclidean},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-1e300, 0}}},
		{Property: Symmetric, Holds: true, When: positionAsIs, Statement: "L(z, y) with the classes in reverse order and K−1−y"},
		{Property: ShiftInvariant, Holds: true},
		{Property: GradientSumsToZero, Holds: true},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{
		{"Li et al., Generalized focal loss", "arXiv:2006.04388, equation 6"},
	},

	evaluate: func(a Args, r *Item) {
		s, ok := newScores(r.Pred)
		if !ok {
			r.noLimit()
			return
		}
		last := len(r.Pred) - 1
		y, moved := a.Position(r.Target[0], len(r.Pred))
		w, lower := make([]wide, last+1), max(0, min(int(y), last-1))
		w[lower] = sub(num(float64(lower+1)), num(y))
		if last > 0 {
			w[lower+1] = sub(num(y), num(float64(lower)))
		}
		for k := range w {
			if !w[k].zero() {
				r.Value[0] = plus(r.Value[0], mul(w[k], s.surprise(k)))
			}
		}
		copy(r.Grad, s.residual(w))
		if r.Product != nil {
			for k, v := range centred(s.exp, s.total, r.Direction) {
				r.Product[k] = mul(s.probability(k), v)
			}
		}
		if moved || last == 0 {
			return
		}
		slope := func(l int) wide { return sub(num(r.Pred[l]), num(r.Pred[l+1])) }
		r.TargetGrad[0] = slope(lower)
		if y == float64(lower) && lower > 0 {
			r.TargetGrad[0] = nearestToZero(slope(lower-1), slope(lower))
		}
	},
})

// positionAsIs is the condition that positions are not lowered.
var positionAsIs = &Condition{"without position_clamp", func(a Args, _, _ []float64) bool { return a.Convention(positionClamp.Name) == "none" }}
