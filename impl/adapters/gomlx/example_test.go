package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/train/loss"
)

// run evaluates a graph of one tensor.
func run(f func(x *graph.Node) *graph.Node, x any) {
	y, err := graph.ExecOnce(gobackend.GetBackend(), f, x)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y.Value())
}

// A class that is masked with −Inf has no part in the loss, which is 1.3132616875182228: the one-hot target
// is multiplied by the logarithm, and 0·Inf is NaN.
func Example_crossEntropyWithAMaskedClass() {
	run(func(x *graph.Node) *graph.Node {
		label := graph.Const(x.Graph(), [][]int32{{0}})
		return gomlx.SparseCategoricalCrossEntropyLogits([]*graph.Node{label}, []*graph.Node{x})
	}, [][]float64{{1, math.Inf(-1), 2}})
	// Output:
	// NaN
}

// The predictions are clipped with an operation that has no gradient, so that no model can be trained with
// this loss.
func Example_categoricalCrossEntropyHasNoGradient() {
	loss := func(x *graph.Node) *graph.Node {
		target := graph.Const(x.Graph(), [][]float64{{1, 0}})
		return gomlx.CategoricalCrossEntropy([]*graph.Node{target}, []*graph.Node{x})
	}
	run(loss, [][]float64{{0.5, 0.5}})
	_, err := graph.ExecOnce(gobackend.GetBackend(), func(x *graph.Node) *graph.Node { return graph.Gradient(loss(x), x)[0] }, [][]float64{{0.5, 0.5}})
	fmt.Println(strings.Contains(err.Error(), `"Clamp", for which no gradient is defined yet`))
	// Output:
	// 0.6931471805599453
	// true
}

// A label that is no class has the loss 0.
func Example_labelOutOfRange() {
	run(func(x *graph.Node) *graph.Node {
		label := graph.Const(x.Graph(), [][]int32{{3}})
		return gomlx.SparseCategoricalCrossEntropyLogits([]*graph.Node{label}, []*graph.Node{x})
	}, [][]float64{{1, 2, 3}})
	// Output:
	// 0
}

// The softplus of −Inf is 0. It is the sum of −Inf and 0 here, as that of +Inf is.
func Example_softplusOfMinusInfinity() {
	run(graph.Softplus, []float64{math.Inf(-1)})
	// Output:
	// [-Inf]
}

// A sure and right prediction has the loss 0.
func Example_binaryCrossentropy() {
	run(func(x *graph.Node) *graph.Node {
		target := graph.Const(x.Graph(), []float64{1})
		return gomlx.BinaryCrossentropy([]*graph.Node{target}, []*graph.Node{x})
	}, []float64{1})
	// Output:
	// NaN
}
