package mutants

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// reducing lists wrong reductions, weights, masks and ignored rows: MUSEUM.md and the
// operator O8. Every example is right by itself.
func reducing() []Mutant {
	return []Mutant{
		{Name: "weighted-mean-over-n", Loss: "cross_entropy", Museum: "B120, O4", Issue: "pytorch/pytorch#65329",
			Mechanism: "mean/weight divides by the number of rows",
			defect:    dividing(func(p *loss.Plan) float64 { return onlyFor(p, loss.MeanWeight, float64(p.Rows)) })},
		{Name: "soft-weighted-mean-over-n", Loss: "cross_entropy", Museum: "B120", Issue: "pytorch/pytorch#107680",
			Mechanism: "mean/weight divides by the number of rows where targets are distributions",
			defect: dividing(func(p *loss.Plan) float64 {
				if p.Target == nil {
					return p.Denominator()
				}
				return onlyFor(p, loss.MeanWeight, float64(p.Rows))
			})},
		{Name: "categorical-weighted-mean-over-n", Loss: "categorical_cross_entropy", Museum: "B120, O4", Issue: "pytorch/pytorch#25571",
			Mechanism: "mean/weight divides by the number of rows",
			defect:    dividing(func(p *loss.Plan) float64 { return onlyFor(p, loss.MeanWeight, float64(p.Rows)) })},
		{Name: "mean-over-weights", Loss: "binary_cross_entropy_with_logits", Museum: "B127, O4", Issue: "keras-team/keras PR#21908",
			Mechanism: "mean/elements divides by the sum of the sample weights",
			defect:    dividing(func(p *loss.Plan) float64 { return onlyFor(p, loss.MeanElements, totalWeight(p)) })},
		{Name: "sum-for-mean", Loss: "squared_error", Museum: "O4", Issue: "tensorflow/addons#2349",
			Mechanism: "every mean is a sum", defect: dividing(func(*loss.Plan) float64 { return 1 })},
		{Name: "mean-over-columns", Loss: "squared_error", Museum: "B077, O4", Issue: "tensorflow/addons#1261",
			Mechanism: "mean/samples divides by the number of elements",
			defect:    dividing(func(p *loss.Plan) float64 { return onlyFor(p, loss.MeanSamples, float64(p.Values())) })},
		{Name: "mean-over-samples", Loss: "binary_cross_entropy", Museum: "B077, O4", Issue: "tensorflow/addons#2431",
			Mechanism: "mean/elements divides by the number of rows",
			defect:    dividing(func(p *loss.Plan) float64 { return onlyFor(p, loss.MeanElements, float64(p.Rows)) })},
		{Name: "ignored-rows-counted", Loss: "cross_entropy", Museum: "B126, B131, O8", Issue: "open-mmlab/mmsegmentation PR#1409",
			Mechanism: "mean/counted divides by the number of all rows",
			defect:    dividing(func(p *loss.Plan) float64 { return onlyFor(p, loss.MeanCounted, float64(p.Rows)) })},
		{Name: "focal-ignored-rows-counted", Loss: "softmax_focal", Museum: "B131, O8", Issue: "allenai/OLMo#523",
			Mechanism: "the mean is taken of all rows after the mask has made zeros of some",
			defect:    dividing(func(p *loss.Plan) float64 { return onlyFor(p, loss.MeanCounted, float64(p.Rows)) })},
		{Name: "ignored-rows-not-counted", Loss: "classification_error", Museum: "B126, O8", Issue: "open-mmlab/mmdetection#9193",
			Mechanism: "mean/elements leaves out the ignored rows",
			defect: dividing(func(p *loss.Plan) float64 {
				n := 0.0
				for i := range p.Rows {
					n += boolean(!p.Ignored(i))
				}
				return onlyFor(p, loss.MeanElements, n)
			})},
		{Name: "smoothing-counts-ignored-rows", Loss: "cross_entropy", Museum: "B121, B135", Issue: "pytorch/pytorch#73205",
			Mechanism: "with label smoothing the mean divides by the number of all rows",
			defect: dividing(func(p *loss.Plan) float64 {
				if p.Args.Scalar("label_smoothing") == 0 {
					return p.Denominator()
				}
				return onlyFor(p, loss.MeanCounted, float64(p.Rows))
			})},
		{Name: "ignored-weights-counted", Loss: "cross_entropy", Museum: "B121, O8", Issue: "tinygrad/tinygrad#3574",
			Mechanism: "mean/weight counts the sample weights of ignored rows",
			defect: dividing(func(p *loss.Plan) float64 {
				extra := 0.0
				for i := range p.Rows {
					if p.Ignored(i) {
						extra += p.Weighting(i)
					}
				}
				return onlyFor(p, loss.MeanWeight, p.Denominator()+extra)
			})},
		{Name: "empty-mean-nan", Loss: "cross_entropy", Museum: "B122", Issue: "pytorch/pytorch#116349",
			Mechanism: "0/0 where every row is ignored, though the convention says zero",
			defect:    func(f *frame) { f.empty = func(*loss.Plan) float64 { return math.NaN() } }},
		{Name: "empty-mean-zero", Loss: "binary_cross_entropy_with_logits", Museum: "B066", Issue: "facebookresearch/fvcore PR#113",
			Mechanism: "the mean over nothing is 0, though the convention says NaN",
			defect:    func(f *frame) { f.empty = func(*loss.Plan) float64 { return 0 } }},
		{Name: "empty-mean-accepted", Loss: "squared_error", Museum: "B126", Issue: "open-mmlab/mmdetection#9193",
			Mechanism: "a mean over nothing is answered, though the convention says error",
			defect: checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
				return despite(loss.EmptyMean, c, p, err, func(c *loss.Call) { c.Conventions["empty_mean"] = "zero" })
			})},
		{Name: "empty-mean-floor", Loss: "classification_error", Museum: "B126", Issue: "open-mmlab/mmdetection#9193",
			Mechanism: "the denominator is max(count, 1)",
			defect:    dividing(func(p *loss.Plan) float64 { return max(p.Denominator(), 1) })},
		{Name: "denominator-plus-epsilon", Loss: "squared_error_with_logits", Museum: "B127, O3", Issue: "keras-team/keras#2546",
			Mechanism: "1e-7 is added to the sum of the weights",
			defect:    dividing(func(p *loss.Plan) float64 { return onlyFor(p, loss.MeanWeight, p.Denominator()+1e-7) })},
		{Name: "mean-divided-twice", Loss: "log_sum_exp", Museum: "B128", Issue: "keras-team/keras PR#20609",
			Mechanism: "the sum is divided by the denominator twice, once for the replicas",
			defect:    dividing(func(p *loss.Plan) float64 { return p.Denominator() * p.Denominator() })},
		{Name: "prefix-mask-counted", Loss: "squared_error", Museum: "B129", Issue: "gomlx/gomlx PR#126",
			Mechanism: "weights are counted up to the first zero only",
			defect: dividing(func(p *loss.Plan) float64 {
				total := 0.0
				for i := range p.Values() {
					if p.Weighting(i) == 0 {
						break
					}
					total += p.Weighting(i)
				}
				return onlyFor(p, loss.MeanWeight, total)
			})},
		{Name: "divided-by-n-and-weights", Loss: "sigmoid", Museum: "B130", Issue: "keras-team/keras PR#20609",
			Mechanism: "mean/weight divides by the sum of the weights and by n",
			defect: dividing(func(p *loss.Plan) float64 {
				return onlyFor(p, loss.MeanWeight, p.Denominator()*float64(p.Values()))
			})},
		{Name: "weights-applied-twice", Loss: "sigmoid_focal", Museum: "B127", Issue: "keras-team/keras#15323",
			Mechanism: "values and gradients are multiplied by the square of the weight",
			defect: func(f *frame) {
				f.weight = func(p *loss.Plan, i int) float64 { return p.Weighting(i) * p.Weighting(i) }
			}},
		{Name: "weights-ignored", Loss: "softplus", Museum: "B127", Issue: "tensorflow/tensorflow#34158",
			Mechanism: "sample weights are taken and not used",
			defect:    func(f *frame) { f.weight = func(*loss.Plan, int) float64 { return 1 } }},
		{Name: "weights-not-in-gradient", Loss: "binary_cross_entropy", Museum: "B127, B134", Issue: "tensorflow/tensorflow#34491",
			Mechanism: "sample weights multiply the value and not the gradient",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				for i := range a.Grad {
					if w := p.Weighting(i); w != 0 {
						a.Grad[i] /= w
					}
				}
			})},
		{Name: "zero-weight-times-nan", Loss: "binary_cross_entropy_with_logits", Museum: "B048, O8", Issue: "keras-team/keras PR#592",
			Mechanism: "a masked item is multiplied by 0, and 0·NaN is NaN",
			defect:    finishing(poison(func(p *loss.Plan, i int) bool { return p.Weighting(i) == 0 }, true))},
		{Name: "row-zero-weight-times-nan", Loss: "cross_entropy", Museum: "B048, O8", Issue: "keras-team/keras PR#592",
			Mechanism: "a row of weight 0 is multiplied by 0, and 0·NaN is NaN",
			defect:    finishing(poison(func(p *loss.Plan, i int) bool { return p.Weighting(i) == 0 }, true))},
		{Name: "ignored-row-poisons-gradient", Loss: "cross_entropy", Museum: "B047, O8", Issue: "google-deepmind/optax#1335",
			Mechanism: "the mask is applied after the logarithm, so that the gradient of an ignored row is 0·NaN",
			defect:    finishing(poison(func(p *loss.Plan, i int) bool { return p.Ignored(i) }, false))},
		{Name: "ignored-row-garbage", Loss: "softmax_focal", Museum: "B123", Issue: "pytorch/pytorch#12670",
			Mechanism: "without a reduction the value of an ignored row is left as it was in memory",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				for i := range p.Rows {
					if p.Reduction == loss.None && p.Ignored(i) {
						a.Value[i] = p.Pred[i*p.Cols]
					}
				}
			})},
		{Name: "ignored-row-resets-sum", Loss: "cross_entropy", Museum: "B074, B125", Issue: "pytorch/xla PR#896",
			Mechanism: "loss = 0 in place of loss += 0 at an ignored row",
			defect: func(f *frame) {
				f.finish = func(p *loss.Plan, a *subject.Answer) {
					last := -1
					for i := range p.Rows {
						if p.Ignored(i) {
							last = i
						}
					}
					if last < 0 || p.Reduction != loss.Sum {
						return
					}
					plain := *p.Call
					plain.Reduction = loss.None
					r, err := loss.Eval(&plain)
					if err == nil {
						a.Value[0] = compensated(r.Value[last+1:])
					}
				}
			}},
		{Name: "ignored-row-has-gradient", Loss: "cross_entropy", Museum: "B125", Issue: "PaddlePaddle/Paddle#17961",
			Mechanism: "the ignored row is left out of the value and not of the gradient",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				for i := range p.Rows {
					if p.Ignored(i) {
						copy(a.Grad[i*p.Cols:(i+1)*p.Cols], softmax(p.Pred[i*p.Cols:(i+1)*p.Cols]))
					}
				}
			})},
		{Name: "ignore-in-range-not-ignored", Loss: "cross_entropy", Museum: "B125", Issue: "onnx/onnx PR#2696",
			Mechanism: "ignore_index is honoured only outside [0, K)",
			defect: checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
				if at := c.Params["ignore_index"]; err == nil && len(at) == 1 && at[0] >= 0 && at[0] < float64(c.Cols) {
					return changed(c, func(c *loss.Call) { c.Params["ignore_index"] = nil })
				}
				return p, err
			})},
		{Name: "ignore-minus-hundred-always", Loss: "cross_entropy", Museum: "B125", Issue: "llvm/torch-mlir#3585",
			Mechanism: "−100 is ignored though ignore_index is off or another",
			defect: checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
				return despite(loss.BadLabel, c, p, err, func(c *loss.Call) { c.Params["ignore_index"] = []float64{-100} })
			})},
		{Name: "class-weight-not-in-denominator-gradient", Loss: "cross_entropy", Museum: "B134", Issue: "linkedin/Liger-Kernel#968",
			Mechanism: "the gradient is scaled by 1/n whatever the reduction",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				if p.Reduction == loss.MeanWeight && p.Rows > 0 {
					scale(a.Grad, p.Denominator()/float64(p.Rows))
				}
			})},
		{Name: "mean-gradient-not-divided", Loss: "squared_error", Museum: "B134", Issue: "linkedin/Liger-Kernel#678",
			Mechanism: "the gradient is that of the sum, computed before the reduction is known",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				if d := p.Denominator(); p.Reduction.Mean() && d != 0 {
					scale(a.Grad, d)
				}
			})},
		{Name: "upstream-read-as-scalar", Loss: "softmax", Museum: "B134, O10", Issue: "linkedin/Liger-Kernel#968",
			Mechanism: "the upstream gradient is read as one number, its first",
			defect:    withUpstream(func(u []float64) []float64 { return repeated(u[0], len(u)) })},
		{Name: "upstream-ignored", Loss: "log_softmax", Museum: "B134, O10", Issue: "linkedin/Liger-Kernel#678",
			Mechanism: "the upstream gradient is not used",
			defect:    withUpstream(func(u []float64) []float64 { return repeated(1, len(u)) })},
		{Name: "none-returns-scalar", Loss: "cross_entropy", Museum: "B133", Issue: "linkedin/Liger-Kernel#421",
			Mechanism: "without a reduction the sum is returned",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				if p.Reduction == loss.None && len(a.Value) > 1 {
					a.Value = []float64{compensated(a.Value)}
				}
			})},
		{Name: "none-sums-last-axis", Loss: "sigmoid_focal", Museum: "B077", Issue: "tensorflow/addons PR#810",
			Mechanism: "without a reduction the last axis is summed",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				if p.Reduction != loss.None || p.Cols == 1 {
					return
				}
				var rows []float64
				for i := range p.Rows {
					rows = append(rows, compensated(a.Value[i*p.Cols:(i+1)*p.Cols]))
				}
				a.Value = rows
			})},
		{Name: "reduction-of-vectors-accepted", Loss: "softmax", Museum: "B133", Issue: "linkedin/Liger-Kernel#421",
			Mechanism: "a reduction that the entry does not have is passed over in silence",
			defect: checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
				return despite(loss.BadReduction, c, p, err, func(c *loss.Call) { c.Reduction = loss.None })
			})},
		{Name: "negative-weight-accepted", Loss: "squared_error", Museum: "B129", Issue: "gomlx/gomlx PR#126",
			Mechanism: "a weight that is negative or not finite is used as its size",
			defect: checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
				return despite(loss.BadWeight, c, p, err, func(c *loss.Call) {
					c.Weight = mapped(c.Weight, func(w float64) float64 { return min(math.Abs(w), math.MaxFloat64) })
				})
			})},
	}
}

