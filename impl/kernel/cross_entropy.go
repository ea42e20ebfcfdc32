package kernel

import "math"

// CrossEntropy is the cross-entropy of the softmax of a row of K logits.
//
// Formula: L = Σ t_k·nll_k, nll_k = lse(z) − z_k, t_k = w_k·((1−ε)·y_k + (ε/K)·Σ y_i), in
// nats, with w = ClassWeight, ε = LabelSmoothing, and y the one-hot distribution of a label.
//
// Gradient: ∂L/∂z_k = p_k·Σ t_i − t_k, p = softmax(z).
func CrossEntropy[T Float](classes int, o RowOptions) Rowwise[T] {
	return newRowwise[T](&crossEntropy, classes, 0, o)
}

var crossEntropy = rowLoss{
	name: "cross_entropy", soft: true, weighs: true,
	label: func(f rowFacts, _, weight float64) (value, own, factor float64) {
		factor = 1 / (f.top + f.others)
		return weighSurprise(weight, f.surprise()), (0 - f.wrong()) * factor, factor
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
