package interval_test

import (
	"fmt"

	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// Ziv's strategy: more bits until both ends round to the same float64. log1p(e^−40) is so near to e^−40 that 53 bits do not
// tell what it rounds to.
func Example() {
	x := interval.FromInt(-40)
	for prec := uint(53); ; prec *= 2 {
		c := interval.Context{Prec: prec}
		y := c.Log1p(c.Exp(x))
		lo, _ := y.Lo().Float64()
		hi, _ := y.Hi().Float64()
		fmt.Println(prec, "bits: between", lo, "and", hi)
		if lo == hi {
			return
		}
	}
	// Output:
	// 53 bits: between 4.248354255291588e-18 and 4.2483542552915904e-18
	// 106 bits: between 4.248354255291589e-18 and 4.248354255291589e-18
}
