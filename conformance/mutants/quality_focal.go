package mutants

import "math"

var _ = enter(room{
	loss: "quality_focal",
	formula: `
up = sigmoid(z)
down = sigmoid(-z)
entropy = weighed(y, softplus(-z)) + weighed(1 - y, softplus(z))
tilt = expm1(z) / (1 + exp(z))
u = if(abs(z) < 0.5, (1 - 2*y + tilt) / 2, (1 - y) * up - y * down)
size = abs(u)
x = if(y == 1, -z, z)
near = 0.5 ^ beta * exp(beta * log1p(if(y == 1, -tilt, tilt)))
far = exp(-beta * softplus(-x))
modulator = if(beta == 0, 1, if(0 < y and y < 1, size ^ beta, if(abs(z) < 0.5, near, far)))
value = modulator * entropy
r = if(y == 0, down, if(y == 1, up, up * down / size))
push = if(beta == 0, 0, weighed(beta * r, entropy))
grad = if(modulator == 0, 0, modulator * (u + if(u < 0, -push, push)))`,
	equivalent: map[string][]string{
		"both branches are 1 at zero": {"quality_focal/bound/sigmoid: x < 0 ⇒ x <= 0"},
		"the point where two algorithms meet": {
			"quality_focal/bound/u: abs(z) < 0.5 ⇒ abs(z) <= 0.5",
			"quality_focal/bound/modulator: abs(z) < 0.5 ⇒ abs(z) <= 0.5",
		},
		// They differ for u = 0 only. Between 0 and 1 the modulator is 0 there, or β is, and at 0 and 1 the
		// entropy is; without modulator the slope is 0, and without β or entropy the push is.
		"the push is not used there": {"quality_focal/bound/grad: u < 0 ⇒ u <= 0"},
	},
	mutants: []Mutant{
		{Name: "quality-focal-difference-rounded", Museum: "O2", Mechanism: "|σ(z) − y| as a difference of rounded numbers, which is 0 for a sure positive",
			defect: value(func(e *example) float64 {
				return math.Pow(math.Abs(sigmoid(e.z)-e.y), e.Scalar("beta")) * qualityEntropy(e)
			})},
		{Name: "quality-focal-product", Museum: "B070", Issue: "fudannlp16/focal-loss#2", Mechanism: "|u|·β in place of |u|^β",
			defect: value(func(e *example) float64 {
				return xtimes(math.Abs(sigmoid(e.z)-e.y)*e.Scalar("beta"), qualityEntropy(e))
			})},
		{Name: "quality-focal-signed", Museum: "O5, O7", Mechanism: "u^β without the size: negative or NaN below the quality",
			defect: value(func(e *example) float64 { return math.Pow(sigmoid(e.z)-e.y, e.Scalar("beta")) * qualityEntropy(e) })},
		{Name: "quality-focal-modulator-held", Museum: "O6", Mechanism: "the power is held constant in the gradient",
			defect: slope(func(e *example) float64 {
				return math.Pow(math.Abs(sigmoid(e.z)-e.y), e.Scalar("beta")) * ((1-e.y)*sigmoid(e.z) - e.y*sigmoid(-e.z))
			})},
		{Name: "quality-focal-not-modulated", Museum: "O5", Mechanism: "β is ignored: the binary cross-entropy", defect: value(qualityEntropy)},
		{Name: "quality-focal-hard-entropy", Museum: "O4", Mechanism: "the cross-entropy is that of a positive for every y above 0",
			defect: changing(func(e *example, out *outcome) {
				if e.y > 0 && e.y < 1 {
					out.value[0] *= softplus(-e.z) / qualityEntropy(e)
				}
			})},
		{Name: "quality-focal-focal-modulator", Museum: "O4", Mechanism: "the modulator of the focal loss, y·σ(−z) + (1−y)·σ(z), which is not 0 at the quality",
			defect: changing(func(e *example, out *outcome) {
				if e.y > 0 && e.y < 1 {
					out.value[0] = math.Pow((1-e.y)*sigmoid(e.z)+e.y*sigmoid(-e.z), e.Scalar("beta")) * qualityEntropy(e)
				}
			})},
		{Name: "quality-focal-slope-sign", Museum: "O6", Mechanism: "the slope has the other sign", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
	},
})

// qualityEntropy is the binary cross-entropy with the target as it is.
func qualityEntropy(e *example) float64 {
	return xtimes(e.y, softplus(-e.z)) + xtimes(1-e.y, softplus(e.z))
}
