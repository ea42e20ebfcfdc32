package mutants

var _ = enter(room{
	loss: "throwaway_set",
	formula: `
n = sum(z * (1 - y) + y * (1 - z))
d = sum(z + y) + smooth
value = n / d
grad = (smooth + 2 * sum(z * y) - 2 * y * d) / d / d`,
	mutants: []Mutant{{Name: "throwaway-set-sign", Museum: "O6", Mechanism: "the gradient is that of −L",
		defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })}},
})
