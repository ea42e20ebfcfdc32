package loss

import (
	"math"
	"slices"
)

// A Result is the outcome of a call. Value has one number, or Plan.Values() of them
// under the reduction none; the gradients have Rows × Cols.
type Result struct {
	Value      []float64
	Grad       []float64 // ∂(Σ Value)/∂Pred
	TargetGrad []float64 // ∂(Σ Value)/∂Target; nil without target numbers
	Product    []float64 // the Hessian of Σ Value times the direction; nil without a direction
	Hess       []float64 // the diagonal of the Hessian of Σ Value by Pred; of EvalDiagonal only
}

// Eval evaluates a call with the float64 reference. The error is that of Plan or, for a loss that is defined, that of
// its evaluator.
func Eval(c *Call) (*Result, error) {
	p, err := c.Plan()
	if err != nil {
		return nil, err
	}
	return p.result(nil)
}

// EvalHessian evaluates a call together with the product of its Hessian and a
// direction of length Rows × Cols.
func EvalHessian(c *Call, direction []float64) (*Result, error) {
	p, err := c.Plan()
	if err != nil {
		return nil, err
	}
	if len(direction) != len(c.Pred) {
		panic("loss: the direction and the prediction differ in length")
	}
	return p.result(direction)
}

// Bends reports whether losses of the kind have a diagonal of the Hessian that is asked for: those of points, of keypoints and of rows
// whose value is one number. The Hessian of a set or a box is full, and at every pair of aligned edges it jumps.
func (l *Loss) Bends() bool {
	return (l.Shape == Point || l.Shape == Row || l.Shape == Keypoint) && !(l.Shape == Row && l.VectorValued)
}

// HessWidth is how many predictions an item has at most of which the diagonal of the Hessian is asked: it takes
// as many products.
const HessWidth = 16

// Bends reports whether the diagonal of the Hessian is asked of the call.
func (p *Plan) Bends() bool { return p.Decl.Bends() && p.Width <= HessWidth }

// EvalDiagonal evaluates a call together with the diagonal of its Hessian, ∂²(Σ Value)/∂Pred[k]², where Plan.Bends says that
// it is asked for.
func EvalDiagonal(c *Call) (*Result, error) {
	p, err := c.Plan()
	if err != nil {
		return nil, err
	}
	if !p.Bends() {
		return p.result(nil)
	}
	var r *Result
	hess := make([]float64, len(p.Pred))
	for k := range p.Width {
		direction := make([]float64, len(p.Pred)) // no prediction of an item bears on the slopes of another
		for i := k; i < len(direction); i += p.Width {
			direction[i] = 1
		}
		if r, err = p.result(direction); err != nil {
			return nil, err
		}
		for i := k; i < len(hess); i += p.Width {
			hess[i] = r.Product[i]
		}
	}
	r.Product, r.Hess = nil, hess
	return r, nil
}

// result is Eval, or the answer of a loss that is defined.
func (p *Plan) result(direction []float64) (*Result, error) {
	if p.Decl.answer != nil {
		return p.Decl.answer(p, direction)
	}
	return p.Eval(direction), nil
}

// Eval evaluates a plan of the catalogue with the float64 reference. direction may be nil.
func (p *Plan) Eval(direction []float64) *Result {
	all := make([]wide, p.Values()+len(p.Pred)+len(p.Target)+len(direction))
	part := func(n int) (xs []wide) {
		xs, all = all[:n:n], all[n:]
		return xs
	}
	out := outputs{value: part(p.Values()), grad: part(len(p.Pred))}
	if p.Target != nil {
		out.targetGrad = part(len(p.Target))
	}
	if direction != nil {
		out.product = part(len(direction))
	}
	each := 1 // values of an item
	if p.Decl.VectorValued {
		each = p.Width
	}
	var it Item
	var key []byte
	var known map[string]int // items of a long batch, by their inputs
	if p.Items() >= longBatch && direction == nil {
		known = map[string]int{}
	}
	for i := range p.Items() {
		if p.Ignored(i) || p.Weighting(i) == 0 {
			continue // not evaluated; the outputs are zero already
		}
		if known != nil {
			key = p.AppendInputs(key[:0], i)
			if first, ok := known[string(key)]; ok {
				out.repeat(first, i, each, p.Width, p.TargetWidth)
				continue
			}
			known[string(key)] = i
		}
		lo, hi := i*p.Width, (i+1)*p.Width
		it = Item{Pred: p.Pred[lo:hi], Value: out.value[i*each : (i+1)*each], Grad: out.grad[lo:hi]}
		if p.Target != nil {
			from, to := i*p.TargetWidth, (i+1)*p.TargetWidth
			it.Target, it.TargetGrad = p.Target[from:to], out.targetGrad[from:to]
		}
		if p.Label != nil {
			it.Label = p.Label[i]
		}
		if p.Upstream != nil {
			it.Upstream = p.Upstream[lo:hi]
		} else if p.Decl.VectorValued {
			it.Upstream = ones(p.Width)
		}
		if direction != nil {
			it.Direction, it.Product = direction[lo:hi], out.product[lo:hi]
		}
		if slices.ContainsFunc(it.Pred, math.IsNaN) || slices.ContainsFunc(it.Target, math.IsNaN) {
			it.noLimit() // answered here, once for every loss
		} else {
			p.Decl.evaluate(p.Args, &it)
		}
	}
	return p.reduce(&out)
}

