package properties

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// What is true of a set of elements, such as a mask.
var setLaws = []*Law{
	{
		Name:      "monotone_along_segments",
		Statement: "The value between two predictions lies between their values.",
		Source:    "Boyd and Vandenberghe, Convex Optimization, 2004, section 3.4.1: a linear function over another is quasilinear",
		Traits:    []loss.Property{loss.Monotone},
		draw:      threePoints(wish{grid: true}),
		check: func(t *trial, c *Case) {
			t.need(len(c.Picks) == 1 && c.Picks[0] > 0 && c.Picks[0] < 8)
			k := float64(c.Picks[0])
			low, high := at(&c.Call, t.shifted(c.Call.Pred, k-8, c.Other)), at(&c.Call, t.shifted(c.Call.Pred, k, c.Other))
			a, errA := loss.Eval(low)
			b, errB := loss.Eval(high)
			t.need(errA == nil && errB == nil && a.Value[0] != b.Value[0])
			if a.Value[0] > b.Value[0] {
				low, high = high, low
			}
			middle := side().plus(1, t.eval(&c.Call).value(0))
			t.claim("L between ≥ the lesser", middle, atLeast, side().plus(1, t.eval(low).value(0)))
			t.claim("L between ≤ the greater", middle, atMost, side().plus(1, t.eval(high).value(0)))
		},
	},
	{
		Name:      "padding_changes_nothing",
		Statement: "Elements that neither mask has, wherever they stand, change neither the value nor the gradient of the others.",
		Source:    "the trait padding_invariant of the catalogue: what is masked out is set to 0 in both",
		Traits:    []loss.Property{loss.Padded},
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{}))
			if c != nil {
				n := len(c.Call.Pred)
				wide := n + 1 + d.Intn(9)
				c.Picks = append(slices.Sorted(slices.Values(d.Perm(wide)[:n])), wide)
			}
			return c
		},
		check: func(t *trial, c *Case) {
			n := len(c.Call.Pred)
			t.need(c.Call.Rows == 1 && len(c.Picks) == n+1 && len(c.Call.Target) == n)
			wide := c.Picks[n]
			for k := range n {
				t.need(c.Picks[k] >= 0 && c.Picks[k] < c.Picks[k+1] && wide <= 1024)
			}
			absent := 0.0
			if t.loss.Prediction == loss.Extended {
				absent = math.Inf(-1)
			}
			padded := clone(&c.Call)
			padded.Cols, padded.Pred, padded.Target = wide, slices.Repeat([]float64{absent}, wide), make([]float64, wide)
			for k, place := range c.Picks[:n] {
				padded.Pred[place], padded.Target[place] = c.Call.Pred[k], c.Call.Target[k]
			}
			a, b := t.eval(&c.Call), t.eval(padded)
			t.claim("the value is that without them", side().plus(1, b.value(0)), equal, side().plus(1, a.value(0)))
			for k := range a.grads() {
				t.claim("the gradient is that without them", side().plus(1, b.grad(c.Picks[k])), equal, side().plus(1, a.grad(k)))
			}
		},
	},
	{
		Name:      "replication_changes_nothing",
		Statement: "With every element twice the value is what it was, and the gradients of the two are together that of the one.",
		Source:    "the trait replication_invariant of the catalogue: a ratio of sums",
		Traits:    []loss.Property{loss.Replicated},
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{}))
			if c == nil {
				return nil
			}
			for _, p := range d.loss.Params {
				if p.AtMost != "" { // the smoothings
					c.Call.Params[p.Name], c.Call.Params[p.AtMost] = []float64{0}, []float64{0}
				}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			n := len(c.Call.Pred)
			t.need(c.Call.Rows == 1 && len(c.Call.Target) == n)
			twice := clone(&c.Call)
			twice.Cols, twice.Pred, twice.Target = 2*n, slices.Repeat(c.Call.Pred, 2), slices.Repeat(c.Call.Target, 2)
			a, b := t.eval(&c.Call), t.eval(twice)
			t.claim("L of all twice = L", side().plus(1, b.value(0)), equal, side().plus(1, a.value(0)))
			for k := range a.grads() {
				t.claim("the gradients of both are that of the one", side().plus(1, b.grad(k)).plus(1, b.grad(k+n)), equal, side().plus(1, a.grad(k)))
			}
		},
	}, {
		Name:      "slopes_are_a_jaccard_loss",
		Statement: "The sizes of the slopes of a Lovász loss sum to the Jaccard loss of the elements that are wrong at all.",
		Source:    "Berman, Rannen Triki and Blaschko, The Lovász-softmax loss, 2018, arXiv:1705.08790, equation 9: the increments of a set function sum to its value",
		applies:   named(lovaszHinge, lovaszSoftmax),
		gradient:  true,
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			plan, err := c.Call.Plan()
			t.need(err == nil && plan.Items() == 1 && !slices.Contains(t.loss.Kinks(plan.Args, c.Call.Pred, c.Call.Target), 0))
			e, slopes, wrong, union := t.eval(&c.Call), side(), 0.0, 0.0
			for k, g := range e.grads() {
				sign := 1 - 2*c.Call.Target[k]
				slopes.plus(sign, g)
				mistaken := t.loss.Name == lovaszSoftmax || sign*c.Call.Pred[k] > -1
				if mistaken {
					wrong++
				}
				if mistaken || sign < 0 {
					union++
				}
			}
			t.claim("Σ |∂L/∂x| = |wrong|/|wanted or wrong|", slopes, equal, side().catalogued(wrong/max(union, 1)))
		},
	},
	{
		Name:      "lovasz_at_vertices_is_jaccard",
		Statement: "Where every element is certain a Lovász loss is the Jaccard loss of the mistakes, and twice that for logits of ±1.",
		Source:    "Berman, Rannen Triki and Blaschko, The Lovász-softmax loss, 2018, arXiv:1705.08790, section 2.2: an extension has the values of the set function at the vertices",
		applies:   named(lovaszHinge, lovaszSoftmax),
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{}))
			if c != nil {
				for k := range c.Call.Pred {
					c.Call.Pred[k] = float64(d.Intn(2))
					if d.loss.Name == lovaszHinge {
						c.Call.Pred[k] = 2*c.Call.Pred[k] - 1
					}
				}
			}
			return c
		},
		check: func(t *trial, c *Case) {
			wrong, union, height := 0.0, 0.0, 1.0
			for k, x := range c.Call.Pred {
				t.need(x == 1 || x == -1 || x == 0 && t.loss.Name == lovaszSoftmax)
				if hit := x == 1; hit != (c.Call.Target[k] == 1) {
					wrong++
					union++
				} else if hit {
					union++
				}
			}
			if t.loss.Name == lovaszHinge {
				height = 2
			}
			t.claim("L = |wrong|/|wanted or predicted|", side().plus(1, t.eval(&c.Call).value(0)), equal, side().catalogued(height*wrong/max(union, 1)))
		},
	},
}

const (
	lovaszHinge   = "lovasz_hinge"
	lovaszSoftmax = "lovasz_softmax"
)
