package mutants

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// lanes is how many numbers a vector loop takes at a time.
const lanes = 8

// indexing lists defects of indexing, shapes, memory, vector tails, determinism and of
// bad input that is accepted: MUSEUM.md and the operator O9.
func indexing() []Mutant {
	return []Mutant{
		{Name: "label-out-of-range-accepted", Loss: "cross_entropy", Museum: "B150", Issue: "pytorch/pytorch#39769",
			Mechanism: "a label outside [0, K) is not checked; here it is moved to the nearest class",
			defect:    relabelling(func(t, classes int) int { return min(max(t, 0), classes-1) })},
		{Name: "label-wraps", Loss: "categorical_cross_entropy", Museum: "B152", Issue: "open-mmlab/mmdetection3d#575",
			Mechanism: "label −1 reads the last class",
			defect: relabelling(func(t, classes int) int {
				if t < 0 {
					return (t%classes + classes) % classes
				}
				return t
			})},
		{Name: "label-checked-above-only", Loss: "softmax_focal", Museum: "B150, O7", Issue: "pytorch/pytorch#43840",
			Mechanism: "negative labels are not refused", defect: relabelling(func(t, _ int) int { return max(t, 0) })},
		{Name: "label-off-by-one-bound", Loss: "classification_error", Museum: "B151, O7", Issue: "tensorflow/tensorflow#8484",
			Mechanism: "the check is t ≤ K in place of t < K",
			defect: relabelling(func(t, classes int) int {
				if t == classes {
					return 0
				}
				return t
			})},
		{Name: "label-in-eight-bits", Loss: "cross_entropy", Museum: "B154, O9", Issue: "pytorch/pytorch#111484",
			Mechanism: "the label is held in 8 bits",
			defect: checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
				if err != nil || c.Label == nil {
					return p, err
				}
				return changed(c, func(c *loss.Call) {
					c.Label = slices.Clone(c.Label)
					for i, t := range c.Label {
						if t > math.MaxUint8 && !p.Ignored(i) {
							c.Label[i] = int(uint8(t))
						}
					}
				})
			})},
		{Name: "row-offset-in-eight-bits", Loss: "cross_entropy", Museum: "B154, O9", Issue: "Dao-AILab/flash-attention#714",
			Mechanism: "row·stride overflows its integer type, and a row reads another one's scores",
			defect: checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
				if err != nil || len(c.Pred) <= math.MaxUint8+c.Cols {
					return p, err
				}
				return changed(c, func(c *loss.Call) {
					pred := slices.Clone(c.Pred)
					for i := range c.Rows {
						from := int(uint8(i * c.Cols))
						copy(pred[i*c.Cols:(i+1)*c.Cols], c.Pred[from:from+c.Cols])
					}
					c.Pred = pred
				})
			})},
		{Name: "broadcast-n-by-n", Loss: "squared_error", Museum: "B155", Issue: "pytorch/pytorch#16045",
			Mechanism: "(N, 1) against (N) is broadcast, and the mean is that of N×N pairs",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				if p.Cols != 1 || p.Rows < 2 || p.Reduction != loss.MeanElements || p.Weight != nil {
					return
				}
				var sum loss.Accumulator
				for _, x := range p.Pred {
					for _, y := range p.Target {
						sum.Add((x - y) * (x - y))
					}
				}
				n := float64(p.Rows)
				a.Value[0] = sum.Sum() / n / n
			})},
		{Name: "target-of-first-row", Loss: "binary_cross_entropy_with_logits", Museum: "B157, O4", Issue: "pytorch/vision#6317",
			Mechanism: "every prediction is compared with the first target: row 0 for the diagonal",
			defect:    withTarget(func(y []float64) []float64 { return repeated(y[0], len(y)) })},
		{Name: "label-of-first-row", Loss: "cross_entropy", Museum: "B157, O4", Issue: "pytorch/vision#6317",
			Mechanism: "every row is compared with the first label",
			defect: checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
				if err != nil || len(c.Label) < 2 || p.Ignored(0) {
					return p, err
				}
				return changed(c, func(c *loss.Call) {
					first := c.Label[0]
					c.Label = slices.Clone(c.Label)
					for i := range c.Label {
						if !p.Ignored(i) {
							c.Label[i] = first
						}
					}
				})
			})},
		{Name: "transposed-batch", Loss: "log_softmax", Museum: "B104, B158", Issue: "keras-team/keras PR#22969",
			Mechanism: "the batch is read column by column",
			defect: checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
				if err != nil || c.Rows < 2 {
					return p, err
				}
				return changed(c, func(c *loss.Call) {
					pred := slices.Clone(c.Pred)
					for n := range pred {
						pred[n] = c.Pred[n%c.Rows*c.Cols+n/c.Rows]
					}
					c.Pred = pred
				})
			})},
		{Name: "shift-by-batch-maximum", Loss: "softmax", Museum: "O1, B104", Issue: "gorgonia/gorgonia#322",
			Mechanism: "the maximum of the whole batch is subtracted, and rows far below it vanish",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				if p.Rows < 2 || slices.ContainsFunc(p.Pred, math.IsNaN) || math.IsInf(highest(p.Pred), 0) {
					return
				}
				top := p.Format.Round(highest(p.Pred)) + 700 // as far below as exp reaches, at once
				for i := range p.Rows {
					row := p.Pred[i*p.Cols : (i+1)*p.Cols]
					copy(a.Value[i*p.Cols:], normalised(mapped(row, func(z float64) float64 { return math.Exp(z - top) })))
				}
			})},
		{Name: "tail-left-out", Loss: "binary_cross_entropy_with_logits", Museum: "B160", Issue: "tensorflow/tensorflow PR#108244",
			Mechanism: "what follows the last full vector is not computed",
			defect:    inTail(func(_ *example, out *outcome) { clear(out.value); clear(out.grad) })},
		{Name: "full-vectors-left-out", Loss: "squared_error", Museum: "B161, O9", Issue: "nntrainer/nntrainer PR#3494",
			Mechanism: "< in place of ≤: the last vector of an exact multiple is not computed",
			defect: changing(func(e *example, out *outcome) {
				if e.values%lanes == 0 && e.index >= e.values-lanes {
					clear(out.value)
					clear(out.grad)
				}
			})},
		{Name: "tail-with-another-operation", Loss: "sigmoid", Museum: "B162", Issue: "antgroup/vsag PR#1926",
			Mechanism: "the tail computes tanh", defect: inTail(func(e *example, out *outcome) { out.value[0] = math.Tanh(e.z) })},
		{Name: "focal-tail-naive", Loss: "sigmoid_focal", Museum: "B162", Issue: "antgroup/vsag PR#1926",
			Mechanism: "the tail is computed by a formula of its own, which overflows",
			defect: inTail(func(e *example, out *outcome) {
				f := sigmoidFocal(e)
				naive := func(x float64) float64 { return math.Log(1 + math.Exp(x)) }
				f.entropy = xtimes(e.y, naive(-e.z)) + xtimes(1-e.y, naive(e.z))
				out.value[0] = f.value()
			})},
		{Name: "class-tail-left-out", Loss: "softmax", Museum: "B160, B033", Issue: "tensorflow/tensorflow PR#108244",
			Mechanism: "classes beyond the last full vector are not in the sum",
			defect: values(func(e *example) []float64 {
				exp := exponentials(e.pred)
				whole := len(exp) / lanes * lanes
				if whole == 0 || noLimit(e.pred) {
					return softmax(e.pred)
				}
				total := compensated(exp[:whole])
				return mapped(exp, func(x float64) float64 { return x / total })
			})},
		{Name: "class-tail-not-in-maximum", Loss: "classification_error", Museum: "B160, O9", Issue: "tensorflow/tensorflow PR#108244",
			Mechanism: "classes beyond the last full vector are not compared",
			defect: changing(func(e *example, out *outcome) {
				if whole := len(e.pred) / lanes * lanes; whole > 0 {
					best := 0
					for k, z := range e.pred[:whole] {
						if z > e.pred[best] {
							best = k
						}
					}
					out.value[0] = boolean(best != e.label)
				}
			})},
		{Name: "lanes-exchanged", Loss: "softplus", Museum: "O9, B162", Issue: "nntrainer/nntrainer PR#3494",
			Mechanism: "two neighbouring lanes are exchanged in full vectors",
			defect: finishing(func(p *loss.Plan, a *subject.Answer) {
				for i := 0; p.Reduction == loss.None && i+lanes <= len(a.Value); i += lanes {
					a.Value[i], a.Value[i+1] = a.Value[i+1], a.Value[i]
				}
			})},
		{Name: "last-bit-random", Loss: "cross_entropy", Museum: "B164", Issue: "pytorch/pytorch#17350",
			Mechanism: "the order of a parallel sum changes the last bit from run to run", defect: unstable()},
		{Name: "gradient-last-bit-random", Loss: "binary_cross_entropy", Museum: "B164", Issue: "pytorch/pytorch#46024",
			Mechanism: "the order of atomic additions changes the last bit of the gradient", defect: unstable()},
		{Name: "gradient-accumulates", Loss: "squared_error_with_logits", Museum: "B123, O10", Issue: "pytorch/pytorch#15508",
			Mechanism: "the gradient is added to what the buffer held",
			defect: func(f *frame) {
				var buffer []float64
				f.finish = func(_ *loss.Plan, a *subject.Answer) {
					for i := range min(len(buffer), len(a.Grad)) {
						a.Grad[i] += buffer[i]
					}
					buffer = slices.Clone(a.Grad)
				}
			}},
		{Name: "stale-first-value", Loss: "log_sum_exp", Museum: "B123, O9", Issue: "pytorch/pytorch#12670",
			Mechanism: "the first value is that of the call before",
			defect: func(f *frame) {
				before := 0.0
				f.finish = func(_ *loss.Plan, a *subject.Answer) {
					if len(a.Value) > 0 {
						a.Value[0], before = before, a.Value[0]
					}
				}
			}},
		{Name: "labels-overwritten", Loss: "cross_entropy", Museum: "B165, O9", Issue: "NVIDIA-NeMo/Automodel#3918",
			Mechanism: "ignored labels are replaced by 0 in place",
			defect: finishing(func(p *loss.Plan, _ *subject.Answer) {
				for i := range p.Label {
					if p.Ignored(i) {
						p.Label[i] = 0
					}
				}
			})},
		{Name: "target-clamped-in-place", Loss: "binary_cross_entropy", Museum: "B166, O9", Issue: "ServiceNow/Fast-LLM#253",
			Mechanism: "the target is clamped in place",
			defect: finishing(func(p *loss.Plan, _ *subject.Answer) {
				for i, y := range p.Target {
					p.Target[i] = min(max(y, 1e-7), 1-1e-7)
				}
			})},
		{Name: "prediction-overwritten-by-gradient", Loss: "softmax_focal", Museum: "O9", Issue: "NVIDIA-NeMo/Automodel#3917",
			Mechanism: "the gradient is written over the logits",
			defect:    finishing(func(p *loss.Plan, a *subject.Answer) { copy(p.Pred, a.Grad) })},
		{Name: "probability-out-of-range-accepted", Loss: "binary_cross_entropy", Museum: "B028", Issue: "pytorch/pytorch#184030",
			Mechanism: "a probability outside [0, 1] is clamped in silence",
			defect:    clamping(loss.BadPrediction, func(c *loss.Call) { c.Pred = mapped(c.Pred, unit) })},
		{Name: "probabilities-out-of-range-accepted", Loss: "categorical_cross_entropy", Museum: "B028", Issue: "pytorch/pytorch PR#3336",
			Mechanism: "a probability outside [0, 1] is clamped in silence",
			defect:    clamping(loss.BadPrediction, func(c *loss.Call) { c.Pred = mapped(c.Pred, unit) })},
		{Name: "target-out-of-range-accepted", Loss: "binary_cross_entropy_with_logits", Museum: "B056", Issue: "Megvii-BaseDetection/YOLOX#1565",
			Mechanism: "a target above 1 is not refused",
			defect:    clamping(loss.BadTarget, func(c *loss.Call) { c.Target = mapped(c.Target, unit) })},
		{Name: "parameter-out-of-range-accepted", Loss: "sigmoid_focal", Museum: "B099", Issue: "pytorch/pytorch PR#45532",
			Mechanism: "a negative exponent or an α outside [0, 1] is not refused",
			defect:    clamping(loss.BadParameter, func(c *loss.Call) { c.Params = nil })},
		{Name: "smoothing-out-of-range-accepted", Loss: "cross_entropy", Museum: "B099", Issue: "pytorch/pytorch PR#45532",
			Mechanism: "a label smoothing above 1 or a negative class weight is not refused",
			defect:    clamping(loss.BadParameter, func(c *loss.Call) { c.Params = nil })},
		{Name: "one-length-for-one-class", Loss: "log_softmax", Museum: "B109, B158", Issue: "Project-MONAI/MONAI#4656",
			Mechanism: "a row of one class is taken for a column",
			defect: changing(func(e *example, out *outcome) {
				if len(e.pred) == 1 {
					out.value[0] = e.pred[0]
				}
			})},
		{Name: "negative-zero-flips", Loss: "classification_error", Museum: "O7", Issue: "BobMcDear/attorch#13",
			Mechanism: "scores are compared by their bits, which orders −0 below +0",
			defect: value(func(e *example) float64 {
				best := 0
				for k, z := range e.pred {
					if z > e.pred[best] || z == e.pred[best] && math.Signbit(e.pred[best]) && !math.Signbit(z) {
						best = k
					}
				}
				return boolean(best != e.label)
			})},
	}
}

