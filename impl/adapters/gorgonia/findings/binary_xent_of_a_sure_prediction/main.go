// finding: binary_cross_entropy.*/value
// BinaryXent of a sure and right prediction is NaN: its loss is 0.
package main

import (
	"fmt"
	"os"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func main() {
	g := G.NewGraph()
	one := func(name string) *G.Node {
		return G.NodeFromAny(g, tensor.New(tensor.WithShape(1), tensor.WithBacking([]float64{1})), G.WithName(name))
	}
	y := G.Must(G.BinaryXent(one("output"), one("target")))
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		panic(err)
	}
	got := y.Value().Data().([]float64)[0]
	fmt.Println("BinaryXent of the probability 1, where the target is 1")
	fmt.Println("got ", got)
	fmt.Println("want 0")
	if got != 0 {
		os.Exit(1)
	}
}
