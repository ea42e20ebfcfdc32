package main

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// An entry is a kernel that is searched: it draws parameters and inputs, gives them to the kernel
// in every form, and says what the truth is to be about.
type entry struct {
	loss           string
	single, double func(r *rand.Rand, tier kernel.Tier) []answer
}

// entries are the kernels that there are, a table of each kind.
func entries() []entry { return slices.Concat(pointwiseEntries, rowEntries, boxEntries) }

// An answer is what one form of a kernel gave.
type answer struct {
	form   string // a row of the report, such as "gradient"
	call   *loss.Call
	output conformance.Output // of the call: Value or Grad
	got    []float64
	terms  int // how many values each number sums; 1 where it is none
}

// limit is the promise of every kernel, level 3: an error of at most 4·(1+κ) ulp, and for a sum of
// n values (1 + log2 n) times as much.
const limit = 4

// A worst is the largest error of one form in one dtype.
type worst struct {
	loss, form string
	format     ieee.Format
	checked    int     // numbers compared
	ratio      float64 // the error in parts of what level 3 allows, times limit: |error|/(1+κ) in ulp
	call       *loss.Call
	output     conformance.Output
	index      int
	got        float64
	truth      oracle.Number
}

// chunk is how many draws have a random source of their own. It is part of the definition of the
// inputs: what a search draws depends on it, and not on how many workers there are.
const chunk = 200

// search looks at n draws of a kernel in a dtype.
func search(e entry, f ieee.Format, tier kernel.Tier, n int, seed uint64) []*worst {
	chunks := (n + chunk - 1) / chunk
	results := make([]*found, chunks)
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				results[i] = searchChunk(e, f, tier, i, min(chunk, n-i*chunk), seed)
			}
		})
	}
	for i := range chunks {
		next <- i
	}
	close(next)
	workers.Wait()
	total := &found{}
	for _, r := range results { // in order, so that of equal errors the first is kept
		for _, w := range r.rows {
			t := total.row(e.loss, w.form, f)
			checked := t.checked + w.checked
			if w.ratio > t.ratio {
				*t = *w
			}
			t.checked = checked
		}
	}
	return total.rows
}

func searchChunk(e entry, f ieee.Format, tier kernel.Tier, number, n int, seed uint64) *found {
	name := fnv.New64a()
	fmt.Fprint(name, e.loss, f) // so that kernels do not share their inputs
	r := rand.New(rand.NewPCG(seed^name.Sum64(), uint64(number)))
	ask := e.single
	if f == ieee.Float64 {
		ask = e.double
	}
	var all found
	for range n {
		for _, a := range ask(r, tier) {
			all.enter(all.row(e.loss, a.form, f), &a)
		}
	}
	return &all
}

// found are the rows of one kernel and dtype, in the order in which they came up.
type found struct{ rows []*worst }

func (f *found) row(loss, form string, format ieee.Format) *worst {
	for _, w := range f.rows {
		if w.form == form {
			return w
		}
	}
	w := &worst{loss: loss, form: form, format: format}
	f.rows = append(f.rows, w)
	return w
}

// doubt bounds how far, in ulp, an error by the reference is from the true one: half an ulp in
// float64, to which the reference rounds, and a whole one where it rounds a subnormal twice.
const doubt = 1.01

// enter enters the errors of an answer. The reference finds the numbers that may be worse than all
// before, and the oracle how bad they are; a call of more than oracleMost numbers, which would take
// the oracle seconds, is left to the reference.
func (f *found) enter(w *worst, a *answer) {
	plan, err := a.call.Plan()
	if err != nil {
		panic(fmt.Sprintf("worst: %s: %v", command(a.call), err)) // every drawn call is valid
	}
	reference := plan.Eval(along(plan))
	want := reference.Value
	if a.output == conformance.Grad {
		want = reference.Grad
	}
	for i, got := range a.got {
		w.checked++
		near := nearby(w.format, want[i])
		near.Kappa = leastKappa(plan, reference, a.output, i, w.format)
		if most := a.ratio(w.format, got, near, doubt); !(most > w.ratio) {
			continue
		}
		truth := near
		if len(a.call.Pred) <= oracleMost || plan.Reduction == loss.None {
			if truth, err = a.truth(plan, i); err != nil {
				panic(fmt.Sprintf("worst: %s: %v", command(a.call), err))
			}
		}
		if ratio := a.ratio(w.format, got, truth, 0); ratio > w.ratio {
			w.ratio, w.call, w.output, w.index, w.got, w.truth = ratio, a.call, a.output, i, got, truth
		}
	}
}

