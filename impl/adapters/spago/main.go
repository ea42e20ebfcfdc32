// Command spago is the adapter of github.com/nlpodyssey/spago.
package main

import (
	"github.com/nlpodyssey/spago/ag"
	"github.com/nlpodyssey/spago/losses"
	"github.com/nlpodyssey/spago/mat"

	"github.com/lossproof/lossproof/impl/adapters/golib"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

func main() {
	l := golib.New("spago", "github.com/nlpodyssey/spago")

	// losses.MSE halves the square, and reduces whatever it is given.
	l.Add(squared(loss.None), golib.Elements(golib.ByFormat(mse[float32](false), mse[float64](false))))
	l.Add(squared(loss.Sum), golib.ByFormat(mse[float32](false), mse[float64](false)))
	l.Add(squared(loss.MeanElements), golib.ByFormat(mse[float32](true), mse[float64](true)))

	// A label out of range is a panic of mat.Matrix.At, as documented. Bad weights and exponents are not
	// looked for.
	entropy := golib.Rows(golib.ByFormat(crossEntropy[float32], crossEntropy[float64]))
	l.Add(labelled("cross_entropy", loss.None), entropy)
	l.Add(unchecked("cross_entropy", "weight"), entropy)
	l.Add(labelled("cross_entropy", loss.Sum), golib.ByFormat(sequence[float32](false), sequence[float64](false)))
	l.Add(labelled("cross_entropy", loss.MeanSamples), golib.ByFormat(sequence[float32](true), sequence[float64](true)))
	focalLoss := golib.Rows(golib.ByFormat(focal[float32], focal[float64]))
	l.Add(labelled("softmax_focal", loss.None), focalLoss)
	l.Add(unchecked("softmax_focal", "alpha", "gamma"), focalLoss)
	l.Add(unchecked("categorical_cross_entropy"), golib.Rows(golib.ByFormat(nll[float32], nll[float64])))

	l.Add(link("sigmoid"), of(ag.Sigmoid))
	l.Add(link("softplus"), golib.ByFormat(softPlus[float32], softPlus[float64]))
	l.Add(link("softmax"), golib.Rows(of(ag.Softmax)))
	l.Add(link("log_softmax"), golib.Rows(of(ag.LogSoftmax)))
	l.Add(link("log_sum_exp"), golib.Rows(of(func(x mat.Tensor) mat.Tensor { return ag.LogSumExp(x) })))
	l.Main()
}

func capability(name string) subject.Capability {
	return subject.Capability{Loss: name, Formats: []string{"f32", "f64"}, Outputs: []subject.Output{subject.Value, subject.Grad}}
}

func link(name string) subject.Capability {
	c := capability(name)
	c.Targets = []string{"none"}
	return c
}

func squared(r loss.Reduction) subject.Capability {
	c := capability("squared_error")
	c.Reductions = []loss.Reduction{r}
	c.Conventions = map[string][]string{"squared_error_factor": {"1/2"}}
	return c
}

// labelled is of one label for each row, which it refuses when it is out of range.
func labelled(name string, r loss.Reduction) subject.Capability {
	c := unchecked(name)
	c.Refuses, c.Reductions = true, []loss.Reduction{r}
	if r == loss.MeanSamples {
		c.Conventions = map[string][]string{"empty_mean": {"error"}} // a sequence has a first element
	}
	return c
}

func unchecked(name string, params ...string) subject.Capability {
	c := capability(name)
	c.Targets, c.Params = []string{"label"}, params
	return c
}

// vector makes a column of numbers; it is a variable when it requires a gradient.
func vector[T subject.Float](xs []float64, grad bool) mat.Matrix {
	return mat.NewDense[T](mat.WithShape(len(xs), 1), mat.WithBacking(golib.Narrow[T](xs)), mat.WithGrad(grad))
}

// answer runs the backward pass from y to the variables xs.
func answer[T subject.Float](y mat.Tensor, xs ...mat.Matrix) (*subject.Answer, error) {
	a := &subject.Answer{Value: golib.Widen(mat.Data[T](y.Value().(mat.Matrix)))}
	if err := ag.Backward(y); err != nil {
		return nil, err
	}
	for _, x := range xs {
		a.Grad = append(a.Grad, golib.Widen(mat.Data[T](x.Grad().(mat.Matrix)))...)
	}
	return a, nil
}

// of makes an evaluation of an operator on a vector.
func of(f func(x mat.Tensor) mat.Tensor) golib.Eval {
	return golib.ByFormat(operator[float32](f), operator[float64](f))
}

func operator[T subject.Float](f func(x mat.Tensor) mat.Tensor) golib.Eval {
	return func(c *loss.Call) (*subject.Answer, error) {
		x := vector[T](c.Pred, true)
		y := f(x)
		if n := y.Value().Size(); n == len(c.Pred) {
			y.AccGrad(vector[T](golib.Upstream(c), false))
		}
		return answer[T](y, x)
	}
}

// softPlus has the beta of the definition, and the threshold 20 of the library's own tests: it leaves
// the choice to its user.
func softPlus[T subject.Float](c *loss.Call) (*subject.Answer, error) {
	return operator[T](func(x mat.Tensor) mat.Tensor {
		return ag.SoftPlus(x, mat.Scalar(T(1)), mat.Scalar(T(20)))
	})(c)
}

func mse[T subject.Float](mean bool) golib.Eval {
	return func(c *loss.Call) (*subject.Answer, error) {
		x := vector[T](c.Pred, true)
		return answer[T](losses.MSE(x, vector[T](c.Target, false), mean), x)
	}
}

func crossEntropy[T subject.Float](c *loss.Call) (*subject.Answer, error) {
	x, f := vector[T](c.Pred, true), losses.CrossEntropy
	if weight := golib.PerClass(c, "weight"); weight != nil {
		f = losses.WeightedCrossEntropy(vector[T](weight, false))
	}
	return answer[T](f(x, c.Label[0]), x)
}

func sequence[T subject.Float](mean bool) golib.Eval {
	return func(c *loss.Call) (*subject.Answer, error) {
		var xs []mat.Matrix
		var predicted []mat.Tensor
		for i := range c.Rows {
			xs = append(xs, vector[T](c.Pred[i*c.Cols:(i+1)*c.Cols], true))
			predicted = append(predicted, xs[i])
		}
		return answer[T](losses.CrossEntropySeq(predicted, c.Label, mean), xs...)
	}
}

func nll[T subject.Float](c *loss.Call) (*subject.Answer, error) {
	oneHot := make([]float64, c.Cols)
	oneHot[c.Label[0]] = 1
	x := vector[T](c.Pred, true)
	return answer[T](losses.NLL(x, vector[T](oneHot, false)), x)
}

func focal[T subject.Float](c *loss.Call) (*subject.Answer, error) {
	x, f := vector[T](c.Pred, true), losses.FocalLoss
	if alpha := golib.PerClass(c, "alpha"); alpha != nil {
		f = losses.WeightedFocalLoss(vector[T](alpha, false))
	}
	return answer[T](f(x, c.Label[0], golib.Param(c, "gamma")), x)
}
