// finding: log_sum_exp.*/grad
// The backward pass from ag.LogSumExp of a NaN panics in a goroutine of its own, so that no recover helps: the program ends.
package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/mat"
)

func main() {
	if len(os.Args) > 1 { // the child
		defer func() { recover() }()
		x := mat.NewDense[float64](mat.WithBacking([]float64{math.NaN(), 0}), mat.WithGrad(true))
		ag.Backward(ag.LogSumExp(x))
		return
	}
	err := exec.Command(os.Args[0], "child").Run()
	fmt.Println("ag.Backward(ag.LogSumExp(NaN, 0)), with a deferred recover")
	fmt.Println("got  the program ends:", err)
	fmt.Println("want a gradient of NaN, an error, or a panic that can be recovered")
	if err != nil {
		os.Exit(1)
	}
}
