package properties

import (
	"math"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// one draws a call and nothing else.
func one(w wish) func(d *drawer) *Case {
	return func(d *drawer) *Case { return d.wrap(d.call(w)) }
}

// two draws a call and a second prediction.
func two(w wish) func(d *drawer) *Case {
	return func(d *drawer) *Case {
		c := d.wrap(d.call(w))
		if c != nil {
			c.Other = d.another(c.Call.Pred, w)
		}
		return c
	}
}

func (d *drawer) wrap(c *loss.Call) *Case {
	if c == nil {
		return nil
	}
	return &Case{Call: *c}
}

// vectorial and its like are what laws apply to.
func vectorial(l *loss.Loss) bool { return l.VectorValued }
func named(names ...string) func(l *loss.Loss) bool {
	return func(l *loss.Loss) bool { return slices.Contains(names, l.Name) }
}

// onLogits reports whether the prediction is made a probability by the loss itself: it may
// be any number, and the target is a probability or a class.
func onLogits(l *loss.Loss) bool {
	return l.Prediction == loss.Extended && (l.Takes(loss.Label) || l.HasTarget() && l.Target == loss.UnitInterval)
}

// differentiable reports whether the loss has a gradient but for some kinks, which it declares.
func differentiable(l *loss.Loss) bool {
	return l.Kinks != nil || len(declared(l, loss.Differentiable, true)) > 0
}

// sides are the numbers that say on which side of each kink the i-th item of a call lies.
func sides(p *loss.Plan, i int) []float64 {
	if p.Decl.Kinks == nil {
		return nil
	}
	return p.Decl.Kinks(p.Args, p.Pred[i*p.Width:(i+1)*p.Width], targetOfItem(p, i))
}

// atKink reports whether an item of a call lies at a kink.
func atKink(p *loss.Plan) bool {
	for i := range p.Items() {
		if slices.Contains(sides(p, i), 0) {
			return true
		}
	}
	return false
}

// needSmooth keeps the cases in which no kink lies between two predictions of one item.
func (t *trial) needSmooth(c *loss.Call, a, b []float64) {
	if t.loss.Kinks == nil {
		return
	}
	signs := func(pred []float64) []float64 {
		plan, err := at(c, pred).Plan()
		t.need(err == nil)
		return sides(plan, 0)
	}
	from, to := signs(a), signs(b)
	for k := range from {
		t.need(from[k] != 0 && to[k] != 0 && math.Signbit(from[k]) == math.Signbit(to[k]))
	}
}

// scalar is the value of one example as one number: Σ upstream·value where it is a vector.
func scalar(e *evaluation) *form {
	s := side()
	for k := range subject.Value.Length(e.plan) {
		u := 1.0
		if e.plan.Decl.VectorValued && e.call.Upstream != nil {
			u = e.call.Upstream[k]
		}
		s.plus(u, e.value(k))
	}
	return s
}

// along is the gradient of an example times the difference of two predictions.
func along(e *evaluation, to, from []float64) *form {
	s := side()
	for k, g := range e.grads() {
		s.plusBig(sub(num(to[k]), num(from[k])), g)
	}
	return s
}

// exactly returns x + k·step where that is a number of the format.
func exactly(f ieee.Format, x, k, step float64) (float64, bool) {
	sum := add(num(x), mul(num(k), num(step)))
	y, accuracy := sum.Float64()
	return y, accuracy == big.Exact && f.Holds(y) && !ulp.Special(y)
}

// shifted returns the prediction moved by k steps; the case is none where that is not
// exact or leaves the domain.
func (t *trial) shifted(pred []float64, k float64, step []float64) []float64 {
	t.need(len(step) == len(pred))
	moved := make([]float64, len(pred))
	for i := range pred {
		y, ok := exactly(t.format, pred[i], k, step[i])
		t.need(ok && t.loss.Prediction.Holds(y))
		moved[i] = y
	}
	return moved
}

// step draws a step from x whose small multiples can be added exactly, more often than not.
func (d *drawer) step(x float64) float64 {
	ulp := d.Format.Ulp(x)
	if d.Intn(3) == 0 {
		return d.Sign() * float64(1+d.Intn(4)) * math.Ldexp(ulp, d.Intn(8))
	}
	return d.Sign() * float64(1+d.Intn(8)) * math.Ldexp(max(ulp, 0x1p-9), d.Intn(6))
}

// steps draws a step for each coordinate, some of them 0.
func (d *drawer) steps(pred []float64) []float64 {
	s := make([]float64, len(pred))
	for k := range s {
		if d.Intn(3) > 0 {
			s[k] = d.step(pred[k])
		}
	}
	k := d.Intn(len(s))
	s[k] = d.step(pred[k])
	return s
}

// targetOf is the target of the first example as the catalogue's constants want it: a
// label as its one-hot distribution.
func targetOf(p *loss.Plan) []float64 { return targetOfItem(p, 0) }

func targetOfItem(p *loss.Plan, i int) []float64 {
	switch {
	case p.Label == nil && p.Target == nil:
		return nil
	case p.Label == nil:
		return p.Target[i*p.TargetWidth : (i+1)*p.TargetWidth]
	}
	y := make([]float64, p.Width)
	if t := p.Label[i]; !p.Ignored(i) {
		y[t] = 1
	}
	return y
}

// spread is a target with one number for each predicted one: a position as the weights of the classes next to it.
func spread(p *loss.Plan, target []float64) []float64 {
	if p.Kind != loss.Position || len(target) != 1 {
		return target
	}
	y, weights := target[0], make([]float64, p.Width)
	l := max(0, min(int(y), p.Width-2))
	weights[l] = float64(l+1) - y
	if p.Width > 1 {
		weights[l+1] = y - float64(l)
	}
	return weights
}

// constant is that of a trait for the parameters and the target of a call.
func constant(trait loss.Trait, p *loss.Plan) float64 {
	if trait.ConstantFor == nil {
		return trait.Constant
	}
	return trait.ConstantFor(p.Args, targetOf(p))
}

// euclidean bounds the Euclidean norm from above, closely.
func euclidean(v []*big.Float) *big.Float {
	sum := newBig()
	for _, x := range v {
		sum.Add(sum, mul(x, x))
	}
	if sum.Sign() == 0 {
		return sum
	}
	root := new(big.Float).SetPrec(256).Sqrt(sum)
	return newBig().Mul(root, num(1+0x1p-50))
}

// maximum is the largest |x|.
func maximum(v []*big.Float) *big.Float {
	most := newBig()
	for _, x := range v {
		if size := newBig().Abs(x); size.Cmp(most) > 0 {
			most = size
		}
	}
	return most
}

// differences are a − b, exactly.
func differences(a, b []float64) []*big.Float {
	d := make([]*big.Float, len(a))
	for k := range a {
		d[k] = sub(num(a[k]), num(b[k]))
	}
	return d
}

// certain is the precision of the constants that a law takes from certified intervals.
var certain = interval.Context{Prec: 192}

// middle is the midpoint of an interval, and a bound on how far the number is from it.
func middle(iv interval.Interval) (mid, doubt *big.Float) {
	lo, hi := newBig().Set(iv.Lo()), newBig().Set(iv.Hi())
	return mul(add(lo, hi), num(0.5)), sub(hi, lo)
}

// bracket returns the numbers of a format next to what an interval holds, on both sides.
func bracket(f ieee.Format, iv interval.Interval) (under, over float64) {
	x, _ := iv.Lo().Float64()
	under = f.Round(x)
	for num(under).Cmp(iv.Lo()) > 0 {
		under = f.Prev(under)
	}
	for over = under; num(over).Cmp(iv.Hi()) < 0; {
		over = f.Next(over)
	}
	return under, over
}

// moderate reports whether no |x| is above most, so that exponentials are cheap to certify.
func moderate(xs []float64, most float64) bool {
	return !slices.ContainsFunc(xs, func(x float64) bool { return !(math.Abs(x) <= most) })
}

// softmaxOf encloses the probability of every class: e^(z_k − z_0)/Σ e^(z_i − z_0). The scores
// are moderate, so that no exponential is far out of range.
func softmaxOf(z []float64) []interval.Interval {
	p, total := make([]interval.Interval, len(z)), interval.FromInt(0)
	for k := range z {
		p[k] = certain.Exp(certain.Sub(interval.FromFloat64(z[k]), interval.FromFloat64(z[0])))
		total = certain.Add(total, p[k])
	}
	for k := range p {
		p[k] = certain.Quo(p[k], total)
	}
	return p
}

func sigmoidOf(z float64) interval.Interval { return certain.Sigmoid(interval.FromFloat64(z)) }
