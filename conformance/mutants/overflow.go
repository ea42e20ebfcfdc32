package mutants

import "math"

// overflowing lists exp and log that overflow, underflow or cancel: MUSEUM.md and the
// operators O1 and O2.
func overflowing() []Mutant {
	naiveSoftplus := func(x float64) float64 { return math.Log(1 + math.Exp(x)) }
	naiveSigmoid := func(x float64) float64 { return math.Exp(x) / (1 + math.Exp(x)) }
	return []Mutant{
		{Name: "bce-pos-weight-unshifted", Loss: "binary_cross_entropy_with_logits", Museum: "B001", Issue: "pytorch/pytorch#13773",
			Mechanism: "with pos_weight the positive term is log(1+exp(−z)), which overflows",
			defect: changing(func(e *example, out *outcome) {
				if e.Scalar("pos_weight") != 1 {
					positive, negative := binaryWeights(e)
					out.value[0] = positive*naiveSoftplus(-e.z) + negative*softplus(e.z)
				}
			})},
		{Name: "bce-shift-sign-lost", Loss: "binary_cross_entropy_with_logits", Museum: "B002", Issue: "pytorch/pytorch#2221",
			Mechanism: "the shift is clamp(z, 0) in place of clamp(−z, 0)",
			defect: value(func(e *example) float64 {
				shift := max(e.z, 0)
				return binary(e, func(x float64) float64 {
					if x != -e.z {
						return softplus(x)
					}
					return shift + math.Log(math.Exp(-shift)+math.Exp(-e.z-shift))
				})
			})},
		{Name: "bce-infinite-logit", Loss: "binary_cross_entropy_with_logits", Museum: "B004", Issue: "pytorch/pytorch#49844",
			Mechanism: "max(z, 0) − z·y + log1p(e^−|z|) subtracts infinities",
			defect: value(func(e *example) float64 {
				positive, negative := binaryWeights(e)
				near := (positive + negative) * math.Log1p(math.Exp(-math.Abs(e.z)))
				return (positive+negative)*max(e.z, 0) - e.z*positive + near
			})},
		{Name: "bce-log-of-one-minus-sigmoid", Loss: "binary_cross_entropy_with_logits", Museum: "B015", Issue: "huggingface/candle#2561",
			Mechanism: "log(1 − σ(z)), which is −Inf from z = 37 on (17 in float32)",
			defect: value(func(e *example) float64 {
				return binary(e, func(x float64) float64 { return -math.Log(1 - sigmoid(x)) })
			})},
		{Name: "bce-composed-in-float32", Loss: "binary_cross_entropy_with_logits", Museum: "B013", Issue: "keras-team/keras PR#22322",
			Mechanism: "a sigmoid and a logarithm composed in float32", formats: []string{"f32"},
			defect: value(func(e *example) float64 {
				return binary(e, func(x float64) float64 {
					q := float32(1) - float32(sigmoid(x))
					return -float64(float32(math.Log(float64(q))))
				})
			})},
		{Name: "bce-naive-softplus", Loss: "binary_cross_entropy_with_logits", Museum: "B018, O2", Issue: "mlpack/mlpack#2371",
			Mechanism: "log(1+exp(x)) overflows at 710",
			defect:    value(func(e *example) float64 { return binary(e, naiveSoftplus) })},
		{Name: "softplus-naive", Loss: "softplus", Museum: "B018, O2", Issue: "mlpack/mlpack#2371",
			Mechanism: "log(1+exp(x)) overflows at 710 and is 0 below −37",
			defect:    value(func(e *example) float64 { return naiveSoftplus(e.z) })},
		{Name: "softplus-threshold", Loss: "softplus", Museum: "O7", Issue: "huggingface/candle#2561",
			Mechanism: "the identity from 20 on, as if log1p(e^−20) were nothing",
			defect: changing(func(e *example, out *outcome) {
				if e.z > 20 {
					out.value[0] = e.z
				}
			})},
		{Name: "softplus-log-of-one-plus", Loss: "softplus", Museum: "O2", Issue: "huggingface/candle#2561",
			Mechanism: "max(x, 0) + log(1+e^−|x|) with log in place of log1p",
			defect:    value(func(e *example) float64 { return max(e.z, 0) + math.Log(1+math.Exp(-math.Abs(e.z))) })},
		{Name: "log-sigmoid-composed", Loss: "log_sigmoid", Museum: "B018, O2", Issue: "apache/spark PR#3915",
			Mechanism: "log(1/(1+e^−x)) is −Inf below −710",
			defect:    value(func(e *example) float64 { return math.Log(1 / (1 + math.Exp(-e.z))) })},
		{Name: "log-sigmoid-late-subtraction", Loss: "log_sigmoid", Museum: "O1", Issue: "pytorch/pytorch#11752",
			Mechanism: "x − sp(x), whose terms cancel for large x",
			defect:    value(func(e *example) float64 { return e.z - softplus(e.z) })},
		{Name: "sigmoid-of-positive-exponential", Loss: "sigmoid", Museum: "B018, O2", Issue: "ARM-software/ComputeLibrary#148",
			Mechanism: "exp(x)/(1+exp(x)) is NaN above 710",
			defect:    value(func(e *example) float64 { return naiveSigmoid(e.z) })},
		{Name: "sigmoid-one-minus", Loss: "sigmoid", Museum: "O2", Issue: "huggingface/candle#2561",
			Mechanism: "σ(x) for x < 0 is 1 − σ(−x)",
			defect: changing(func(e *example, out *outcome) {
				if e.z < 0 {
					out.value[0] = 1 - sigmoid(-e.z)
				}
			})},
		{Name: "sigmoid-clipped-input", Loss: "sigmoid", Museum: "O3", Issue: "vllm-project/vllm PR#40428",
			Mechanism: "the input of exp is clamped to ±88, in float64 too", formats: []string{"f64"},
			defect: value(func(e *example) float64 { return sigmoid(min(max(e.z, -88), 88)) })},

		{Name: "cross-entropy-lse-before-subtraction", Loss: "cross_entropy", Museum: "B008, O1", Issue: "pytorch/pytorch#11752",
			Mechanism: "lse is rounded, with the maximum added again, before z_t is subtracted",
			defect: value(func(e *example) float64 {
				return weighed(classWeights(e), mapped(e.pred, func(z float64) float64 { return e.format.Round(logSumExp(e.pred)) - z }))
			})},
		{Name: "log-softmax-lse-before-subtraction", Loss: "log_softmax", Museum: "B008, O1", Issue: "ml-explore/mlx#4188",
			Mechanism: "lse is rounded before it is subtracted",
			defect: values(func(e *example) []float64 {
				return mapped(e.pred, func(z float64) float64 { return z - e.format.Round(logSumExp(e.pred)) })
			})},
		{Name: "softmax-exp-of-rounded-lse", Loss: "softmax", Museum: "B008", Issue: "google-deepmind/optax#1335",
			Mechanism: "exp(z − lse) with a rounded lse: the probabilities of [1e8, 1e8] sum to 2",
			defect: values(func(e *example) []float64 {
				return mapped(e.pred, func(z float64) float64 { return math.Exp(z - e.format.Round(logSumExp(e.pred))) })
			})},
		{Name: "softmax-focal-lse-before-subtraction", Loss: "softmax_focal", Museum: "B008, O1", Issue: "ml-explore/mlx#4188",
			Mechanism: "the negative log-likelihood is lse − z_t with a rounded lse",
			defect: value(func(e *example) float64 {
				f := softmaxFocal(e)
				f.entropy = e.format.Round(logSumExp(e.pred)) - e.pred[e.label]
				return f.value()
			})},
		{Name: "cross-entropy-no-shift", Loss: "cross_entropy", Museum: "B018, O1", Issue: "apache/spark PR#3928",
			Mechanism: "log Σ exp(z) without the maximum",
			defect: value(func(e *example) float64 {
				return weighed(classWeights(e), mapped(e.pred, func(z float64) float64 { return unshifted(e.pred) - z }))
			})},
		{Name: "softmax-no-shift", Loss: "softmax", Museum: "B018, O1", Issue: "ARM-software/ComputeLibrary#148",
			Mechanism: "exp(z)/Σ exp(z) without the maximum",
			defect: values(func(e *example) []float64 {
				total := compensated(mapped(e.pred, math.Exp))
				return mapped(e.pred, func(z float64) float64 { return math.Exp(z) / total })
			})},
		{Name: "log-softmax-no-shift", Loss: "log_softmax", Museum: "B018, O1", Issue: "gorgonia/gorgonia#322",
			Mechanism: "z − log Σ exp(z) without the maximum",
			defect: values(func(e *example) []float64 {
				return mapped(e.pred, func(z float64) float64 { return z - unshifted(e.pred) })
			})},
		{Name: "log-sum-exp-no-shift", Loss: "log_sum_exp", Museum: "B018, O1", Issue: "cvxpy/cvxpy#1359",
			Mechanism: "log Σ exp(z) without the maximum", defect: value(func(e *example) float64 { return unshifted(e.pred) })},
		{Name: "log-sum-exp-maximum-inside", Loss: "log_sum_exp", Museum: "O1", Issue: "gorgonia/gorgonia#322",
			Mechanism: "log(Σ exp(z − m) + m): the maximum is added inside the logarithm",
			defect: value(func(e *example) float64 {
				return math.Log(compensated(exponentials(e.pred)) + highest(e.pred))
			})},
		{Name: "cross-entropy-log-of-softmax", Loss: "cross_entropy", Museum: "B024, B018", Issue: "apache/spark PR#3915",
			Mechanism: "the logarithm of a softmax that has underflowed",
			defect: value(func(e *example) float64 {
				return weighed(classWeights(e), mapped(softmax(e.pred), func(p float64) float64 { return -math.Log(e.format.Round(p)) }))
			})},
		{Name: "log-softmax-log-of-softmax", Loss: "log_softmax", Museum: "B024, B018", Issue: "gorgonia/gorgonia#322",
			Mechanism: "the logarithm of a softmax that has underflowed",
			defect: values(func(e *example) []float64 {
				return mapped(softmax(e.pred), func(p float64) float64 { return math.Log(e.format.Round(p)) })
			})},
		{Name: "cross-entropy-epsilon-in-log", Loss: "cross_entropy", Museum: "B025, O3", Issue: "tensorflow/tensorflow#38457",
			Mechanism: "log(p + 1e-7) saturates at 16.1",
			defect: value(func(e *example) float64 {
				return weighed(classWeights(e), mapped(softmax(e.pred), func(p float64) float64 { return -math.Log(p + 1e-7) }))
			})},
		{Name: "categorical-epsilon-in-log", Loss: "categorical_cross_entropy", Museum: "B064, O3", Issue: "tensorflow/tensorflow#38457",
			Mechanism: "log(p + 1e-7) in place of log p",
			defect: value(func(e *example) float64 {
				return categorical(e, func(p float64) float64 { return -math.Log(p + 1e-7) })
			})},
		{Name: "bce-clip-too-small", Loss: "binary_cross_entropy", Museum: "B010, B011", Issue: "gorgonia/gorgonia PR#536",
			Mechanism: "the clip is at 1 − 1e-16, which is 1, so that log(0) stays",
			defect: value(func(e *example) float64 {
				p := e.z
				if low, _ := e.ClipInterval(); !math.IsInf(low, 0) {
					p = min(max(p, 1e-16), 1-1e-16)
				}
				return probability(e, p)
			})},
		{Name: "bce-clip-rounds-away", Loss: "binary_cross_entropy", Museum: "B011", Issue: "keras-team/keras#377",
			Mechanism: "the clip 1 − 1e-8 is 1 in float32", formats: []string{"f32"},
			defect: value(func(e *example) float64 {
				p := e.z
				if low, _ := e.ClipInterval(); !math.IsInf(low, 0) {
					p = float64(min(max(float32(p), 1e-8), 1-1e-8))
				}
				return probability(e, p)
			})},
		{Name: "bce-clip-below-only", Loss: "binary_cross_entropy", Museum: "O3", Issue: "scikit-learn/scikit-learn#24315",
			Mechanism: "the probability is clipped below and not above",
			defect: value(func(e *example) float64 {
				low, _ := e.ClipInterval()
				return probability(e, max(e.z, low))
			})},
		{Name: "bce-always-clipped", Loss: "binary_cross_entropy", Museum: "O3", Issue: "scikit-learn/scikit-learn#24315",
			Mechanism: "the probability is clipped though the convention says none",
			defect:    value(func(e *example) float64 { return probability(e, min(max(e.z, 1e-7), 1-1e-7)) })},
		{Name: "bce-log-of-one-minus", Loss: "binary_cross_entropy", Museum: "O2", Issue: "huggingface/candle#2561",
			Mechanism: "log(1−p) in place of log1p(−p)",
			defect: value(func(e *example) float64 {
				p, _ := e.Clip(e.z)
				return xtimes(e.y, -math.Log(p)) + xtimes(1-e.y, -math.Log(1-p))
			})},
		{Name: "softmax-focal-no-shift", Loss: "softmax_focal", Museum: "B018, O1", Issue: "kornia/kornia PR#2125",
			Mechanism: "log Σ exp(z) without the maximum",
			defect: value(func(e *example) float64 {
				f := softmaxFocal(e)
				f.entropy = unshifted(e.pred) - e.pred[e.label]
				return f.value()
			})},
		{Name: "softmax-focal-one-minus-p", Loss: "softmax_focal", Museum: "O2", Issue: "tensorflow/addons PR#2697",
			Mechanism: "the modulator is 1 − p in place of the sum of the other probabilities",
			defect: value(func(e *example) float64 {
				f := softmaxFocal(e)
				f.wrong = 1 - softmax(e.pred)[e.label]
				return f.value()
			})},
		{Name: "sigmoid-focal-log-of-sigmoid", Loss: "sigmoid_focal", Museum: "B014, O2", Issue: "kornia/kornia PR#1362",
			Mechanism: "log(σ(z)) and log(1 − σ(z))",
			defect: value(func(e *example) float64 {
				f, p := sigmoidFocal(e), sigmoid(e.z)
				f.entropy = xtimes(e.y, -math.Log(p)) + xtimes(1-e.y, -math.Log(1-p))
				return f.value()
			})},
		{Name: "sigmoid-focal-one-minus-sigmoid", Loss: "sigmoid_focal", Museum: "O2", Issue: "kornia/kornia PR#2125",
			Mechanism: "σ(−z) is 1 − σ(z) in the modulator",
			defect: value(func(e *example) float64 {
				f := sigmoidFocal(e)
				f.wrong = (1-e.y)*sigmoid(e.z) + e.y*(1-sigmoid(e.z))
				return f.value()
			})},
		{Name: "squared-error-expanded", Loss: "squared_error", Museum: "B058, O2", Issue: "pytorch/vision#3371",
			Mechanism: "x² − 2xy + y², which overflows early and cancels",
			defect: value(func(e *example) float64 {
				f := 1.0
				if e.Convention("squared_error_factor") == "1/2" {
					f = 0.5
				}
				return f * (e.z*e.z - 2*e.z*e.y + e.y*e.y)
			})},
		{Name: "squared-logit-one-minus-sigmoid", Loss: "squared_error_with_logits", Museum: "O2", Issue: "huggingface/candle#2561",
			Mechanism: "σ(z) − y, which loses every digit for y = 1",
			defect: changing(func(e *example, out *outcome) {
				if e.y == 1 {
					d := sigmoid(e.z) - 1
					out.value[0] = squaredFactor(e) * d * d
				}
			})},
		{Name: "exp-of-minus-infinity", Loss: "softmax", Museum: "B031", Issue: "vllm-project/vllm PR#40428",
			Mechanism: "exp(−Inf) is polynomial·2ⁿ with an unclamped argument: −Inf·0 = NaN",
			defect: values(func(e *example) []float64 {
				exp := func(gap float64) float64 {
					n := math.Round(-gap / math.Ln2)
					return math.Ldexp(math.Exp(-gap-n*math.Ln2), int(max(n, -5000)))
				}
				return normalised(mapped(gaps(e.pred), exp))
			})},
		{Name: "online-softmax-first-tile-masked", Loss: "cross_entropy", Museum: "B032", Issue: "ggml-org/llama.cpp PR#24941",
			Mechanism: "the running maximum is −Inf while the first classes are masked: (−Inf) − (−Inf)",
			defect: value(func(e *example) float64 {
				top, total := math.Inf(-1), 0.0
				for _, z := range e.pred {
					next := max(top, z)
					total = total*math.Exp(top-next) + math.Exp(z-next)
					top = next
				}
				if math.IsNaN(total) {
					return math.NaN()
				}
				return weighed(classWeights(e), surprises(e.pred))
			})},
		{Name: "softmax-cheap-exponential", Loss: "softmax", Museum: "B033", Issue: "Maratyszcza/NNPACK#174",
			Mechanism: "exp of low accuracy where the row is no multiple of 8",
			defect: changing(func(e *example, out *outcome) {
				if len(e.pred)%8 != 0 {
					copy(out.value, normalised(mapped(gaps(e.pred), func(gap float64) float64 { return math.Pow(1-gap/4096, 4096) })))
				}
			})},
		{Name: "log-sum-exp-of-masked-row", Loss: "log_sum_exp", Museum: "B045, B032", Issue: "pytorch/pytorch#31829",
			Mechanism: "an infinite maximum is subtracted from itself",
			defect: value(func(e *example) float64 {
				top := highest(e.pred)
				if !math.IsInf(top, 0) {
					return top + math.Log1p(compensated(append(exponentials(e.pred), -1)))
				}
				return top + math.Log(compensated(mapped(e.pred, func(z float64) float64 { return math.Exp(z - top) })))
			})},
		{Name: "log-sum-exp-log-of-total", Loss: "log_sum_exp", Museum: "B008, O2", Issue: "ml-explore/mlx#4188",
			Mechanism: "log Σ e^(z−m) in place of log1p of the other terms",
			defect: value(func(e *example) float64 {
				if math.IsInf(highest(e.pred), 0) {
					return highest(e.pred)
				}
				return highest(e.pred) + math.Log(compensated(exponentials(e.pred)))
			})},
		{Name: "cross-entropy-log-of-total", Loss: "cross_entropy", Museum: "B008, O2", Issue: "ml-explore/mlx#4188",
			Mechanism: "log Σ e^(z−m) in place of log1p of the other terms: 0 for an easy row",
			defect: value(func(e *example) float64 {
				if noLimit(e.pred) {
					return math.NaN()
				}
				total := compensated(exponentials(e.pred))
				return weighed(classWeights(e), mapped(gaps(e.pred), func(gap float64) float64 { return gap + math.Log(total) }))
			})},
	}
}

func logSumExp(z []float64) float64 {
	if noLimit(z) {
		return math.NaN()
	}
	top := highest(z)
	return top + math.Log1p(compensated(append(exponentials(z), -1)))
}

func unshifted(z []float64) float64 { return math.Log(compensated(mapped(z, math.Exp))) }

func normalised(e []float64) []float64 {
	total := compensated(e)
	return mapped(e, func(x float64) float64 { return x / total })
}

// probability is binary cross-entropy of a probability.
func probability(e *example, p float64) float64 {
	return xtimes(e.y, -math.Log(p)) + xtimes(1-e.y, -math.Log1p(-p))
}

// categorical is categorical cross-entropy with the given −log.
func categorical(e *example, surprise func(p float64) float64) float64 {
	terms := make([]float64, len(e.pred))
	for k, p := range e.pred {
		p, _ = e.Clip(p)
		terms[k] = xtimes(e.Class("weight", k)*e.target[k], surprise(p))
	}
	return compensated(terms)
}

func squaredFactor(e *example) float64 {
	if e.Convention("squared_error_factor") == "1/2" {
		return 0.5
	}
	return 1
}
