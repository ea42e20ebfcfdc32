// finding: softmax_focal.*/grad
// With gamma 0 FocalLoss is the cross-entropy, and its gradient is p - y. Of a sure and right prediction the library's is NaN.
package main

import (
	"fmt"
	"math"
	"os"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/losses"
	"github.com/nlpodyssey/spago/mat"
)

func main() {
	x := mat.NewDense[float64](mat.WithBacking([]float64{50, 0}), mat.WithGrad(true))
	if err := ag.Backward(losses.FocalLoss(x, 0, 0)); err != nil {
		panic(err)
	}
	got := mat.Data[float64](x.Grad().(mat.Matrix))
	fmt.Println("the gradient of losses.FocalLoss of the logits (50, 0), where the first class is right, with gamma 0")
	fmt.Println("got ", got)
	fmt.Println("want", []float64{-math.Exp(-50), math.Exp(-50)})
	if math.IsNaN(got[0]) {
		os.Exit(1)
	}
}
