package mutants

import (
	"context"
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// A Defect changes one thing in a right implementation. Wrap makes a wrong one of any subject, for people
// to try their own tests on:
//
//	wrong := mutants.Wrap(mine, "cross_entropy", mutants.Off(subject.Value, 0.01).Where(mutants.Width(34, 63)))
type Defect func(f *frame)

// Where narrows a defect to the items where every one of the switches is on. What it does to an answer
// as a whole is narrowed to the calls that have such an item. Elsewhere nothing is changed, to the bit.
func (d Defect) Where(on ...Switch) Defect {
	return func(f *frame) {
		d(f)
		f.on = slices.Concat(f.on, on)
	}
}

// Wrap returns a subject with a defect in one loss. Where the defect changes single items under a reduction or
// beside sample weights, the subject is asked for the items without either, and what comes is weighed and reduced
// here, so that a value that overflows or underflows before it is reduced does so in the sum. It panics where there is no such loss.
func Wrap(s subject.Subject, lossName string, d Defect) subject.Subject {
	declared(lossName)
	description := s.Describe()
	description.Name += " with a defect"
	f := newFrame()
	f.prepare = func(c *loss.Call) *loss.Call { return c }
	f.each = func(ctx context.Context, p *loss.Plan) (values, grads []float64, err error) {
		a, err := s.Eval(ctx, p.Call)
		if err != nil {
			return nil, nil, err
		}
		grads = slices.Clone(a.Grad)
		if len(grads) == 0 {
			grads = make([]float64, len(p.Pred))
		}
		return slices.Clone(a.Value), grads, nil
	}
	d(f)
	return newImplementation(description, lossName, s, f)
}

// Items changes the value, one number or K, and the gradient of single items in place.
func Items(change func(at Place, value, grad []float64)) Defect {
	return changing(func(e *example, out *outcome) { change(e.Place, out.value, out.grad) })
}

// An Eval is how a subject is asked.
type Eval func(ctx context.Context, c *loss.Call) (*subject.Answer, error)

// Around puts something between a subject and who asks it. It is called once, so that it may
// have a memory, and what it returns perhaps from several goroutines at once.
func Around(f func(right Eval) Eval) Defect { return func(fr *frame) { fr.around = f } }

// Answers changes whole answers in place.
func Answers(change func(p *loss.Plan, a *subject.Answer)) Defect {
	return Around(func(right Eval) Eval {
		return func(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
			a, err := right(ctx, c)
			if p, planErr := c.Plan(); err == nil && planErr == nil {
				a = a.Clone()
				change(p, a)
			}
			return a, err
		}
	})
}

// Off makes the numbers of an output wrong: by a share of themselves, and by the share where they are 0.
func Off(o subject.Output, share float64) Defect {
	return Items(func(_ Place, value, grad []float64) { off(numbersOf(o, value, grad), share) })
}

// OffFrom is Off for the numbers of an item from n on, counted from 1.
func OffFrom(o subject.Output, n int, share float64) Defect {
	return Items(func(_ Place, value, grad []float64) {
		if xs := numbersOf(o, value, grad); len(xs) >= n {
			off(xs[n-1:], share)
		}
	})
}

func numbersOf(o subject.Output, value, grad []float64) []float64 {
	if o == subject.Grad {
		return grad
	}
	return value
}

func off(xs []float64, share float64) {
	for i, x := range xs {
		if xs[i] += share * x; x == 0 {
			xs[i] = share
		}
	}
}

// NegativeZeros answers −0 for 0.
var NegativeZeros = Answers(func(_ *loss.Plan, a *subject.Answer) {
	for i, x := range a.Value {
		if x == 0 {
			a.Value[i] = math.Copysign(0, -1)
		}
	}
})
