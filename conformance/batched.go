package conformance

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// A Batch is loss.Batch in the type that a function computes in, with the parameters
// of the call, defaults included.
type Batch[T Float] struct {
	Rows, Cols int
	Pred       []T   // Rows × Cols
	Target     []T   // Rows × Cols; nil where targets are class indices
	Label      []int // Rows
	Weight     []T   // one for each value; nil: all 1
	Upstream   []T   // Rows × Cols, for a vector-valued entry
	Params     loss.Params
}

// BatchFunc lists the functions of a whole batch that Reduced and Batched take, for T
// float32 or float64: a reduction answers with one value, a batch without one with a
// value for each element or row.
type BatchFunc interface {
	batchFunc[float32] | batchFunc[float64]
}

type batchFunc[T Float] interface {
	func(b *Batch[T]) T |
		func(b *Batch[T]) (value T, grad []T) |
		func(b *Batch[T]) (value T, grad []T, err error) |
		func(b *Batch[T]) []T |
		func(b *Batch[T]) (value, grad []T) |
		func(b *Batch[T]) (value, grad []T, err error)
}

// Reduced makes a subject of a function of a batch, under a reduction. Pass none for
// a function that answers with every value. Parameters are read from the batch, and
// declared in About. A function without, say, sample weights answers such a batch
// with an error that wraps ErrUnsupported.
func Reduced[F BatchFunc](lossName string, reduction loss.Reduction, f F) *Function {
	if s := reducedSubject[float32](lossName, reduction, f); s != nil {
		return s
	}
	return reducedSubject[float64](lossName, reduction, f)
}

func reducedSubject[T Float](lossName string, reduction loss.Reduction, f any) *Function {
	c := Capability{Outputs: []Output{Value, Grad}, Reductions: []loss.Reduction{reduction}, Weights: true}
	var eval func(b *Batch[T]) (value, grad []T, err error)
	switch f := f.(type) {
	case func(b *Batch[T]) T:
		c.Outputs = []Output{Value}
		eval = func(b *Batch[T]) ([]T, []T, error) { return []T{f(b)}, nil, nil }
	case func(b *Batch[T]) (value T, grad []T):
		eval = func(b *Batch[T]) ([]T, []T, error) { v, g := f(b); return []T{v}, g, nil }
	case func(b *Batch[T]) (value T, grad []T, err error):
		c.Refuses = true
		eval = func(b *Batch[T]) ([]T, []T, error) { v, g, err := f(b); return []T{v}, g, err }
	case func(b *Batch[T]) []T:
		c.Outputs = []Output{Value}
		eval = func(b *Batch[T]) ([]T, []T, error) { return f(b), nil, nil }
	case func(b *Batch[T]) (value, grad []T):
		eval = func(b *Batch[T]) ([]T, []T, error) { v, g := f(b); return v, g, nil }
	case func(b *Batch[T]) (value, grad []T, err error):
		c.Refuses = true
		eval = f
	default:
		return nil
	}
	hasGrad := len(c.Outputs) == 2
	return newFunction[T](lossName, string(reduction), c, func(call *loss.Call) (*Answer, error) {
		if call.Reduction != reduction && (call.Reduction != "" || reduction != loss.None) {
			return nil, fmt.Errorf("%w: the reduction %s", ErrUnsupported, call.Reduction)
		}
		if err := unknownNames(call); err != nil {
			return nil, err
		}
		return evalBatch(call, eval, hasGrad)
	})
}

func evalBatch[T Float](c *loss.Call, eval func(*Batch[T]) (value, grad []T, err error), hasGrad bool) (*Answer, error) {
	given := Batch[T]{c.Rows, c.Cols, narrow[T](c.Pred), narrow[T](c.Target), slices.Clone(c.Label),
		narrow[T](c.Weight), narrow[T](c.Upstream), c.AllParams()}
	b := given
	b.Params = maps.Clone(given.Params)
	value, grad, err := eval(&b)
	if !unchanged(given.Pred, c.Pred) || !unchanged(given.Target, c.Target) || !slices.Equal(given.Label, c.Label) ||
		!unchanged(given.Weight, c.Weight) || !unchanged(given.Upstream, c.Upstream) {
		return nil, errMutated
	}
	if err != nil {
		return nil, err
	}
	answer := &Answer{Value: widen(value)}
	if hasGrad {
		answer.Grad = widen(grad)
	}
	return answer, nil
}
