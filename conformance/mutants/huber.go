package mutants

import "math"

var _ = enter(room{
	loss: "huber",
	formula: `
size = abs(z - y)
value = if(size < delta, size * (size / 2), delta * (size - delta / 2))
grad = if(size < delta, z - y, if(z < y, -delta, delta))`,
	equivalent: map[string][]string{
		// They differ for |z − y| = δ only. There both branches hold δ·(δ/2), and ±δ: the same bits.
		"both branches are the same where they meet": {
			"huber/bound/value: size < delta ⇒ size <= delta",
			"huber/bound/grad: size < delta ⇒ size <= delta",
		},
		// They differ for z = y only, where |z − y| is below any δ and the parabola is taken.
		"the line is not used there": {"huber/bound/grad: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{
		{Name: "huber-threshold-of-one", Museum: "B097", Issue: "pytorch/pytorch PR#17447", Mechanism: "the branch changes at |d| = 1 for any δ, so that the value jumps there",
			defect: huber(func(d, delta float64) (value, slope float64) {
				if math.Abs(d) < 1 {
					return d * d / 2, d
				}
				return delta * (math.Abs(d) - delta/2), math.Copysign(delta, d)
			})},
		{Name: "huber-signed-threshold", Museum: "B098", Issue: "BobMcDear/attorch#13", Mechanism: "d ≤ δ in place of |d| ≤ δ: negative differences keep the parabola",
			defect: huber(func(d, delta float64) (value, slope float64) {
				if d <= delta {
					return d * d / 2, d
				}
				return delta * (math.Abs(d) - delta/2), math.Copysign(delta, d)
			})},
		{Name: "huber-smooth-l1", Museum: "O6", Mechanism: "the smooth L1 loss, which is 1/δ times this one",
			defect: changing(func(e *example, out *outcome) {
				scale(out.value, 1/e.Scalar("delta"))
				scale(out.grad, 1/e.Scalar("delta"))
			})},
		{Name: "huber-whole-square", Museum: "O6", Mechanism: "d² in place of ½d²",
			defect: huber(func(d, delta float64) (value, slope float64) {
				if math.Abs(d) <= delta {
					return d * d, 2 * d
				}
				return delta * (math.Abs(d) - delta/2), math.Copysign(delta, d)
			})},
		{Name: "huber-no-offset", Museum: "O6", Mechanism: "δ·|d| in place of δ·(|d| − ½δ): the value jumps at δ",
			defect: huber(func(d, delta float64) (value, slope float64) {
				if math.Abs(d) <= delta {
					return d * d / 2, d
				}
				return delta * math.Abs(d), math.Copysign(delta, d)
			})},
		{Name: "huber-difference-of-products", Museum: "O2", Mechanism: "δ·|d| − ½δ² beyond δ, of which the parts overflow before the loss and cancel in small numbers",
			defect: changing(func(e *example, out *outcome) {
				if d, delta := math.Abs(e.z-e.y), e.Scalar("delta"); d > delta && !math.IsInf(d, 0) {
					out.value[0] = e.format.Round(delta*d) - e.format.Round(delta*delta/2)
				}
			})},
		{Name: "huber-slope-of-one", Museum: "O6", Mechanism: "the slope beyond δ is 1 and not δ",
			defect: changing(func(e *example, out *outcome) {
				if math.Abs(e.z-e.y) > e.Scalar("delta") {
					out.grad[0] = math.Copysign(1, e.z-e.y)
				}
			})},
		{Name: "huber-slope-sign", Museum: "O6", Mechanism: "the slope is that by the target", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "huber-slope-without-sign", Museum: "O6, O7", Mechanism: "the slope is min(|d|, δ) on both sides",
			defect: slope(func(e *example) float64 { return min(math.Abs(e.z-e.y), e.Scalar("delta")) })},
	},
})

// huber replaces value and slope of finite differences.
func huber(f func(d, delta float64) (value, slope float64)) Defect {
	return changing(func(e *example, out *outcome) {
		if d := e.z - e.y; d != 0 && !math.IsInf(d, 0) {
			out.value[0], out.grad[0] = f(d, e.Scalar("delta"))
		}
	})
}
