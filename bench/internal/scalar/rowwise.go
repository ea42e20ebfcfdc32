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
		top, others := exponentiate(logits, exponentials)
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

// exponentiate returns the largest logit and fills in the exponentials of what the others
// are below it, and their sum without its own, so that no digit of a sure prediction is
// lost.
func exponentiate[T workload.Float](logits []T, exponentials []float64) (top, others float64) {
	largest := 0
	for k, z := range logits {
		if z > logits[largest] {
			largest = k
		}
	}
	top = float64(logits[largest])
	for k, z := range logits {
		exponentials[k] = math.Exp(float64(z) - top)
		if k != largest {
			others += exponentials[k]
		}
	}
	return top, others
}

// softmax computes the probabilities of the classes of each row, or their logarithms.
func softmax[T workload.Float](a *workload.Arrays[T], classes int, logarithm bool) {
	exponentials := make([]float64, classes)
	for begin := 0; begin < len(a.Pred); begin += classes {
		logits, values := a.Pred[begin:begin+classes], a.Value[begin:begin+classes]
		top, others := exponentiate(logits, exponentials)
		if logarithm {
			normalizer := math.Log1p(others)
			for k, z := range logits {
				values[k] = T(float64(z) - top - normalizer)
			}
			continue
		}
		for k, e := range exponentials {
			values[k] = T(e / (1 + others))
		}
	}
}
