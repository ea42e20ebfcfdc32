// finding: softplus.*/value
// Softplus of -Inf is -Inf: it is 0.
package main

import (
	"fmt"
	"math"
	"os"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

func main() {
	f := graph.MustNewExec(gobackend.GetBackend(), graph.Softplus)
	got := tensors.MustCopyFlatData[float64](f.MustExec([]float64{math.Inf(-1)})[0])[0]
	fmt.Println("Softplus(-Inf)")
	fmt.Println("got ", got)
	fmt.Println("want 0")
	if got != 0 {
		os.Exit(1)
	}
}
