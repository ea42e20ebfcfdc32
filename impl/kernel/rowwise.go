package kernel

import (
	"fmt"
	"math"
)

// A Rowwise is a kernel of a loss of rows of scores, K of them each, and a target for each
// row: a class index, or where a method's name says Soft a distribution, K numbers. The
// zero Rowwise is not one; constructors are named for their losses.
//
// Scores lie row after row, and so do gradients, which may be written over scores or
// distributions but must not overlap them otherwise. Gradients are multiplied by scale, the
// gradient from upstream. A row whose label is ignored has value 0 and gradient 0, whatever
// its scores are.
//
// A label that is no class is an error, a *LabelError, and nothing is read or written.
type Rowwise[T Float] struct {
	loss    *rowLoss
	classes int
	options RowOptions
	gamma   float64
	tier    Tier

	// In a mean class weights count unit times, and distributions lift times, both powers of two; all
	// together 2^lifted times. See rows_denominator.go.
	unit, lift float64
	lifted     int

	heaviest float64 // class weight, or 1
}

// RowOptions are parameters of the losses of rows. The zero value switches all of them off.
type RowOptions struct {
	ClassWeight    []float64 // a factor ≥ 0 for each class; it is not copied, and must not change
	LabelSmoothing float64   // in [0, 1]
	IgnoreIndex    *int      // rows with this label are not evaluated
}

// A rowLoss is what losses of rows do not share.
type rowLoss struct {
	name string

	// label gives the value of a row and the derivatives by its label's score and by the others, the
	// latter as the factor of their exponentials. The value is multiplied by the weight, and they by
	// weight and scale; the factor is divided by factorUnit. Where it is nil, the row is that of a focal loss.
	label func(f rowFacts, weight, scale float64) (value, own, factor float64)

	soft   bool // it takes distributions
	weighs bool // the weight of a class is part of a mean's denominator
}

// A LabelError says that a label is no class.
type LabelError struct {
	Loss    string
	Index   int // of the label
	Label   int
	Classes int
}

func (e *LabelError) Error() string {
	return fmt.Sprintf("%s: label[%d] = %d: want a class index in [0, %d)", e.Loss, e.Index, e.Label, e.Classes)
}

// A Denominator is what a mean divides by.
type Denominator uint8

const (
	Counted  Denominator = iota // the number of rows that are not ignored
	Weight                      // the sum of their classes' weights
	Elements                    // the number of rows, ignored ones too
)

// mostClasses: the bytes of a few rows of more are no int.
const mostClasses = math.MaxInt / 64

// check panics for a number that is none of the denominators.
func (d Denominator) check() {
	if d > Elements {
		panic(fmt.Sprintf("kernel: no denominator %d: want Counted, Weight or Elements", d))
	}
}

func newRowwise[T Float](l *rowLoss, classes int, gamma float64, o RowOptions) Rowwise[T] {
	bad := func(what string, x any) { panic(fmt.Sprintf("kernel: %s: %s %v", l.name, what, x)) }
	if classes < 1 || classes > mostClasses {
		bad("number of classes", classes)
	}
	if o.ClassWeight != nil && len(o.ClassWeight) != classes {
		bad(fmt.Sprintf("%d classes, number of class weights", classes), len(o.ClassWeight))
	}
	heaviest := 1.0
	if o.ClassWeight != nil {
		heaviest = 0
	}
	for _, w := range o.ClassWeight {
		if !(w >= 0 && w <= math.MaxFloat64) {
			bad("class weight", w)
		}
		heaviest = max(heaviest, w)
	}
	if !(o.LabelSmoothing >= 0 && o.LabelSmoothing <= 1) || o.LabelSmoothing != 0 && !l.soft {
		bad("label smoothing", o.LabelSmoothing)
	}
	if !(gamma >= 0 && gamma <= math.MaxFloat64) {
		bad("gamma", gamma)
	}
	return Rowwise[T]{loss: l, classes: classes, options: o, gamma: gamma, tier: best, unit: 1, lift: 1, heaviest: heaviest}
}

// In is the kernel in a tier. It panics where the processor has no such tier.
func (p Rowwise[T]) In(t Tier) Rowwise[T] {
	t.check()
	p.tier = t
	return p
}

// Value writes the value of each row.
func (p Rowwise[T]) Value(value, pred []T, label []int) error {
	p.check(pred, pred, value, label)
	_, err := p.run(value, nil, pred, label, 0)
	return err
}

// Sum is the sum of the values.
func (p Rowwise[T]) Sum(pred []T, label []int) (float64, error) {
	p.check(pred, pred, nil, label)
	return p.run(nil, nil, pred, label, 0)
}

// Grad writes scale times the derivative of each value by the scores of its row.
func (p Rowwise[T]) Grad(grad, pred []T, label []int, scale T) error {
	p.check(pred, grad, nil, label)
	_, err := p.run(nil, grad, pred, label, float64(scale))
	return err
}

// ValueGrad is Value and Grad in one pass.
func (p Rowwise[T]) ValueGrad(value, grad, pred []T, label []int, scale T) error {
	p.check(pred, grad, value, label)
	_, err := p.run(value, grad, pred, label, float64(scale))
	return err
}

// SumGrad is Sum and Grad in one pass: a training step.
func (p Rowwise[T]) SumGrad(grad, pred []T, label []int, scale T) (float64, error) {
	p.check(pred, grad, nil, label)
	return p.run(nil, grad, pred, label, float64(scale))
}

