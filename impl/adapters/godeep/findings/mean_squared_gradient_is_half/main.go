// finding: squared_error.f64/grad
// MeanSquared.Df is half of the derivative of MeanSquared.F, which has no factor 1/2.
package main

import (
	"fmt"
	"os"

	deep "github.com/patrikeh/go-deep"
)

func main() {
	l := deep.MeanSquared{}
	f := func(x float64) float64 { return l.F([][]float64{{x}}, [][]float64{{0}}) }
	got, want := l.Df(2, 0, 1), (f(2.5)-f(1.5))/1 // exact for a square
	fmt.Println("MeanSquared.Df(2, 0, 1), and the difference quotient of F between 1.5 and 2.5")
	fmt.Println("got ", got)
	fmt.Println("want", want)
	if got != want {
		os.Exit(1)
	}
}
