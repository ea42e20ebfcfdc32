package mutants

import "math"

var _ = enter(room{
	loss: "oks",
	formula: `
away = (z - y) / scale
exponent = sum(away * away) / 2
value = -expm1(-exponent)
half = exp(-exponent / 2)
grad = if(exponent > 2000, 0, away * half / scale * half)`,
	equivalent: map[string][]string{
		"the slope is below the smallest number from an exponent of 1500 on": {"oks/constant/grad: 2000 ⇒ 2000.0019073486328"},
	},
	mutants: []Mutant{
		{Name: "oks-distance-not-squared", Museum: "O5", Mechanism: "e^(−d/(2s)) in place of e^(−d²/(2s²))",
			defect: similar(func(x, y, s float64) float64 { return math.Hypot(x, y) / s / 2 })},
		{Name: "oks-without-half", Museum: "O6", Mechanism: "e^(−d²/s²): the 2 of the exponent is left out",
			defect: similar(func(x, y, s float64) float64 { return x/s*(x/s) + y/s*(y/s) })},
		{Name: "oks-scale-not-squared", Museum: "O5", Mechanism: "d²/(2s): s is taken for an area",
			defect: similar(func(x, y, s float64) float64 { return (x*x + y*y) / s / 2 })},
		{Name: "oks-one-axis", Museum: "O6", Mechanism: "the distance along x alone",
			defect: similar(func(x, _, s float64) float64 { return x / s * (x / s) / 2 })},
		{Name: "oks-city-block", Museum: "O7", Mechanism: "(|x−X| + |y−Y|)² in place of the sum of the squares",
			defect: similar(func(x, y, s float64) float64 {
				d := (math.Abs(x) + math.Abs(y)) / s
				return d * d / 2
			})},
		{Name: "oks-area-epsilon", Museum: "O3", Mechanism: "10⁻⁹ is added to s²",
			defect: similar(func(x, y, s float64) float64 { return (x*x + y*y) / (s*s + 1e-9) / 2 })},
		{Name: "oks-one-minus-exponential", Museum: "O2", Mechanism: "1 − e^(−x) for −expm1(−x), which has no digit next to the place",
			defect: value(func(e *example) float64 {
				return 1 - math.Exp(-exponentOf(e, func(x, y, s float64) float64 { return (x/s*(x/s) + y/s*(y/s)) / 2 }))
			})},
		{Name: "oks-similarity", Museum: "O4", Mechanism: "the similarity, and not one minus it",
			defect: value(func(e *example) float64 {
				return math.Exp(-exponentOf(e, func(x, y, s float64) float64 { return (x/s*(x/s) + y/s*(y/s)) / 2 }))
			})},
		{Name: "oks-square-leaves-the-range", Museum: "B058", Issue: "pytorch/vision#3371", Mechanism: "d² and s² before their quotient: both overflow where the loss has every digit",
			OnlyGolden: "laws draw no distance beside a scale where both have a square beyond the range",
			defect:     similar(func(x, y, s float64) float64 { return (x*x + y*y) / (2 * s * s) })},
		{Name: "oks-slope-of-exponent", Museum: "O6", Mechanism: "the slope is that of the exponent, without e^(−d²/(2s²))",
			defect: changing(func(e *example, out *outcome) {
				for k := range out.grad {
					out.grad[k] = (e.pred[k] - e.target[k]) / e.Scalar("scale") / e.Scalar("scale")
				}
			})},
		{Name: "oks-slope-by-target", Museum: "O6", Mechanism: "the slope is that by the target", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "oks-slope-of-x-for-both", Museum: "O9", Mechanism: "both slopes are that by x", defect: changing(func(_ *example, out *outcome) { out.grad[1] = out.grad[0] })},
	},
})

// exponentOf is what a formula makes of the differences of the coordinates and of the scale.
func exponentOf(e *example, f func(x, y, s float64) float64) float64 {
	return f(e.pred[0]-e.target[0], e.pred[1]-e.target[1], e.Scalar("scale"))
}

// similar replaces the exponent.
func similar(f func(x, y, s float64) float64) Defect {
	return value(func(e *example) float64 { return -math.Expm1(-exponentOf(e, f)) })
}
