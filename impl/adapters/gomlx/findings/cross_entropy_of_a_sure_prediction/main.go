// finding: cross_entropy.*/value
// SparseCategoricalCrossEntropyLogits loses the loss of a sure and right prediction. The true value is log(1 + exp(-37)),
// which is exp(-37) to 16 digits.
package main

import (
	"fmt"
	"math"
	"os"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/train/loss"
)

func main() {
	f := graph.MustNewExec(gobackend.GetBackend(), func(label, logits *graph.Node) *graph.Node {
		return loss.SparseCategoricalCrossEntropyLogits([]*graph.Node{label}, []*graph.Node{logits})
	})
	got := tensors.ToScalar[float64](f.MustExec([][]int64{{1}}, [][]float64{{0, 37}})[0])
	want := math.Log1p(math.Exp(-37))
	fmt.Println("SparseCategoricalCrossEntropyLogits of the logits (0, 37), where the second class is right")
	fmt.Println("got ", got)
	fmt.Println("want", want)
	if math.Abs(got-want) > 1e-12*want {
		os.Exit(1)
	}
}
