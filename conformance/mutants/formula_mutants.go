package mutants

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// formulas lists wrong formulas, signs, factors and parameters: MUSEUM.md and the
// operators O4 and O5. The gradient is that of the right formula.
func formulas() []Mutant {
	return []Mutant{
		{Name: "focal-factor-for-power", Loss: "sigmoid_focal", Museum: "B070, O5", Issue: "fudannlp16/focal-loss#2",
			Mechanism: "q·γ in place of q^γ",
			defect: value(func(e *example) float64 {
				f := sigmoidFocal(e)
				return xtimes(f.weight*f.wrong*f.gamma, f.entropy)
			})},
		{Name: "focal-positive-modulator-for-negatives", Loss: "sigmoid_focal", Museum: "B071", Issue: "yqyao/SSD_Pytorch#32",
			Mechanism: "(1−σ(z))^γ is the modulator of negatives too",
			defect: value(func(e *example) float64 {
				f := sigmoidFocal(e)
				f.wrong = sigmoid(-e.z)
				return f.value()
			})},
		{Name: "focal-alpha-inverted", Loss: "sigmoid_focal", Museum: "B072, O4", Issue: "unsky/focal-loss#9",
			Mechanism: "α and 1−α are exchanged",
			defect: changing(func(e *example, out *outcome) {
				if f := sigmoidFocal(e); e.On("alpha") {
					alpha := e.Scalar("alpha")
					f.weight = (1-alpha)*e.y + alpha*(1-e.y)
					out.value[0] = f.value()
				}
			})},
		{Name: "focal-alpha-constant", Loss: "sigmoid_focal", Museum: "B072", Issue: "liuyuisanai/Focal-Loss#4",
			Mechanism: "α multiplies both classes",
			defect: changing(func(e *example, out *outcome) {
				if f := sigmoidFocal(e); e.On("alpha") {
					f.weight = e.Scalar("alpha")
					out.value[0] = f.value()
				}
			})},
		{Name: "focal-alpha-ignored", Loss: "sigmoid_focal", Museum: "B076", Issue: "tensorflow/tensorflow#61519",
			Mechanism: "α is not used at all",
			defect: value(func(e *example) float64 {
				f := sigmoidFocal(e)
				f.weight = 1
				return f.value()
			})},
		{Name: "focal-alpha-only-for-exact-positives", Loss: "sigmoid_focal", Museum: "B075", Issue: "keras-team/keras-cv#672",
			Mechanism: "α is chosen by y == 1, so that a smoothed positive counts as negative",
			defect: changing(func(e *example, out *outcome) {
				if f := sigmoidFocal(e); e.On("alpha") && e.y != 1 {
					f.weight = 1 - e.Scalar("alpha")
					out.value[0] = f.value()
				}
			})},
		{Name: "focal-alpha-zero-is-off", Loss: "sigmoid_focal", Museum: "B076, O7", Issue: "tensorflow/tensorflow#61519",
			Mechanism: "α = 0 is taken for no α at all",
			defect: changing(func(e *example, out *outcome) {
				if f := sigmoidFocal(e); e.On("alpha") && e.Scalar("alpha") == 0 {
					f.weight = 1
					out.value[0] = f.value()
				}
			})},
		{Name: "focal-float-min-floor", Loss: "sigmoid_focal", Museum: "B073", Issue: "zimenglan/Focal-Loss#1",
			Mechanism: "log(max(p, FLT_MIN)) saturates at 87.3365",
			defect: value(func(e *example) float64 {
				f := sigmoidFocal(e)
				const floor = 1.17549435e-38
				f.entropy = xtimes(e.y, -math.Log(max(sigmoid(e.z), floor))) + xtimes(1-e.y, -math.Log(max(sigmoid(-e.z), floor)))
				return f.value()
			})},
		{Name: "focal-negative-base", Loss: "sigmoid_focal", Museum: "B027", Issue: "tensorflow/addons PR#2697",
			Mechanism: "1−p_t is rounded below 0, and its power is NaN for γ < 1",
			defect: changing(func(e *example, out *outcome) {
				if f := sigmoidFocal(e); f.wrong < 0x1p-60 && f.weight != 0 {
					out.value[0] = f.weight * math.Pow(-0x1p-54, f.gamma) * f.entropy
				}
			})},
		{Name: "focal-exponent-less-one", Loss: "sigmoid_focal", Museum: "O5", Issue: "fudannlp16/focal-loss#2",
			Mechanism: "q^(γ−1) in place of q^γ",
			defect: value(func(e *example) float64 {
				f := sigmoidFocal(e)
				f.gamma--
				return f.value()
			})},
		{Name: "focal-modulator-from-cross-entropy", Loss: "sigmoid_focal", Museum: "O5", Issue: "kornia/kornia PR#1362",
			Mechanism: "p_t is exp(−BCE), which is another number for soft targets",
			defect: value(func(e *example) float64 {
				f := sigmoidFocal(e)
				f.wrong = -math.Expm1(-f.entropy)
				return f.value()
			})},
		{Name: "softmax-focal-background-alpha", Loss: "softmax_focal", Museum: "B081", Issue: "kornia/kornia PR#2393",
			Mechanism: "class 0 is weighted 1−α and the others α",
			defect: changing(func(e *example, out *outcome) {
				if f := softmaxFocal(e); e.On("alpha") && e.label == 0 {
					f.weight = 1 - f.weight
					out.value[0] = f.value()
				}
			})},
		{Name: "softmax-focal-alpha-of-first-class", Loss: "softmax_focal", Museum: "B072, O4", Issue: "liuyuisanai/Focal-Loss#4",
			Mechanism: "every class has the α of class 0",
			defect: value(func(e *example) float64 {
				f := softmaxFocal(e)
				f.weight = e.Class("alpha", 0)
				return f.value()
			})},
		{Name: "softmax-focal-factor-for-power", Loss: "softmax_focal", Museum: "B070, O5", Issue: "fudannlp16/focal-loss#2",
			Mechanism: "q·γ in place of q^γ",
			defect: value(func(e *example) float64 {
				f := softmaxFocal(e)
				return xtimes(f.weight*f.wrong*f.gamma, f.entropy)
			})},
		{Name: "smoothing-without-class-weights", Loss: "cross_entropy", Museum: "B101", Issue: "pytorch/pytorch#104776",
			Mechanism: "the weight of the label multiplies the smooth term, in place of each class's own",
			defect: changing(func(e *example, out *outcome) {
				if epsilon := e.Scalar("label_smoothing"); e.hard && epsilon > 0 {
					nll := surprises(e.pred)
					smooth := compensated(nll) * epsilon / float64(len(nll))
					out.value[0] = xtimes(e.Class("weight", e.label), (1-epsilon)*nll[e.label]+smooth)
				}
			})},
		{Name: "smoothing-over-other-classes", Loss: "cross_entropy", Museum: "B102, O4", Issue: "keras-team/keras PR#23437",
			Mechanism: "ε is divided by K−1 and given to the other classes",
			defect: changing(func(e *example, out *outcome) {
				if epsilon := e.Scalar("label_smoothing"); epsilon > 0 && len(e.pred) > 1 {
					nll, t := surprises(e.pred), make([]float64, len(e.pred))
					for k, y := range e.target {
						t[k] = e.Class("weight", k) * ((1-epsilon)*y + epsilon*(compensated(e.target)-y)/float64(len(t)-1))
					}
					out.value[0] = weighed(t, nll)
				}
			})},
		{Name: "binary-smoothing-of-positives-only", Loss: "binary_cross_entropy_with_logits", Museum: "B102", Issue: "keras-team/keras PR#23437",
			Mechanism: "y(1−ε) without + ε/2",
			defect: value(func(e *example) float64 {
				y := e.y * (1 - e.Scalar("label_smoothing"))
				return xtimes(e.Scalar("pos_weight")*y, softplus(-e.z)) + xtimes(1-y, softplus(e.z))
			})},
		{Name: "pos-weight-on-both-terms", Loss: "binary_cross_entropy_with_logits", Museum: "B081", Issue: "kornia/kornia PR#2323",
			Mechanism: "pos_weight multiplies the negative term too",
			defect: value(func(e *example) float64 {
				_, negative := binaryWeights(e)
				c := e.Scalar("pos_weight")
				return xtimes(c*(1-negative), softplus(-e.z)) + xtimes(c*negative, softplus(e.z))
			})},
		{Name: "pos-weight-not-in-gradient", Loss: "binary_cross_entropy_with_logits", Museum: "B091, O6", Issue: "pytorch/pytorch#13773",
			Mechanism: "the value has pos_weight and the gradient has not",
			defect: changing(func(e *example, out *outcome) {
				if e.Scalar("pos_weight") != 1 {
					_, negative := binaryWeights(e)
					out.grad[0] = negative*sigmoid(e.z) - (1-negative)*sigmoid(-e.z)
				}
			})},
		{Name: "target-swapped", Loss: "binary_cross_entropy", Museum: "B105, O4", Issue: "dmlc/xgboost#2995",
			Mechanism: "y and 1−y are exchanged",
			defect: value(func(e *example) float64 {
				e.y = 1 - e.y
				p, _ := e.Clip(e.z)
				return probability(e, p)
			})},
		{Name: "probability-taken-for-logit", Loss: "binary_cross_entropy_with_logits", Museum: "B105", Issue: "microsoft/LightGBM#2052",
			Mechanism: "the sigmoid is applied twice",
			defect: value(func(e *example) float64 {
				e.z = sigmoid(e.z)
				return binary(e, softplus)
			})},
		{Name: "categorical-zero-times-infinity", Loss: "categorical_cross_entropy", Museum: "B029", Issue: "scikit-learn/scikit-learn PR#24365",
			Mechanism: "0·log 0 = NaN for a perfect prediction",
			defect: value(func(e *example) float64 {
				sum := 0.0
				for k := range e.pred {
					p, _ := e.Clip(e.pred[k])
					sum -= e.Class("weight", k) * e.target[k] * math.Log(p)
				}
				return sum
			})},
		{Name: "categorical-sign", Loss: "categorical_cross_entropy", Museum: "B105, O6", Issue: "dmlc/xgboost#3037",
			Mechanism: "the sign is lost, and the loss is the likelihood",
			defect:    changing(func(_ *example, out *outcome) { out.value[0] = -out.value[0] })},
		{Name: "squared-logit-sigmoid-twice", Loss: "squared_error_with_logits", Museum: "B105", Issue: "microsoft/LightGBM#2052",
			Mechanism: "the sigmoid is applied twice",
			defect: value(func(e *example) float64 {
				d := sigmoid(sigmoid(e.z)) - e.y
				return squaredFactor(e) * d * d
			})},
		{Name: "bce-zero-times-infinity", Loss: "binary_cross_entropy", Museum: "B029", Issue: "scikit-learn/scikit-learn PR#24365",
			Mechanism: "0·log 0 = NaN for a perfect prediction",
			defect: value(func(e *example) float64 {
				p, _ := e.Clip(e.z)
				return -e.y*math.Log(p) - (1-e.y)*math.Log1p(-p)
			})},
		{Name: "cross-entropy-zero-times-infinity", Loss: "cross_entropy", Museum: "B044, B029", Issue: "google-deepmind/optax PR#473",
			Mechanism: "0·(−log p) = NaN for a masked class with target 0",
			defect: value(func(e *example) float64 {
				sum, nll := 0.0, surprises(e.pred)
				for k, t := range classWeights(e) {
					sum += t * nll[k]
				}
				return sum
			})},
		{Name: "categorical-renormalised", Loss: "categorical_cross_entropy", Museum: "B109", Issue: "Project-MONAI/MONAI#369",
			Mechanism: "the probabilities are divided by their sum first",
			defect: value(func(e *example) float64 {
				total := compensated(e.pred)
				return categorical(e, func(p float64) float64 { return -math.Log(p / total) })
			})},
		{Name: "softmax-over-the-batch", Loss: "softmax", Museum: "B103", Issue: "keras-team/keras PR#20022",
			Mechanism: "rows are flattened, and the batch is normalised as one",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				if p.Rows > 1 {
					scale(a.Value, 1/float64(p.Rows))
				}
			})},
		{Name: "classification-error-is-agreement", Loss: "classification_error", Museum: "O4", Issue: "dmlc/xgboost#3037",
			Mechanism: "1 for the right class and 0 for a wrong one",
			defect:    changing(func(_ *example, out *outcome) { out.value[0] = 1 - out.value[0] })},
		{Name: "classification-error-last-of-ties", Loss: "classification_error", Museum: "O7", Issue: "nntrainer/nntrainer PR#3494",
			Mechanism: "the comparison is ≥ where it should be >, so that the last of equal scores wins",
			defect: value(func(e *example) float64 {
				best := 0
				for k, z := range e.pred {
					if z >= e.pred[best] {
						best = k
					}
				}
				return boolean(best != e.label)
			})},
		{Name: "classification-error-absolute-score", Loss: "classification_error", Museum: "O7", Issue: "BobMcDear/attorch#13",
			Mechanism: "the largest score is sought by size, without its sign",
			defect: value(func(e *example) float64 {
				best := 0
				for k, z := range e.pred {
					if math.Abs(z) > math.Abs(e.pred[best]) {
						best = k
					}
				}
				return boolean(best != e.label)
			})},
		{Name: "classification-error-narrow-scores", Loss: "classification_error", Museum: "O10", Issue: "Megvii-BaseDetection/YOLOX#1565",
			Mechanism: "scores are compared in bfloat16, where neighbours are equal",
			defect: value(func(e *example) float64 {
				best, narrow := 0, mapped(e.pred, bfloat16)
				for k, z := range narrow {
					if z > narrow[best] {
						best = k
					}
				}
				return boolean(best != e.label)
			})},
		{Name: "classification-error-maximum-starts-at-zero", Loss: "classification_error", Museum: "B104, O7", Issue: "gorgonia/gorgonia#368",
			Mechanism: "the running maximum starts at 0, so that a row of negative scores has none",
			defect: value(func(e *example) float64 {
				best, top := 0, 0.0
				for k, z := range e.pred {
					if z > top {
						best, top = k, z
					}
				}
				return boolean(best != e.label)
			})},
		{Name: "squared-error-half-convention-lost", Loss: "squared_error", Museum: "O6", Issue: "scikit-learn/scikit-learn PR#28453",
			Mechanism: "the factor ½ of the convention is in the gradient and not in the value",
			defect: changing(func(e *example, out *outcome) {
				if squaredFactor(e) != 1 {
					out.value[0] *= 2
				}
			})},
		{Name: "squared-error-absolute", Loss: "squared_error", Museum: "O5", Issue: "fudannlp16/focal-loss#2",
			Mechanism: "|x−y| in place of its square", defect: value(func(e *example) float64 { return squaredFactor(e) * math.Abs(e.z-e.y) })},
		{Name: "squared-error-early-overflow", Loss: "squared_error", Museum: "B058", Issue: "pytorch/vision#3371",
			Mechanism: "the difference is squared before the factor ½, and overflows early",
			defect:    value(func(e *example) float64 { return (e.z - e.y) * (e.z - e.y) * squaredFactor(e) })},
		{Name: "squared-error-half-precision-overflow", Loss: "squared_error", Museum: "B058", Issue: "facebookresearch/fvcore PR#113",
			Mechanism: "the square overflows in a narrower type", formats: []string{"f64"},
			defect: value(func(e *example) float64 {
				d := float32(e.z) - float32(e.y)
				return squaredFactor(e) * float64(d*d)
			})},
		{Name: "squared-error-relative", Loss: "squared_error", Museum: "B112", Issue: "NVIDIA/retinanet-examples#93",
			Mechanism: "a term is missing for equal inputs, so that the loss is not least at its target",
			defect: changing(func(e *example, out *outcome) {
				if e.z == e.y {
					out.value[0] = squaredFactor(e) * 0x1p-20
				}
			})},
	}
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// bfloat16 cuts a number to 8 bits.
func bfloat16(x float64) float64 {
	return float64(math.Float32frombits(math.Float32bits(float32(x)) &^ 0xffff))
}
