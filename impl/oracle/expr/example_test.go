package expr_test

import (
	"fmt"

	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// The logistic loss log(1 + e^−x), its derivative and its second derivative, each proved between two numbers that agree in
// all the digits shown.
func Example() {
	g := expr.New()
	x := g.Input(2)
	loss := g.Log1p(g.Exp(g.Neg(x)))
	slope := g.Grad(loss, x)[0]
	curvature := g.Grad(slope, x)[0]
	for _, v := range g.Eval(128, loss, slope, curvature) {
		fmt.Println(v.Lo().Text('g', 30), v.Hi().Text('g', 30))
	}
	// Output:
	// 0.126928011042972496443726806358 0.126928011042972496443726806358
	// -0.119202922022117555940270858698 -0.119202922022117555940270858698
	// 0.10499358540350651734862418476 0.10499358540350651734862418476
}
