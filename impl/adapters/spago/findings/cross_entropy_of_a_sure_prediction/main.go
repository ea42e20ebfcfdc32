// finding: cross_entropy.*/value
// losses.CrossEntropy loses the loss of a sure and right prediction. The true value is log(1 + exp(-37)), which is exp(-37) to 16 digits.
package main

import (
	"fmt"
	"math"
	"os"

	"github.com/nlpodyssey/spago/losses"
	"github.com/nlpodyssey/spago/mat"
)

func main() {
	x := mat.NewDense[float64](mat.WithBacking([]float64{0, 37}), mat.WithGrad(true))
	got, want := losses.CrossEntropy(x, 1).Value().Item().F64(), math.Log1p(math.Exp(-37))
	fmt.Println("losses.CrossEntropy of the logits (0, 37), where the second class is right")
	fmt.Println("got ", got)
	fmt.Println("want", want)
	if math.Abs(got-want) > 1e-12*want {
		os.Exit(1)
	}
}
