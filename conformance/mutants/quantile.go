package mutants

import "math"

var _ = enter(room{
	loss: "quantile",
	formula: `
size = abs(z - y)
weight = if(z < y, quantile, 1 - quantile)
value = if(size == inf, 2 * (weight * abs(z / 2 - y / 2)), weight * size)
grad = if(z < y, -quantile, 1 - quantile)`,
	equivalent: map[string][]string{
		// They differ for z = y only: the corner, where any slope from −τ to 1−τ is right.
		"both slopes are of the corner": {"quantile/bound/grad: z < y ⇒ z <= y"},
		// They differ for z = y only, where the size that is weighed is 0.
		"the difference is 0 there": {"quantile/bound/weight: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{
		{Name: "quantile-sides-exchanged", Museum: "O4", Mechanism: "τ and 1−τ are exchanged: what is asked for is the other quantile",
			defect: quantile(func(tau, d float64) (value, slope float64) { return quantileLoss(1-tau, d) })},
		{Name: "quantile-ignored", Museum: "B076", Issue: "tensorflow/tensorflow#61519", Mechanism: "τ is ignored: half the absolute error",
			defect: quantile(func(_, d float64) (value, slope float64) { return quantileLoss(0.5, d) })},
		{Name: "quantile-doubled", Museum: "O6", Mechanism: "twice the loss, so that τ = ½ gives the absolute error",
			defect: changing(func(_ *example, out *outcome) {
				scale(out.value, 2)
				scale(out.grad, 2)
			})},
		{Name: "quantile-difference-reversed", Museum: "O4", Mechanism: "x − y in the place of y − x in the value only",
			defect: changing(func(e *example, out *outcome) { out.value[0], _ = quantileLoss(e.Scalar("quantile"), e.y-e.z) })},
		{Name: "quantile-without-size", Museum: "O7", Mechanism: "τ·(y − x) on both sides, without the maximum",
			defect: value(func(e *example) float64 { return e.Scalar("quantile") * (e.y - e.z) })},
		{Name: "quantile-slope-one-sided", Museum: "O6", Mechanism: "the slope is −τ on both sides", defect: slope(func(e *example) float64 { return -e.Scalar("quantile") })},
		{Name: "quantile-slope-sign", Museum: "O6", Mechanism: "the slope is that by the target", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "quantile-slope-of-size", Museum: "O6", Mechanism: "the slope is that of the absolute error", defect: slope(func(e *example) float64 { return math.Copysign(1, e.z-e.y) })},
	},
})

func quantileLoss(tau, d float64) (value, slope float64) {
	if d < 0 {
		return -tau * d, -tau
	}
	return (1 - tau) * d, 1 - tau
}

// quantile replaces value and slope where there is a difference.
func quantile(f func(tau, d float64) (value, slope float64)) Defect {
	return changing(func(e *example, out *outcome) {
		if d := e.z - e.y; d != 0 && !math.IsInf(d, 0) {
			out.value[0], out.grad[0] = f(e.Scalar("quantile"), d)
		}
	})
}
