// finding: categorical_cross_entropy.*/value
// losses.NLL is NaN where a class that is not the target has the probability 0: the loss of a sure and right prediction is 0.
package main

import (
	"fmt"
	"os"

	"github.com/nlpodyssey/spago/losses"
	"github.com/nlpodyssey/spago/mat"
)

func main() {
	x := mat.NewDense[float64](mat.WithBacking([]float64{0, 1}), mat.WithGrad(true))
	y := mat.NewDense[float64](mat.WithBacking([]float64{0, 1}))
	got := losses.NLL(x, y).Value().Item().F64()
	fmt.Println("losses.NLL of the probabilities (0, 1), where the second class is right")
	fmt.Println("got ", got)
	fmt.Println("want 0")
	if got != 0 {
		os.Exit(1)
	}
}
