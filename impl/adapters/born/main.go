// Command born is the adapter of github.com/born-ml/born.
package main

import (
	"github.com/born-ml/born/autodiff"
	"github.com/born-ml/born/backend/cpu"
	"github.com/born-ml/born/nn"
	"github.com/born-ml/born/tensor"

	"github.com/lossproof/lossproof/impl/adapters/golib"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

func main() {
	l := golib.New("born", "github.com/born-ml/born")

	// The losses take a batch and return its mean; none is a batch of one.
	l.Add(squared(loss.None), golib.Elements(squaredError))
	l.Add(squared(loss.MeanElements), squaredError)
	entropy := golib.ByFormat(crossEntropy[float32], crossEntropy[float64])
	l.Add(labelled(loss.None), golib.Rows(entropy))
	l.Add(labelled(loss.MeanSamples), entropy)

	l.Add(capability("sigmoid"), of((*backend).Sigmoid))
	l.Add(capability("softmax"), of(func(b *backend, x *tensor.RawTensor) *tensor.RawTensor { return b.Softmax(x, -1) }))
	l.Main()
}

type backend = autodiff.Backend[*cpu.Backend]

func capability(name string) subject.Capability {
	return subject.Capability{Loss: name, Formats: []string{"f32", "f64"}, Outputs: []subject.Output{subject.Value, subject.Grad}}
}

func squared(r loss.Reduction) subject.Capability {
	c := capability("squared_error")
	c.Formats, c.Reductions = []string{"f32"}, []loss.Reduction{r}
	return c
}

// labelled is of one label for each row, which is refused when it is out of range.
func labelled(r loss.Reduction) subject.Capability {
	c := capability("cross_entropy")
	c.Targets, c.Reductions, c.Refuses = []string{"label"}, []loss.Reduction{r}, true
	return c
}

// record begins a tape.
func record() *backend {
	b := autodiff.New(cpu.New())
	b.Tape().StartRecording()
	return b
}

func matrix[T tensor.DType](xs []T, b *backend, shape ...int) *tensor.Tensor[T, *backend] {
	t, err := tensor.FromSlice(xs, tensor.Shape(shape), b)
	if err != nil {
		panic(err)
	}
	return t
}

// answer plays the tape back, from value to x.
func answer[T subject.Float](value, x *tensor.Tensor[T, *backend], b *backend) *subject.Answer {
	a := &subject.Answer{Value: golib.Widen(value.Data())}
	if g := autodiff.Backward(value, b)[x.Raw()]; g != nil {
		a.Grad = golib.Widen(tensor.New[T](g, b).Data())
	}
	return a
}

func squaredError(c *loss.Call) (*subject.Answer, error) {
	b := record()
	x := matrix(golib.Narrow[float32](c.Pred), b, len(c.Pred))
	y := matrix(golib.Narrow[float32](c.Target), b, len(c.Target))
	return answer(nn.NewMSELoss(b).Forward(x, y), x, b), nil
}

// crossEntropy asks the backend, as nn.CrossEntropyLoss does, which itself takes float32 only.
func crossEntropy[T subject.Float](c *loss.Call) (*subject.Answer, error) {
	b := record()
	x := matrix(golib.Narrow[T](c.Pred), b, c.Rows, c.Cols)
	labels := make([]int32, len(c.Label))
	for i, label := range c.Label {
		labels[i] = int32(label)
	}
	value := tensor.New[T](b.CrossEntropy(x.Raw(), matrix(labels, b, c.Rows).Raw()), b)
	return answer(value, x, b), nil
}

// of makes an evaluation of an operation on a matrix.
func of(f func(b *backend, x *tensor.RawTensor) *tensor.RawTensor) golib.Eval {
	return golib.ByFormat(operation[float32](f), operation[float64](f))
}

func operation[T subject.Float](f func(b *backend, x *tensor.RawTensor) *tensor.RawTensor) golib.Eval {
	return func(c *loss.Call) (*subject.Answer, error) {
		b := record()
		x := matrix(golib.Narrow[T](c.Pred), b, c.Rows, c.Cols)
		y := tensor.New[T](f(b, x.Raw()), b)
		value := golib.Widen(y.Data())
		a := answer(y.Mul(matrix(golib.Narrow[T](golib.Upstream(c)), b, c.Rows, c.Cols)), x, b)
		a.Value = value
		return a, nil
	}
}
