package main

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// run evaluates a function of a matrix, or of a vector where there is one dimension.
func run(f func(x *G.Node) (*G.Node, error), shape tensor.Shape, xs ...float64) {
	g := G.NewGraph()
	x := G.NodeFromAny(g, tensor.New(tensor.WithShape(shape...), tensor.WithBacking(xs)), G.WithName("x"))
	y, err := f(x)
	if err != nil {
		fmt.Println(err)
		return
	}
	var value G.Value
	G.Read(y, &value)
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(value.Data())
}

// The softmax of a row depends on the rows before it: what is subtracted is the largest number of the row
// or the first number of the matrix. Here that is 0, and e^1000 overflows. The second row should be 1 0.
func Example_softmaxOfTheSecondRow() {
	softmax := func(x *G.Node) (*G.Node, error) { return G.SoftMax(x, 1) }
	run(softmax, tensor.Shape{2, 2}, 0, 0, 1000, 0)
	run(softmax, tensor.Shape{1, 2}, 1000, 0)
	// Output:
	// [0.5 0.5 NaN 0]
	// [1 0]
}

// The logarithm of the sum of exponentials of 1, 2, 3 is 3.4076059644443806. The maximum is added before
// the logarithm is taken. A matrix has no such function along either axis.
func Example_logSumExp() {
	run(func(x *G.Node) (*G.Node, error) { return G.LogSumExp(x, 0) }, tensor.Shape{3}, 1, 2, 3)
	run(func(x *G.Node) (*G.Node, error) { return G.LogSumExp(x, 1) }, tensor.Shape{2, 3}, 1, 2, 3, 4, 5, 6)
	// Output:
	// 1.5047915249278465
	// Operation failed: Failed to infer shape. Op: - false: Shape mismatch: (2, 3) and (2)
}

// A sure and right prediction has the loss 0, and a gradient. The 1+1e-16 that should prevent it is 1.
func Example_binaryXent() {
	run(func(x *G.Node) (*G.Node, error) {
		target := tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{0, 1}))
		return G.BinaryXent(x, G.NodeFromAny(x.Graph(), target, G.WithName("target")))
	}, tensor.Shape{2}, 0, 1)
	// Output:
	// [NaN NaN]
}

// From 16 on the softplus is its argument: at 16.5 that is 1.9e7 ulp off.
func Example_softplus() {
	run(G.Softplus, tensor.Shape{2}, 16, 16.5)
	// Output:
	// [16.00000011253517 16.5]
}
