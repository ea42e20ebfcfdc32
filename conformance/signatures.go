package conformance

import "sync"

// The functions here bring a loss as people write it to a signature that Pointwise, Rowwise and
// Reduced take:
//
//	Pointwise(name, Both(value, slope))               // the gradient is a function of its own
//	Pointwise(name, ForwardBackward(m.Forward, m.Backward))
//	Rowwise(name, Into(func(grad, scores []float32, label int) float32 { … }))
//	Reduced(name, loss.MeanElements, Flat(func(pred, target []float32) (float32, []float32) { … }))
//	Reduced(name, loss.MeanCounted, Nested(func(scores [][]float32, labels []int) (float32, [][]float32) { … }))
//	Reduced(name, loss.Sum, Flat(Into(func(grad, pred, target []float32) float32 { … })))

// Both joins a value and a gradient that are functions of their own.
func Both[P, T, V, G any](value func(pred P, target T) V, grad func(pred P, target T) G) func(P, T) (V, G) {
	return func(pred P, target T) (V, G) { return value(pred, target), grad(pred, target) }
}

// ForwardBackward joins two methods of a layer, of which the second answers for what the first was
// given. One call is made at a time.
func ForwardBackward[P, T, V, G any](forward func(pred P, target T) V, backward func() G) func(P, T) (V, G) {
	var one sync.Mutex
	return func(pred P, target T) (V, G) {
		one.Lock()
		defer one.Unlock()
		value := forward(pred, target)
		return value, backward()
	}
}

// Into makes a function that writes the gradient in place return it.
func Into[F Float, T any](f func(grad, pred []F, target T) F) func(pred []F, target T) (F, []F) {
	return func(pred []F, target T) (F, []F) {
		grad := make([]F, len(pred))
		return f(grad, pred, target), grad
	}
}

// A Targets is what a batch is held against: numbers, or a class index for each row.
type Targets[F Float] interface{ []F | []int }

// Flat makes a function of a batch of one of all predictions in one slice. Weights and parameters
// are not passed on: say NoWeights in About.
func Flat[F Float, T Targets[F]](f func(pred []F, target T) (value F, grad []F)) func(*Batch[F]) (F, []F) {
	return func(b *Batch[F]) (F, []F) { return f(b.Pred, targetsOf[F, T](b)) }
}

// Nested makes a function of a batch of one of rows. A target is [][]F or []int, as its third type
// says.
func Nested[F Float, T interface{ [][]F | []int }](f func(pred [][]F, target T) (value F, grad [][]F)) func(*Batch[F]) (F, []F) {
	return func(b *Batch[F]) (F, []F) {
		var target T
		switch p := any(&target).(type) {
		case *[][]F:
			*p = rows(b.Target, b.Cols)
		case *[]int:
			*p = b.Label
		}
		value, nested := f(rows(b.Pred, b.Cols), target)
		var grad []F
		for _, row := range nested {
			grad = append(grad, row...)
		}
		return value, grad
	}
}

func targetsOf[F Float, T Targets[F]](b *Batch[F]) (target T) {
	switch p := any(&target).(type) {
	case *[]F:
		*p = b.Target
	case *[]int:
		*p = b.Label
	}
	return target
}

// rows cuts a slice into parts of so many numbers.
func rows[F Float](xs []F, cols int) [][]F {
	var all [][]F
	for ; len(xs) > 0 && cols > 0; xs = xs[cols:] {
		all = append(all, xs[:cols:cols])
	}
	return all
}
