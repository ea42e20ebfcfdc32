package oracle

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// Certain is Eval for calls of which every number has known bits, since a vector has room for no doubt about them; others
// count as undecided.
func Certain(c *loss.Call) (*Truth, error) {
	truth, err := Eval(c)
	if err != nil {
		return nil, err
	}
	if !certain(truth.Value) || !certain(truth.Grad) {
		return nil, ErrUndecided
	}
	return truth, nil
}

func certain(ns []Number) bool {
	return !slices.ContainsFunc(ns, func(n Number) bool { return n.Either })
}

// Further adds to the truth about a valid call, as Eval gives it, what few subjects compute: the gradient by the target, and the
// diagonal of the Hessian by the prediction where loss.Plan.Bends says so. What is not certain in every number is left nil,
// and all of it is where an input or a value is not finite: what stands there is known of values and of gradients by the prediction.
func (t *Truth) Further(c *loss.Call) {
	t.TargetGrad, t.Hess = nil, nil
	plan, err := c.Plan()
	if err != nil || !allFinite(c.Pred) || !allFinite(c.Target) ||
		slices.ContainsFunc(t.Value, func(n Number) bool { return !finite(n.Rounded) }) {
		return
	}
	if ns, err := EvalTarget(c); err == nil && certain(ns) && !lacksNumber(ns) {
		t.TargetGrad = ns
	}
	if !plan.Bends() {
		return
	}
	if ns, err := EvalHess(c); err == nil && certain(ns) && !lacksNumber(ns) {
		t.Hess = ns
	}
}

func allFinite(xs []float64) bool {
	return !slices.ContainsFunc(xs, func(x float64) bool { return !finite(x) })
}

// lacksNumber reports whether a NaN is among the numbers, which stands for what a definition does not say.
func lacksNumber(ns []Number) bool {
	return slices.ContainsFunc(ns, func(n Number) bool { return n.Hull == nil && math.IsNaN(n.Rounded) })
}
