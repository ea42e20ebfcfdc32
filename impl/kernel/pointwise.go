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
	raised bool // the parameters ask for the raised forms
}

const (
	paramCount = 16
	// The places of the gradient from upstream, over the unit 2^raise; of that unit; and of what is
	// added to the exponent of an exponential. They are the same in every kernel. See raise.go.
	scaleParam = paramCount - 1
	unitParam  = paramCount - 2
	raiseParam = paramCount - 3

	blockBytes = 64      // that one turn of a vector loop covers
	stride     = 1 << 14 // elements of one call: assembly cannot be preempted, and so must be short
	turn       = 32      // elements of one turn of plain Go
)

// A pointwise is what there is of a kernel in one dtype.
type pointwise[T Float] struct {
	name        string // of the loss
	hasTarget   bool
	differences bool                                           // the value is a function of x−y, which may overflow, and in float32 is summed in pairs; see lanes.go
	point       func(p *[paramCount]T, x, y T) (value, grad T) // the specification
	// points is point for each element, where calls of it would take most of the time; nil
	// elsewhere. It keeps no slice, and grad may be nil.
	points func(p *[paramCount]T, value, grad, pred, target []T)
	// turns is what points and addPairs do with whole turns, where no value is wanted; nil unless
	// values are paired. It keeps no slice, and grad may be nil.
	turns  func(p *[paramCount]T, sum *lanes, grad, pred, target []T)
	vector [len(tierNames)]forms[T]
	// raisedVector are the forms for parameters that scaled, or the constructor, calls raised. Where there
	// are none, plain Go does.
	raisedVector [len(tierNames)]forms[T]
	// scaled sets what else depends on the gradient from upstream, which is in its place, and reports
	// whether the raised forms are asked for; nil where nothing does.
	scaled func(p *[paramCount]T) (raised bool)
	// double is the kernel in float64 with the same parameters; nil for float64.
	double func(p *[paramCount]T) Pointwise[float64]
}

// A vectorFunc covers blocks × 64 bytes of every array. It adds to sum lane by lane, and
// writes no value where value is nil. Where values are paired, the number of blocks is even. A
// gradient that is a multiple of a difference sets sum to NaN, where it is alone, if one is not finite.
type vectorFunc[T Float] func(blocks int, pred, target, value, grad *T, sum *[16]float64, params *[paramCount]T)

type forms[T Float] struct{ value, grad, valueGrad vectorFunc[T] }

// newPointwise makes the kernel of type T of the two.
func newPointwise[T Float](single *pointwise[float32], double *pointwise[float64], params ...T) Pointwise[T] {
	if k, ok := any(single).(*pointwise[T]); ok {
		return withParams(k, params)
	}
	return withParams(any(double).(*pointwise[T]), params)
}

// setParams sets the parameters of the loss, for a gradient from upstream of 1.
func (p *Pointwise[T]) setParams(params []T) {
	copy(p.params[:], params)
	p.params[unitParam] = 1
	p.setScale(1)
}

// withParams is a kernel with parameters, in the best tier.
func withParams[T Float](k *pointwise[T], params []T) Pointwise[T] {
	p := Pointwise[T]{pointwise: k, tier: best}
	p.setParams(params)
	return p
}

// doubleOf makes the kernel of float64 that has as many parameters, and the same.
func doubleOf(k *pointwise[float64]) func(p *[paramCount]float32) Pointwise[float64] {
	return func(p *[paramCount]float32) Pointwise[float64] {
		var params [raiseParam]float64
		for i := range params {
			params[i] = float64(p[i])
		}
		return withParams(k, params[:])
	}
}

// setScale sets the gradient from upstream.
func (p *Pointwise[T]) setScale(scale T) {
	p.params[scaleParam] = scale
	if p.scaled != nil {
		p.raised = p.scaled(hidden(&p.params))
	}
}

// paired reports whether values are summed in pairs.
func (p *Pointwise[T]) paired() bool { return p.differences && single[T]() }

// In is the kernel in a tier. It panics where the processor has no such tier.
func (p Pointwise[T]) In(t Tier) Pointwise[T] {
	t.check()
	p.tier = t
	return p
}

// forms are the vector functions of the kernel's tier.
func (p *Pointwise[T]) forms() *forms[T] {
	if p.raised {
		return &p.raisedVector[p.tier]
	}
	return &p.vector[p.tier]
}

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
	p.setScale(scale)
	j := job[T]{kernel: p, form: p.forms().grad, pred: pred, target: target, grad: grad}
	j.run()
}

// ValueGrad is Value and Grad in one pass.
func (p Pointwise[T]) ValueGrad(value, grad, pred, target []T, scale T) {
	p.check(pred, target, value, grad)
	p.setScale(scale)
	j := job[T]{kernel: p, form: p.forms().valueGrad, pred: pred, target: target, value: value, grad: grad}
	j.run()
}

// SumGrad is Sum and Grad in one pass: a training step.
func (p Pointwise[T]) SumGrad(grad, pred, target []T, scale T) float64 {
	p.check(pred, target, pred, grad)
	p.setScale(scale)
	j := job[T]{kernel: p, form: p.forms().valueGrad, pred: pred, target: target, grad: grad, summed: true}
	return j.run()
}

// Mean is Sum over the number of elements, and NaN where there are none. It is finite where
// all values and the mean are in range, even if the sum is not.
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
