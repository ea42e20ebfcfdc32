// finding: log_softmax.*/value
// ag.LogSoftmax is -Inf where the softmax underflows: log softmax(0, 746) is (-746, 0) to the last bit.
package main

import (
	"fmt"
	"os"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
)

func main() {
	x := mat.NewDense[float64](mat.WithBacking([]float64{0, 746}), mat.WithGrad(true))
	y := ag.LogSoftmax(x)
	got := mat.Data[float64](y.Value().(mat.Matrix))
	fmt.Println("ag.LogSoftmax(0, 746)")
	fmt.Println("got ", got)
	fmt.Println("want [-746 0]")
	if got[0] != -746 {
		os.Exit(1)
	}
}
