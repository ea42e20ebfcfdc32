package mutants

import "math"

var _ = enter(room{
	loss: "gaussian_focal_with_logits",
	formula: `
w = if(y == 1, 1, if(gamma == 0, 1, exp(gamma * log1p(-y))))
x = if(y == 1, -z, z)
modulator = if(alpha == 0, 1, exp(-alpha * softplus(-x)))
value = weighed(w * modulator, softplus(x))
slope = w * modulator * (sigmoid(x) + weighed(alpha * sigmoid(-x), softplus(x)))
grad = if(modulator == 0, 0, if(y == 1, -slope, slope))`,
	mutants: heatmapMutants("gaussian-focal-with-logits", func(e *example, q float64) float64 { return times(q, softplus(e.z)) }, func(e *example) float64 { return sigmoid(e.z) }),
})

var _ = enter(room{
	loss: "gaussian_focal",
	formula: `
w = if(y == 1, 1, exp(gamma * log1p(-y)))
p = abs(z)
q = if(y == 1, 1 - p, p)
ell = if(y == 1, -log(p), -log1p(-p))
modulator = if(alpha == 0, 1, if(y < 1, p ^ alpha, exp(alpha * log1p(-p))))
value = weighed(w * modulator, ell)
slope = w * modulator * (weighed(alpha, ell / q) + 1 / (if(y == 1, p, 1 - p)))
grad = if(modulator == 0, 0, if(y == 1, -slope, slope))`,
	mutants: heatmapMutants("gaussian-focal", func(e *example, q float64) float64 { return times(q, -math.Log1p(-e.z)) }, func(e *example) float64 { return e.z }),
})

// heatmapMutants are defects of both heatmap losses: negative is q times the cross-entropy of a negative.
func heatmapMutants(name string, negative func(e *example, q float64) float64, probability func(e *example) float64) []Mutant {
	soft := func(weight func(e *example) float64) Defect {
		return changing(func(e *example, out *outcome) {
			if e.y < 1 {
				out.value[0] = negative(e, weight(e)*math.Pow(probability(e), e.Scalar("alpha")))
			}
		})
	}
	return []Mutant{
		{Name: name + "-weight-ignored", Museum: "O5", Mechanism: "(1−y)^γ is left out: every pixel near a centre is a full negative", defect: soft(func(*example) float64 { return 1 })},
		{Name: name + "-weight-not-raised", Museum: "O5", Mechanism: "(1−y) in place of (1−y)^γ", defect: soft(func(e *example) float64 { return 1 - e.y })},
		{Name: name + "-weight-product", Museum: "B070", Issue: "fudannlp16/focal-loss#2", Mechanism: "(1−y)·γ in place of (1−y)^γ", defect: soft(func(e *example) float64 { return (1 - e.y) * e.Scalar("gamma") })},
		{Name: name + "-weight-of-heatmap", Museum: "O4", Mechanism: "y^γ in place of (1−y)^γ", defect: soft(func(e *example) float64 { return math.Pow(e.y, e.Scalar("gamma")) })},
		{Name: name + "-exponents-exchanged", Museum: "O4", Mechanism: "α and γ are exchanged",
			defect: changing(func(e *example, out *outcome) {
				if e.y < 1 {
					out.value[0] = negative(e, math.Pow(1-e.y, e.Scalar("alpha"))*math.Pow(probability(e), e.Scalar("gamma")))
				}
			})},
		{Name: name + "-slope-sign", Museum: "O6", Mechanism: "the slope has the other sign", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: name + "-slope-halved", Museum: "O6", Mechanism: "half the slope", defect: changing(func(_ *example, out *outcome) { scale(out.grad, 0.5) })},
	}
}
