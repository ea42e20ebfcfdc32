// finding: cross_entropy.f32/value
// nn.CrossEntropyLoss panics where the softmax of a class underflows: the loss is 0 here, and 104 for label 0.
package main

import (
	"fmt"
	"os"

	"github.com/born-ml/born/autodiff"
	"github.com/born-ml/born/backend/cpu"
	"github.com/born-ml/born/nn"
	"github.com/born-ml/born/tensor"
)

func main() {
	b := autodiff.New(cpu.New())
	fmt.Println("nn.CrossEntropyLoss of the logits (0, 104), where the second class is right")
	defer func() {
		if p := recover(); p != nil {
			fmt.Println("got  a panic:", p)
			fmt.Println("want a loss near 0")
			os.Exit(1)
		}
	}()
	b.Tape().StartRecording()
	x, _ := tensor.FromSlice([]float32{0, 104}, tensor.Shape{1, 2}, b)
	label, _ := tensor.FromSlice([]int32{1}, tensor.Shape{1}, b)
	fmt.Println("got ", nn.NewCrossEntropyLoss(b).Forward(x, label).Data())
	fmt.Println("want a loss near 0")
}
