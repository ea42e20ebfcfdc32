package conformance

import (
	"fmt"

	"github.com/lossproof/lossproof/impl/loss"
)

// RowwiseFunc lists the functions of one item that Rowwise takes, for T float32 or float64:
// a row of K scores with a class index, with K target numbers, or with a position; the four
// coordinates of a box with four others; a set with as many; or for links (softmax) scores
// alone, where the value is K numbers and the gradient is that of Σ upstream·value. One that
// answers a row with a target by a slice of numbers is for Also.
type RowwiseFunc interface {
	rowwiseFunc[float32] | rowwiseFunc[float64]
}

type rowwiseFunc[T Float] interface {
	func(pred []T, label int) T |
		func(pred []T, label int) (value T, grad []T) |
		func(pred []T, label int) (value T, grad []T, err error) |
		func(p loss.Params, pred []T, label int) (value T, grad []T, err error) |
		func(pred, target []T) T |
		func(pred, target []T) (value T, grad []T) |
		func(pred, target []T) (value T, grad []T, err error) |
		func(p loss.Params, pred, target []T) (value T, grad []T, err error) |
		func(pred []T, label int) []T |
		func(pred, target []T) []T |
		func(pred []T) (value []T) |
		func(pred, upstream []T) (value, grad []T)
}

// Rowwise makes a subject of a function of one row. A loss that takes class indices
// and distributions is covered by two, which Join makes one.
func Rowwise[F RowwiseFunc](lossName string, f F) *Function {
	s := rowwiseSubject[float32](lossName, f)
	if s == nil {
		s = rowwiseSubject[float64](lossName, f)
	}
	s.misused = s.ofForm("Rowwise")
	return s
}

// example is one row as a function is given it.
type example[T Float] struct {
	params          loss.Params
	pred, target    []T
	upstream        []T
	label           int
	value, gradient []T // what the function answered
}

func rowwiseSubject[T Float](lossName string, f any) *Function {
	label, soft, link := []string{"label"}, []string{"distribution", "number"}, []string{"none"}
	if decl, err := loss.Named(lossName); err == nil && decl.NumberTarget() != nil {
		soft = []string{decl.NumberTarget().Name}
	}
	c := Capability{Outputs: []Output{Value, Grad}}
	var eval func(e *example[T]) error
	one := func(e *example[T], v T, grad []T, err error) error {
		e.value, e.gradient = []T{v}, grad
		return err
	}
	switch f := f.(type) {
	case func(pred []T, label int) T:
		c.Outputs, c.Targets = []Output{Value}, label
		eval = func(e *example[T]) error { return one(e, f(e.pred, e.label), nil, nil) }
	case func(pred []T, label int) (value T, grad []T):
		c.Targets = label
		eval = func(e *example[T]) error { v, g := f(e.pred, e.label); return one(e, v, g, nil) }
	case func(pred []T, label int) (value T, grad []T, err error):
		c.Targets, c.Refuses = label, true
		eval = func(e *example[T]) error { v, g, err := f(e.pred, e.label); return one(e, v, g, err) }
	case func(p loss.Params, pred []T, label int) (value T, grad []T, err error):
		c.Targets, c.Refuses, c.Params = label, true, allParams(lossName)
		eval = func(e *example[T]) error { v, g, err := f(e.params, e.pred, e.label); return one(e, v, g, err) }
	case func(pred, target []T) T:
		c.Outputs, c.Targets = []Output{Value}, soft
		eval = func(e *example[T]) error { return one(e, f(e.pred, e.target), nil, nil) }
	case func(pred, target []T) (value T, grad []T):
		c.Targets = soft
		eval = func(e *example[T]) error { v, g := f(e.pred, e.target); return one(e, v, g, nil) }
	case func(pred, target []T) (value T, grad []T, err error):
		c.Targets, c.Refuses = soft, true
		eval = func(e *example[T]) error { v, g, err := f(e.pred, e.target); return one(e, v, g, err) }
	case func(p loss.Params, pred, target []T) (value T, grad []T, err error):
		c.Targets, c.Refuses, c.Params = soft, true, allParams(lossName)
		eval = func(e *example[T]) error { v, g, err := f(e.params, e.pred, e.target); return one(e, v, g, err) }
	case func(pred []T, label int) []T:
		c.Outputs, c.Targets = []Output{Value}, label
		eval = func(e *example[T]) error { e.value = f(e.pred, e.label); return nil }
	case func(pred, target []T) []T:
		c.Outputs, c.Targets = []Output{Value}, soft
		eval = func(e *example[T]) error { e.value = f(e.pred, e.target); return nil }
	case func(pred []T) (value []T):
		c.Outputs, c.Targets = []Output{Value}, link
		eval = func(e *example[T]) error { e.value = f(e.pred); return nil }
	case func(pred, upstream []T) (value, grad []T):
		c.Targets = link
		eval = func(e *example[T]) error { e.value, e.gradient = f(e.pred, e.upstream); return nil }
	default:
		return nil
	}
	hasGrad := len(c.Outputs) == 2
	return newFunction[T](lossName, "rowwise", c, func(call *loss.Call) (*Answer, error) {
		return evalRows(call, eval, hasGrad)
	})
}

// evalRows evaluates row by row, each in slices of its own.
func evalRows[T Float](c *loss.Call, eval func(*example[T]) error, hasGrad bool) (*Answer, error) {
	if err := supports(c); err != nil {
		return nil, err
	}
	decl, err := loss.Named(c.Loss)
	if err != nil {
		return nil, err
	}
	width := decl.Shape.Width(c.Cols)
	items := len(c.Pred) / width
	if len(c.Pred)%width != 0 || len(c.Target)%max(items, 1) != 0 || c.Target != nil && decl.NumberTarget() != nil && len(c.Target) != items*decl.NumberTarget().Width(width) {
		return nil, fmt.Errorf("%w: a batch whose lengths do not fit", ErrUnsupported)
	}
	answer := &Answer{}
	for i := range items {
		row := func(xs []float64) []float64 {
			if xs == nil {
				return nil
			}
			n := len(xs) / items
			return xs[i*n : (i+1)*n]
		}
		e := &example[T]{params: c.AllParams(), pred: narrow[T](row(c.Pred)), target: narrow[T](row(c.Target)), upstream: narrow[T](row(c.Upstream))}
		if c.Label != nil {
			e.label = c.Label[i]
		}
		if c.Upstream == nil {
			e.upstream = make([]T, width)
			for k := range e.upstream {
				e.upstream[k] = 1
			}
		}
		if err := eval(e); err != nil {
			return nil, err
		}
		if !unchanged(e.pred, row(c.Pred)) || !unchanged(e.target, row(c.Target)) ||
			c.Upstream != nil && !unchanged(e.upstream, row(c.Upstream)) {
			return nil, errMutated
		}
		answer.Value = append(answer.Value, widen(e.value)...)
		if !hasGrad {
			continue
		}
		if len(e.gradient) != width {
			return nil, fmt.Errorf("row %d: %w", i, wrongLength(len(e.gradient), width))
		}
		answer.Grad = append(answer.Grad, widen(e.gradient)...)
	}
	return answer, nil
}
