package main

import (
	"fmt"

	"github.com/born-ml/born/autodiff"
	"github.com/born-ml/born/backend/cpu"
	"github.com/born-ml/born/nn"
	"github.com/born-ml/born/tensor"
)

func example() *autodiff.Backend[*cpu.Backend] {
	b := autodiff.New(cpu.New())
	b.Tape().StartRecording()
	return b
}

// A sure and right prediction has a loss of nearly 0: −log of 1. The logarithm of the other class's
// probability, which no one asked for, panics, because it has become 0.
func Example_crossEntropyOfASurePrediction() {
	defer func() { fmt.Println(recover()) }()
	b := example()
	logits, _ := tensor.FromSlice([]float32{104, 0}, tensor.Shape{1, 2}, b)
	label, _ := tensor.FromSlice([]int32{0}, tensor.Shape{1}, b)
	fmt.Println(nn.NewCrossEntropyLoss(b).Forward(logits, label).Data())
	// Output:
	// log: non-positive value at index 1: 0.000000
}

// The gradient of the mean of 1² and 2² is 1, 2. The mean is not on the tape, which ends at the squares.
func Example_gradientOfMSELoss() {
	b := example()
	x, _ := tensor.FromSlice([]float32{1, 2}, tensor.Shape{2}, b)
	y, _ := tensor.FromSlice([]float32{0, 0}, tensor.Shape{2}, b)
	loss := nn.NewMSELoss(b).Forward(x, y)
	gradient := autodiff.Backward(loss, b)[x.Raw()]
	fmt.Println(loss.Data(), gradient.AsFloat32())
	// Output:
	// [2.5] [2 4]
}
