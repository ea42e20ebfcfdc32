// finding: squared_error.f32/grad
// The gradient of nn.MSELoss, a mean, is too large by the number of elements: 4 times for 4.
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
	b.Tape().StartRecording()
	x, _ := tensor.FromSlice([]float32{1, 1, 1, 1}, tensor.Shape{4}, b)
	y, _ := tensor.FromSlice([]float32{0, 0, 0, 0}, tensor.Shape{4}, b)
	loss := nn.NewMSELoss(b).Forward(x, y)
	got := tensor.New[float32](autodiff.Backward(loss, b)[x.Raw()], b).Data()
	fmt.Println("the gradient of nn.MSELoss of (1, 1, 1, 1) against zeros, whose value is", loss.Data())
	fmt.Println("got ", got)
	fmt.Println("want [0.5 0.5 0.5 0.5]")
	if got[0] != 0.5 {
		os.Exit(1)
	}
}
