package mutants_test

import (
	"context"
	"fmt"
	"math"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/conformance/mutants"
	"github.com/lossproof/lossproof/impl/loss"
)

// A test suite is tried on a cross-entropy that is wrong by a hundredth for the last of 34 to 63 classes. One that
// looks at ten classes only does not see it: with equal logits the loss is log K.
func ExampleWrap() {
	wrong := mutants.Wrap(conformance.Reference(), "cross_entropy",
		mutants.Off(conformance.Value, 0.01).Where(mutants.Width(34, 63), mutants.LastClass))
	for _, classes := range []int{10, 40} {
		call := loss.Call{Loss: "cross_entropy", Format: loss.Float64,
			Batch: loss.Batch{Rows: 1, Cols: classes, Pred: make([]float64, classes), Label: []int{classes - 1}}}
		answer, err := wrong.Eval(context.Background(), &call)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d classes: %.2f of the truth\n", classes, answer.Value[0]/math.Log(float64(classes)))
	}
	// Output:
	// 10 classes: 1.00 of the truth
	// 40 classes: 1.01 of the truth
}
