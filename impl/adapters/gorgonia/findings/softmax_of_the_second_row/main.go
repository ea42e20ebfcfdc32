// finding: softmax.*/value
// SoftMax of a row depends on the rows before it: alone, the row (1000, 0) is right, and behind a row of zeros it is NaN.
package main

import (
	"fmt"
	"os"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func softmax(rows int, xs ...float64) []float64 {
	g := G.NewGraph()
	x := G.NodeFromAny(g, tensor.New(tensor.WithShape(rows, 2), tensor.WithBacking(xs)), G.WithName("x"))
	y := G.Must(G.SoftMax(x, 1))
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		panic(err)
	}
	return y.Value().Data().([]float64)
}

func main() {
	got := softmax(2, 0, 0, 1000, 0)
	fmt.Println("SoftMax of the rows (0, 0) and (1000, 0), and of the row (1000, 0) alone:", softmax(1, 1000, 0))
	fmt.Println("got ", got)
	fmt.Println("want [0.5 0.5 1 0]")
	if got[2] != 1 {
		os.Exit(1)
	}
}