// Mean is Sum over a denominator, and NaN where that is 0.
func (p Rowwise[T]) Mean(over Denominator, pred []T, label []int) (float64, error) {
	p.check(pred, pred, nil, label)
	p, d, err := p.inRange(over, label)
	if err != nil {
		return 0, err
	}
	return rowJob[T]{kernel: p, pred: pred, label: label}.mean(d), nil
}

// MeanGrad is the mean and its gradient in one pass, but in float64 where that is written over scores.
func (p Rowwise[T]) MeanGrad(grad []T, over Denominator, pred []T, label []int) (float64, error) {
	p.check(pred, grad, nil, label)
	p, d, err := p.inRange(over, label)
	if err != nil {
		return 0, err
	}
	return rowJob[T]{kernel: p, grad: grad, pred: pred, label: label}.mean(d), nil
}

// ValueSoft is Value for distributions.
func (p Rowwise[T]) ValueSoft(value, pred, target []T) {
	p.checkSoft(pred, target, pred, value)
	p.runSoft(value, nil, pred, target, 0)
}

// SumSoft is Sum for distributions.
func (p Rowwise[T]) SumSoft(pred, target []T) float64 {
	p.checkSoft(pred, target, pred, nil)
	return p.runSoft(nil, nil, pred, target, 0)
}

// GradSoft is Grad for distributions.
func (p Rowwise[T]) GradSoft(grad, pred, target []T, scale T) {
	p.checkSoft(pred, target, grad, nil)
	p.runSoft(nil, grad, pred, target, float64(scale))
}

// ValueGradSoft is ValueGrad for distributions.
func (p Rowwise[T]) ValueGradSoft(value, grad, pred, target []T, scale T) {
	p.checkSoft(pred, target, grad, value)
	p.runSoft(value, grad, pred, target, float64(scale))
}

// SumGradSoft is SumGrad for distributions.
func (p Rowwise[T]) SumGradSoft(grad, pred, target []T, scale T) float64 {
	p.checkSoft(pred, target, grad, nil)
	return p.runSoft(nil, grad, pred, target, float64(scale))
}

// MeanSoft is Mean for distributions. Weight is then Σ w_k·y_k.
func (p Rowwise[T]) MeanSoft(over Denominator, pred, target []T) float64 {
	p.checkSoft(pred, target, pred, nil)
	p, d := p.inRangeSoft(over, target)
	return rowJob[T]{kernel: p, pred: pred, target: target}.mean(d)
}

// MeanGradSoft is MeanGrad for distributions.
func (p Rowwise[T]) MeanGradSoft(grad []T, over Denominator, pred, target []T) float64 {
	p.checkSoft(pred, target, grad, nil)
	p, d := p.inRangeSoft(over, target)
	return rowJob[T]{kernel: p, grad: grad, pred: pred, target: target}.mean(d)
}

// run computes the form that has values, where value is not nil, and gradients, where grad
// is not, and returns the sum.
func (p *Rowwise[T]) run(value, grad, pred []T, label []int, scale float64) (float64, error) {
	if err := p.checkLabels(label); err != nil {
		return 0, err
	}
	j := rowJob[T]{kernel: *p, value: value, grad: grad, pred: pred, label: label, scale: scale}
	return j.run(), nil
}

// runSoft is run for distributions.
func (p *Rowwise[T]) runSoft(value, grad, pred, target []T, scale float64) float64 {
	j := rowJob[T]{kernel: *p, value: value, grad: grad, pred: pred, target: target, scale: scale}
	return j.run()
}

func (p *Rowwise[T]) ignored(label int) bool {
	return p.options.IgnoreIndex != nil && label == *p.options.IgnoreIndex
}

func (p *Rowwise[T]) weight(class int) float64 {
	if p.options.ClassWeight == nil {
		return p.unit
	}
	return min(float64(p.options.ClassWeight[class]*p.unit), math.MaxFloat64) // so that 0 times it is 0
}

// check panics unless all lengths fit. value may be nil.
func (p *Rowwise[T]) check(pred, grad, value []T, label []int) {
	rows := len(label)
	if len(pred)%p.classes == 0 && len(pred)/p.classes == rows && len(grad) == len(pred) && (value == nil || len(value) == rows) {
		return
	}
	panic(fmt.Sprintf("kernel: %s of %d classes: %d rows of targets, %d scores, %d values, %d gradients", p.loss.name, p.classes, rows, len(pred), len(value), len(grad)))
}

// checkSoft panics unless all lengths fit and there is a loss of distributions. value may
// be nil.
func (p *Rowwise[T]) checkSoft(pred, target, grad, value []T) {
	if !p.loss.soft {
		panic(fmt.Sprintf("kernel: %s has no distributions as targets", p.loss.name))
	}
	rows := len(pred) / p.classes
	if len(pred) == rows*p.classes && len(target) == len(pred) && len(grad) == len(pred) && (value == nil || len(value) == rows) {
		return
	}
	panic(fmt.Sprintf("kernel: %s of %d classes: %d scores, %d target numbers, %d values, %d gradients", p.loss.name, p.classes, len(pred), len(target), len(value), len(grad)))
}

// checkLabels finds the first label that is no class.
func (p *Rowwise[T]) checkLabels(label []int) error {
	for i, t := range label {
		if uint(t) >= uint(p.classes) && !p.ignored(t) {
			return &LabelError{p.loss.name, i, t, p.classes}
		}
	}
	return nil
}
