// finding: binary_cross_entropy.*/value
// BinaryCrossentropy of a sure and right prediction is NaN: its loss is 0.
package main

import (
	"fmt"
	"os"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train/loss"
)

func main() {
	f := graph.MustNewExec(gobackend.GetBackend(), func(target, p *graph.Node) *graph.Node {
		return loss.BinaryCrossentropy([]*graph.Node{target}, []*graph.Node{p})
	})
	got := tensors.ToScalar[float64](f.MustExec([]float64{1}, []float64{1})[0])
	fmt.Println("BinaryCrossentropy of the probability 1, where the target is 1")
	fmt.Println("got ", got)
	fmt.Println("want 0")
	if got != 0 {
		os.Exit(1)
	}
}
