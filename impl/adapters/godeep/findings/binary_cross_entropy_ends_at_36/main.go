// finding: binary_cross_entropy.f64/value
// BinaryCrossEntropy.F of a sure and wrong prediction ends at 36.84, which is -log 1e-16.
package main

import (
	"fmt"
	"math"
	"os"

	deep "github.com/patrikeh/go-deep"
)

func main() {
	l := deep.BinaryCrossEntropy{}
	got := l.F([][]float64{{1e-30}}, [][]float64{{1}})
	want := -math.Log(1e-30)
	fmt.Println("BinaryCrossEntropy.F of the probability 1e-30, where the target is 1")
	fmt.Println("got ", got)
	fmt.Println("want", want)
	if math.Abs(got-want) > 1e-9*want {
		os.Exit(1)
	}
}
