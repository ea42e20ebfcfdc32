package scalar

import "github.com/lossproof/lossproof/bench/internal/workload"

// squaredError has loops of its own: next to two multiplications, the call of a function
// for each element would be most of the time.
func squaredError[T workload.Float](a *workload.Arrays[T], op workload.Op) {
	target := a.Target[:len(a.Pred)]
	switch op {
	case workload.Value:
		for i, x := range a.Pred {
			d := float64(x) - float64(target[i])
			a.Value[i] = T(d * d)
		}
	case workload.Sum:
		sum := 0.0
		for i, x := range a.Pred {
			d := float64(x) - float64(target[i])
			sum += d * d
		}
		a.Sum = sum
	case workload.Grad:
		for i, x := range a.Pred {
			a.Grad[i] = T(2 * (float64(x) - float64(target[i])))
		}
	case workload.SumGrad:
		sum := 0.0
		for i, x := range a.Pred {
			d := float64(x) - float64(target[i])
			sum += d * d
			a.Grad[i] = T(2 * d)
		}
		a.Sum = sum
	}
}
