package mutants

import "math"

var _ = enter(room{
	loss: "log_cosh",
	formula: `
size = abs(z - y)
q = expm1(size)
sinh = (q + q / (1 + q)) / 2
far = size - 0.6931471805599453 + log(1 + exp(-2 * size))
value = if(size < 1, log1p(sinh * sinh) / 2, far)
grad = if(z < y, expm1(-2 * size), -expm1(-2 * size)) / (1 + exp(-2 * size))`,
	equivalent: map[string][]string{
		"the point where two algorithms meet": {"log_cosh/bound/value: size < 1 ⇒ size <= 1"},
		// They differ for z = y only, where the slope is 0 times either sign.
		"the slope is 0 there": {"log_cosh/bound/grad: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{
		{Name: "log-cosh-by-softplus", Museum: "O2", Mechanism: "d + sp(−2d) − log 2, which has no digit left for small d and is often negative",
			defect: value(func(e *example) float64 { return (e.z - e.y) + softplus(-2*(e.z-e.y)) - math.Ln2 })},
		{Name: "log-cosh-naive", Museum: "O2", Mechanism: "log((e^d + e^−d)/2), which overflows and rounds to 0",
			defect: value(func(e *example) float64 { return math.Log((math.Exp(e.z-e.y) + math.Exp(e.y-e.z)) / 2) })},
		{Name: "log-cosh-by-size", Museum: "O2", Mechanism: "|d| + log1p(e^−2|d|) − log 2 for every d",
			defect: value(func(e *example) float64 {
				d := math.Abs(e.z - e.y)
				return d + math.Log1p(math.Exp(-2*d)) - math.Ln2
			})},
		{Name: "log-cosh-no-log-2", Museum: "O6", Mechanism: "log 2 is not subtracted: the loss is log 2 at d = 0",
			defect: changing(func(_ *example, out *outcome) { out.value[0] += math.Ln2 })},
		{Name: "log-cosh-half-square", Museum: "O6", Mechanism: "½d² for every small d, which is the first term only",
			defect: changing(func(e *example, out *outcome) {
				if d := e.z - e.y; math.Abs(d) < 0.5 {
					out.value[0] = d * d / 2
				}
			})},
		{Name: "log-cosh-slope-overflows", Museum: "O2", Mechanism: "the slope (e^2d − 1)/(e^2d + 1), which is Inf/Inf for large d",
			defect: slope(func(e *example) float64 { return (math.Exp(2*(e.z-e.y)) - 1) / (math.Exp(2*(e.z-e.y)) + 1) })},
		{Name: "log-cosh-slope-of-sigmoid", Museum: "O2", Mechanism: "the slope 2σ(2d) − 1, whose digits cancel for small d",
			defect: slope(func(e *example) float64 { return 2*sigmoid(2*(e.z-e.y)) - 1 })},
		{Name: "log-cosh-slope-halved", Museum: "O6", Mechanism: "the slope tanh(d/2)",
			defect: slope(func(e *example) float64 { return math.Tanh((e.z - e.y) / 2) })},
		{Name: "log-cosh-slope-sign", Museum: "O6", Mechanism: "the slope is that by the target", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
	},
})
