package mutants

import "math"

var _ = enter(room{
	loss: "nwd",
	formula: `
m = max(abs(z - y))
away = if(m == 0, z, (z - y) / m)
root = sqrt(sum(away * away) / 2)
ratio = m / scale * root
value = if(m == 0, 0, -expm1(-ratio))
grad = if(m == 0, 0, exp(-ratio) * away / root / 2 / scale)`,
	mutants: []Mutant{
		{Name: "nwd-not-rooted", Museum: "O5", Mechanism: "e^(−D²/C) in place of e^(−D/C)",
			defect: gaussian(func(centres, sides, c float64) float64 { return (centres + sides/4) / c })},
		{Name: "nwd-sides-not-halved", Museum: "O6", Mechanism: "the sides are taken for deviations, and not their halves",
			defect: gaussian(func(centres, sides, c float64) float64 { return math.Sqrt(centres+sides) / c })},
		{Name: "nwd-constant-under-the-root", Museum: "O5", Mechanism: "√(D²/C) in place of D/C",
			defect: gaussian(func(centres, sides, c float64) float64 { return math.Sqrt((centres + sides/4) / c) })},
		{Name: "nwd-centres-alone", Museum: "O6", Mechanism: "the sides are left out",
			defect: gaussian(func(centres, _, c float64) float64 { return math.Sqrt(centres) / c })},
		{Name: "nwd-epsilon", Museum: "O3", Mechanism: "√(D² + 10⁻⁷), as against the slope of a root at 0: equal boxes have a loss",
			defect: gaussian(func(centres, sides, c float64) float64 { return math.Sqrt(centres+sides/4+1e-7) / c })},
		{Name: "nwd-equal-boxes-nan", Museum: "O8", Mechanism: "the slope of √D² at 0 is 0/0",
			defect: changing(func(e *example, out *outcome) {
				if out.value[0] == 0 {
					for k := range out.grad {
						out.grad[k] = math.NaN()
					}
				}
			})},
	},
})

// gaussian replaces D/C, given the squares of the differences of the centres and of the sides.
func gaussian(f func(centres, sides, c float64) float64) Defect {
	return value(func(e *example) float64 {
		centres, sides := 0.0, 0.0
		for t := range 2 {
			low, high := e.pred[t]-e.target[t], e.pred[t+2]-e.target[t+2]
			centres += (low + high) / 2 * (low + high) / 2
			sides += (high - low) * (high - low)
		}
		return -math.Expm1(-f(centres, sides, e.Scalar("scale")))
	})
}
