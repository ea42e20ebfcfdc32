package mutants

import "math"

var _ = enter(room{
	loss: "asymmetric",
	formula: `
up = sigmoid(z)
down = sigmoid(-z)
m = clip
tilt = expm1(z) / (1 + exp(z))
far = (1 - m) * up - m * down
near = (1 - 2*m + tilt) / 2
u = max(0, if(abs(z) < 0.5, near, far))
v = down + m
ell = if(u < 0.5, -log1p(-u), -log(v))
nll = if(m == 0, softplus(z), ell)
large = if(u < 0.5, u ^ gamma_neg, exp(gamma_neg * log1p(-v)))
power = if(y == 1, exp(-gamma_pos * softplus(z)), large)
value = power * if(y == 1, softplus(-z), nll)
r = up * down
push = if(y == 1, weighed(gamma_pos * up, softplus(-z)), weighed(gamma_neg * r / u, nll))
rest = if(y == 1, down, if(m == 0, up, r / v))
slope = power * (if(modulator_constant == 1, 0, push) + rest)
grad = if(y == 1, -slope, if(0 < u, slope, 0))`,
	equivalent: map[string][]string{
		"both branches are 1 at zero": {"asymmetric/bound/sigmoid: x < 0 ⇒ x <= 0"},
		"the point where two algorithms meet": {
			"asymmetric/bound/u: abs(z) < 0.5 ⇒ abs(z) <= 0.5",
			"asymmetric/bound/ell: u < 0.5 ⇒ u <= 0.5",
			"asymmetric/bound/large: u < 0.5 ⇒ u <= 0.5",
		},
	},
	mutants: []Mutant{
		{Name: "asymmetric-without-clip", Museum: "O7", Mechanism: "the clip is ignored", defect: clipped(func(u, m float64) float64 { return u + m })},
		{Name: "asymmetric-clip-of-its-default", Museum: "O3", Mechanism: "the clip is 0.05 whatever it is",
			defect: clipped(func(u, m float64) float64 { return max(u+m-0.05, 0) })},
		{Name: "asymmetric-not-clipped-below", Museum: "O7", Mechanism: "σ − m below 0, too: an even power of it is positive",
			defect: clipped(func(u, _ float64) float64 { return u })},
		{Name: "asymmetric-positives-clipped", Museum: "B071", Issue: "yqyao/SSD_Pytorch#32", Mechanism: "a positive is clipped, too: its probability is raised by m",
			defect: changing(func(e *example, out *outcome) {
				if p := min(sigmoid(e.z)+e.Scalar("clip"), 1); e.y == 1 {
					out.value[0] = -xtimes(math.Pow(1-p, e.Scalar("gamma_pos")), math.Log(p))
				}
			})},
		{Name: "asymmetric-exponents-exchanged", Museum: "B072", Issue: "unsky/focal-loss#9", Mechanism: "γ₊ and γ₋ are exchanged",
			defect: value(func(e *example) float64 {
				if e.y == 1 {
					return focal{1, sigmoid(-e.z), softplus(-e.z), e.Scalar("gamma_neg")}.value()
				}
				return negative(e, max(sigmoid(e.z)-e.Scalar("clip"), 0), e.Scalar("gamma_pos")/max(e.Scalar("gamma_neg"), 1e-300))
			})},
		{Name: "asymmetric-product", Museum: "B070", Issue: "fudannlp16/focal-loss#2", Mechanism: "u·γ in place of u^γ",
			defect: value(func(e *example) float64 {
				if u := max(sigmoid(e.z)-e.Scalar("clip"), 0); e.y == 0 {
					return -xtimes(u*e.Scalar("gamma_neg"), math.Log1p(-u))
				}
				return xtimes(sigmoid(-e.z)*e.Scalar("gamma_pos"), softplus(-e.z))
			})},
		{Name: "asymmetric-logarithm-of-the-unclipped", Museum: "O4", Mechanism: "only the power is clipped: the logarithm is that of 1 − σ",
			defect: changing(func(e *example, out *outcome) {
				if u := max(sigmoid(e.z)-e.Scalar("clip"), 0); e.y == 0 && !math.IsInf(e.z, 0) {
					out.value[0] = xtimes(math.Pow(u, e.Scalar("gamma_neg")), softplus(e.z))
				}
			})},
		{Name: "asymmetric-log-floored", Museum: "O3", Mechanism: "the logarithm is that of max(1 − u, 1e-8), and of max(σ, 1e-8)",
			defect: changing(func(e *example, out *outcome) {
				if p := sigmoid(e.z); e.y == 1 && p < 1e-8 {
					out.value[0] = math.Pow(1-p, e.Scalar("gamma_pos")) * -math.Log(1e-8)
				}
			})},
		{Name: "asymmetric-convention-ignored", Museum: "O6", Mechanism: "the power is held constant whatever the convention",
			defect: changing(func(e *example, out *outcome) {
				if u := sigmoid(e.z) - e.Scalar("clip"); e.y == 0 && u > 0 {
					out.grad[0] = times(math.Pow(u, e.Scalar("gamma_neg")), sigmoid(e.z)*sigmoid(-e.z)/(sigmoid(-e.z)+e.Scalar("clip")))
				}
			})},
		{Name: "asymmetric-slope-of-the-unclipped", Museum: "O6", Mechanism: "the slope of a negative does not vanish below the clip, where it is that at the clip's other side",
			defect: changing(func(e *example, out *outcome) {
				if u := sigmoid(e.z) - e.Scalar("clip"); e.y == 0 && u <= 0 {
					out.grad[0] = sigmoid(e.z) * sigmoid(-e.z)
				}
			})},
		{Name: "asymmetric-slope-sign", Museum: "O6", Mechanism: "the slope has the other sign", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
	},
})

// negative is the loss of a negative with the given u, and so many times its exponent.
func negative(e *example, u, times float64) float64 {
	return -xtimes(math.Pow(u, times*e.Scalar("gamma_neg")), math.Log1p(-u))
}

// clipped replaces u in the value of a negative, given as σ − m, and m.
func clipped(of func(u, m float64) float64) Defect {
	return changing(func(e *example, out *outcome) {
		if m := e.Scalar("clip"); e.y == 0 && !math.IsInf(e.z, 0) {
			out.value[0] = negative(e, of(sigmoid(e.z)-m, m), 1)
		}
	})
}
