// finding: softplus.*/value
// Softplus is its argument from somewhere between 16 and 16.5 on, where log(1 + exp(-16.5)) is still 6.8e-8.
package main

import (
	"fmt"
	"math"
	"os"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func main() {
	g := G.NewGraph()
	x := G.NodeFromAny(g, tensor.New(tensor.WithShape(1), tensor.WithBacking([]float64{16.5})), G.WithName("x"))
	y := G.Must(G.Softplus(x))
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		panic(err)
	}
	got, want := y.Value().Data().([]float64)[0], 16.5+math.Log1p(math.Exp(-16.5))
	fmt.Println("Softplus(16.5) in float64")
	fmt.Println("got ", got)
	fmt.Println("want", want)
	if math.Abs(got-want) > 1e-14*want {
		os.Exit(1)
	}
}