const oracleMost = 64

// ratio is the error of a number over 1+κ, in ulp, by which level 3 of a sum is met as well.
func (a *answer) ratio(f ieee.Format, got float64, v oracle.Number, doubt float64) float64 {
	err := math.Abs(conformance.ErrorUlp(f, got, v)) + doubt
	return err / conformance.Accurate.Ulps(v.Kappa, a.terms) * limit
}

// truth is what the oracle says about number i.
func (a *answer) truth(plan *loss.Plan, i int) (n oracle.Number, err error) {
	call := a.call
	if plan.Reduction == loss.None && len(a.call.Pred) > 1 { // one item alone
		call, i = itemOf(plan, a.output, i)
	}
	q, err := oracle.Ask(call)
	if err != nil {
		return n, err
	}
	if a.output == conformance.Grad {
		if n, err = q.GradAt(i); err == nil {
			n.Kappa = q.GradKappa(i)
		}
		return n, err
	}
	if n, err = q.ValueAt(i); err == nil {
		n.Kappa = q.ValueKappa(i)
	}
	return n, err
}

// itemOf is the call of the one item that number i of an output belongs to, and the number in it.
func itemOf(plan *loss.Plan, output conformance.Output, i int) (*loss.Call, int) {
	c := *plan.Call
	row := i / c.Cols
	if output == conformance.Value {
		row = i * plan.Rows / plan.Values()
	}
	within := i - row*c.Cols
	if output == conformance.Value {
		within = i - row*(plan.Values()/plan.Rows)
	}
	part := func(xs []float64, each int) []float64 {
		if xs == nil {
			return nil
		}
		return xs[row*each : (row+1)*each]
	}
	weights := plan.Values() / plan.Rows
	c.Rows, c.Pred, c.Target, c.Upstream, c.Weight = 1, part(c.Pred, c.Cols), part(c.Target, c.Cols), part(c.Upstream, c.Cols), part(c.Weight, weights)
	if c.Label != nil {
		c.Label = c.Label[row : row+1]
	}
	return &c, within
}

// nearby is a number of the reference as a truth in a format.
func nearby(f ieee.Format, v float64) (n oracle.Number) {
	n.Rounded = f.Round(v)
	if n.Rounded-n.Rounded == 0 {
		n.Residual = (v - n.Rounded) / f.Ulp(n.Rounded)
	}
	return n
}

// leastKappa is a lower bound of a condition number, as far as the reference knows it.
func leastKappa(p *loss.Plan, r *loss.Result, output conformance.Output, i int, f ieee.Format) float64 {
	if p.Decl.VectorValued || p.Decl.Shape.Several() { // whose condition is of gaps, and not of coordinates
		return 0
	}
	sensitivity, size := 0.0, 0.0
	term := func(x, slope float64) float64 {
		if t := math.Abs(x * slope); t < math.Inf(1) && !math.IsInf(x, 0) {
			return t
		}
		return 0
	}
	if output == conformance.Grad {
		size, sensitivity = r.Grad[i], term(1, r.Product[i])
	} else {
		each := p.Rows * p.Cols / p.Values()
		lo, hi := i*each, (i+1)*each
		if p.Reduction != loss.None {
			lo, hi = 0, len(p.Pred)
		}
		size = r.Value[i]
		for j := lo; j < hi; j++ {
			sensitivity += term(p.Pred[j], r.Grad[j])
			if p.Target != nil && p.Target[j] != 0 && p.Target[j] != 1 {
				sensitivity += term(p.Target[j], r.TargetGrad[j])
			}
		}
	}
	const sure = 0.98 // of which the oracle knows two digits
	return sure * sensitivity / max(math.Abs(size), f.MinNormal())
}

// along is the direction in which second derivatives of a loss give Σ x_i·∂²L/∂x_k∂x_i.
func along(p *loss.Plan) []float64 {
	if p.Decl.VectorValued {
		return nil
	}
	d := make([]float64, len(p.Pred))
	for i, x := range p.Pred {
		if !math.IsInf(x, 0) {
			d[i] = x
		}
	}
	return d
}
