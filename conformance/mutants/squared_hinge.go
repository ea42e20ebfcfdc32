package mutants

var _ = enter(room{
	loss: "squared_hinge",
	formula: `
short = max(margin - y * z, 0)
value = short * short
grad = -2 * y * short`,
	mutants: []Mutant{
		{Name: "squared-hinge-halved", Museum: "O6", Mechanism: "half the square, with its slope",
			defect: changing(func(_ *example, out *outcome) {
				scale(out.value, 0.5)
				scale(out.grad, 0.5)
			})},
		{Name: "squared-hinge-square-first", Museum: "O7", Mechanism: "the square without the maximum: what is right beyond the margin costs, too",
			defect: value(func(e *example) float64 { return (e.Scalar("margin") - e.y*e.z) * (e.Scalar("margin") - e.y*e.z) })},
		{Name: "squared-hinge-margin-of-one", Museum: "O3", Mechanism: "the margin is 1 whatever it is",
			defect: value(func(e *example) float64 { return max(1-e.y*e.z, 0) * max(1-e.y*e.z, 0) })},
		{Name: "squared-hinge-slope-halved", Museum: "O6", Mechanism: "the slope lacks its factor 2", defect: changing(func(_ *example, out *outcome) { scale(out.grad, 0.5) })},
		{Name: "squared-hinge-slope-of-hinge", Museum: "O6", Mechanism: "the slope is −2y within the margin",
			defect: slope(func(e *example) float64 {
				if e.y*e.z < e.Scalar("margin") {
					return -2 * e.y
				}
				return 0
			})},
		{Name: "squared-hinge-slope-without-label", Museum: "O6", Mechanism: "the slope lacks the label", defect: changing(func(e *example, out *outcome) { scale(out.grad, e.y) })},
		{Name: "squared-hinge-slope-sign", Museum: "O6", Mechanism: "the slope has the other sign", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
	},
})
