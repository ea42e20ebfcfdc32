package mutants

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// accumulating lists sums in too narrow a type, counters that overflow, and results
// that depend on the size of the batch: MUSEUM.md, B030 and the operators O9 and O10.
func accumulating() []Mutant {
	narrow := func(round func(float64) float64) func([]float64) float64 {
		return func(terms []float64) float64 {
			sum := 0.0
			for _, x := range terms {
				sum = round(sum + x)
			}
			return sum
		}
	}
	float32s := func(x float64) float64 { return float64(float32(x)) }
	summing := func(f func([]float64) float64) Defect { return func(fr *frame) { fr.sum = f } }
	return []Mutant{
		{Name: "sum-in-float32", Loss: "squared_error", Museum: "B030, O10", Issue: "pytorch/pytorch#55657",
			Mechanism: "a running sum in float32 stalls", defect: summing(narrow(float32s))},
		{Name: "bce-sum-in-bfloat16", Loss: "binary_cross_entropy_with_logits", Museum: "B030, O10", Issue: "pytorch/pytorch#8710",
			Mechanism: "a running sum in bfloat16 stalls after 256 terms", defect: summing(narrow(bfloat16))},
		{Name: "cross-entropy-sum-in-float32", Loss: "cross_entropy", Museum: "B030, O10", Issue: "pytorch/pytorch#55657",
			Mechanism: "float64 values are summed in float32", formats: []string{"f64"}, defect: summing(narrow(float32s))},
		{Name: "running-mean", Loss: "squared_error", Museum: "B030", Issue: "pytorch/pytorch#8710",
			Mechanism: "mean += (x − mean)/n in bfloat16",
			defect: summing(func(terms []float64) float64 {
				mean := 0.0
				for n, x := range terms {
					mean = bfloat16(mean + bfloat16((x-mean)/float64(n+1)))
				}
				return mean * float64(len(terms))
			})},
		{Name: "sum-of-first-block", Loss: "binary_cross_entropy", Museum: "B161, O10", Issue: "nntrainer/nntrainer PR#3494",
			Mechanism: "a block sum is not added where the batch is an exact number of blocks",
			defect: summing(func(terms []float64) float64 {
				if n := len(terms); n > 0 && n%4 == 0 {
					return compensated(terms[:n-4])
				}
				return compensated(terms)
			})},
		{Name: "count-in-eight-bits", Loss: "squared_error", Museum: "O9", Issue: "pytorch/pytorch#111484",
			Mechanism: "the count of a mean is held in 8 bits",
			defect: dividing(func(p *loss.Plan) float64 {
				d := p.Denominator()
				if p.Reduction.Mean() && d > math.MaxUint8 {
					return max(1, math.Mod(d, math.MaxUint8+1))
				}
				return d
			})},
		{Name: "count-in-eleven-bits", Loss: "cross_entropy", Museum: "O10", Issue: "pytorch/pytorch PR#9287",
			Mechanism: "the count is kept in the type of a half-precision sum",
			defect: dividing(func(p *loss.Plan) float64 {
				if d := p.Denominator(); p.Reduction.Mean() {
					return bfloat16(d)
				}
				return p.Denominator()
			})},
		{Name: "softmax-sum-in-float32", Loss: "softmax", Museum: "B030, O10", Issue: "pytorch/pytorch#55657",
			Mechanism: "the exponentials of a float64 row are summed in float32", formats: []string{"f64"},
			defect: values(func(e *example) []float64 {
				if noLimit(e.pred) {
					return repeated(math.NaN(), len(e.pred))
				}
				exp := exponentials(e.pred)
				total := narrow(float32s)(exp)
				return mapped(exp, func(x float64) float64 { return x / total })
			})},
		{Name: "log-sum-exp-sum-in-bfloat16", Loss: "log_sum_exp", Museum: "B030, O10", Issue: "pytorch/pytorch#8710",
			Mechanism: "the exponentials are summed in bfloat16",
			defect: value(func(e *example) float64 {
				if noLimit(e.pred) || math.IsInf(highest(e.pred), 0) {
					return highest(e.pred)
				}
				return highest(e.pred) + math.Log(narrow(bfloat16)(exponentials(e.pred)))
			})},
		{Name: "cross-entropy-exponential-in-float32", Loss: "cross_entropy", Museum: "O10", Issue: "pytorch/pytorch#55657",
			Mechanism: "a float64 loss is computed in float32", formats: []string{"f64"},
			defect: value(func(e *example) float64 { return weighed(classWeights(e), mapped(surprises(e.pred), float32s)) })},
		{Name: "answer-of-another-dtype", Loss: "sigmoid", Museum: "O9",
			Mechanism: "a float32 answer is handed back as the float64 numbers that it was computed from", formats: []string{"f32"},
			defect: func(f *frame) { f.unrounded = true }},
		{Name: "weights-summed-in-float32", Loss: "binary_cross_entropy_with_logits", Museum: "B030, O10", Issue: "pytorch/pytorch PR#55674",
			Mechanism: "the sum of the weights is kept in float32", formats: []string{"f64"},
			defect: dividing(func(p *loss.Plan) float64 {
				return onlyFor(p, loss.MeanWeight, float32s(p.Denominator()))
			})},
		{Name: "large-batch-other-path", Loss: "sigmoid_focal", Museum: "B162, B033", Issue: "Maratyszcza/NNPACK#174",
			Mechanism: "a batch of 16 and more goes through an exponential of low accuracy",
			defect: changing(func(e *example, out *outcome) {
				if e.values >= 16 {
					out.value[0] *= 1 + 0x1p-15
				}
			})},
		{Name: "loss-depends-on-neighbour", Loss: "binary_cross_entropy", Museum: "O9", Issue: "tensorflow/tensorflow PR#108244",
			Mechanism: "the clip of a whole vector is decided by its first number",
			defect: func(f *frame) {
				first := 0.0
				f.change = func(e *example, out *outcome) {
					if e.index%lanes == 0 {
						first, _ = e.Clip(e.z)
					}
					if p, moved := e.Clip(e.z); moved && e.values > 1 && e.index%lanes != 0 {
						out.value[0] = probability(e, min(p, first))
					}
				}
			}},
	}
}
