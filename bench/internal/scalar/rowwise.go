package scalar

import (
	"math"

	"github.com/lossproof/lossproof/bench/internal/workload"
)

// crossEntropy computes one row after another: its largest logit, the exponentials and
// their sum, and the gradient from the exponentials, which it keeps.
func crossEntropy[T workload.Float](a *workload.Arrays[T], classes int, op workload.Op) {
	a.Sum = 0
	exponentials := make([]float64, classes)
	for row, label := range a.Label {
		logits := a.Pred[row*classes : (row+1)*classes]
		largest := 0
		for k, z := range logits {
			if z > logits[largest] {
				largest = k
			}
		}
		top := float64(logits[largest])
		others := 0.0 // without the largest, so that no digit of a sure prediction is lost
		for k, z := range logits {
			exponentials[k] = math.Exp(float64(z) - top)
			if k != largest {
				others += exponentials[k]
			}
		}
		if op != workload.Grad {
			value := top - float64(logits[label]) + math.Log1p(others)
			a.Sum += value
			if op == workload.Value {
				a.Value[row] = T(value)
			}
		}
		if op == workload.Grad || op == workload.SumGrad {
			grad := a.Grad[row*classes : (row+1)*classes]
			total, rest := 1+others, 0.0 // of the classes other than the label's
			for k, e := range exponentials {
				grad[k] = T(e / total)
				if k != label {
					rest += e
				}
			}
			grad[label] = T(-rest / total)
		}
	}
}
