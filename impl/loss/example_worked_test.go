package loss_test

import (
	"fmt"

	"github.com/lossproof/lossproof/impl/loss"
)

// Two models with the same classification error: each is wrong once in three. The second
// is right with confidence where it is right, which the squared error and the
// cross-entropy see.
func Example() {
	target := []float64{0, 0, 1, 0, 1, 0, 1, 0, 0}
	models := [][]float64{
		{.3, .3, .4, .3, .4, .3, .1, .2, .7},
		{.1, .2, .7, .1, .7, .2, .3, .4, .3},
	}
	for i, p := range models {
		fmt.Printf("model %d\n", i+1)
		for _, name := range []string{"classification_error", "squared_error", "categorical_cross_entropy"} {
			call := &loss.Call{Loss: name, Reduction: loss.MeanSamples, Batch: loss.Batch{Rows: 3, Cols: 3, Pred: p, Target: target}}
			if name == "classification_error" {
				call.Target, call.Label = nil, []int{2, 1, 0}
			}
			res, err := loss.Eval(call)
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Printf("  %-26s %.15f\n", name, res.Value[0])
		}
	}
	// Output:
	// model 1
	//   classification_error       0.333333333333333
	//   squared_error              0.806666666666667
	//   categorical_cross_entropy  1.378388852247452
	// model 2
	//   classification_error       0.333333333333333
	//   squared_error              0.340000000000000
	//   categorical_cross_entropy  0.639107564067800
}

// A big common offset does not cost a digit.
func ExampleEval() {
	res, err := loss.Eval(&loss.Call{
		Loss:  "cross_entropy",
		Batch: loss.Batch{Rows: 1, Cols: 2, Pred: []float64{1e8, 1e8}, Label: []int{0}},
	})
	fmt.Println(res.Value, res.Grad, err)
	// Output:
	// [0.6931471805599453] [-0.5 0.5] <nil>
}

// Bad data is an error that names what is wrong.
func ExampleEval_error() {
	_, err := loss.Eval(&loss.Call{
		Loss:  "cross_entropy",
		Batch: loss.Batch{Rows: 1, Cols: 2, Pred: []float64{0, 1}, Label: []int{2}},
	})
	fmt.Println(err)
	// Output:
	// cross_entropy: target[0] = 2: want a class index in [0, 2)
}

// A trait that is false comes with a witness: here, three points in a row at which the
// focal loss is above its chord.
func ExampleLoss_Trait() {
	convex, _ := loss.SigmoidFocal.Trait(loss.Convex)
	a, b := convex.Witness.A[0], convex.Witness.B[0]
	res, err := loss.Eval(&loss.Call{
		Loss:  "sigmoid_focal",
		Batch: loss.Batch{Rows: 3, Cols: 1, Pred: []float64{a, (a + b) / 2, b}, Target: []float64{1, 1, 1}},
	})
	fmt.Printf("%v %.6f %v\n", convex.Holds, res.Value, err)
	// Output:
	// false [2.999965 1.747040 0.412520] <nil>
}
