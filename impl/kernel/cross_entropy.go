package kernel

import "math"

// CrossEntropy is the cross-entropy of the softmax of a row of K logits, for a class index or
// a distribution.
//
// Formula: L = Σ t_k·nll_k, nll_k = lse(z) − z_k, t_k = w_k·((1−ε)·y_k + (ε/K)·Σ y_i), in
// nats, with w = ClassWeight, ε = LabelSmoothing, and y the one-hot distribution of a label.
//
// Gradient: ∂L/∂z_k = p_k·Σ t_i − t_k, p = softmax(z).
//
// Domain: z any numbers or infinities, y a label in [0, K) or numbers in [0, 1], which are not
// checked, w_k ≥ 0, ε in [0, 1].
//
// Special cases:
//
//	a single +Inf logit is a point mass: L = +0 for its label, +Inf for any other
//	L = +Inf for a label at a −Inf logit, gradient p_k − t_k
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	a NaN logit makes value and gradient of its row NaN
//	K = 1: L = +0, gradient 0
//	a row whose label is IgnoreIndex: value 0, gradient 0, whatever its logits
//
// Accuracy: level 3, 4·(1+κ) ulp, value and gradient, in float32 and float64, for any targets of the
// domain, weights, smoothing and scale; in float64 as far as scale, weights and targets multiply a
// gradient by 2^40 at most, for an exponential below e^-774 of the largest counts as 0, and a label's
// weight and scale by 2^-1000 at least, or by 0. Labels without
// smoothing, float32: at most 4.1 ulp whatever κ (an exponential and those in the sum 1.3 each, its
// factor 1 and the product ½), 2.8 seen at random rows of 1 to 50257 classes with ties, infinities and
// offsets of 10⁸; float64: 3.6·(1+κ) seen at 200,000 rows near 0 with weights and scales. In double words
// 0.5·(1+κ) is seen of gradients and 1.6 of values (ci/worst).
//
// Method: nll_t = (z_j−z_t) + log1p(Σ_{i≠j} e^(z_i−z_j)) with j the largest score; the
// gradient of the label's class is minus the sum of the other probabilities, never p − 1.
// Exponentials never see a rounded difference of scores: see row_exponential.go. Sums are in
// float64, compensated for float64. Distributions are computed in double words, one number
// after another, in the same way in every tier: see rows_soft.go; so are smoothed labels where ε is
// above ¼, classes have weights, or the dtype is float64, and in float32 what a weight and the scale
// multiply by more than 2^22.
//
// References: impl/loss has those of the formula.
func CrossEntropy[T Float](classes int, o RowOptions) Rowwise[T] {
	return newRowwise[T](&crossEntropy, classes, 0, o)
}

var crossEntropy = rowLoss{
	name: "cross_entropy", soft: true, weighs: true,
	label: func(f rowFacts, weight, scale float64) (value, own, factor float64) {
		upstream, total := float64(weight*scale), f.top+f.others
		factor = upstream / total * (1 / factorUnit)
		if f.fine {
			factor = upstream * (1 / factorUnit) / total
			if lost := math.FMA(weight, scale, -upstream); lost == lost {
				factor += lost * (1 / factorUnit) / total
			}
		}
		x, unit := f.surprise()
		return weighSurprise(weight, x) * unit, float64((0-f.wrong())*factor) * factorUnit, factor
	},
}

// weighSurprise is w·x, and 0 where w is 0 and x infinite: a class without weight does not
// count.
func weighSurprise(w, x float64) float64 {
	if w == 0 && x > math.MaxFloat64 {
		return 0
	}
	return w * x
}
