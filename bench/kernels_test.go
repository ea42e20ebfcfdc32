package bench

import (
	"github.com/lossproof/lossproof/bench/internal/workload"
	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/kernel"
)

// kernels is package kernel in each of its tiers, under the tier's name; Go is generic.
func kernels() []workload.Implementation {
	var list []workload.Implementation
	for _, t := range kernel.Tiers() {
		name := t.String()
		if t == kernel.Go {
			name = "generic"
		}
		list = append(list, workload.Implementation{Name: name, Level: conformance.Accurate,
			Float32: kernelIn[float32](t), Float64: kernelIn[float64](t)})
	}
	return list
}

func kernelIn[T workload.Float](t kernel.Tier) func(workload.Workload) func(*workload.Arrays[T]) {
	table := pointwiseKernels[T]()
	return func(w workload.Workload) func(*workload.Arrays[T]) {
		make := table[w.Loss]
		if make == nil {
			return nil
		}
		k := make(w).In(t)
		switch w.Op {
		case workload.Value:
			return func(a *workload.Arrays[T]) { k.Value(a.Value, a.Pred, a.Target) }
		case workload.Sum:
			return func(a *workload.Arrays[T]) { a.Sum = k.Sum(a.Pred, a.Target) }
		case workload.Grad:
			return func(a *workload.Arrays[T]) { k.Grad(a.Grad, a.Pred, a.Target, 1) }
		}
		return func(a *workload.Arrays[T]) { a.Sum = k.SumGrad(a.Grad, a.Pred, a.Target, 1) }
	}
}

// pointwiseKernels makes the kernel of a loss with the parameters of a workload.
func pointwiseKernels[T workload.Float]() map[string]func(workload.Workload) kernel.Pointwise[T] {
	return map[string]func(workload.Workload) kernel.Pointwise[T]{
		"binary_cross_entropy_with_logits": func(w workload.Workload) kernel.Pointwise[T] {
			return kernel.BinaryCrossEntropyWithLogits(T(w.Param("pos_weight")))
		},
	}
}
