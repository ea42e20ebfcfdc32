package main

import (
	"fmt"

	deep "github.com/patrikeh/go-deep"
)

// The square of 3 is 9, and its derivative 6.
func Example_meanSquared() {
	l := deep.MeanSquared{}
	fmt.Println(l.F([][]float64{{3}}, [][]float64{{0}}), l.Df(3, 0, 1))
	// Output:
	// 9 3
}

// A sure and right prediction has the loss 0.
func Example_crossEntropy() {
	fmt.Println(deep.CrossEntropy{}.F([][]float64{{1, 0}}, [][]float64{{1, 0}}))
	// Output:
	// NaN
}

// The loss of a sure and wrong prediction is +Inf.
func Example_binaryCrossEntropy() {
	fmt.Println(deep.BinaryCrossEntropy{}.F([][]float64{{0}}, [][]float64{{1}}))
	// Output:
	// 36.841361487904734
}
