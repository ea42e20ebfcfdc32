package mutants

import "math"

var _ = enter(room{
	loss: "distribution_focal",
	formula: `
e = exp(-gap(z))
nll = gap(z) + log1p(min(others(e)))
l = floor(y)
t = if(k == l, l + 1 - y, if(k == l + 1, y - l, 0))
value = sum(weighed(t, nll))
grad = (e * others(t) - t * others(e)) / sum(e)`,
	mutants: []Mutant{
		{Name: "distribution-focal-weights-exchanged", Museum: "O4", Mechanism: "the nearer class has the smaller weight",
			defect: positioned(func(y float64, l int) (left, right float64) { return y - float64(l), float64(l+1) - y })},
		{Name: "distribution-focal-nearest-class", Museum: "O7", Mechanism: "the position is rounded to a class",
			defect: positioned(func(y float64, l int) (left, right float64) {
				right = math.Floor(y - float64(l) + 0.5)
				return 1 - right, right
			})},
		{Name: "distribution-focal-of-the-ceiling", Museum: "O7", Mechanism: "the weights are ⌈y⌉ − y and y − ⌊y⌋, both 0 at a class",
			defect: positioned(func(y float64, l int) (left, right float64) { return math.Ceil(y) - y, y - math.Floor(y) })},
		{Name: "distribution-focal-always-clamped", Museum: "O3", Mechanism: "the position is lowered to K − 1 − 0.01 under either convention",
			defect: changing(func(e *example, out *outcome) {
				y := min(e.y, float64(len(e.pred))-1.01)
				if y != e.y && y >= 0 && !math.IsInf(out.value[0], 0) {
					l := len(e.pred) - 2
					out.value[0] = weighed([]float64{float64(l+1) - y, y - float64(l)}, surprises(e.pred)[l:])
				}
			})},
		{Name: "distribution-focal-shift-late", Museum: "B008", Issue: "pytorch/pytorch#11752", Mechanism: "lse is rounded before the score is subtracted",
			defect: changing(func(e *example, out *outcome) {
				if top := highest(e.pred); !math.IsInf(top, 0) && !math.IsInf(out.value[0], 0) {
					lse := top + math.Log(compensated(exponentials(e.pred)))
					out.value[0] = 0
					for k, w := range positionWeights(e) {
						out.value[0] += xtimes(w, lse-e.pred[k])
					}
				}
			})},
		{Name: "distribution-focal-log-of-softmax", Museum: "B024", Issue: "onnx/onnx#2696", Mechanism: "the logarithm of a softmax that has underflowed",
			defect: value(func(e *example) float64 {
				return weighed(positionWeights(e), mapped(softmax(e.pred), func(p float64) float64 { return -math.Log(p) }))
			})},
		{Name: "distribution-focal-gradient-of-lse", Museum: "O6", Mechanism: "the gradient is the softmax, without the weights",
			defect: gradient(func(e *example) []float64 { return softmax(e.pred) })},
		{Name: "distribution-focal-gradient-sign", Museum: "O6", Mechanism: "the gradient is that of −L",
			defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "distribution-focal-mean-of-classes", Museum: "O4", Mechanism: "the two terms are averaged",
			defect: changing(func(e *example, out *outcome) {
				if y, _ := e.Position(e.y, len(e.pred)); y != math.Floor(y) {
					out.value[0] /= 2
					scale(out.grad, 0.5)
				}
			})},
	},
})

// positionWeights are those of the classes.
func positionWeights(e *example) []float64 {
	y, _ := e.Position(e.y, len(e.pred))
	w := make([]float64, len(e.pred))
	l := max(0, min(int(y), len(w)-2))
	w[l] = float64(l+1) - y
	if len(w) > 1 {
		w[l+1] = y - float64(l)
	}
	return w
}

// positioned replaces the weights of the two classes in the value and in the gradient.
func positioned(weights func(y float64, l int) (left, right float64)) Defect {
	return changing(func(e *example, out *outcome) {
		if len(e.pred) == 1 {
			return
		}
		y, _ := e.Position(e.y, len(e.pred))
		l := min(int(y), len(e.pred)-2)
		before, w := positionWeights(e), make([]float64, len(e.pred))
		w[l], w[l+1] = weights(y, l)
		out.value[0] = weighed(w, surprises(e.pred))
		for k := range w {
			out.grad[k] += before[k] - w[k]
		}
	})
}
