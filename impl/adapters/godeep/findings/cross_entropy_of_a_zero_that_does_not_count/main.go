// finding: categorical_cross_entropy.f64/value
// CrossEntropy.F is NaN where a class that is not the target has the probability 0: the loss of a sure and right prediction is 0.
package main

import (
	"fmt"
	"os"

	deep "github.com/patrikeh/go-deep"
)

func main() {
	got := deep.CrossEntropy{}.F([][]float64{{0, 1}}, [][]float64{{0, 1}})
	fmt.Println("CrossEntropy.F of the probabilities (0, 1), where the second class is right")
	fmt.Println("got ", got)
	fmt.Println("want 0")
	if got != 0 {
		os.Exit(1)
	}
}
