package mutants

import "math"

var _ = enter(room{
	loss: "kl_divergence",
	formula: `
value = sum(weighed(y, log(y) - z))
grad = -y`,
	mutants: append(divergences("kl", func(e *example) []float64 { return mapped(e.pred, func(x float64) float64 { return -x }) }), []Mutant{
		{Name: "kl-of-log-targets", Museum: "O4", Mechanism: "the target is taken for a row of log-probabilities, too",
			defect: changing(func(e *example, out *outcome) {
				terms := make([]float64, len(e.pred))
				for k, q := range e.target {
					terms[k] = math.Exp(q) * (q - e.pred[k])
					out.grad[k] = -math.Exp(q)
				}
				out.value[0] = compensated(terms)
			})},
		{Name: "kl-gradient-of-logits", Museum: "O6", Mechanism: "the gradient is p − q, as that by logits",
			defect: gradient(func(e *example) []float64 {
				grad := softmax(e.pred)
				for k, q := range e.target {
					grad[k] -= q
				}
				return grad
			})},
		{Name: "kl-mean-of-classes", Museum: "B077", Issue: "tensorflow/addons#1261", Mechanism: "the classes are averaged, as by the default reduction of a library",
			defect: changing(func(e *example, out *outcome) {
				scale(out.value, 1/float64(len(e.pred)))
				scale(out.grad, 1/float64(len(e.pred)))
			})},
	}...),
})

// divergences are defects of every divergence Σ q·(log q + s), which knows its surprises s.
func divergences(prefix string, surprise func(e *example) []float64) []Mutant {
	// summed replaces the term of a class.
	summed := func(term func(q, s float64) float64) Defect {
		return value(func(e *example) float64 {
			s := surprise(e)
			for k, q := range floored(e, e.target) {
				s[k] = term(q, s[k])
			}
			return compensated(s)
		})
	}
	surplus := func(q, s float64) float64 { return xtimes(q, math.Log(q)+s) }
	return []Mutant{
		{Name: prefix + "-cross-entropy", Museum: "O6", Mechanism: "the cross-entropy, from which the entropy of the target is not subtracted", defect: summed(xtimes)},
		{Name: prefix + "-zero-times-log-zero", Museum: "B044", Issue: "pytorch/pytorch#89558", Mechanism: "0·log 0 is NaN",
			defect: summed(func(q, s float64) float64 { return q*math.Log(q) + xtimes(q, s) })},
		{Name: prefix + "-zero-times-infinity", Museum: "B044", Issue: "pytorch/pytorch#89558", Mechanism: "a class without weight whose probability is 0 makes NaN",
			defect: summed(func(q, s float64) float64 { return xtimes(q, math.Log(q)) + q*s })},
		{Name: prefix + "-reversed", Museum: "O4", Mechanism: "Σ p·(log p − log q): prediction and target are exchanged",
			defect: summed(func(q, s float64) float64 { return -xtimes(math.Exp(-s), s+math.Log(q)) })},
		{Name: prefix + "-in-bits", Museum: "O6", Mechanism: "logarithms to base 2", defect: changing(func(_ *example, out *outcome) { scale(out.value, math.Log2E) })},
		{Name: prefix + "-epsilon-added", Museum: "O3", Mechanism: "log(q + 1e-7)",
			defect: summed(func(q, s float64) float64 { return xtimes(q, math.Log(q+1e-7)+s) })},
		{Name: prefix + "-not-below-zero", Museum: "O7", Mechanism: "a class whose term is negative counts for nothing",
			defect: summed(func(q, s float64) float64 { return max(surplus(q, s), 0) })},
		{Name: prefix + "-gradient-sign", Museum: "O6", Mechanism: "the gradient has the other sign", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
	}
}

// floored are probabilities as the convention probability_floor leaves them.
func floored(e *example, probabilities []float64) []float64 {
	return mapped(probabilities, func(p float64) float64 { used, _ := e.Floor(p); return used })
}
