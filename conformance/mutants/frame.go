package mutants

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A frame is a right implementation in parts, of which a defect replaces one. Unchanged
// it gives the answers of the reference.
type frame struct {
	// on says where the defect acts: at items where all of them hold. Calls without such an item
	// are left to the right implementation.
	on []Switch
	// around stands between the right implementation and who asks it; then no other part is used.
	around func(right Eval) Eval
	// each evaluates every value by itself: without weights or reduction.
	each func(ctx context.Context, p *loss.Plan) (values, grads []float64, err error)
	// prepare makes a call one that parts can answer.
	prepare func(c *loss.Call) *loss.Call
	// check resolves a call, or refuses it.
	check func(c *loss.Call) (*loss.Plan, error)
	// change alters the outcome of one example, which holds that of the reference.
	change func(e *example, out *outcome)
	// weight is the factor of value i.
	weight func(p *loss.Plan, i int) float64
	// counts reports whether value i is computed at all; otherwise it is 0 with gradient 0.
	counts func(p *loss.Plan, i int) bool
	// denominator is what a reduction divides by.
	denominator func(p *loss.Plan) float64
	// sum adds the weighted values.
	sum func(terms []float64) float64
	// empty is the value of a mean over nothing.
	empty func(p *loss.Plan) float64
	// finish sees the whole answer, and the call, before it is rounded to the format.
	finish func(p *loss.Plan, a *subject.Answer)
	// unrounded: the answer stays in float64.
	unrounded bool
}

// An example is one number or one row with its target, as an implementation sees it.
type example struct {
	Place
	loss.Args
	format   ieee.Format
	index    int     // of its value
	z, y     float64 // the first number of the prediction and of the target: all there is of a pointwise loss
	pred     []float64
	target   []float64 // one-hot for a label
	hard     bool      // the target is a label
	label    int
	upstream []float64
	values   int // of the batch
}

// An outcome is the value of an example, one number or K, and its gradient.
type outcome struct{ value, grad []float64 }

func newFrame() *frame {
	return &frame{
		each: func(_ context.Context, p *loss.Plan) (values, grads []float64, err error) {
			r := p.Eval(nil)
			return r.Value, r.Grad, nil
		},
		prepare:     inRange,
		check:       (*loss.Call).Plan,
		change:      func(*example, *outcome) {},
		weight:      (*loss.Plan).Weighting,
		counts:      func(p *loss.Plan, i int) bool { return p.Weighting(i) != 0 && !p.Ignored(itemOf(p, i)) },
		denominator: (*loss.Plan).Denominator,
		sum:         compensated,
		empty: func(p *loss.Plan) float64 {
			if p.Args.Convention(loss.EmptyMeanConvention.Name) == "zero" {
				return 0
			}
			return math.NaN()
		},
		finish: func(*loss.Plan, *subject.Answer) {},
	}
}

// itemOf is the item that a value belongs to.
func itemOf(p *loss.Plan, value int) int {
	if p.Decl.VectorValued {
		return value / p.Width
	}
	return value
}

// implementation is the subject made of a frame. It has other losses too, from a right
// subject, because some laws compare two losses.
type implementation struct {
	description subject.Description
	mutated     string
	right       subject.Subject
	frame       *frame
	around      Eval
	calls       atomic.Int64
	lock        sync.Mutex // some frames have a memory
}

func newImplementation(d subject.Description, mutated string, right subject.Subject, f *frame) *implementation {
	s := &implementation{description: d, mutated: mutated, right: right, frame: f}
	if f.around != nil {
		s.around = f.around(right.Eval)
	}
	return s
}

func (s *implementation) Describe() subject.Description { return s.description }

