// finding: cross_entropy.*/value
// SparseCategoricalCrossEntropyLogits is NaN where a class that is not the target is masked with -Inf: it has no part in the loss.
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
	got := tensors.ToScalar[float64](f.MustExec([][]int64{{0}}, [][]float64{{1, math.Inf(-1), 2}})[0])
	want := math.Log1p(math.E) // of the logits (1, 2) alone
	fmt.Println("SparseCategoricalCrossEntropyLogits of the logits (1, -Inf, 2), where the first class is right")
	fmt.Println("got ", got)
	fmt.Println("want", want)
	if !(math.Abs(got-want) < 1e-14) {
		os.Exit(1)
	}
}
