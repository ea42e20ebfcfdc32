package properties_test

import (
	"context"
	"fmt"
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/properties"
)

// naive is softplus as it is first written down.
type naive struct{}

func (naive) Describe() subject.Description {
	return subject.Description{Name: "naive softplus", Capabilities: []subject.Capability{
		{Loss: "softplus", Formats: []string{"f64"}, Outputs: []subject.Output{subject.Value}}}}
}

func (naive) Eval(_ context.Context, c *loss.Call) (*subject.Answer, error) {
	a := &subject.Answer{}
	for _, x := range c.Pred {
		a.Value = append(a.Value, math.Log(1+math.Exp(x)))
	}
	return a, nil
}

func ExampleCheck() {
	report, err := properties.Config{Laws: []string{"softplus_difference"}}.Check(context.Background(), naive{})
	if err != nil {
		panic(err)
	}
	f := report.Failures()[0]
	fmt.Println(f.Statement)
	fmt.Println(f.Counterexample)
	fmt.Println(f.What)
	// Output:
	// sp(x) − sp(−x) = x, and the gradients σ(x) and σ(−x) sum to 1.
	// prediction 768 (4088000000000000)
	// a number is NaN or infinite where the truth is, and only there
}
