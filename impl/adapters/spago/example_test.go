package main

import (
	"fmt"
	"math"

	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/losses"
	"github.com/nlpodyssey/spago/mat"
)

func scores(xs ...float64) *mat.Dense[float64] {
	return mat.NewDense[float64](mat.WithBacking(xs), mat.WithGrad(true))
}

// The logarithm of the softmax of 0, 746 is -746, 0, and the gradient of its sum 1, -1.
func Example_logSoftmax() {
	x := scores(0, 746)
	y := ag.LogSoftmax(x)
	fmt.Println(y.Value().Data())
	y.AccGrad(scores(1, 1))
	fmt.Println(ag.Backward(y), x.Grad().Data())
	// Output:
	// [-Inf 0]
	// <nil> [0 0]
}

// Both scores are equal, so that the loss is log 2: the maximum swallows the logarithm before the score of
// the class is taken off.
func Example_crossEntropyOfLargeScores() {
	fmt.Println(losses.CrossEntropy(scores(1e17, 1e17), 0).Value().Data())
	// Output:
	// [0]
}

// With gamma 0 a focal loss is the cross-entropy, whose gradient is 0 for a sure and right prediction.
func Example_focalLossWithoutFocusing() {
	x := scores(50, 0)
	y := losses.FocalLoss(x, 0, 0)
	fmt.Println(ag.Backward(y), x.Grad().Data())
	// Output:
	// <nil> [NaN NaN]
}

// A sure and right prediction has the loss 0.
func Example_nll() {
	fmt.Println(losses.NLL(scores(1, 0), scores(1, 0)).Value().Data())
	// Output:
	// [NaN]
}

// A NaN is neither above the threshold nor below it.
func Example_softPlusOfNaN() {
	fmt.Println(ag.SoftPlus(scores(math.NaN()), mat.Scalar(1.0), mat.Scalar(20.0)).Value().Data())
	// Output:
	// [0]
}
