package properties

import (
	"iter"
	"math"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

const reductions = "the definitions of loss.Reduction"

func reducible(l *loss.Loss) bool { return !l.VectorValued }

// The algebra of reductions.
var reductionLaws = []*Law{
	{
		Name:      "sum_is_sum",
		Statement: "The reduction sum is the sum of the values without a reduction, and has their gradients.",
		Source:    reductions,
		applies:   reducible,
		draw:      longCase(loss.Sum),
		check: func(t *trial, c *Case) {
			whole, each := t.eval(&c.Call), t.eval(reduced(&c.Call, loss.None))
			t.claim("sum = Σ values", side().plus(1, whole.value(0)), equal, sum(each.values()))
			for k := range some(len(whole.grads()), len(each.grads())) {
				t.claim("∇sum = ∇value", side().plus(1, whole.grad(k)), equal, side().plus(1, each.grad(k)))
			}
		},
	},
	{
		Name:      "mean_is_sum_over_denominator",
		Statement: "A mean times the denominator that it names is the sum of the values, and its gradient times it theirs.",
		Source:    reductions,
		applies:   reducible,
		draw:      longCase(loss.MeanElements, loss.MeanCounted, loss.MeanSamples, loss.MeanWeight),
		check: func(t *trial, c *Case) {
			whole, each := t.eval(&c.Call), t.eval(reduced(&c.Call, loss.None))
			d := denominator(whole.plan)
			t.need(d.Sign() > 0)
			t.claim("mean·denominator = Σ values", side().plusBig(d, whole.value(0)), equal, sum(each.values()))
			for k := range some(len(whole.grads()), len(each.grads())) {
				t.claim("∇mean·denominator = ∇value", side().plusBig(d, whole.grad(k)), equal, side().plus(1, each.grad(k)))
			}
		},
	},
	{
		Name:      "split_and_combine",
		Statement: "A batch in two unequal parts: the sums add up, and so do the means, each times its denominator.",
		Source:    reductions,
		applies:   reducible,
		draw: func(d *drawer) *Case {
			c := longCase(loss.Sum, loss.MeanElements, loss.MeanCounted, loss.MeanSamples, loss.MeanWeight)(d)
			if c != nil {
				c.Picks = []int{1 + d.Intn(c.Call.Rows-1)}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			t.need(len(c.Picks) == 1 && c.Picks[0] > 0 && c.Picks[0] < c.Call.Rows)
			total := side()
			for _, part := range [][2]int{{0, c.Picks[0]}, {c.Picks[0], c.Call.Rows}} {
				e := t.eval(rows(&c.Call, part[0], part[1]))
				d := denominator(e.plan)
				t.need(d.Sign() > 0) // a mean over nothing
				total.plusBig(d, e.value(0))
			}
			whole := t.eval(&c.Call)
			d := denominator(whole.plan)
			t.need(d.Sign() > 0)
			t.claim("whole·denominator = Σ part·denominator", side().plusBig(d, whole.value(0)), equal, total)
		},
	},
	{
		Name:      "equal_weights",
		Statement: "Weights that are all w multiply the values by w, and leave a weighted mean as it is without them.",
		Source:    reductions,
		applies:   reducible,
		draw: func(d *drawer) *Case {
			c := reducedCase(loss.None, loss.Sum, loss.MeanElements, loss.MeanCounted, loss.MeanSamples, loss.MeanWeight)(d)
			if c == nil {
				return nil
			}
			if c.Call.Weight == nil {
				d.lacks = "no sample weights"
				return nil
			}
			w := float64(1+d.Intn(16)) / 4
			for i := range c.Call.Weight {
				c.Call.Weight[i] = w
			}
			return c
		},
		check: func(t *trial, c *Case) {
			t.need(len(c.Call.Weight) > 0)
			w := c.Call.Weight[0]
			for _, v := range c.Call.Weight {
				t.need(v == w)
			}
			t.need(w > 0)
			plain := clone(&c.Call)
			plain.Weight = nil
			factor := num(w)
			if c.Call.Reduction == loss.MeanWeight {
				factor = num(1)
			}
			t.same(t.eval(&c.Call), t.eval(plain), factor)
		},
	},
	{
		Name:      "mean_of_equal_items",
		Statement: "The mean of n equal items is that of one, and its gradient an n-th, however large n is: no count and no sum is too narrow.",
		Source:    reductions + "; pytorch/pytorch#55657, a mean that drifts with the number of items",
		applies:   reducible,
		draw: func(d *drawer) *Case {
			has := d.reductions(loss.MeanElements, loss.MeanCounted, loss.MeanSamples, loss.MeanWeight)
			if len(has) == 0 {
				return nil
			}
			long := d.turn%6 == 5 // beyond the integers of the dtype, and its largest number
			which := d.Intn(len(has))
			if long {
				which = d.turn / 6 % len(has)
			}
			c := d.wrap(d.call(wish{columns: !long, calm: true, reduction: has[which], weights: d.Intn(3) == 0}))
			if c != nil {
				n := 1 + d.Intn(16)
				switch d.Intn(16) {
				case 0:
					n = 1<<(4+d.Intn(5)) + d.Intn(3) - 1
				case 1:
					n = 257 + d.Intn(8)
				}
				if long {
					n = 1025 + d.Intn(70)
					if d.Format.Width < 32 {
						n = 1<<12 + d.Intn(70)
					}
				}
				c.Picks = []int{n}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			t.need(c.Call.Rows == 1 && len(c.Picks) == 1 && c.Picks[0] > 0 && c.Picks[0] <= 1<<14)
			n := c.Picks[0]
			one := t.eval(&c.Call)
			t.need(denominator(one.plan).Sign() > 0)
			all := t.eval(times(&c.Call, n))
			t.claim("the mean of equal items is each of them", side().plus(1, all.value(0)), equal, side().plus(1, one.value(0)))
			for k, g := range one.grads() {
				last := len(all.call.Pred) - len(c.Call.Pred) + k
				t.claim("n times the gradient is that of one", side().plus(float64(n), all.grad(last)), equal, side().plus(1, g))
			}
		},
	},
	{
		Name:      "mean_over_nothing",
		Statement: "A mean with the denominator 0, of an empty batch, of ignored rows or under weights of 0, is NaN, 0 or an error, as the convention says.",
		Source:    "the convention empty_mean of the catalogue",
		applies:   reducible,
		draw:      emptyMean,
		check: func(t *trial, c *Case) {
			answered := clone(&c.Call)
			answered.Conventions[loss.EmptyMeanConvention.Name] = "zero"
			plan, err := answered.Plan()
			t.need(err == nil && plan.Reduction.Mean() && denominator(plan).Sign() == 0)
			convention := c.Call.Conventions[loss.EmptyMeanConvention.Name]
			if convention == "error" {
				t.refuses(&c.Call)
				return
			}
			n := t.eval(&c.Call).value(0)
			if convention == "zero" {
				t.claim("a mean over nothing is 0", side().plus(1, n), equal, side())
				return
			}
			if !math.IsNaN(n.x()) {
				t.violated("a mean over nothing is NaN", n.name()+" = "+t.show(n.x()), "NaN", "none", "", nil)
			}
			t.decided++
		},
	},
}

// times is a batch repeated n times.
func times(c *loss.Call, n int) *loss.Call {
	many := *c
	many.Rows *= n
	many.Pred, many.Target, many.Weight = repeat(c.Pred, n), repeat(c.Target, n), repeat(c.Weight, n)
	many.Label = repeat(c.Label, n)
	return &many
}

// repeat keeps what is absent absent.
func repeat[S ~[]E, E any](xs S, n int) S {
	if xs == nil {
		return nil
	}
	return slices.Repeat(xs, n)
}

// emptyMean draws a mean over nothing under a convention of the subject.
func emptyMean(d *drawer) *Case {
	c := reducedCase(loss.MeanElements, loss.MeanCounted, loss.MeanSamples, loss.MeanWeight)(d)
	if c == nil {
		return nil
	}
	has := loss.EmptyMeanConvention.Values[:1]
	for _, capability := range d.capabilities {
		if declared := capability.Conventions[loss.EmptyMeanConvention.Name]; len(declared) > 0 {
			has = declared
		}
	}
	call := &c.Call
	call.Conventions[loss.EmptyMeanConvention.Name] = has[d.Intn(len(has))]
	ignored, byWeight := call.Params[loss.IgnoreIndex.Name], call.Reduction == loss.MeanWeight
	switch {
	case len(ignored) == 1 && call.Label != nil && (byWeight || call.Reduction == loss.MeanCounted):
		for i := range call.Label {
			call.Label[i] = int(ignored[0])
		}
	case byWeight && call.Weight != nil:
		clear(call.Weight)
	default:
		call.Rows = 0
		call.Pred, call.Target, call.Label, call.Weight = call.Pred[:0], call.Target[:0], call.Label[:0], call.Weight[:0]
	}
	return c
}

// some are the places of a gradient that are compared: all of a short batch, and of a long one the
// first, the last, and every so many-th.
func some(n, m int) iter.Seq[int] {
	return func(yield func(int) bool) {
		const all, ends = 300, 40
		n := min(n, m)
		for k, step := 0, 1; k < n; k += step {
			if step = 1; n > all && k >= ends && k < n-ends {
				step = min(n/all+1, n-ends-k)
			}
			if !yield(k) {
				return
			}
		}
	}
}

// longCase is reducedCase with a long batch now and then: as long as a micro-batch, or beyond a cut.
func longCase(of ...loss.Reduction) func(d *drawer) *Case {
	return batchCase(func(d *drawer) int {
		if d.turn%50 == 9 {
			return []int{64, 1024, 1025 + d.Intn(66), 2049 + d.Intn(66)}[d.Intn(4)]
		}
		return 2 + d.Intn(4)
	}, of...)
}

// reducedCase draws a batch under one of some reductions, with weights and ignored rows
// where the subject has them.
func reducedCase(of ...loss.Reduction) func(d *drawer) *Case {
	return batchCase(func(d *drawer) int { return 2 + d.Intn(4) }, of...)
}

func batchCase(length func(d *drawer) int, of ...loss.Reduction) func(d *drawer) *Case {
	return func(d *drawer) *Case {
		has := of
		if len(of) > 1 || of[0] != loss.None {
			has = d.reductions(of...)
		}
		if len(has) == 0 {
			return nil
		}
		n := length(d)
		c := d.call(wish{rows: n, columns: n < 1<<9, calm: true, reduction: has[d.Intn(len(has))], weights: d.Intn(3) > 0, ignored: d.Intn(2) == 0})
		switch at, ignored := ignoredLabel(c); {
		case !ignored || d.Intn(2) == 0:
		case n > 16:
			d.Ignore(c, at)
		default:
			d.ignore(c)
		}
		return d.wrap(c)
	}
}

func reduced(c *loss.Call, r loss.Reduction) *loss.Call {
	call := *c
	call.Reduction = r
	return &call
}

// rows is the part of a batch from one row to another.
func rows(c *loss.Call, from, to int) *loss.Call {
	part := *c
	cut := func(xs []float64) []float64 {
		if len(xs) == 0 {
			return nil
		}
		of := len(xs) / c.Rows // numbers of a row
		return xs[from*of : to*of]
	}
	part.Rows = to - from
	part.Pred, part.Target, part.Weight, part.Upstream = cut(c.Pred), cut(c.Target), cut(c.Weight), cut(c.Upstream)
	if c.Label != nil {
		part.Label = c.Label[from:to]
	}
	return &part
}

// denominator is what a reduction divides by, exactly; 1 where it does not divide. The
// definitions are stated here again, so that a mistake in one place shows.
func denominator(p *loss.Plan) *big.Float {
	switch p.Reduction {
	case loss.MeanElements:
		return num(float64(p.Values()))
	case loss.MeanSamples:
		return num(float64(p.Rows))
	case loss.MeanCounted, loss.MeanWeight:
	default:
		return num(1)
	}
	ignored := p.Args.Vector(loss.IgnoreIndex.Name)
	total := newBig()
	for i := range p.Values() {
		if p.Label != nil && len(ignored) == 1 && float64(p.Label[i]) == ignored[0] {
			continue
		}
		if p.Reduction == loss.MeanCounted {
			total.Add(total, num(1))
			continue
		}
		weight := num(1)
		if p.Batch.Weight != nil {
			weight = num(p.Batch.Weight[i])
		}
		class := p.Args.Vector(loss.ClassWeight.Name)
		switch {
		case len(class) > 0 && p.Label != nil:
			weight = mul(weight, num(p.Args.Class(loss.ClassWeight.Name, p.Label[i])))
		case len(class) > 0:
			share := newBig()
			for k := range p.Cols {
				share.Add(share, mul(num(p.Args.Class(loss.ClassWeight.Name, k)), num(p.Target[i*p.Cols+k])))
			}
			weight = mul(weight, share)
		}
		total.Add(total, weight)
	}
	return total
}
