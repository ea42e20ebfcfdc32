package mutants

var _ = enter(room{
	loss: "throwaway_box",
	formula: `
total = (z[2] - z[0]) * (z[3] - z[1]) + (y[2] - y[0]) * (y[3] - y[1])
wide = max(min(z[2], y[2]) - max(z[0], y[0]), 0)
high = max(min(z[3], y[3]) - max(z[1], y[1]), 0)
value = if(total == 0, 1, 1 - wide * high / total)
across = k == 0 or k == 2
side = if(across, z[3] - z[1], z[2] - z[0])
moves = if(wide * high == 0, 0, if(k < 2, z > y, z < y))
shared = if(moves, if(across, high, wide), 0)
grad = if(total == 0, 0, if(k < 2, -1, 1) * (wide * high * side / total - shared) / total)`,
	mutants: []Mutant{{Name: "throwaway-box-sign", Museum: "O6", Mechanism: "the gradient is that of −L",
		defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })}},
})
