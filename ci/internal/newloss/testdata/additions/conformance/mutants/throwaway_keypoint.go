package mutants

var _ = enter(room{
	loss: "throwaway_keypoint",
	formula: `
away = z - y
value = sum(away * away)
grad = 2 * away`,
	mutants: []Mutant{{Name: "throwaway-keypoint-sign", Museum: "O6", Mechanism: "the gradient is that of −L",
		defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })}},
})