func dividing(f func(p *loss.Plan) float64) Defect { return func(fr *frame) { fr.denominator = f } }

// onlyFor gives a wrong denominator to one reduction.
func onlyFor(p *loss.Plan, r loss.Reduction, wrong float64) float64 {
	if p.Reduction == r {
		return wrong
	}
	return p.Denominator()
}

func totalWeight(p *loss.Plan) float64 {
	total := 0.0
	for i := range p.Values() {
		total += p.Weighting(i)
	}
	return total
}

// poison makes NaN of what is masked but not finite: its own gradient, and with toValue
// the value too.
func poison(masked func(p *loss.Plan, i int) bool, toValue bool) func(*loss.Plan, *subject.Answer) {
	return func(p *loss.Plan, a *subject.Answer) {
		width := len(p.Pred) / max(1, p.Values())
		for i := range p.Values() {
			for j := i * width; j < (i+1)*width; j++ {
				if zero := 0 * p.Pred[j]; masked(p, i) && math.IsNaN(zero) {
					a.Grad[j] = zero
					if toValue {
						a.Value[min(i, len(a.Value)-1)] = zero
					}
				}
			}
		}
	}
}

// withUpstream replaces the upstream gradient.
func withUpstream(f func(u []float64) []float64) Defect {
	return checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
		if err != nil || c.Upstream == nil || len(c.Upstream) == 0 {
			return p, err
		}
		return changed(c, func(c *loss.Call) { c.Upstream = f(c.Upstream) })
	})
}

// despite plans a changed call where the right check refuses the given one for this
// reason.
func despite(class loss.Class, c *loss.Call, p *loss.Plan, err error, change func(c *loss.Call)) (*loss.Plan, error) {
	if bad, ok := err.(*loss.Error); ok && bad.Class == class {
		return changed(c, change)
	}
	return p, err
}

// changed plans a changed copy of a call.
func changed(c *loss.Call, change func(c *loss.Call)) (*loss.Plan, error) {
	d := *c
	d.Params, d.Conventions = loss.Params{}, loss.Conventions{}
	for name, v := range c.Params {
		d.Params[name] = v
	}
	for name, v := range c.Conventions {
		d.Conventions[name] = v
	}
	change(&d)
	return d.Plan()
}