func unit(x float64) float64 { return min(max(x, 0), 1) }

// relabelling moves labels that the right check refuses.
func relabelling(f func(t, classes int) int) Defect {
	return checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
		return despite(loss.BadLabel, c, p, err, func(c *loss.Call) {
			c.Label = slices.Clone(c.Label)
			ignored := c.Params["ignore_index"]
			for i, t := range c.Label {
				if len(ignored) != 1 || float64(t) != ignored[0] {
					c.Label[i] = f(t, c.Cols)
				}
			}
		})
	})
}

// clamping accepts what is refused for one reason, after a repair.
func clamping(class loss.Class, repair func(c *loss.Call)) Defect {
	return checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
		return despite(class, c, p, err, repair)
	})
}

func withTarget(f func(y []float64) []float64) Defect {
	return checking(func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error) {
		if err != nil || len(c.Target) < 2 {
			return p, err
		}
		return changed(c, func(c *loss.Call) { c.Target = f(c.Target) })
	})
}

// inTail changes the elements beyond the last full vector of a batch that has one.
func inTail(f func(e *example, out *outcome)) Defect {
	return changing(func(e *example, out *outcome) {
		if whole := e.values / lanes * lanes; whole > 0 && e.index >= whole {
			f(e, out)
		}
	})
}

// unstable changes the last bit of every second answer.
func unstable() Defect {
	return func(f *frame) {
		odd := false
		f.finish = func(p *loss.Plan, a *subject.Answer) {
			if odd = !odd; odd || len(a.Grad) == 0 {
				return
			}
			if g := a.Grad[0]; g != 0 && !math.IsInf(g, 0) {
				a.Grad[0] = p.Format.Next(p.Format.Round(g))
			}
		}
	}
}
