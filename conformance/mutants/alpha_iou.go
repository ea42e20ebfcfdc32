package mutants

import "math"

var _ = enter(room{
	loss: "alpha_iou",
	formula: boxGeometry + boxDistance + boxSides + boxAspect + boxWaste + `
waste = if(cx == 0 or cy == 0, 0, if(outside, -grown, if(meet, -lone, -side)))
share = if(s == 0, 1, if(meet, ox * oy / union, 0))
lost = if(s < 0.5, -expm1(power * log1p(-s)), 1 - share^power)
raised(x) = if(x == 0, 0, x^power)
steep(x) = if(x == 0, power == 1, power * x^(power - 1))
apartness = if(iou_penalty_diou == 1 or iou_penalty_ciou == 1, rho, 0)
value = lost + raised(apartness) + raised(if(iou_penalty_giou == 1, spare, if(iou_penalty_ciou == 1, alpha * aspect, 0)))
byhull = if(iou_penalty_giou == 1, steep(spare) * waste / unit, 0)
byshape = if(iou_penalty_ciou == 1, steep(alpha * aspect) * alpha * turned, 0)
bydistance = if(iou_penalty_diou == 1 or iou_penalty_ciou == 1, steep(rho) * further, 0)
grad = out * (power * share^(power - 1) * slope / unit + byhull + byshape + bydistance)`,
	mutants: []Mutant{
		{Name: "alpha-iou-without-power", Museum: "O5", Mechanism: "I/U is not raised",
			defect: raised(func(share, _ float64) float64 { return 1 - share })},
		{Name: "alpha-iou-loss-raised", Museum: "O5", Mechanism: "(1 − I/U)^a in place of 1 − (I/U)^a",
			defect: raised(func(share, a float64) float64 { return math.Pow(1-share, a) })},
		{Name: "alpha-iou-over-the-power", Museum: "O6", Mechanism: "(1 − (I/U)^a)/a, as a family of losses has it",
			defect: raised(func(share, a float64) float64 { return (1 - math.Pow(share, a)) / a })},
		{Name: "alpha-iou-gradient-without-factor", Museum: "O5", Mechanism: "the slope of x^a without the factor a",
			defect: changing(func(e *example, out *outcome) { scale(out.grad, 1/e.Scalar("power")) })},
		{Name: "alpha-iou-epsilon", Museum: "O3", Mechanism: "10⁻⁹ is added to I/U before it is raised",
			defect: raised(func(share, a float64) float64 { return 1 - math.Pow(share+1e-9, a) })},
	},
})

// raised replaces 1 − (I/U)^a where nothing is added.
func raised(f func(share, a float64) float64) Defect {
	return changing(func(e *example, out *outcome) {
		if o := overlapOf(e, 0); o.union > 0 && e.Convention("iou_penalty") == "none" && !math.IsNaN(out.value[0]) {
			out.value[0] = f(o.both/o.union, e.Scalar("power"))
		}
	})
}
