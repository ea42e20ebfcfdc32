package mutants

import "math"

var _ = enter(room{
	loss: "absolute_error",
	formula: `
value = abs(z - y)
grad = if(z < y, -1, 1)`,
	equivalent: map[string][]string{
		// They differ for z = y only: the corner, where any slope from −1 to 1 is right.
		"both slopes are of the corner of |z − y|": {"absolute_error/bound/grad: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{
		{Name: "absolute-error-squared", Museum: "O6", Mechanism: "d² in place of |d|", defect: value(func(e *example) float64 { return (e.z - e.y) * (e.z - e.y) })},
		{Name: "absolute-error-signed", Museum: "O7", Mechanism: "the difference without its size", defect: value(func(e *example) float64 { return e.z - e.y })},
		{Name: "absolute-error-of-sizes", Museum: "O7", Mechanism: "| |x| − |y| | in place of |x − y|",
			defect: value(func(e *example) float64 { return math.Abs(math.Abs(e.z) - math.Abs(e.y)) })},
		{Name: "absolute-error-root-of-square", Museum: "O2", Mechanism: "√(d²), whose square leaves the range",
			defect: value(func(e *example) float64 { return math.Sqrt((e.z - e.y) * (e.z - e.y)) })},
		{Name: "absolute-error-smoothed", Museum: "O3", Mechanism: "√(d² + ε) with ε = 10⁻⁶, which is 10⁻³ where the loss is 0",
			defect: changing(func(e *example, out *outcome) {
				d := e.z - e.y
				if root := math.Sqrt(d*d + 1e-6); !math.IsInf(root, 0) {
					out.value[0], out.grad[0] = root, d/root
				}
			})},
		{Name: "absolute-error-slope-sign", Museum: "O6", Mechanism: "the slope is that by the target", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "absolute-error-slope-of-size", Museum: "O6, O7", Mechanism: "the slope is 1 on both sides", defect: slope(func(*example) float64 { return 1 })},
		{Name: "absolute-error-slope-of-half-square", Museum: "O6", Mechanism: "the slope is d, that of half the square", defect: slope(func(e *example) float64 { return e.z - e.y })},
		{Name: "absolute-error-slope-halved", Museum: "O6", Mechanism: "half the slope, as of a quantile loss", defect: changing(func(_ *example, out *outcome) { scale(out.grad, 0.5) })},
		{Name: "absolute-error-slope-of-quotient", Museum: "B049", Issue: "pytorch/pytorch#96813", Mechanism: "the slope is d/|d|, which is 0/0 at d = 0",
			defect: slope(func(e *example) float64 { return (e.z - e.y) / math.Abs(e.z-e.y) })},
	},
})
