package mutants

import "math"

var _ = enter(room{
	loss: "balanced_l1",
	// The curve as far as 1, and the line from there. For u < ½ the bracket is a series in s = u/(2+u).
	formula: `
size = abs(z - y)
g = gamma / alpha
inverse = exp(-g) / -expm1(-g)
x = min(size, 1)
u = x / inverse
s = u / (2 + u)
t = s * s
series = t / 3 + t*t / 5 + t^3 / 7 + t^4 / 9 + t^5 / 11 + t^6 / 13 + t^7 / 15 + t^8 / 17 + t^9 / 19 + t^10 / 21 + t^11 / 23
low = alpha * inverse * 2 * (t + (1 + s) * s * series) / (1 - s)
ell = if(u < 1e300, log1p(u), g + log(x + inverse))
high = alpha * ((inverse + x) * ell - x)
value = if(u < 0.5, low, high) + gamma * max(size - 1, 0)
grad = if(size < 1, alpha * ell, gamma) * if(z < y, -1, 1)`,
	mutants: []Mutant{
		{Name: "balanced-l1-log-of-one-plus", Museum: "O2", Mechanism: "the bracket by log(1 + u), whose digits cancel as u²",
			defect: balanced(func(d, alpha, gamma, b float64) (value, slope float64) {
				return alpha / b * ((1+b*d)*math.Log(1+b*d) - b*d), alpha * math.Log(1+b*d)
			}, nil)},
		{Name: "balanced-l1-cancels", Museum: "O2", Mechanism: "the bracket as a difference with log1p, whose digits cancel as u",
			defect: changing(func(e *example, out *outcome) {
				alpha, gamma := e.Scalar("alpha"), e.Scalar("gamma")
				if d, b := math.Abs(e.z-e.y), math.Expm1(gamma/alpha); d < 1 && !math.IsInf(b, 0) {
					out.value[0] = alpha / b * ((1+b*d)*math.Log1p(b*d) - b*d)
				}
			})},
		{Name: "balanced-l1-no-constant", Museum: "O6", Mechanism: "γ·|d| beyond 1, without γ/b − α: the value jumps there",
			defect: balanced(nil, func(d, _, gamma, _ float64) (value, slope float64) { return gamma * d, gamma })},
		{Name: "balanced-l1-constant-halved", Museum: "O6", Mechanism: "the line ends in −α in place of γ/b − α",
			defect: balanced(nil, func(d, alpha, gamma, _ float64) (value, slope float64) { return gamma*d - alpha, gamma })},
		{Name: "balanced-l1-b-of-exp", Museum: "O6", Mechanism: "b = e^(γ/α) in place of e^(γ/α) − 1: value and slope jump at 1",
			defect: balanced(func(d, alpha, _, b float64) (value, slope float64) {
				b++
				return alpha / b * ((1+b*d)*math.Log1p(b*d) - b*d), alpha * math.Log1p(b*d)
			}, nil)},
		{Name: "balanced-l1-quotient-inverted", Museum: "O4", Mechanism: "b = e^(α/γ) − 1",
			defect: balanced(func(d, alpha, gamma, _ float64) (value, slope float64) {
				b := math.Expm1(alpha / gamma)
				return alpha / b * ((1+b*d)*math.Log1p(b*d) - b*d), alpha * math.Log1p(b*d)
			}, nil)},
		{Name: "balanced-l1-threshold-of-two", Museum: "B097", Issue: "pytorch/pytorch PR#17447", Mechanism: "the curve goes on to |d| = 2, with the formula of 1",
			defect: changing(func(e *example, out *outcome) {
				alpha, gamma := e.Scalar("alpha"), e.Scalar("gamma")
				if d, b := math.Abs(e.z-e.y), math.Expm1(gamma/alpha); d >= 1 && d < 2 && !math.IsInf(b, 0) {
					out.value[0] = alpha / b * ((1+b*d)*math.Log1p(b*d) - b*d)
				}
			})},
		{Name: "balanced-l1-slope-linear", Museum: "O6", Mechanism: "the slope α·b·|d| below 1, as of a parabola",
			defect: changing(func(e *example, out *outcome) {
				alpha := e.Scalar("alpha")
				if d, b := e.z-e.y, math.Expm1(e.Scalar("gamma")/alpha); math.Abs(d) < 1 && !math.IsInf(b, 0) {
					out.grad[0] = alpha * b * d
				}
			})},
		{Name: "balanced-l1-slope-without-sign", Museum: "O6, O7", Mechanism: "the slope is positive on both sides",
			defect: changing(func(_ *example, out *outcome) { out.grad[0] = math.Abs(out.grad[0]) })},
	},
})

// balanced replaces value and slope as functions of |d| below 1, or from there on, where e^(γ/α) is finite; nil leaves them.
func balanced(within, beyond func(d, alpha, gamma, b float64) (value, slope float64)) Defect {
	return changing(func(e *example, out *outcome) {
		d, alpha, gamma := e.z-e.y, e.Scalar("alpha"), e.Scalar("gamma")
		b, f := math.Expm1(gamma/alpha), beyond
		if math.Abs(d) < 1 {
			f = within
		}
		if f == nil || d == 0 || math.IsInf(b, 0) || math.IsInf(d, 0) {
			return
		}
		value, slope := f(math.Abs(d), alpha, gamma, b)
		out.value[0], out.grad[0] = value, math.Copysign(slope, d)
	})
}
