package mutants

import "math"

var _ = enter(room{
	loss: "negative_log_likelihood",
	formula: `
value = -picked(hit, weighed(w, z))
grad = if(hit == 1, -w, 0)`,
	mutants: []Mutant{
		{Name: "nll-without-sign", Museum: "B105", Issue: "dmlc/xgboost#3037", Mechanism: "the log-probability, with its sign",
			defect: changing(func(_ *example, out *outcome) { out.value[0] = -out.value[0] })},
		{Name: "nll-normalised-again", Museum: "B105", Issue: "dmlc/xgboost#3037", Mechanism: "the log-probabilities are taken for logits, and normalised",
			defect: value(func(e *example) float64 { return xtimes(e.Class("weight", e.label), surprises(e.pred)[e.label]) })},
		{Name: "nll-of-probabilities", Museum: "O4", Mechanism: "−p in place of −log p: the value is that of the exponential",
			defect: value(func(e *example) float64 { return -xtimes(e.Class("weight", e.label), math.Exp(e.pred[e.label])) })},
		{Name: "nll-weight-ignored", Museum: "B076", Issue: "tensorflow/tensorflow#61519", Mechanism: "the class weights are ignored",
			defect: changing(func(e *example, out *outcome) {
				out.value[0] = -e.pred[e.label]
				out.grad[e.label] = -1
			})},
		{Name: "nll-weight-of-the-first-class", Museum: "B104", Issue: "gorgonia/gorgonia#371", Mechanism: "every class has the weight of the first",
			defect: changing(func(e *example, out *outcome) {
				out.value[0] = -xtimes(e.Class("weight", 0), e.pred[e.label])
				out.grad[e.label] = -e.Class("weight", 0)
			})},
		{Name: "nll-weight-zero-times-infinity", Museum: "B029", Issue: "scikit-learn/scikit-learn PR#24365", Mechanism: "0·log 0 is NaN",
			OnlyGolden: "laws draw a class of weight 0 with the probability 0 once in hundreds of cases",
			defect:     value(func(e *example) float64 { return -e.Class("weight", e.label) * e.pred[e.label] })},
		{Name: "nll-clamped", Museum: "O3", Mechanism: "the log-probability is first raised to −100, as that of a BCELoss",
			defect: value(func(e *example) float64 { return -xtimes(e.Class("weight", e.label), max(e.pred[e.label], -100)) })},
		{Name: "nll-gradient-of-every-class", Museum: "B104", Issue: "gorgonia/gorgonia#371", Mechanism: "every class has the gradient of the label",
			defect: gradient(func(e *example) []float64 { return repeated(-e.Class("weight", e.label), len(e.pred)) })},
		{Name: "nll-gradient-unweighted", Museum: "O6", Mechanism: "the gradient is −1 whatever the weight",
			defect: changing(func(e *example, out *outcome) { out.grad[e.label] = -1 })},
	},
})
