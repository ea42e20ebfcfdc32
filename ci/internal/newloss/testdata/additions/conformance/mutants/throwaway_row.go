package mutants

var _ = enter(room{
	loss: "throwaway_row",
	formula: `
d = z - y
value = sum(d * d)
grad = d + d`,
	mutants: []Mutant{{Name: "throwaway-row-half", Museum: "O6", Mechanism: "the factor 2 of the gradient is missing",
		defect: changing(func(_ *example, out *outcome) { scale(out.grad, 0.5) })}},
})
