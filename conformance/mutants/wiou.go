package mutants

import "math"

var _ = enter(room{
	loss: "wiou",
	formula: boxGeometry + boxDistance + `
weight = exp(rho)
value = weight * s
pull = if(square == 0, 0, moved / square / m)
grad = out * weight * (slope / unit + s * if(wiou_hull_constant == 1, pull, further))`,
	mutants: []Mutant{
		{Name: "wiou-all-held", Museum: "O6", Mechanism: "the whole weight is a constant of the gradient",
			defect: changing(func(e *example, out *outcome) {
				c := centresOf(e)
				if c.square == 0 || math.IsNaN(out.value[0]) {
					return
				}
				for k := range out.grad {
					d := []float64{c.dx, c.dy}[k%2] / c.square
					if e.Convention("wiou_hull") != "constant" {
						d -= 2 * c.rho / c.square * c.outer[k]
					}
					out.grad[k] -= out.value[0] * d
				}
			})},
		{Name: "wiou-sum", Museum: "O5", Mechanism: "1 − I/U + ρ²/c², and no exponential",
			defect: apart(func(c centres, s float64) float64 { return s + c.rho })},
		{Name: "wiou-negative-exponent", Museum: "O6", Mechanism: "e^−ρ²/c²: boxes that are far weigh less",
			defect: apart(func(c centres, s float64) float64 { return s * math.Exp(-c.rho) })},
		{Name: "wiou-linear", Museum: "O5", Mechanism: "1 + ρ²/c² in place of the exponential",
			defect: apart(func(c centres, s float64) float64 { return s * (1 + c.rho) })},
		{Name: "wiou-hull-differentiated", Museum: "O6", Mechanism: "the diagonal is differentiated where it is to be a constant",
			defect: changing(func(e *example, out *outcome) {
				if c := centresOf(e); c.square > 0 && e.Convention("wiou_hull") == "constant" && !math.IsNaN(out.value[0]) {
					for k := range out.grad {
						out.grad[k] -= out.value[0] * 2 * c.rho / c.square * c.outer[k]
					}
				}
			})},
	},
})
