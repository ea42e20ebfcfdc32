package mutants

import "math"

var _ = enter(room{
	loss: "kl_divergence_with_logits",
	formula: `
e = exp(-gap(z))
nll = gap(z) + log1p(min(others(e)))
value = sum(weighed(y, log(y) + nll))
far = e * others(y) - y * others(e)
less = expm1(-gap(z))
near = less * sum(y) - y * sum(less) - centred(1, y)
grad = if(max(gap(z)) < 0.5, near, far) / sum(e)`,
	mutants: append(divergences("kl-with-logits", func(e *example) []float64 { return surprises(e.pred) }), []Mutant{
		{Name: "kl-with-logits-log-of-softmax", Museum: "B024", Issue: "onnx/onnx#2696", Mechanism: "the logarithm of a softmax that has underflowed",
			defect: value(func(e *example) float64 {
				s := mapped(softmax(e.pred), func(p float64) float64 { return -math.Log(p) })
				for k, q := range e.target {
					s[k] = xtimes(q, math.Log(q)+s[k])
				}
				return compensated(s)
			})},
		{Name: "kl-with-logits-shift-late", Museum: "B008", Issue: "pytorch/pytorch#11752", Mechanism: "lse is rounded before the score is subtracted",
			defect: changing(func(e *example, out *outcome) {
				if top := highest(e.pred); !math.IsInf(top, 0) && !math.IsInf(out.value[0], 0) {
					lse := top + math.Log(compensated(exponentials(e.pred)))
					out.value[0] = 0
					for k, q := range e.target {
						out.value[0] += xtimes(q, math.Log(q)+(lse-e.pred[k]))
					}
				}
			})},
		{Name: "kl-with-logits-mass-taken-for-one", Museum: "O6", Mechanism: "the gradient is p − q, whatever q sums to",
			defect: gradient(func(e *example) []float64 {
				grad := softmax(e.pred)
				for k, q := range e.target {
					grad[k] -= q
				}
				return grad
			})},
	}...),
})
