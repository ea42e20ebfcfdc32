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
	value, grad []Number
	err         error
}

// Ask starts to find the truth about a call. The error is a *loss.Error for bad input.
func Ask(c *loss.Call) (*Question, error) {
	q, err := newQuestion(c, false)
	if err != nil {
		return nil, err
	}
	return &Question{q: q}, nil
}

// Value returns the truth of the values, in the layout of loss.Result. Kappa is NaN: see
// ValueKappa. The error is ErrUndecided.
func (q *Question) Value() ([]Number, error) {
	if q.value == nil && q.err == nil {
		q.value, q.err = q.q.values()
		unconditioned(q.value)
	}
	return q.value, q.err
}

// Grad returns the truth of the gradient, as Value does.
func (q *Question) Grad() ([]Number, error) {
	if q.grad == nil && q.err == nil {
		q.grad, q.err = q.q.gradient(byPrediction)
		unconditioned(q.grad)
	}
	return q.grad, q.err
}

// unconditioned marks condition numbers that have not been computed.
func unconditioned(numbers []Number) {
	for i := range numbers {
		numbers[i].Kappa = math.NaN()
	}
}

// ValueKappa returns the condition number of number i of Value.
func (q *Question) ValueKappa(i int) float64 {
	n := &q.value[i]
	if math.IsNaN(n.Kappa) {
		n.Kappa = q.q.valueKappa(n, i)
	}
	return n.Kappa
}

// GradKappa returns the condition number of number i of Grad.
func (q *Question) GradKappa(i int) float64 {
	n := &q.grad[i]
	if math.IsNaN(n.Kappa) {
		n.Kappa = q.q.gradientKappa(byPrediction, n, i)
	}
	return n.Kappa
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