// outputs are a Result that has been neither weighted and reduced nor rounded. What is
// not evaluated is 0.
type outputs struct{ value, grad, targetGrad, product []wide }

// longBatch is from how many items on those that are alike are evaluated once.
const longBatch = 32

// repeat gives item i the outputs of another.
func (o *outputs) repeat(from, i, values, width, targets int) {
	for _, part := range []struct {
		of   []wide
		each int
	}{{o.value, values}, {o.grad, width}, {o.targetGrad, targets}} {
		if part.of != nil {
			copy(part.of[i*part.each:(i+1)*part.each], part.of[from*part.each:])
		}
	}
}

// reduce applies the weights and the reduction to the values and the gradients, and
// rounds them.
//
// Values, weights and the denominator are wide numbers until then. So none of them, no
// product and no sum leaves the range of float64 where the result does not, and the
// bound of a loss holds for its weighted and reduced values too: a product and a
// quotient add 2^-102 each, the sums over n values, in the numerator and in the
// denominator, n·2^-103 of the sum of the sizes of their terms.
//
// ∂(Σ w·y·w_k)/∂y, the change of the denominator of mean/weight with a distribution,
// belongs to TargetGrad and is subtracted there.
func (p *Plan) reduce(out *outputs) *Result {
	d, mean := p.denominator(), wide{}
	if p.Reduction != None {
		for i, v := range out.value {
			mean = plus(mean, mul(num(p.Weighting(i)), v))
		}
		mean = div(mean, d)
	}
	empty := p.Reduction.Mean() && d.zero()
	if empty {
		mean = notANumber
		if p.Args.Convention(EmptyMeanConvention.Name) == "zero" {
			mean = wide{}
		}
	}
	stride := len(p.Pred) / max(1, len(out.value)) // gradients for each value
	targets := len(out.targetGrad) / max(1, len(out.value))
	for i := range out.value {
		if p.Weighting(i) == 0 || p.Ignored(i) {
			continue // zero already
		}
		factor := div(num(p.Weighting(i)), d)
		reduced := func(x wide) wide {
			switch {
			case math.IsNaN(d.hi):
				return notANumber // and not 0 where x is
			case empty && !math.IsNaN(x.hi):
				return mean
			}
			return mul(x, factor)
		}
		for j := i * stride; j < (i+1)*stride; j++ {
			out.grad[j] = reduced(out.grad[j])
			if out.product != nil {
				out.product[j] = reduced(out.product[j])
			}
		}
		for j := i * targets; j < (i+1)*targets; j++ {
			through := mul(num(p.denominatorSlope(j)), mean)
			out.targetGrad[j] = reduced(sub(out.targetGrad[j], through))
		}
		if p.Reduction == None {
			out.value[i] = reduced(out.value[i])
		}
	}
	if p.Reduction != None {
		out.value = []wide{mean}
	}
	return &Result{Value: floats(out.value), Grad: floats(out.grad), TargetGrad: floats(out.targetGrad), Product: floats(out.product)}
}

// denominatorSlope is ∂(denominator)/∂Target[j] over the sample weight: the class
// weight where the reduction divides by weights of a distribution, else 0.
func (p *Plan) denominatorSlope(j int) float64 {
	if p.Reduction != MeanWeight || !p.Args.On(ClassWeight.Name) {
		return 0
	}
	return p.Args.Class(ClassWeight.Name, j%p.TargetWidth)
}

func ones(n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = 1
	}
	return xs
}
