// Package scalar is what the kernels are compared with: each loss as one writes it in Go
// who knows the stable formulas and nothing of vectors. It computes in float64 with
// package math, one element after another, and rounds to the dtype at the end.
package scalar

import (
	"github.com/lossproof/lossproof/bench/internal/workload"
	"github.com/lossproof/lossproof/conformance"
)

// Implementation does every loss of this package.
func Implementation() workload.Implementation {
	return workload.Implementation{Name: "scalar", Level: conformance.Stable, Float32: function[float32],
		Float64: func(w workload.Workload) func(*workload.Arrays[float64]) {
			if w.Elements() > mostSummed && w.Op != workload.Value && w.Op != workload.Grad {
				return nil
			}
			return function[float64](w)
		}}
}

// mostSummed is how many float64 terms are added one after another. The error of such
// a sum grows with its length: at 2^24 it is above what level 2 allows, and is refused.
const mostSummed = 1 << 16

// function returns the loop that does a workload, or nil.
func function[T workload.Float](w workload.Workload) func(*workload.Arrays[T]) {
	if w.Decl().Shape.Classes {
		switch {
		case w.Loss == "cross_entropy" && len(w.Params) == 0:
			return func(a *workload.Arrays[T]) { crossEntropy(a, w.Cols, w.Op) }
		case w.Loss == "softmax" && w.Op == workload.Value:
			return func(a *workload.Arrays[T]) { softmax(a, w.Cols, false) }
		case w.Loss == "log_softmax" && w.Op == workload.Value:
			return func(a *workload.Arrays[T]) { softmax(a, w.Cols, true) }
		}
		return nil
	}
	if w.Loss == "squared_error" {
		return func(a *workload.Arrays[T]) { squaredError(a, w.Op) }
	}
	point := points[w.Loss]
	if point == nil {
		return nil
	}
	f := point(w)
	switch w.Op {
	case workload.Value:
		return func(a *workload.Arrays[T]) { values(a, f.value) }
	case workload.Sum:
		return func(a *workload.Arrays[T]) { sum(a, f.value) }
	case workload.Grad:
		return func(a *workload.Arrays[T]) { grads(a, f.grad) }
	}
	return func(a *workload.Arrays[T]) { sumGrad(a, f.both) }
}

// The loops call a function for each element; next to an exponential and a logarithm the
// call is not seen (writing the formula into the loop made no difference of 2 %).

func values[T workload.Float](a *workload.Arrays[T], value func(x, y float64) float64) {
	for i, x := range a.Pred {
		a.Value[i] = T(value(float64(x), target(a, i)))
	}
}

func sum[T workload.Float](a *workload.Arrays[T], value func(x, y float64) float64) {
	sum := 0.0
	for i, x := range a.Pred {
		sum += value(float64(x), target(a, i))
	}
	a.Sum = sum
}

func grads[T workload.Float](a *workload.Arrays[T], grad func(x, y float64) float64) {
	for i, x := range a.Pred {
		a.Grad[i] = T(grad(float64(x), target(a, i)))
	}
}

func sumGrad[T workload.Float](a *workload.Arrays[T], both func(x, y float64) (value, grad float64)) {
	sum := 0.0
	for i, x := range a.Pred {
		value, grad := both(float64(x), target(a, i))
		sum += value
		a.Grad[i] = T(grad)
	}
	a.Sum = sum
}

func target[T workload.Float](a *workload.Arrays[T], i int) float64 {
	if a.Target == nil {
		return 0
	}
	return float64(a.Target[i])
}
