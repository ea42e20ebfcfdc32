package mutants

import "math"

var _ = enter(room{
	loss: "varifocal",
	formula: `
up = sigmoid(z)
down = sigmoid(-z)
entropy = weighed(y, softplus(-z)) + weighed(1 - y, softplus(z))
modulator = if(gamma == 0, 1, exp(-gamma * softplus(-z)))
value = if(y == 0, weighed(alpha * modulator, softplus(z)), y * entropy)
tilt = expm1(z) / (1 + exp(z))
u = if(abs(z) < 0.5, (1 - 2*y + tilt) / 2, (1 - y) * up - y * down)
push = if(modulator_constant == 1, 0, weighed(gamma * down, softplus(z)))
grad = if(y == 0, if(modulator == 0, 0, alpha * modulator * (up + push)), y * u)`,
	mutants: []Mutant{
		{Name: "varifocal-weight-ignored", Museum: "B076", Issue: "tensorflow/tensorflow#61519", Mechanism: "α is ignored",
			defect: changing(func(e *example, out *outcome) {
				if alpha := e.Scalar("alpha"); e.y == 0 && alpha > 0 {
					scale(out.value, 1/alpha)
					scale(out.grad, 1/alpha)
				}
			})},
		{Name: "varifocal-positives-not-weighed", Museum: "O4", Mechanism: "a positive weighs 1 and not its quality",
			defect: changing(func(e *example, out *outcome) {
				if e.y > 0 {
					scale(out.value, 1/e.y)
					scale(out.grad, 1/e.y)
				}
			})},
		{Name: "varifocal-positives-modulated", Museum: "O4", Mechanism: "a positive is weighed by |σ(z) − y|^γ, too",
			defect: changing(func(e *example, out *outcome) {
				if e.y > 0 {
					out.value[0] = times(out.value[0], math.Pow(math.Abs(sigmoid(e.z)-e.y), e.Scalar("gamma")))
				}
			})},
		{Name: "varifocal-convention-ignored", Museum: "O6", Mechanism: "the modulator is held constant whatever the convention",
			defect: slope(func(e *example) float64 {
				if e.y > 0 {
					return e.y * ((1-e.y)*sigmoid(e.z) - e.y*sigmoid(-e.z))
				}
				return e.Scalar("alpha") * math.Pow(sigmoid(e.z), e.Scalar("gamma")+1)
			})},
		{Name: "varifocal-threshold-of-half", Museum: "O7", Mechanism: "a quality below ½ is a negative",
			defect: changing(func(e *example, out *outcome) {
				if e.y < 0.5 && e.y > 0 {
					out.value[0] = times(e.Scalar("alpha")*math.Pow(sigmoid(e.z), e.Scalar("gamma")), softplus(e.z))
				}
			})},
		{Name: "varifocal-product", Museum: "B070", Issue: "fudannlp16/focal-loss#2", Mechanism: "σ(z)·γ in place of σ(z)^γ",
			defect: changing(func(e *example, out *outcome) {
				if e.y == 0 {
					out.value[0] = xtimes(e.Scalar("alpha")*sigmoid(e.z)*e.Scalar("gamma"), softplus(e.z))
				}
			})},
		{Name: "varifocal-slope-sign", Museum: "O6", Mechanism: "the slope has the other sign", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
	},
})
