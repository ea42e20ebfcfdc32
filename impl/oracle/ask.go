package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// A Question is a call whose truth is found as far as it is asked for, and once. A value
// without its gradient, and numbers without their condition numbers, are several times
// cheaper than Eval, and the same.
//
// It is for one goroutine.
type Question struct {
	q           *question
	value, grad *answers
	err         error
}

// Ask starts to find the truth about a call. The error is a *loss.Error for bad input.
func Ask(c *loss.Call) (*Question, error) {
	q, err := newQuestion(c, false, nil)
	if err != nil {
		return nil, err
	}
	return &Question{q: q}, nil
}

// Value returns the truth of the values, in the layout of loss.Result. Kappa is NaN: see
// ValueKappa. The error is ErrUndecided.
func (q *Question) Value() ([]Number, error) { return q.once(&q.value, q.q.values) }

// Grad returns the truth of the gradient, as Value does.
func (q *Question) Grad() ([]Number, error) {
	return q.once(&q.grad, func() (*answers, error) { return q.q.gradient(byPrediction) })
}

func (q *Question) once(a **answers, find func() (*answers, error)) ([]Number, error) {
	if *a == nil && q.err == nil {
		found, err := find()
		if err != nil {
			q.err = err
			return nil, err
		}
		for i := range found.numbers {
			found.numbers[i].Kappa = math.NaN() // it has not been computed
			if hull := found.numbers[i].Hull; hull != nil {
				hull.Low.Kappa, hull.High.Kappa = math.NaN(), math.NaN()
			}
		}
		*a = found
	}
	if *a == nil {
		return nil, q.err
	}
	return (*a).numbers, nil
}

// ValueKappa returns the condition number of number i of Value.
func (q *Question) ValueKappa(i int) float64 {
	n := &q.value.numbers[i]
	if math.IsNaN(n.Kappa) {
		n.Kappa = q.q.valueKappa(q.value, i)
	}
	return n.Kappa
}

// GradKappa returns the condition number of number i of Grad.
func (q *Question) GradKappa(i int) float64 {
	n := &q.grad.numbers[i]
	if math.IsNaN(n.Kappa) {
		n.Kappa = q.q.gradientKappa(byPrediction, q.grad, i)
	}
	return n.Kappa
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
