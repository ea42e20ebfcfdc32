package mutants

var _ = enter(room{
	loss: "hinge",
	formula: `
short = margin - y * z
value = max(short, 0)
grad = if(0 < short, -y, 0)`,
	equivalent: map[string][]string{
		// They differ for y·z = m only: the kink, where any slope from −y to 0 is right.
		"both slopes are of the kink": {"hinge/bound/grad: 0 < short ⇒ 0 <= short"},
	},
	mutants: []Mutant{
		{Name: "hinge-margin-of-one", Museum: "O3", Mechanism: "the margin is 1 whatever it is", defect: hinged(func(_, agree float64) float64 { return 1 - agree })},
		{Name: "hinge-label-ignored", Museum: "O4", Mechanism: "m − z: a negative is taken for a positive", defect: value(func(e *example) float64 { return max(e.Scalar("margin")-e.z, 0) })},
		{Name: "hinge-label-reversed", Museum: "O4", Mechanism: "m + y·z", defect: hinged(func(m, agree float64) float64 { return m + agree })},
		{Name: "hinge-without-maximum", Museum: "O7", Mechanism: "m − y·z below 0, too", defect: value(func(e *example) float64 { return e.Scalar("margin") - e.y*e.z })},
		{Name: "hinge-labels-of-zero-and-one", Museum: "O4", Mechanism: "labels −1 and 1 are moved by 2y − 1, as if they were 0 and 1",
			defect: value(func(e *example) float64 { return max(e.Scalar("margin")-(2*e.y-1)*e.z, 0) })},
		{Name: "hinge-slope-everywhere", Museum: "O7", Mechanism: "the slope is −y beyond the margin, too", defect: slope(func(e *example) float64 { return -e.y })},
		{Name: "hinge-slope-within-zero", Museum: "O7", Mechanism: "the slope ends where the sign is right, as of a perceptron",
			defect: slope(func(e *example) float64 {
				if e.y*e.z < 0 {
					return -e.y
				}
				return 0
			})},
		{Name: "hinge-slope-sign", Museum: "O6", Mechanism: "the slope has the other sign", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
	},
})

// hinged replaces the value as a function of the margin and of y·z, where that is positive.
func hinged(f func(margin, agree float64) float64) Defect {
	return value(func(e *example) float64 { return max(f(e.Scalar("margin"), e.y*e.z), 0) })
}
