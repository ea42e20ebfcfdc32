package bench

import (
	"github.com/lossproof/lossproof/bench/internal/workload"
	"github.com/lossproof/lossproof/conformance"
	adapter "github.com/lossproof/lossproof/impl/adapters/kernels"
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
		list = append(list, workload.Implementation{Name: name, Level: conformance.Accurate, Parallel: true,
			Float32: kernelIn[float32](t), Float64: kernelIn[float64](t)})
	}
	return list
}

func kernelIn[T workload.Float](t kernel.Tier) func(workload.Workload) func(*workload.Arrays[T]) {
	return func(w workload.Workload) func(*workload.Arrays[T]) {
		if k, ok := adapter.Boxwise[T](w.Loss); ok {
			return boxKernelIn(k.In(t), w.Op)
		}
		k, ok := adapter.Pointwise[T](w.Loss, w.Args())
		if !ok {
			return rowKernelIn[T](t, w)
		}
		k = k.In(t)
		if w.Workers > 0 {
			parallel := k.On(poolOf(w.Workers))
			return func(a *workload.Arrays[T]) { a.Sum = parallel.SumGrad(a.Grad, a.Pred, a.Target, 1) }
		}
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

// boxKernelIn is the same for boxes.
func boxKernelIn[T workload.Float](k kernel.Boxwise[T], op workload.Op) func(*workload.Arrays[T]) {
	switch op {
	case workload.Value:
		return func(a *workload.Arrays[T]) { k.Value(a.Value, a.Pred, a.Target, nil) }
	case workload.Sum:
		return func(a *workload.Arrays[T]) { a.Sum = k.Sum(a.Pred, a.Target, nil) }
	case workload.Grad:
		return func(a *workload.Arrays[T]) { k.Grad(a.Grad, a.Pred, a.Target, nil, 1) }
	}
	return func(a *workload.Arrays[T]) { a.Sum = k.SumGrad(a.Grad, a.Pred, a.Target, nil, 1) }
}

// rowKernelIn is the same for rows.
func rowKernelIn[T workload.Float](t kernel.Tier, w workload.Workload) func(*workload.Arrays[T]) {
	switch w.Loss {
	case "softmax", "log_softmax":
		link := kernel.Softmax[T]
		if w.Loss == "log_softmax" {
			link = kernel.LogSoftmax[T]
		}
		k := link(w.Cols).In(t)
		if w.Workers > 0 {
			parallel := k.On(poolOf(w.Workers))
			return func(a *workload.Arrays[T]) { parallel.Value(a.Value, a.Pred) }
		}
		return func(a *workload.Arrays[T]) { k.Value(a.Value, a.Pred) }
	case "cross_entropy", "softmax_focal":
	default:
		return nil
	}
	k := kernel.CrossEntropy[T](w.Cols, kernel.RowOptions{}).In(t)
	if w.Loss == "softmax_focal" {
		k = kernel.SoftmaxFocal[T](w.Cols, w.Param("gamma"), kernel.RowOptions{}).In(t)
	}
	must := func(sum float64, err error) float64 {
		if err != nil {
			panic(err) // the labels are drawn
		}
		return sum
	}
	if w.Workers > 0 {
		parallel := k.On(poolOf(w.Workers))
		return func(a *workload.Arrays[T]) { a.Sum = must(parallel.SumGrad(a.Grad, a.Pred, a.Label, 1)) }
	}
	switch w.Op {
	case workload.Value:
		return func(a *workload.Arrays[T]) { must(0, k.Value(a.Value, a.Pred, a.Label)) }
	case workload.Sum:
		return func(a *workload.Arrays[T]) { a.Sum = must(k.Sum(a.Pred, a.Label)) }
	case workload.Grad:
		return func(a *workload.Arrays[T]) { must(0, k.Grad(a.Grad, a.Pred, a.Label, 1)) }
	}
	return func(a *workload.Arrays[T]) { a.Sum = must(k.SumGrad(a.Grad, a.Pred, a.Label, 1)) }
}

// poolOf is a pool of so many workers, the same one each time.
func poolOf(workers int) *kernel.Pool {
	if pools[workers] == nil {
		pools[workers] = kernel.NewPool(workers)
	}
	return pools[workers]
}

var pools = map[int]*kernel.Pool{}