func (s *implementation) Eval(ctx context.Context, c *loss.Call) (*subject.Answer, error) {
	if c.Loss != s.mutated {
		return s.right.Eval(ctx, c)
	}
	call := s.calls.Add(1)
	p, err := c.Plan()
	if len(s.frame.on) > 0 && (err != nil || !slices.Contains(s.frame.places(p, call), true)) {
		return s.right.Eval(ctx, c)
	}
	if s.around != nil {
		return s.around(ctx, c)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if p, err = s.frame.check(s.frame.prepare(c)); err != nil {
		return nil, err
	}
	a, err := s.frame.eval(ctx, p, call)
	if err != nil {
		return nil, err
	}
	s.frame.finish(p, a)
	if s.frame.unrounded {
		return a, nil
	}
	for _, xs := range [][]float64{a.Value, a.Grad} {
		for i, x := range xs {
			xs[i] = c.Format.Round(x)
		}
	}
	return a, nil
}

// places says of every item whether the defect acts there.
func (f *frame) places(p *loss.Plan, call int64) []bool {
	acts := make([]bool, p.Items())
	for i := range acts {
		acts[i] = !slices.ContainsFunc(f.on, func(s Switch) bool { return !s(Place{p, i, call}) })
	}
	return acts
}

// eval asks for every example by itself, changes the outcomes, and
// weighs and reduces them.
func (f *frame) eval(ctx context.Context, p *loss.Plan, call int64) (*subject.Answer, error) {
	acts := f.places(p, call)
	values, grads, beyond, err := f.examples(ctx, p, call, acts)
	if err != nil {
		return nil, err
	}
	if len(beyond) > 0 {
		defer func() {
			truth := p.Eval(nil).Grad
			for _, k := range beyond {
				if grads[k] == math.Copysign(math.Inf(1), truth[k]) {
					grads[k] = truth[k]
				}
			}
		}()
	}
	weight := func(i int) float64 {
		if acts[itemOf(p, i)] {
			return f.weight(p, i)
		}
		return p.Weighting(i)
	}
	stride := len(p.Pred) / max(1, len(values))
	for i := range values {
		if !f.counts(p, i) {
			values[i] = 0
			clear(grads[i*stride : (i+1)*stride])
		}
	}
	if p.Reduction == loss.None {
		for i := range values {
			if w := weight(i); w != 1 {
				values[i] = times(values[i], w)
				scale(grads[i*stride:(i+1)*stride], w)
			}
		}
		return &subject.Answer{Value: values, Grad: grads}, nil
	}
	denominator := f.denominator(p)
	if p.Reduction.Mean() && denominator == 0 {
		mean := f.empty(p)
		for i := range grads {
			if i/stride < len(values) && f.counts(p, i/stride) {
				grads[i] = mean
			}
		}
		return &subject.Answer{Value: []float64{mean}, Grad: grads}, nil
	}
	// As in the reference, values and weights are first divided by powers of two, so
	// that no product and no sum leaves the range where the result does not.
	largest, heaviest := 0.0, 0.0
	for i, v := range values {
		if v = math.Abs(v); !math.IsInf(v, 0) && v > largest {
			largest = v
		}
		if w := weight(i); !math.IsInf(w, 0) && w > heaviest {
			heaviest = w
		}
	}
	_, ev := math.Frexp(largest)
	_, ew := math.Frexp(heaviest)
	d, e := denominator, ew
	if p.Reduction == loss.MeanWeight {
		d, e = math.Ldexp(denominator, -ew), 0
	}
	terms := make([]float64, 0, len(values))
	for i, v := range values {
		w := math.Ldexp(weight(i), -ew)
		terms = append(terms, times(math.Ldexp(v, -ev), w))
		scale(grads[i*stride:(i+1)*stride], math.Ldexp(w/d, e))
	}
	return &subject.Answer{Value: []float64{math.Ldexp(f.sum(terms)/d, ev+e)}, Grad: grads}, nil
}

// examples evaluates every value that counts without weights or reduction. What does not
// count may lie outside the domain, and is left to the reference. Beyond are the numbers of the gradient that leave the
// range without their weight, and so need not be infinite in the end: there the frame answers in place of a formula.
func (f *frame) examples(ctx context.Context, p *loss.Plan, call int64, acts []bool) (values, grads []float64, beyond []int, err error) {
	plain := *p.Call
	plain.Weight, plain.Reduction = nil, loss.None
	alone := *p
	alone.Call, alone.Reduction = &plain, loss.None
	if values, grads, err = f.each(ctx, &alone); err != nil {
		return nil, nil, nil, err
	}
	for k, g := range grads {
		if math.IsInf(g, 0) {
			beyond = append(beyond, k)
		}
	}
	width, per := p.Width, 1 // numbers of an example, values of an example
	if p.Decl.VectorValued {
		per = width
	}
	for i := range p.Items() {
		if !acts[i] {
			continue
		}
		lo, hi := i*width, (i+1)*width
		e := &example{Place: Place{p, i, call}, Args: p.Args, format: p.Format, index: i, pred: p.Pred[lo:hi], values: p.Values()}
		if p.Target != nil {
			e.target = p.Target[i*p.TargetWidth : (i+1)*p.TargetWidth]
		}
		if p.Label != nil {
			e.hard, e.label = true, p.Label[i]
			e.target = oneHot(width, e.label)
		}
		if p.Upstream != nil {
			e.upstream = p.Upstream[lo:hi]
		} else if p.Decl.VectorValued {
			e.upstream = repeated(1, width)
		}
		e.z = e.pred[0]
		if e.target != nil {
			e.y = e.target[0]
		}
		// An example with a NaN has no outcome but NaN, and a naive formula that hides it
		// is a defect of its own.
		if slices.ContainsFunc(e.pred, math.IsNaN) || slices.ContainsFunc(e.target, math.IsNaN) || p.Ignored(i) {
			continue
		}
		f.change(e, &outcome{values[i*per : (i+1)*per], grads[lo:hi]})
	}
	return values, grads, beyond, nil
}

// times is the product in which 0 wins over an infinity: a weight of 0 is no weight at
// all, and a value of 0 has been left out.
func times(x, w float64) float64 {
	if x == 0 || w == 0 {
		return 0 * math.Copysign(1, x)
	}
	return x * w
}

func scale(xs []float64, w float64) {
	for i := range xs {
		if xs[i] != 0 {
			xs[i] *= w
		}
	}
}

func oneHot(classes, label int) []float64 {
	xs := make([]float64, classes)
	if 0 <= label && label < classes {
		xs[label] = 1
	}
	return xs
}

func repeated(x float64, n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = x
	}
	return xs
}
