package mutants

var _ = enter(room{
	loss: "throwaway_point",
	formula: `
value = if(z < y, y - z, up * (z - y))
grad = if(z < y, -1, up)`,
	equivalent: map[string][]string{
		"both branches are 0, or slopes of the corner": {"throwaway_point/bound/value: z < y ⇒ z <= y", "throwaway_point/bound/grad: z < y ⇒ z <= y"},
	},
	mutants: []Mutant{{Name: "throwaway-point-sign", Museum: "O6", Mechanism: "the gradient is that of −L",
		defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })}},
})
