package conformance_test

import (
	"context"
	"fmt"
	"math"

	"github.com/lossproof/lossproof/conformance"
)

// Binary cross-entropy the way textbooks print it: correct, until the sigmoid of a
// large logit rounds to 1 and its logarithm to 0.
func ExampleCheck() {
	textbook := func(logit, target float32) float32 {
		p := float32(1 / (1 + math.Exp(-float64(logit))))
		log := func(x float32) float32 { return float32(math.Log(float64(x))) }
		return -target*log(p) - (1-target)*log(1-p)
	}
	subject := conformance.Pointwise("binary_cross_entropy_with_logits", textbook)
	report, err := conformance.Check(context.Background(), subject)
	if err != nil {
		fmt.Println(err)
		return
	}
	level, _ := report.LevelOf("binary_cross_entropy_with_logits", "f32", conformance.Value)
	fmt.Println("conforms:", report.Conforms())
	fmt.Println("level of its value in float32:", level)
	// Output:
	// conforms: false
	// level of its value in float32: not callable
}
