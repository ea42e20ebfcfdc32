package kernel

import "fmt"

// A Float is a type that kernels compute in.
type Float interface{ float32 | float64 }

// A Pointwise is a kernel of a loss of one prediction and one target, with its parameters.
// A link, such as Sigmoid, has no target: nil stands for it. The zero Pointwise is not one;
// constructors are named for their losses.
//
// Its methods are the forms in which a trainer needs a loss. In each, all slices have one
// length, a result may be written over a prediction or a target but must not overlap them
// otherwise, and a gradient is multiplied by scale, the gradient from upstream.
type Pointwise[T Float] struct {
	*pointwise[T]
	params [paramCount]T
	tier   Tier
}

const (
	paramCount = 8
	scaleParam = paramCount - 1 // its place is the last one in every kernel

	blockBytes = 64      // that one turn of a vector loop covers
	stride     = 1 << 14 // elements of one call: assembly cannot be preempted, and so must be short
	turn       = 32      // elements of one turn of plain Go
)

// A pointwise is what there is of a kernel in one dtype.
type pointwise[T Float] struct {
	name      string // of the loss
	hasTarget bool
	pairs     bool                                           // values of float32 are summed in pairs; see lanes.go
	point     func(p *[paramCount]T, x, y T) (value, grad T) // the specification
	// points is point for each element, where calls of it would take most of the time; nil
	// elsewhere. It keeps no slice, and grad may be nil.
	points func(p *[paramCount]T, value, grad, pred, target []T)
	// turns is what points and addPairs do with whole turns, where no value is wanted; nil unless
	// values are paired. It keeps no slice, and grad may be nil.
	turns  func(p *[paramCount]T, sum *lanes, grad, pred, target []T)
	vector [len(tierNames)]forms[T]
}

// A vectorFunc covers blocks × 64 bytes of every array. It adds to sum lane by lane, and
// writes no value where value is nil. Where values are paired, the number of blocks is even.
type vectorFunc[T Float] func(blocks int, pred, target, value, grad *T, sum *[16]float64, params *[paramCount]T)

type forms[T Float] struct{ value, grad, valueGrad vectorFunc[T] }

// newPointwise makes the kernel of type T of the two.
func newPointwise[T Float](single *pointwise[float32], double *pointwise[float64], params ...T) Pointwise[T] {
	p := Pointwise[T]{tier: best}
	if k, ok := any(single).(*pointwise[T]); ok {
		p.pointwise = k
	} else {
		p.pointwise = any(double).(*pointwise[T])
	}
	copy(p.params[:], params)
	return p
}

// paired reports whether values are summed in pairs.
func (p *Pointwise[T]) paired() bool { return p.pairs && single[T]() }

// In is the kernel in a tier. It panics where the processor has no such tier.
func (p Pointwise[T]) In(t Tier) Pointwise[T] {
	t.check()
	p.tier = t
	return p
}

// forms are the vector functions of the kernel's tier.
func (p *Pointwise[T]) forms() *forms[T] { return &p.vector[p.tier] }

// Value writes the value of each element.
func (p Pointwise[T]) Value(value, pred, target []T) {
	p.check(pred, target, value, pred)
	j := job[T]{kernel: p, form: p.forms().value, pred: pred, target: target, value: value}
	j.run()
}

// Sum is the sum of the values.
func (p Pointwise[T]) Sum(pred, target []T) float64 {
	p.check(pred, target, pred, pred)
	j := job[T]{kernel: p, form: p.forms().value, pred: pred, target: target, summed: true}
	return j.run()
}

// Grad writes scale times the derivative of each value by its prediction.
func (p Pointwise[T]) Grad(grad, pred, target []T, scale T) {
	p.check(pred, target, pred, grad)
	p.params[scaleParam] = scale
	j := job[T]{kernel: p, form: p.forms().grad, pred: pred, target: target, grad: grad}
	j.run()
}

// ValueGrad is Value and Grad in one pass.
func (p Pointwise[T]) ValueGrad(value, grad, pred, target []T, scale T) {
	p.check(pred, target, value, grad)
	p.params[scaleParam] = scale
	j := job[T]{kernel: p, form: p.forms().valueGrad, pred: pred, target: target, value: value, grad: grad}
	j.run()
}

// SumGrad is Sum and Grad in one pass: a training step.
func (p Pointwise[T]) SumGrad(grad, pred, target []T, scale T) float64 {
	p.check(pred, target, pred, grad)
	p.params[scaleParam] = scale
	j := job[T]{kernel: p, form: p.forms().valueGrad, pred: pred, target: target, grad: grad, summed: true}
	return j.run()
}

// Mean is Sum over the number of elements, and NaN where there are none. It is finite where
// the mean is in range, even if the sum is not.
func (p Pointwise[T]) Mean(pred, target []T) float64 {
	return p.mean(p.Sum(pred, target), pred, target)
}

// MeanGrad is the mean and its gradient in one pass; in two for float64 where grad lies
// over an input. The gradient is multiplied by 1/n, rounded to T.
func (p Pointwise[T]) MeanGrad(grad, pred, target []T) float64 {
	scale := T(1 / float64(len(pred)))
	if meanFirst(grad, pred, target) {
		mean := p.Mean(pred, target)
		p.Grad(grad, pred, target, scale)
		return mean
	}
	return p.mean(p.SumGrad(grad, pred, target, scale), pred, target)
}

// check panics unless all lengths are the same.
func (p *Pointwise[T]) check(pred, target, value, grad []T) {
	n := len(pred)
	fits := len(value) == n && len(grad) == n
	switch {
	case fits && p.hasTarget && len(target) == n, fits && !p.hasTarget && target == nil:
	case p.hasTarget:
		panic(fmt.Sprintf("kernel: %s: lengths differ: %d predictions, %d targets, %d values, %d gradients", p.name, n, len(target), len(value), len(grad)))
	default:
		panic(fmt.Sprintf("kernel: %s: lengths differ, or there are targets, which it has none of: %d predictions, %d targets, %d values, %d gradients", p.name, n, len(target), len(value), len(grad)))
	}
}

// demand panics unless a parameter is in its domain.
func demand(ok bool, loss, param string, value any, want string) {
	if !ok {
		panic(fmt.Sprintf("kernel: %s: %s = %v: want %s", loss, param, value, want))
	}
}
