package mutants

import "math"

var _ = enter(room{
	loss: "kl_divergence_of_probabilities",
	formula: `
p = max(z, low)
q = max(y, low)
value = sum(weighed(q, log(q) - log(p)))
grad = if(z == p, -weighed(q, 1 / p), 0)`,
	mutants: append(divergences("kl-of-probabilities", func(e *example) []float64 {
		return mapped(floored(e, e.pred), func(p float64) float64 { return -math.Log(p) })
	}), []Mutant{
		{Name: "kl-of-probabilities-quotient", Museum: "O2", Mechanism: "the logarithm of q/p, which leaves the range",
			defect: value(func(e *example) float64 {
				terms := floored(e, e.pred)
				for k, q := range floored(e, e.target) {
					terms[k] = xtimes(q, math.Log(e.format.Round(q/terms[k])))
				}
				return compensated(terms)
			})},
		{Name: "kl-of-probabilities-always-floored", Museum: "B011", Issue: "keras-team/keras#377", Mechanism: "everything is raised to 1e-7 under either convention",
			defect: floorOf(func(e *example) (prediction, target float64) { return 1e-7, 1e-7 })},
		{Name: "kl-of-probabilities-target-not-floored", Museum: "O3", Mechanism: "only the prediction is raised",
			defect: floorOf(func(e *example) (prediction, target float64) { low, _ := e.Floor(0); return low, 0 })},
		{Name: "kl-of-probabilities-slope-below-the-floor", Museum: "O3", Mechanism: "the gradient goes on where the prediction was raised",
			defect: gradient(func(e *example) []float64 {
				grad := floored(e, e.pred)
				for k, q := range floored(e, e.target) {
					grad[k] = -xtimes(q, 1/grad[k])
				}
				return grad
			})},
		{Name: "kl-of-probabilities-normalised", Museum: "O7", Mechanism: "the prediction is first divided by its sum",
			defect: value(func(e *example) float64 {
				p, terms := floored(e, e.pred), make([]float64, len(e.pred))
				for k, q := range floored(e, e.target) {
					terms[k] = xtimes(q, math.Log(q)-math.Log(p[k]/compensated(p)))
				}
				return compensated(terms)
			})},
	}...),
})

// floorOf raises predictions and targets to other numbers.
func floorOf(floors func(e *example) (prediction, target float64)) Defect {
	return value(func(e *example) float64 {
		least, leastTarget := floors(e)
		terms := make([]float64, len(e.pred))
		for k, q := range e.target {
			q = max(q, leastTarget)
			terms[k] = xtimes(q, math.Log(q)-math.Log(max(e.pred[k], least)))
		}
		return compensated(terms)
	})
}
