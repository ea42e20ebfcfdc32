package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// A Question is a call whose truth is found as far as it is asked for, and once. One number without
// the others, and numbers without their condition numbers, are several times cheaper than Eval, and the same.
//
// It is for one goroutine.
type Question struct {
	q           *question
	value, grad *answers
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
func (q *Question) Value() ([]Number, error) { return q.all(q.values()) }

// Grad returns the truth of the gradient, as Value does.
func (q *Question) Grad() ([]Number, error) { return q.all(q.grads()) }

// ValueAt returns number i of Value, and GradAt that of Grad.
func (q *Question) ValueAt(i int) (Number, error) { return q.at(q.values(), i) }
func (q *Question) GradAt(i int) (Number, error)  { return q.at(q.grads(), i) }

func (q *Question) values() *answers { return q.of(&q.value, ofValue) }
func (q *Question) grads() *answers  { return q.of(&q.grad, byPrediction) }

func (q *Question) of(a **answers, kind int) *answers {
	if *a == nil {
		*a = q.q.answers(kind)
	}
	return *a
}

func (q *Question) all(a *answers) ([]Number, error) {
	if err := q.q.all(a); err != nil {
		return nil, err
	}
	return a.numbers, nil
}

func (q *Question) at(a *answers, i int) (Number, error) {
	err := q.q.find(a, i)
	return a.numbers[i], err
}

// ValueKappa returns the condition number of number i of Value, which has been found.
func (q *Question) ValueKappa(i int) float64 {
	n := &q.value.numbers[i]
	if math.IsNaN(n.Kappa) {
		n.Kappa = q.q.valueKappa(q.value, i)
	}
	return n.Kappa
}

// GradKappa returns the condition number of number i of Grad, which has been found.
func (q *Question) GradKappa(i int) float64 {
	n := &q.grad.numbers[i]
	if math.IsNaN(n.Kappa) {
		n.Kappa = q.q.gradientKappa(q.grad, i)
	}
	return n.Kappa
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
