// finding: softplus.*/value
// ag.SoftPlus makes a NaN a 0.
package main

import (
	"fmt"
	"math"
	"os"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
)

func main() {
	x := mat.NewDense[float64](mat.WithBacking([]float64{math.NaN()}), mat.WithGrad(true))
	got := ag.SoftPlus(x, mat.Scalar(1.0), mat.Scalar(20.0)).Value().Item().F64()
	fmt.Println("ag.SoftPlus(NaN) with beta 1, threshold 20")
	fmt.Println("got ", got)
	fmt.Println("want NaN")
	if got == got {
		os.Exit(1)
	}
}
