package main

import (
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/lossproof/lossproof/impl/adapters/golib"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// An expression is a graph of inputs, the first of them the predictions: the value, and the scalar whose
// gradient is asked for.
type expression func(inputs []*graph.Node) (value, scalar *graph.Node)

// compile makes an evaluation of an expression and its gradient. The library compiles it once for each
// shape and dtype, and keeps them all. Where it has no gradient, it is asked for the value alone.
func compile(f expression) golib.Eval {
	both := graph.MustNewExec(gobackend.GetBackend(), func(inputs []*graph.Node) []*graph.Node {
		value, scalar := f(inputs)
		return []*graph.Node{value, graph.Gradient(scalar, inputs[0])[0]}
	}).SetMaxCache(-1)
	alone := graph.MustNewExec(gobackend.GetBackend(), func(inputs []*graph.Node) *graph.Node {
		value, _ := f(inputs)
		return value
	}).SetMaxCache(-1)
	return func(c *loss.Call) (*subject.Answer, error) {
		given := inputs(c)
		outputs, err := both.Exec(given...)
		if err != nil {
			if value, failed := alone.Exec(given...); failed == nil {
				return &subject.Answer{Value: numbers(c, value[0])}, nil
			}
			return nil, err
		}
		return &subject.Answer{Value: numbers(c, outputs[0]), Grad: numbers(c, outputs[1])}, nil
	}
}

// inputs are predictions and targets, or the upstream gradient of a link, and then weights and mask. A
// pointwise loss has one axis, so that each number has a weight.
func inputs(c *loss.Call) []any {
	shape := []int{len(c.Pred)}
	decl, err := loss.Named(c.Loss)
	if err == nil && decl.Shape.Many() {
		shape = []int{c.Rows, c.Cols}
	}
	all := []any{tensor(c, c.Pred, shape...)}
	switch {
	case c.Label != nil:
		labels := make([]int64, len(c.Label))
		for i, label := range c.Label {
			labels[i] = int64(label)
		}
		all = append(all, tensors.FromFlatDataAndDimensions(labels, c.Rows, 1))
	case c.Target != nil:
		all = append(all, tensor(c, c.Target, shape...))
	default:
		all = append(all, tensor(c, golib.Upstream(c), shape...))
	}
	if c.Weight != nil {
		all = append(all, tensor(c, c.Weight, len(c.Weight)))
	}
	if ignored := c.Params["ignore_index"]; ignored != nil || c.Reduction == loss.MeanCounted {
		mask := make([]bool, c.Rows)
		for i := range mask {
			mask[i] = c.Label == nil || ignored == nil || float64(c.Label[i]) != ignored[0]
		}
		all = append(all, tensors.FromFlatDataAndDimensions(mask, c.Rows))
	}
	return all
}

// tensor holds numbers in the dtype of the call. Half-precision numbers go bit by bit: the library's
// conversions are its own.
func tensor(c *loss.Call, xs []float64, shape ...int) *tensors.Tensor {
	switch c.Format.Name {
	case "f64":
		return tensors.FromFlatDataAndDimensions(xs, shape...)
	case "f32":
		return tensors.FromFlatDataAndDimensions(golib.Narrow[float32](xs), shape...)
	case "bf16":
		return tensors.FromFlatDataAndDimensions(bits[bfloat16.BFloat16](c, xs), shape...)
	default:
		return tensors.FromFlatDataAndDimensions(bits[float16.Float16](c, xs), shape...)
	}
}

func bits[T ~uint16](c *loss.Call, xs []float64) []T {
	ys := make([]T, len(xs))
	for i, x := range xs {
		ys[i] = T(c.Format.Bits(x))
	}
	return ys
}

func numbers(c *loss.Call, t *tensors.Tensor) []float64 {
	switch c.Format.Name {
	case "f64":
		return tensors.MustCopyFlatData[float64](t)
	case "f32":
		return golib.Widen(tensors.MustCopyFlatData[float32](t))
	case "bf16":
		return fromBits(c, tensors.MustCopyFlatData[bfloat16.BFloat16](t))
	default:
		return fromBits(c, tensors.MustCopyFlatData[float16.Float16](t))
	}
}

func fromBits[T ~uint16](c *loss.Call, xs []T) []float64 {
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = c.Format.FromBits(uint64(x))
	}
	return ys
}
