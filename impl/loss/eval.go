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
}

// Eval evaluates a call with the float64 reference. The error is that of Plan.
func Eval(c *Call) (*Result, error) {
	p, err := c.Plan()
	if err != nil {
		return nil, err
	}
	return p.Eval(nil), nil
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
	return p.Eval(direction), nil
}

// Eval evaluates a plan with the float64 reference. direction may be nil.
func (p *Plan) Eval(direction []float64) *Result {
	res := &Result{Value: make([]float64, p.Values()), Grad: make([]float64, len(p.Pred))}
	if p.Target != nil {
		res.TargetGrad = make([]float64, len(p.Pred))
	}
	if direction != nil {
		res.Product = make([]float64, len(p.Pred))
	}
	perRow := 1
	if p.Decl.Shape == Pointwise || p.Decl.VectorValued {
		perRow = p.Cols
	}
	for i := range p.Rows {
		if p.Ignored(i) {
			continue
		}
		lo, hi := i*p.Cols, (i+1)*p.Cols
		r := Row{Pred: p.Pred[lo:hi], Value: res.Value[i*perRow : (i+1)*perRow], Grad: res.Grad[lo:hi]}
		if p.Target != nil {
			r.Target, r.TargetGrad = p.Target[lo:hi], res.TargetGrad[lo:hi]
		}
		if p.Label != nil {
			r.Label = p.Label[i]
		}
		if p.Upstream != nil {
			r.Upstream = p.Upstream[lo:hi]
		} else if p.Decl.VectorValued {
			r.Upstream = ones(p.Cols)
		}
		if direction != nil {
			r.Direction, r.Product = direction[lo:hi], res.Product[lo:hi]
		}
		p.evalRow(i, &r)
	}
	p.reduce(res)
	return res
}

// evalRow evaluates row i, element by element where the loss is pointwise. NaN is
// answered here, once for every loss: an example with a NaN in it is NaN throughout.
func (p *Plan) evalRow(i int, r *Row) {
	if p.Decl.Shape == Rowwise {
		switch {
		case p.Batch.Weight != nil && p.Batch.Weight[i] == 0: // not evaluated; the outputs are zero already
		case slices.ContainsFunc(r.Pred, math.IsNaN) || slices.ContainsFunc(r.Target, math.IsNaN):
			for _, out := range [][]float64{r.Value, r.Grad, r.TargetGrad, r.Product} {
				fill(out, math.NaN())
			}
		default:
			p.Decl.row(p.Args, r)
		}
		return
	}
	for j, x := range r.Pred {
		if p.Batch.Weight != nil && p.Batch.Weight[i*p.Cols+j] == 0 {
			continue
		}
		y := 0.0
		if r.Target != nil {
			y = r.Target[j]
		}
		point := Point{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
		if !math.IsNaN(x) && !math.IsNaN(y) {
			point = p.Decl.point(p.Args, x, y)
		}
		r.Value[j], r.Grad[j] = point.Value, point.Grad
		if r.TargetGrad != nil {
			r.TargetGrad[j] = point.TargetGrad
		}
		if r.Direction != nil {
			r.Product[j] = point.Second * r.Direction[j]
		}
	}
}

// reduce applies the weights and the reduction to the values and the gradients.
//
// Both weights and values are first divided by a power of two, which is exact, so
// that neither their products nor their sum leave the range of float64 where the
// result does not. The sum is compensated; the error is below 3 ulp for values of
// one sign (the products ½, the sum ½, the denominator 1, the division ½), however
// many they are. A value that leaves the range by itself, under a class weight of 10³⁰⁸,
// is infinite, and so is its mean.
//
// ∂(Σ w·y·w_k)/∂y, the change of the denominator of mean/weight with a distribution,
// belongs to TargetGrad and is added there.
func (p *Plan) reduce(res *Result) {
	d, e := 1.0, 0
	if p.Reduction != None {
		e = p.weightExponent()
	}
	shift := -e
	weight := func(i int) float64 { return math.Ldexp(p.Weighting(i), shift) }
	switch {
	case p.Reduction == MeanWeight:
		d = p.scaledDenominator(shift)
		e = 0 // it cancels
	case p.Reduction.Mean():
		d = p.Denominator()
	}
	empty := p.Reduction.Mean() && d == 0
	mean := p.mean(res.Value, weight, d, e)
	if empty {
		mean = math.NaN()
		if p.Args.Convention(EmptyMeanConvention.Name) == "zero" {
			mean = 0
		}
	}
	stride := len(p.Pred) / max(1, len(res.Value)) // gradients for each value
	for i := range res.Value {
		w := weight(i)
		factor := math.Ldexp(w/d, e)
		if empty {
			factor = mean
		}
		for j := i * stride; j < (i+1)*stride; j++ {
			if p.Weighting(i) == 0 || p.ignoredValue(i) {
				continue // zero already
			}
			res.Grad[j] *= factor
			if res.Product != nil {
				res.Product[j] *= factor
			}
			if res.TargetGrad != nil {
				res.TargetGrad[j] *= factor
				if slope := p.denominatorSlope(j); slope != 0 {
					res.TargetGrad[j] -= slope * factor * mean
				}
			}
		}
		if p.Reduction == None && w != 1 && res.Value[i] != 0 {
			res.Value[i] *= w
		}
	}
	if p.Reduction != None {
		res.Value = []float64{mean}
	}
}

// mean returns Σ w·v/d·2^e of the values that count. Terms are divided by the power
// of two that brings the largest finite one near 1, and the result is multiplied by
// it again.
func (p *Plan) mean(values []float64, weight func(int) float64, d float64, e int) float64 {
	if p.Reduction == None {
		return 0 // not asked for
	}
	largest := 0.0
	for i, v := range values {
		if v = math.Abs(v); p.Weighting(i) != 0 && !math.IsInf(v, 0) && v > largest {
			largest = v
		}
	}
	_, scale := math.Frexp(largest)
	var sum Accumulator
	for i, v := range values {
		if p.Weighting(i) != 0 && v != 0 {
			sum.Add(math.Ldexp(v, -scale) * weight(i))
		}
	}
	return math.Ldexp(sum.Sum()/d, scale+e)
}

// weightExponent returns the binary exponent of the largest weight.
func (p *Plan) weightExponent() int {
	largest := 0.0
	for i := range p.Batch.Weight {
		largest = max(largest, p.Batch.Weight[i])
	}
	_, e := math.Frexp(largest)
	if largest == 0 {
		return 0
	}
	return e
}

// ignoredValue reports whether value i belongs to an ignored row. Labels, and with
// them ignored rows, belong to rowwise losses, where a value is a row.
func (p *Plan) ignoredValue(i int) bool { return p.Label != nil && p.Ignored(i) }

// denominatorSlope is ∂(denominator)/∂Target[j] over the sample weight: the class
// weight where the reduction divides by weights of a distribution, else 0.
func (p *Plan) denominatorSlope(j int) float64 {
	if p.Reduction != MeanWeight || !p.Args.On(ClassWeight.Name) {
		return 0
	}
	return p.Args.Class(ClassWeight.Name, j%p.Cols)
}

func fill(xs []float64, v float64) {
	for i := range xs {
		xs[i] = v
	}
}

func ones(n int) []float64 {
	xs := make([]float64, n)
	fill(xs, 1)
	return xs
}
