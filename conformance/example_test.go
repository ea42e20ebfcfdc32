package conformance_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
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

// stable is binary cross-entropy as libraries write it, for targets of 0 and 1.
func stable(x, y float64) float64 { return max(x, 0) - x*y + math.Log1p(math.Exp(-math.Abs(x))) }

func slope(x, y float64) float64 { return 1/(1+math.Exp(-x)) - y }

// In a test, with what the function takes in a line. What it prints fits on a screen.
func ExampleRun() {
	_ = func(t *testing.T) { // func TestMyLoss
		mine := conformance.Pointwise("binary_cross_entropy_with_logits", conformance.Both(stable, slope))
		conformance.Config{Level: conformance.Close}.Run(t, mine.With(conformance.About{HardTargets: true, FiniteInputs: true}))
	}
}

func ExamplePointwise() {
	mine := conformance.Pointwise("binary_cross_entropy_with_logits", conformance.Both(stable, slope))
	report, err := conformance.Check(context.Background(), mine)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range report.Causes() {
		fmt.Println(g.Cause)
	}
	// Unordered output:
	// not finite
	// cancellation
}

// Cross-entropy of a row of scores and a class index, which writes its gradient in place.
func ExampleRowwise() {
	mine := func(grad, z []float64, label int) float64 {
		top, total := math.Inf(-1), 0.0
		for _, x := range z {
			top = max(top, x)
		}
		for k, x := range z {
			grad[k] = math.Exp(x - top)
			total += grad[k]
		}
		for k := range grad {
			grad[k] /= total
		}
		grad[label]--
		return math.Log(total) - (z[label] - top)
	}
	subject := conformance.Rowwise("cross_entropy", conformance.Into(mine)).With(conformance.About{FiniteInputs: true})
	report, err := conformance.Config{Level: conformance.Close}.Check(context.Background(), subject)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict())
	// Output:
	// conforms
}

// A mean over a batch in one slice, which divides by something else.
func ExampleReduced() {
	mean := func(pred, target []float64) (value float64, grad []float64) {
		for i, x := range pred {
			d := x - target[i]
			value += d * d / float64(len(pred)-1)
			grad = append(grad, 2*d/float64(len(pred)-1))
		}
		return value, grad
	}
	subject := conformance.Reduced("squared_error", loss.MeanElements, conformance.Flat(mean)).With(conformance.About{NoWeights: true})
	report, err := conformance.Config{Only: conformance.Golden}.Check(context.Background(), subject)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Causes()[0].Cause)
	// Output:
	// reduction's denominator the number of values − 1
}

// A program in any language that speaks the protocol of impl/subject/lcp/PROTOCOL.md.
func ExampleExec() {
	program, err := conformance.Exec(context.Background(), []string{"python3", "adapter.py"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer program.Close()
	report, err := conformance.Config{Losses: []string{"cross_entropy"}}.Check(context.Background(), program)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Verdict())
}

// The IoU of two boxes as detectors write it: 1 − x cancels where they nearly agree.
func ExampleRowwise_box() {
	mine := func(pred, target []float64) float64 {
		area := func(b []float64) float64 { return (b[2] - b[0]) * (b[3] - b[1]) }
		side := func(i int) float64 { return max(0, min(pred[i+2], target[i+2])-max(pred[i], target[i])) }
		both := side(0) * side(1)
		union := area(pred) + area(target) - both
		if union == 0 {
			return 1
		}
		return 1 - both/union
	}
	report, err := conformance.Config{Laws: []string{"value_is_true"}}.Check(context.Background(), conformance.Rowwise("iou", mine))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Causes()[0].Cause)
	// Output:
	// cancellation
}

// The dice loss of a mask, with 1 added above and below.
func ExampleRowwise_set() {
	mine := func(pred, target []float64) (value float64, grad []float64) {
		both, all := 0.0, 0.0
		for i, p := range pred {
			both += p * target[i]
			all += p + target[i]
		}
		share := (2*both + 1) / (all + 1)
		for _, y := range target {
			grad = append(grad, (share-2*y)/(all+1))
		}
		return 1 - share, grad
	}
	config := conformance.Config{Laws: []string{"value_is_true", "gradient_is_true"}, Level: conformance.Close}
	report, err := config.Check(context.Background(), conformance.Rowwise("dice", mine))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, law := range report.Laws.Results {
		fmt.Println(law.Law, law.Status)
	}
	// Output:
	// value_is_true passed
	// gradient_is_true passed
}
