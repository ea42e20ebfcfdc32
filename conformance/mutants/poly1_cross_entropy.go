package mutants

import "math"

var _ = enter(room{
	loss: "poly1_cross_entropy",
	// For ε < 0 the two terms are (1+ε)·q and ℓ − q, which is a series in s = q/(2−q) for small q.
	formula: `
e = exp(-gap(z))
p = e / sum(e)
q = picked(hit, others(e)) / sum(e)
nll = picked(hit, gap(z)) + log1p(min(others(e)))
s = q / (2 - q)
t = s * s
low = 1/3 + t/5 + t^2/7 + t^3/9 + t^4/11
high = 1/13 + t/15 + t^2/17 + t^3/19
near = q * s + 2 * s * t * (low + t^5 * high)
rest = if(q < 0.25, near, nll - q)
value = if(epsilon < 0, (1 + epsilon) * q + rest, nll + epsilon * q)
slope = if(epsilon < 0, (1 + epsilon) - epsilon * q, 1 + epsilon * picked(hit, p))
grad = if(hit == 1, -q, p) * slope`,
	mutants: []Mutant{
		{Name: "poly1-one-minus-softmax", Museum: "O2", Mechanism: "1 − p of the label by a subtraction",
			defect: polynomial(func(nll, p, _, epsilon float64) float64 { return nll + epsilon*(1-p) })},
		{Name: "poly1-cancels", Museum: "O2", Mechanism: "ℓ + ε·q as it stands, whose terms cancel next to ε = −1",
			OnlyGolden: "laws draw no ε so near to −1 beside a small q",
			defect:     polynomial(func(nll, _, q, epsilon float64) float64 { return nll + epsilon*q })},
		{Name: "poly1-epsilon-ignored", Museum: "B076", Issue: "tensorflow/tensorflow#61519", Mechanism: "the cross-entropy, whatever ε",
			defect: polynomial(func(nll, _, _, _ float64) float64 { return nll })},
		{Name: "poly1-epsilon-of-two", Museum: "O3", Mechanism: "ε is 2 whatever it is",
			defect: polynomial(func(nll, _, q, _ float64) float64 { return nll + 2*q })},
		{Name: "poly1-probability-for-its-complement", Museum: "O4", Mechanism: "ε·p in place of ε·(1 − p)",
			defect: polynomial(func(nll, p, _, epsilon float64) float64 { return nll + epsilon*p })},
		{Name: "poly1-second-power", Museum: "O5", Mechanism: "ε changes the coefficient of (1 − p)²",
			defect: polynomial(func(nll, _, q, epsilon float64) float64 { return nll + epsilon*q*q })},
		{Name: "poly1-log-of-softmax", Museum: "B024", Issue: "onnx/onnx#2696", Mechanism: "the logarithm of a softmax that has underflowed",
			defect: polynomial(func(_, p, q, epsilon float64) float64 { return -math.Log(p) + epsilon*q })},
		{Name: "poly1-shift-late", Museum: "B008", Issue: "pytorch/pytorch#11752", Mechanism: "lse is rounded before the score is subtracted",
			defect: changing(func(e *example, out *outcome) {
				if top := highest(e.pred); !math.IsInf(top, 0) && !math.IsInf(out.value[0], 0) {
					_, q := labelShares(e)
					out.value[0] = top + math.Log(compensated(exponentials(e.pred))) - e.pred[e.label] + e.Scalar("epsilon")*q
				}
			})},
		{Name: "poly1-gradient-of-cross-entropy", Museum: "O6", Mechanism: "the gradient is that of the cross-entropy",
			defect: polynomialSlope(func(_, _ float64) float64 { return 1 })},
		{Name: "poly1-gradient-of-the-complement", Museum: "O6", Mechanism: "1 + ε·(1 − p) in place of 1 + ε·p",
			defect: polynomialSlope(func(q, epsilon float64) float64 { return 1 + epsilon*q })},
		{Name: "poly1-gradient-sign", Museum: "O6", Mechanism: "ε counts with the other sign in the gradient",
			defect: polynomialSlope(func(q, epsilon float64) float64 { return 1 - epsilon*(1-q) })},
	},
})

// labelShares are p and 1 − p of the label.
func labelShares(e *example) (p, q float64) {
	shares := softmax(e.pred)
	p = shares[e.label]
	shares[e.label] = 0
	return p, compensated(shares)
}

// polynomial replaces the value as a function of ℓ, p, q and ε, where there is a limit.
func polynomial(f func(nll, p, q, epsilon float64) float64) Defect {
	return value(func(e *example) float64 {
		p, q := labelShares(e)
		return f(surprises(e.pred)[e.label], p, q, e.Scalar("epsilon"))
	})
}

// polynomialSlope replaces 1 + ε·p in the gradient.
func polynomialSlope(f func(q, epsilon float64) float64) Defect {
	return gradient(func(e *example) []float64 {
		grad := softmax(e.pred)
		_, q := labelShares(e)
		grad[e.label] = -q
		for k := range grad {
			grad[k] *= f(q, e.Scalar("epsilon"))
		}
		return grad
	})
}
