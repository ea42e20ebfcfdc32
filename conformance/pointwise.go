package conformance

import (
	"fmt"

	"github.com/lossproof/lossproof/impl/loss"
)

// PointwiseFunc lists the functions of one number that Pointwise takes, for T float32
// or float64. Those without an error cannot refuse bad input; those without a
// derivative are judged by their value; those without a target are links (sigmoid).
type PointwiseFunc interface {
	pointwiseFunc[float32] | pointwiseFunc[float64]
}

type pointwiseFunc[T Float] interface {
	func(pred, target T) T |
		func(pred, target T) (value, grad T) |
		func(pred, target T) (value, grad T, err error) |
		func(p loss.Params, pred, target T) (value, grad T, err error) |
		func(x T) T |
		func(x T) (value, derivative T) |
		func(p loss.Params, x T) (value, derivative T, err error)
}

// Pointwise makes a subject of a function of one prediction and, for a loss, one
// target. A loss.Params argument holds every parameter of the loss, defaults
// included.
func Pointwise[F PointwiseFunc](lossName string, f F) *Function {
	s := pointwiseSubject[float32](lossName, f)
	if s == nil {
		s = pointwiseSubject[float64](lossName, f)
	}
	s.misused = s.ofForm("Pointwise")
	return s
}

// onePoint is the form that every other one is brought to.
type onePoint[T Float] func(p loss.Params, pred, target T) (value, grad T, err error)

func pointwiseSubject[T Float](lossName string, f any) *Function {
	c := Capability{Outputs: []Output{Value, Grad}, Targets: []string{"number"}}
	var eval onePoint[T]
	switch f := f.(type) {
	case func(pred, target T) T:
		c.Outputs = []Output{Value}
		eval = func(_ loss.Params, x, y T) (T, T, error) { return f(x, y), 0, nil }
	case func(pred, target T) (value, grad T):
		eval = func(_ loss.Params, x, y T) (T, T, error) { v, g := f(x, y); return v, g, nil }
	case func(pred, target T) (value, grad T, err error):
		c.Refuses = true
		eval = func(_ loss.Params, x, y T) (T, T, error) { return f(x, y) }
	case func(p loss.Params, pred, target T) (value, grad T, err error):
		c.Refuses, c.Params = true, allParams(lossName)
		eval = f
	case func(x T) T:
		c.Outputs, c.Targets = []Output{Value}, []string{"none"}
		eval = func(_ loss.Params, x, _ T) (T, T, error) { return f(x), 0, nil }
	case func(x T) (value, derivative T):
		c.Targets = []string{"none"}
		eval = func(_ loss.Params, x, _ T) (T, T, error) { v, g := f(x); return v, g, nil }
	case func(p loss.Params, x T) (value, derivative T, err error):
		c.Refuses, c.Params, c.Targets = true, allParams(lossName), []string{"none"}
		eval = func(p loss.Params, x, _ T) (T, T, error) { return f(p, x) }
	default:
		return nil
	}
	hasGrad := len(c.Outputs) == 2
	return newFunction[T](lossName, "pointwise", c, func(call *loss.Call) (*Answer, error) {
		return eval.batch(call, hasGrad)
	})
}

// batch evaluates number by number. The function is given nothing else, so no
// answer can depend on its neighbours.
func (f onePoint[T]) batch(c *loss.Call, hasGrad bool) (*Answer, error) {
	if err := supports(c); err != nil {
		return nil, err
	}
	if c.Label != nil || c.Target != nil && len(c.Target) != len(c.Pred) {
		return nil, fmt.Errorf("%w: class indices, or targets that are not one for each number", ErrUnsupported)
	}
	answer := &Answer{Value: make([]float64, len(c.Pred))}
	if hasGrad {
		answer.Grad = make([]float64, len(c.Pred))
	}
	for i, x := range c.Pred {
		var target T
		if c.Target != nil {
			target = T(c.Target[i])
		}
		v, g, err := f(c.AllParams(), T(x), target)
		if err != nil {
			return nil, err
		}
		answer.Value[i] = float64(v)
		if hasGrad {
			answer.Grad[i] = float64(g)
			if c.Upstream != nil {
				answer.Grad[i] = float64(g * T(c.Upstream[i]))
			}
		}
	}
	return answer, nil
}
