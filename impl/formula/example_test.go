package formula_test

import (
	"fmt"

	"github.com/lossproof/lossproof/impl/formula"
)

// A loss of a logit z and a target y, in float64 and in float32.
func Example() {
	text, err := formula.Parse("softplus(z) - y*z")
	if err != nil {
		fmt.Println(err)
		return
	}
	program, err := text.Compile([]formula.Input{{Name: "z"}, {Name: "y"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, algebra := range []formula.Algebra[float64]{formula.Float64, formula.Float32} {
		e, err := formula.NewEvaluator(program, algebra)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.Eval([]float64{20}, []float64{1})[0])
	}
	// Output:
	// [2.061153026033935e-09]
	// [0]
}

// A row of scores has a vector for an input, and its label t is a number.
func Example_vectors() {
	text := formula.MustParse(`
		p = softmax(z)
		value = -log(p[t])
		grad = p - (k == t)`)
	program := text.MustCompile([]formula.Input{{Name: "z", Vector: true}, {Name: "t"}}, "value", "grad")
	e, err := formula.NewEvaluator(program, formula.Float64)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, output := range e.Eval([]float64{1, 2, 3}, []float64{2}) {
		fmt.Printf("%.4f\n", output)
	}
	// Output:
	// [0.4076]
	// [0.0900 0.2447 -0.3348]
}

// A mistake has a place, and says what there is.
func ExampleParse_mistake() {
	text := formula.MustParse("value = max(x, 0) - x*y")
	_, err := text.Compile([]formula.Input{{Name: "z"}, {Name: "y"}})
	fmt.Println(err)
	_, err = formula.Parse("softplus(z - y*z")
	fmt.Println(err)
	// Output:
	// formula: line 1, column 13: no name x: there is inf, pi, y, z
	// formula: line 1, column 17: found the end of the text: want an operator, a comma or )
}
