// finding: log_sum_exp.*/value
// LogSumExp of one number is that number. The library has another: 1.79, which is log(1 + 5).
package main

import (
	"fmt"
	"os"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func main() {
	g := G.NewGraph()
	x := G.NodeFromAny(g, tensor.New(tensor.WithShape(1), tensor.WithBacking([]float64{5})), G.WithName("x"))
	y := G.Must(G.LogSumExp(x, 0))
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		panic(err)
	}
	fmt.Println("LogSumExp(5)")
	fmt.Println("got ", y.Value())
	fmt.Println("want 5")
	if fmt.Sprint(y.Value()) != "5" {
		os.Exit(1)
	}
}
