// Command godeep is the adapter of github.com/patrikeh/go-deep.
package main

import (
	deep "github.com/patrikeh/go-deep"

	"github.com/lossproof/lossproof/impl/adapters/golib"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

func main() {
	l := golib.New("go-deep", "github.com/patrikeh/go-deep")
	none, elements, samples := loss.None, loss.MeanElements, loss.MeanSamples

	// F takes a batch and returns its mean; none is a batch of one. Df is what training takes as the
	// derivative by the input of the output neuron. It knows of no batch.
	l.Add(pointwise("squared_error", none, grad), golib.Elements(meanSquared))
	l.Add(pointwise("squared_error", elements), meanSquared)
	l.Add(pointwise("binary_cross_entropy", none), golib.Elements(binaryCrossEntropy))
	l.Add(pointwise("binary_cross_entropy", elements), binaryCrossEntropy)
	l.Add(pointwise("binary_cross_entropy_with_logits", none, grad), golib.Elements(binaryWithLogits))
	l.Add(pointwise("binary_cross_entropy_with_logits", elements), binaryWithLogits)
	l.Add(rowwise("categorical_cross_entropy", none), golib.Rows(crossEntropy))
	l.Add(rowwise("categorical_cross_entropy", samples), crossEntropy)
	l.Add(rowwise("cross_entropy", none, grad), golib.Rows(crossEntropyWithLogits))
	l.Add(rowwise("cross_entropy", samples), crossEntropyWithLogits)

	l.Add(capability("sigmoid", none, grad), sigmoid)
	l.Add(capability("softmax", none), golib.Rows(softmax))
	l.Main()
}

const grad = subject.Grad

// capability is of value, and of what else is named, in float64: the library has no other type.
func capability(name string, r loss.Reduction, more ...subject.Output) subject.Capability {
	return subject.Capability{Loss: name, Formats: []string{"f64"}, Reductions: []loss.Reduction{r},
		Outputs: append([]subject.Output{subject.Value}, more...)}
}

func pointwise(name string, r loss.Reduction, more ...subject.Output) subject.Capability {
	c := capability(name, r, more...)
	c.Targets = []string{"number"}
	return c
}

func rowwise(name string, r loss.Reduction, more ...subject.Output) subject.Capability {
	c := capability(name, r, more...)
	c.Targets = []string{"label", "distribution"}
	return c
}

// matrix cuts numbers into rows of n.
func matrix(xs []float64, n int) [][]float64 {
	var rows [][]float64
	for ; len(xs) > 0; xs = xs[n:] {
		rows = append(rows, xs[:n])
	}
	return rows
}

// ideal is the target as the library takes it: a distribution, one-hot for a label.
func ideal(c *loss.Call) [][]float64 {
	if c.Label == nil {
		return matrix(c.Target, c.Cols)
	}
	rows := make([][]float64, c.Rows)
	for i, label := range c.Label {
		rows[i] = make([]float64, c.Cols)
		rows[i][label] = 1
	}
	return rows
}

// value evaluates F.
func value(l deep.Loss, estimate, ideal [][]float64) *subject.Answer {
	return &subject.Answer{Value: []float64{l.F(estimate, ideal)}}
}

// valueAndGrad evaluates F, and for a batch of one Df at each number, with the derivative of the
// output activation.
func valueAndGrad(l deep.Loss, estimate, ideal [][]float64, activation deep.Differentiable) *subject.Answer {
	a := value(l, estimate, ideal)
	if len(estimate) == 1 {
		for j, y := range estimate[0] {
			a.Grad = append(a.Grad, l.Df(y, ideal[0][j], activation.Df(y)))
		}
	}
	return a
}

func meanSquared(c *loss.Call) (*subject.Answer, error) {
	return valueAndGrad(deep.MeanSquared{}, matrix(c.Pred, 1), matrix(c.Target, 1), deep.Linear{}), nil
}

func binaryCrossEntropy(c *loss.Call) (*subject.Answer, error) {
	return value(deep.BinaryCrossEntropy{}, matrix(c.Pred, 1), matrix(c.Target, 1)), nil
}

// binaryWithLogits is what a network in ModeBinary computes of the input of its output neuron.
func binaryWithLogits(c *loss.Call) (*subject.Answer, error) {
	estimate := make([]float64, len(c.Pred))
	for i, z := range c.Pred {
		estimate[i] = deep.Sigmoid{}.F(z)
	}
	return valueAndGrad(deep.BinaryCrossEntropy{}, matrix(estimate, 1), matrix(c.Target, 1), deep.Sigmoid{}), nil
}

func crossEntropy(c *loss.Call) (*subject.Answer, error) {
	return value(deep.CrossEntropy{}, matrix(c.Pred, c.Cols), ideal(c)), nil
}

// crossEntropyWithLogits is what a network in ModeMultiClass computes of the inputs of its output
// neurons.
func crossEntropyWithLogits(c *loss.Call) (*subject.Answer, error) {
	estimate := matrix(c.Pred, c.Cols)
	for i, row := range estimate {
		estimate[i] = deep.Softmax(row)
	}
	return valueAndGrad(deep.CrossEntropy{}, estimate, ideal(c), deep.Linear{}), nil
}

func sigmoid(c *loss.Call) (*subject.Answer, error) {
	a := &subject.Answer{}
	for _, z := range c.Pred {
		y := deep.Sigmoid{}.F(z)
		a.Value, a.Grad = append(a.Value, y), append(a.Grad, deep.Sigmoid{}.Df(y))
	}
	return a, nil
}

func softmax(c *loss.Call) (*subject.Answer, error) {
	return &subject.Answer{Value: deep.Softmax(c.Pred)}, nil
}
