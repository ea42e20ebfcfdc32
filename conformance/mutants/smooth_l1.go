package mutants

import "math"

var _ = enter(room{
	loss: "smooth_l1",
	formula: `
size = abs(z - y)
value = if(size < beta, size * (size / beta) / 2, size - beta / 2)
grad = if(size < beta, (z - y) / beta, if(z < y, -1, 1))`,
	equivalent: map[string][]string{
		// They differ for z = y and β = 0 only: the corner of |z − y|, where any slope from
		// −1 to 1 is right.
		"both slopes are of the corner": {"smooth_l1/bound/grad: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{
		{Name: "smooth-l1-zero-beta", Museum: "B049", Issue: "pytorch/pytorch#96813",
			Mechanism:  "no branch for β = 0: the slope d/β is 0/0 at d = 0",
			OnlyGolden: "β = 0 with x = y is one draw of thousands, and a law of slopes keeps away from the corner",
			defect: slope(func(e *example) float64 {
				d, beta := e.z-e.y, e.Scalar("beta")
				if math.Abs(d) > beta {
					return math.Copysign(1, d)
				}
				return d / beta
			})},
		{Name: "smooth-l1-zero-beta-value", Museum: "B049", Issue: "open-mmlab/mmocr#1616",
			Mechanism: "no branch for β = 0: the value ½d²/β is 0/0 at d = 0",
			defect: value(func(e *example) float64 {
				d, beta := math.Abs(e.z-e.y), e.Scalar("beta")
				if d > beta {
					return d - beta/2
				}
				return d * (d / beta) / 2
			})},
		{Name: "smooth-l1-threshold-of-one", Museum: "B097", Issue: "pytorch/pytorch PR#17447",
			Mechanism: "the branch changes at |d| = 1 for any β, so that the value jumps there",
			defect: value(func(e *example) float64 {
				d, beta := math.Abs(e.z-e.y), e.Scalar("beta")
				if d < 1 && beta > 0 {
					return d * (d / beta) / 2
				}
				return d - beta/2
			})},
		{Name: "smooth-l1-signed-threshold", Museum: "B098", Issue: "BobMcDear/attorch#13",
			Mechanism: "d < β in place of |d| < β: negative differences keep the parabola",
			defect: changing(func(e *example, out *outcome) {
				if d, beta := e.z-e.y, e.Scalar("beta"); d < beta && beta > 0 {
					out.value[0], out.grad[0] = d*(d/beta)/2, d/beta
				}
			})},
		{Name: "smooth-l1-whole-square", Museum: "O6", Mechanism: "d²/β in place of ½d²/β",
			defect: smoothL1(func(d, beta float64) (value, slope float64) { return d * (d / beta), d / beta }, nil)},
		{Name: "smooth-l1-no-offset", Museum: "O6", Mechanism: "|d| in place of |d| − ½β: the value jumps at β",
			defect: smoothL1(nil, func(d, _ float64) (value, slope float64) { return math.Abs(d), math.Copysign(1, d) })},
		{Name: "smooth-l1-whole-offset", Museum: "O6", Mechanism: "|d| − β in place of |d| − ½β",
			defect: smoothL1(nil, func(d, beta float64) (value, slope float64) { return math.Abs(d) - beta, math.Copysign(1, d) })},
		{Name: "smooth-l1-times-beta", Museum: "O4", Mechanism: "½β·d² in place of ½d²/β, as where σ² = 1/β is the parameter",
			defect: smoothL1(func(d, beta float64) (value, slope float64) { return d * d * beta / 2, d * beta }, nil)},
		{Name: "smooth-l1-huber", Museum: "O6", Mechanism: "the Huber loss, which is β times this one",
			defect: changing(func(e *example, out *outcome) {
				if beta := e.Scalar("beta"); beta > 0 {
					out.value[0] *= beta
					out.grad[0] *= beta
				}
			})},
		{Name: "smooth-l1-gradient-not-divided", Museum: "O6", Mechanism: "the slope is d and not d/β within β",
			defect: changing(func(e *example, out *outcome) {
				if d := e.z - e.y; math.Abs(d) < e.Scalar("beta") {
					out.grad[0] = d
				}
			})},
		{Name: "smooth-l1-gradient-sign", Museum: "O6", Mechanism: "the slope is that by the target", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "smooth-l1-gradient-without-sign", Museum: "O6, O7", Mechanism: "the slope is 1 on both sides of the parabola",
			defect: slope(func(e *example) float64 { return min(1, math.Abs(e.z-e.y)/e.Scalar("beta")) })},
		{Name: "smooth-l1-square-first", Museum: "O2", Mechanism: "½d²/β with the square first, which overflows and underflows where the loss does not",
			OnlyGolden: "laws draw β up to 2^20, beside which no square of a difference leaves the range",
			defect:     smoothL1(func(d, beta float64) (value, slope float64) { return d * d / 2 / beta, d / beta }, nil)},
		{Name: "smooth-l1-difference-of-squares", Museum: "O2", Mechanism: "½(x² − 2xy + y²)/β within β, whose digits cancel near the target",
			defect: changing(func(e *example, out *outcome) {
				if beta := e.Scalar("beta"); math.Abs(e.z-e.y) < beta {
					out.value[0] = (e.z*e.z - 2*e.z*e.y + e.y*e.y) / 2 / beta
				}
			})},
	},
})

// smoothL1 replaces value and slope within β, or beyond it; nil leaves them.
func smoothL1(within, beyond func(d, beta float64) (value, slope float64)) Defect {
	return changing(func(e *example, out *outcome) {
		d, beta := e.z-e.y, e.Scalar("beta")
		f := beyond
		if math.Abs(d) < beta {
			f = within
		}
		if f != nil && d != 0 {
			out.value[0], out.grad[0] = f(d, beta)
		}
	})
}
