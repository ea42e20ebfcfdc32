package mutants

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// slopes lists wrong gradients: NaN and infinity at special points (MUSEUM.md), and
// signs, factors and terms that are wrong everywhere (2.3 and the operators O5 and
// O6). The values are right.
func slopes() []Mutant {
	return []Mutant{
		{Name: "bce-gradient-denominator-floor", Loss: "binary_cross_entropy", Museum: "B005, B006", Issue: "pytorch/pytorch#103316",
			Mechanism: "the gradient is (p−y)/max(p(1−p), 1e-12)",
			defect: changing(func(e *example, out *outcome) {
				if p, moved := e.Clip(e.z); !moved {
					out.grad[0] = (p - e.y) / max(p*(1-p), 1e-12)
				}
			})},
		{Name: "bce-gradient-through-clip", Loss: "binary_cross_entropy", Museum: "B006, O3", Issue: "pytorch/pytorch#171327",
			Mechanism: "the gradient ignores that the clip has moved p",
			defect: changing(func(e *example, out *outcome) {
				if p, moved := e.Clip(e.z); moved {
					out.grad[0] = (p - e.y) / (p * (1 - p))
				}
			})},
		{Name: "bce-gradient-zero-over-zero", Loss: "binary_cross_entropy", Museum: "B059, B044", Issue: "pytorch/pytorch#89558",
			Mechanism: "(1−y)/(1−p) − y/p is 0/0 at p = y = 0 and p = y = 1",
			defect: changing(func(e *example, out *outcome) {
				if p, moved := e.Clip(e.z); !moved && p == e.y {
					out.grad[0] = (1-e.y)/(1-p) - e.y/p
				}
			})},
		{Name: "categorical-gradient-zero-over-zero", Loss: "categorical_cross_entropy", Museum: "B044", Issue: "pytorch/pytorch#89558",
			Mechanism: "−y/p is 0/0 for a class of no weight with probability 0",
			defect: gradient(func(e *example) []float64 {
				return each(e, func(k int) float64 {
					p, moved := e.Clip(e.pred[k])
					if moved {
						return 0
					}
					return -e.Class("weight", k) * e.target[k] / p
				})
			})},
		{Name: "categorical-gradient-through-clip", Loss: "categorical_cross_entropy", Museum: "B006, O3", Issue: "pytorch/pytorch#171327",
			Mechanism: "the gradient ignores that the clip has moved p",
			defect: gradient(func(e *example) []float64 {
				return each(e, func(k int) float64 {
					p, _ := e.Clip(e.pred[k])
					return -xtimes(e.Class("weight", k)*e.target[k], 1/p)
				})
			})},
		{Name: "bce-logit-gradient-of-exponential", Loss: "binary_cross_entropy_with_logits", Museum: "B020", Issue: "scikit-learn/scikit-learn#28046",
			Mechanism: "((1−y) − c·y·e)/(1+e) with e = exp(−z) is inf/inf below −710",
			defect: slope(func(e *example) float64 {
				positive, negative := binaryWeights(e)
				exp := math.Exp(-e.z)
				return (negative - positive*exp) / (1 + exp)
			})},
		{Name: "sigmoid-derivative-of-exponential", Loss: "sigmoid", Museum: "B019, B020", Issue: "scikit-learn/scikit-learn#28046",
			Mechanism: "e/(1+e)² with e = exp(−x) is inf/inf",
			defect: slope(func(e *example) float64 {
				exp := math.Exp(-e.z)
				return exp / ((1 + exp) * (1 + exp))
			})},
		{Name: "sigmoid-derivative-one-minus", Loss: "sigmoid", Museum: "O2", Issue: "scikit-learn/scikit-learn PR#28453",
			Mechanism: "p·(1−p), which is 0 from x = 37 on",
			defect:    slope(func(e *example) float64 { return sigmoid(e.z) * (1 - sigmoid(e.z)) })},
		{Name: "softplus-gradient-of-exponential", Loss: "softplus", Museum: "B023", Issue: "scikit-learn/scikit-learn#28046",
			Mechanism: "e/(1+e) with e = exp(x) is inf/inf",
			defect:    slope(func(e *example) float64 { return math.Exp(e.z) / (1 + math.Exp(e.z)) })},
		{Name: "log-sigmoid-gradient-one-minus", Loss: "log_sigmoid", Museum: "O2", Issue: "huggingface/candle#2561",
			Mechanism: "the derivative is 1 − σ(x)", defect: slope(func(e *example) float64 { return 1 - sigmoid(e.z) })},
		{Name: "bce-logit-gradient-one-minus", Loss: "binary_cross_entropy_with_logits", Museum: "O2", Issue: "pytorch/pytorch#103316",
			Mechanism: "σ(z) − 1 for y = 1 is 0 from z = 37 on",
			defect: slope(func(e *example) float64 {
				positive, negative := binaryWeights(e)
				return (negative+positive)*sigmoid(e.z) - positive
			})},
		{Name: "cross-entropy-gradient-one-minus", Loss: "cross_entropy", Museum: "O2", Issue: "pytorch/pytorch#103316",
			Mechanism: "p − 1 for the class of the label",
			defect: gradient(func(e *example) []float64 {
				p, t := softmax(e.pred), classWeights(e)
				return each(e, func(k int) float64 { return p[k]*compensated(t) - t[k] })
			})},
		{Name: "log-softmax-gradient-of-quotient", Loss: "log_softmax", Museum: "B016", Issue: "FluxML/NNlib.jl#68",
			Mechanism: "p·(u/p − Σu), where p may have underflowed",
			defect: gradient(func(e *example) []float64 {
				p := mapped(softmax(e.pred), e.format.Round)
				return each(e, func(k int) float64 { return p[k] * (e.upstream[k]/p[k] - compensated(e.upstream)) })
			})},
		{Name: "log-softmax-gradient-ignores-upstream-sum", Loss: "log_softmax", Museum: "O10", Issue: "gorgonia/gorgonia#371",
			Mechanism: "u − p, as if the upstream gradient summed to 1",
			defect: gradient(func(e *example) []float64 {
				p := softmax(e.pred)
				return each(e, func(k int) float64 { return e.upstream[k] - p[k] })
			})},
		{Name: "softmax-gradient-diagonal", Loss: "softmax", Museum: "B104", Issue: "gorgonia/gorgonia#371",
			Mechanism: "only the diagonal of the Jacobian: u·p·(1−p)",
			defect: gradient(func(e *example) []float64 {
				p := softmax(e.pred)
				return each(e, func(k int) float64 { return e.upstream[k] * p[k] * (1 - p[k]) })
			})},
		{Name: "softmax-gradient-shifted-index", Loss: "softmax", Museum: "B104", Issue: "gorgonia/gorgonia#371",
			Mechanism: "the gradient of class k is written to class k+1",
			defect: changing(func(e *example, out *outcome) {
				last := out.grad[len(out.grad)-1]
				copy(out.grad[1:], out.grad)
				out.grad[0] = last
			})},
		{Name: "log-sum-exp-gradient-sign", Loss: "log_sum_exp", Museum: "B105, O6", Issue: "dmlc/xgboost#3037",
			Mechanism: "the gradient has the wrong sign", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "bce-logit-gradient-sign", Loss: "binary_cross_entropy_with_logits", Museum: "B105, O6", Issue: "dmlc/xgboost#3037",
			Mechanism: "the gradient is that of −L", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "squared-error-gradient-half", Loss: "squared_error", Museum: "B107, O6", Issue: "scikit-learn/scikit-learn PR#28453",
			Mechanism: "the factor 2 of the gradient is missing", defect: changing(func(_ *example, out *outcome) { scale(out.grad, 0.5) })},
		{Name: "squared-error-gradient-sign", Loss: "squared_error", Museum: "B087, O6", Issue: "AlexeyAB/darknet#7165",
			Mechanism: "the gradient is y − x", defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "squared-logit-gradient-no-chain-rule", Loss: "squared_error_with_logits", Museum: "B092, O6", Issue: "AlexeyAB/darknet#7608",
			Mechanism: "the gradient lacks the factor σ(z)·σ(−z)",
			defect: slope(func(e *example) float64 {
				return 2 * squaredFactor(e) * ((1-e.y)*sigmoid(e.z) - e.y*sigmoid(-e.z))
			})},
		{Name: "squared-logit-gradient-one-minus", Loss: "squared_error_with_logits", Museum: "O2", Issue: "scikit-learn/scikit-learn#28046",
			Mechanism: "σ'(z) is p·(1−p), which is 0 too early",
			defect: slope(func(e *example) float64 {
				p := sigmoid(e.z)
				return 2 * squaredFactor(e) * ((1-e.y)*p - e.y*sigmoid(-e.z)) * (p * (1 - p))
			})},
		{Name: "sigmoid-focal-gradient-power", Loss: "sigmoid_focal", Museum: "B040", Issue: "kornia/kornia#918",
			Mechanism: "γ·q^(γ−1) is infinite at q = 0 for γ < 1, and is multiplied by 0",
			defect: changing(func(e *example, out *outcome) {
				if f := sigmoidFocal(e); e.y == 1 && !math.IsInf(e.z, -1) {
					p := sigmoid(e.z)
					q := 1 - p
					out.grad[0] = -f.weight * (f.gamma*math.Pow(q, f.gamma-1)*p*q*f.entropy + math.Pow(q, f.gamma)*sigmoid(-e.z))
				}
			})},
		{Name: "sigmoid-focal-gradient-zero-power", Loss: "sigmoid_focal", Museum: "B041", Issue: "google-deepmind/optax#1267",
			Mechanism: "at γ = 0 the derivative of q^0 is 0·q^−1, which is NaN at q = 0",
			defect: changing(func(e *example, out *outcome) {
				f := sigmoidFocal(e)
				if f.gamma == 0 && f.weight != 0 {
					out.grad[0] += 0 * math.Pow(f.wrong, -1)
				}
			})},
		{Name: "sigmoid-focal-gradient-frozen-modulator", Loss: "sigmoid_focal", Museum: "O6", Issue: "open-mmlab/mmdetection#5818",
			Mechanism: "the modulator q^γ is held constant in the gradient",
			defect: slope(func(e *example) float64 {
				f := sigmoidFocal(e)
				return f.weight * math.Pow(f.wrong, f.gamma) * ((1-e.y)*sigmoid(e.z) - e.y*sigmoid(-e.z))
			})},
		{Name: "sigmoid-focal-gradient-sign-of-term", Loss: "sigmoid_focal", Museum: "B073, O6", Issue: "zimenglan/Focal-Loss#2",
			Mechanism: "the term of the modulator has the wrong sign",
			defect: changing(func(e *example, out *outcome) {
				f := sigmoidFocal(e)
				plain := f.weight * math.Pow(f.wrong, f.gamma) * ((1-e.y)*sigmoid(e.z) - e.y*sigmoid(-e.z))
				out.grad[0] = 2*plain - out.grad[0]
			})},
		{Name: "softmax-focal-gradient-power", Loss: "softmax_focal", Museum: "B040", Issue: "clcarwin/focal_loss_pytorch#13",
			Mechanism: "γ·(1−p)^(γ−1) is infinite at p = 1 for γ < 1, and is multiplied by 0",
			defect: gradient(func(e *example) []float64 {
				if noLimit(e.pred) {
					return repeated(math.NaN(), len(e.pred))
				}
				f, p := softmaxFocal(e), softmax(e.pred)
				q := 1 - p[e.label]
				g := f.weight * (f.gamma*math.Pow(q, f.gamma-1)*p[e.label]*f.entropy + math.Pow(q, f.gamma))
				return each(e, func(k int) float64 {
					if k == e.label {
						return -g * q
					}
					return g * p[k]
				})
			})},
		{Name: "softmax-focal-gradient-frozen-modulator", Loss: "softmax_focal", Museum: "O6", Issue: "open-mmlab/mmdetection#5818",
			Mechanism: "the modulator is held constant in the gradient",
			defect: gradient(func(e *example) []float64 {
				f, p := softmaxFocal(e), softmax(e.pred)
				return each(e, func(k int) float64 {
					if k == e.label {
						return -f.weight * math.Pow(f.wrong, f.gamma) * f.wrong
					}
					return f.weight * math.Pow(f.wrong, f.gamma) * p[k]
				})
			})},
		{Name: "cross-entropy-gradient-of-masked-class", Loss: "cross_entropy", Museum: "B045, B047", Issue: "pytorch/pytorch#31829",
			Mechanism: "the gradient of a −Inf logit is 0·(−Inf)",
			defect: changing(func(e *example, out *outcome) {
				for k, z := range e.pred {
					if math.IsInf(z, -1) {
						out.grad[k] += 0 * z
					}
				}
			})},
		{Name: "cross-entropy-soft-gradient-unit-mass", Loss: "cross_entropy", Museum: "B120, O6", Issue: "pytorch/pytorch#107680",
			Mechanism: "p − y for a soft target, as if its weights summed to 1",
			defect: changing(func(e *example, out *outcome) {
				if !e.hard {
					p, t := softmax(e.pred), classWeights(e)
					copy(out.grad, each(e, func(k int) float64 { return p[k] - t[k] }))
				}
			})},
		{Name: "cross-entropy-gradient-without-label", Loss: "cross_entropy", Museum: "B153, O6", Issue: "gorgonia/gorgonia#371",
			Mechanism: "the gradient is p for every class, the one of the label included",
			defect: changing(func(e *example, out *outcome) {
				if e.hard {
					copy(out.grad, softmax(e.pred))
				}
			})},
		{Name: "nan-replaced-by-zero", Loss: "binary_cross_entropy_with_logits", Museum: "B093", Issue: "AlexeyAB/darknet#7165",
			Mechanism: "NaN gradients are replaced, which hides NaN inputs",
			defect: finishing(func(_ *loss.Plan, a *subject.Answer) {
				for i, g := range a.Grad {
					if math.IsNaN(g) {
						a.Grad[i] = 0
					}
				}
			})},
		{Name: "nan-hidden-by-max", Loss: "squared_error", Museum: "B113, B093", Issue: "keras-team/keras#4744",
			Mechanism: "a comparison makes 0 of NaN",
			defect: finishing(func(_ *loss.Plan, a *subject.Answer) {
				for i, v := range a.Value {
					if !(v > 0) {
						a.Value[i] = 0
					}
				}
			})},
		{Name: "squared-error-negative-prediction-clipped", Loss: "squared_error", Museum: "B113", Issue: "keras-team/keras#4744",
			Mechanism: "predictions below 0 are clipped, value and gradient",
			defect: changing(func(e *example, out *outcome) {
				if e.z < 0 {
					out.value[0], out.grad[0] = squaredFactor(e)*e.y*e.y, 0
				}
			})},
		{Name: "classification-error-pseudo-gradient", Loss: "classification_error", Museum: "B153", Issue: "pytorch/pytorch PR#3876",
			Mechanism: "the gradient of a surrogate (p − onehot) is returned for a step function",
			defect: gradient(func(e *example) []float64 {
				p := softmax(e.pred)
				return each(e, func(k int) float64 { return p[k] - e.target[k] })
			})},
	}
}

// each makes a row of K numbers.
func each(e *example, f func(k int) float64) []float64 {
	xs := make([]float64, len(e.pred))
	for k := range xs {
		xs[k] = f(k)
	}
	return xs
}
