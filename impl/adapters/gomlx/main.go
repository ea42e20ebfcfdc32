// Command gomlx is the adapter of github.com/gomlx/gomlx, on its backend in Go.
package main

import (
	"github.com/gomlx/gomlx/core/graph"
	gomlx "github.com/gomlx/gomlx/ml/train/loss"

	"github.com/lossproof/lossproof/impl/adapters/golib"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

func main() {
	l := golib.New("gomlx", "github.com/gomlx/gomlx")

	// A loss returns the mean of what it is given; none is a batch of one.
	pointwise := func(name string, f gomlx.LossFn) {
		each := compile(reduced(f))
		l.Add(capability(name, loss.None, "number"), golib.Elements(each))
		l.Add(capability(name, loss.MeanElements, "number"), each)
	}
	pointwise("squared_error", gomlx.MeanSquaredError)
	pointwise("binary_cross_entropy", gomlx.BinaryCrossentropy)
	pointwise("binary_cross_entropy_with_logits", gomlx.BinaryCrossentropyLogits)

	// The mask of a loss says which rows count, which is what ignore_index is for.
	rowwise := func(c subject.Capability, e golib.Eval) {
		c.Params = []string{"ignore_index"}
		c.Reductions = []loss.Reduction{loss.None}
		l.Add(c, golib.Rows(e))
		c.Params = nil
		c.Reductions = []loss.Reduction{loss.MeanSamples}
		l.Add(c, e)
		c.Params = []string{"ignore_index"}
		c.Reductions = []loss.Reduction{loss.MeanCounted}
		c.Conventions = with(c.Conventions, "empty_mean", "zero")
		l.Add(c, e)
	}
	rowwise(capability("cross_entropy", "", "label"), compile(reduced(gomlx.SparseCategoricalCrossEntropyLogits)))
	rowwise(capability("cross_entropy", "", "distribution"), compile(reduced(gomlx.CategoricalCrossEntropyLogits)))
	// The predictions are clipped at 1e-7 in float32 and at 1e-8 in float64, which only the code says.
	// The catalogue knows the first.
	probabilities := capability("categorical_cross_entropy", "", "distribution")
	probabilities.Outputs = []subject.Output{subject.Value} // of a clip, it says, no gradient is defined yet
	probabilities.Formats, probabilities.Conventions = []string{"f32"}, with(nil, "probability_clip", "1e-7")
	rowwise(probabilities, compile(reduced(gomlx.CategoricalCrossEntropy)))
	probabilities.Formats, probabilities.Conventions = []string{"f64"}, nil
	rowwise(probabilities, compile(reduced(gomlx.CategoricalCrossEntropy)))

	link := func(name string, f func(x *graph.Node) *graph.Node, formats ...string) {
		c := capability(name, loss.None, "none")
		if formats != nil {
			c.Formats = formats
		}
		l.Add(c, compile(linked(f)))
	}
	link("sigmoid", graph.Sigmoid)
	link("softplus", graph.Softplus)
	// In half precision the backend says that the operation is not implemented.
	link("softmax", func(x *graph.Node) *graph.Node { return graph.Softmax(x, -1) }, "f32", "f64")
	link("log_softmax", func(x *graph.Node) *graph.Node { return graph.LogSoftmax(x, -1) })
	l.Main()
}

func capability(name string, r loss.Reduction, target string) subject.Capability {
	return subject.Capability{
		Loss: name, Formats: []string{"f32", "f64", "bf16", "f16"}, Outputs: []subject.Output{subject.Value, subject.Grad},
		Reductions: []loss.Reduction{r}, Targets: []string{target}, Weights: target != "none",
	}
}

// with adds a convention.
func with(conventions map[string][]string, name, value string) map[string][]string {
	more := map[string][]string{name: {value}}
	for n, v := range conventions {
		more[n] = v
	}
	return more
}

// reduced is the graph of a loss, of the predictions, the targets, and whatever weights and mask there
// are.
func reduced(f gomlx.LossFn) expression {
	return func(inputs []*graph.Node) (value, scalar *graph.Node) {
		value = f(inputs[1:], inputs[:1])
		return value, value
	}
}

// linked is the graph of a link, of the predictions and the upstream gradient.
func linked(f func(x *graph.Node) *graph.Node) expression {
	return func(inputs []*graph.Node) (value, scalar *graph.Node) {
		value = f(inputs[0])
		return value, graph.ReduceAllSum(graph.Mul(value, inputs[1]))
	}
}
