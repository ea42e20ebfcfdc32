package loss

// An Item is what a loss is evaluated on: the predicted numbers that belong together, with
// their target. Target is nil when the target is a label or when there is none.
//
// The outputs are written by the evaluator, not rounded yet, since weights and a reduction
// come first, into slices of zeros that the caller has allocated: Value has length 1 (or
// that of Pred for a vector-valued entry), Grad and Product that of Pred, TargetGrad that of
// Target. Product, the Hessian times Direction, is nil when Direction is.
type Item struct {
	Pred     []float64
	Target   []float64
	Label    int
	Upstream []float64 // as long as Pred, for a vector-valued entry only

	Direction []float64

	Value, Grad, TargetGrad, Product []wide
}

// noLimit answers NaN throughout.
func (it *Item) noLimit() {
	for _, out := range [][]wide{it.Value, it.Grad, it.TargetGrad, it.Product} {
		for i := range out {
			out[i] = notANumber
		}
	}
}

// derivatives are what a formula of one number says of it: the value with its first and
// second derivative by the prediction, and the first by the target.
type derivatives struct{ Value, Grad, Second, TargetGrad wide }

// pointwise makes a formula of one number x, with the target y (0 where there is none), the
// evaluator of an item.
func pointwise(formula func(a Args, x, y float64) derivatives) func(Args, *Item) {
	return func(a Args, it *Item) {
		y := 0.0
		if it.Target != nil {
			y = it.Target[0]
		}
		d := formula(a, it.Pred[0], y)
		it.Value[0], it.Grad[0] = d.Value, d.Grad
		if it.TargetGrad != nil {
			it.TargetGrad[0] = d.TargetGrad
		}
		if it.Direction != nil {
			it.Product[0] = mul(d.Second, num(it.Direction[0]))
		}
	}
}
