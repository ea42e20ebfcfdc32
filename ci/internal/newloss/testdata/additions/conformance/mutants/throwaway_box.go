package mutants

var _ = enter(room{
	loss: "throwaway_box",
	formula: `
w = z[2] - z[0]
h = z[3] - z[1]
b = (y[2] - y[0]) * (y[3] - y[1])
total = w * h + b
wide = max(min(z[2], y[2]) - max(z[0], y[0]), 0)
tall = max(min(z[3], y[3]) - max(z[1], y[1]), 0)
value = if(total == 0, 1, 1 - wide * tall / total)
across = k == 0 or k == 2
outside = (max(z[k], y[k]) - z[k]) * (k < 2) + (z[k] - min(z[k], y[k])) * (k >= 2)
rest = if(across, (outside[0] + outside[2]) * h, (outside[1] + outside[3]) * w) + b
moves = if(k < 2, z > y, z < y)
slope = if(moves, -if(across, tall, wide) * rest / total, wide * tall * if(across, h, w) / total)
grad = if(total == 0 or wide * tall == 0, 0, if(k < 2, -1, 1) * slope / total)`,
	mutants: []Mutant{{Name: "throwaway-box-sign", Museum: "O6", Mechanism: "the gradient is that of −L",
		defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })}},
})
