package properties

import (
	"github.com/lossproof/lossproof/impl/loss"
)

const boyd = "Boyd and Vandenberghe, Convex Optimization, 2004, "

// Convexity in the prediction.
var convexityLaws = []*Law{
	{
		Name:      "convex_by_jensen",
		Statement: "The value at a mean of two predictions is at most the mean of their values, for weights of k/8.",
		Source:    boyd + "equation 3.1",
		Traits:    []loss.Property{loss.Convex},
		draw:      threePoints(wish{grid: true}),
		check: func(t *trial, c *Case) {
			middle, mean := t.jensen(c)
			t.claim("value of the mean ≤ mean of the values", middle, atMost, mean)
		},
	},
	{
		Name:      "convex_above_tangent",
		Statement: "The value is nowhere below a tangent: L(b) ≥ L(a) + ∇L(a)·(b−a).",
		Source:    boyd + "equation 3.2",
		Traits:    []loss.Property{loss.Convex},
		gradient:  true,
		draw:      two(wish{}),
		check: func(t *trial, c *Case) {
			t.need(len(c.Other) == len(c.Call.Pred))
			a, b := t.eval(&c.Call), t.eval(at(&c.Call, c.Other))
			tangent := side().plus(1, a.value(0))
			tangent.terms = append(tangent.terms, along(a, c.Other, c.Call.Pred).terms...)
			t.claim("value ≥ tangent", side().plus(1, b.value(0)), atLeast, tangent)
		},
	},
	{
		Name:      "convex_by_curvature",
		Statement: "The gradient is monotone: (∇L(b) − ∇L(a))·(b−a) ≥ 0 along every direction, so that the Hessian is positive semidefinite.",
		Source:    boyd + "section 3.1.4 and exercise 3.11",
		Traits:    []loss.Property{loss.Convex},
		gradient:  true,
		draw:      two(wish{}),
		check: func(t *trial, c *Case) {
			t.need(len(c.Other) == len(c.Call.Pred))
			a, b := t.eval(&c.Call), t.eval(at(&c.Call, c.Other))
			t.claim("∇L(b)·(b−a) ≥ ∇L(a)·(b−a)", along(b, c.Other, c.Call.Pred), atLeast, along(a, c.Other, c.Call.Pred))
		},
	},
	{
		Name:      "strictly_convex",
		Statement: "The value at a mean of two different predictions is below the mean of their values.",
		Source:    boyd + "section 3.1.1",
		Traits:    []loss.Property{loss.StrictlyConvex},
		tour:      few(40),
		draw:      threePoints(wish{grid: true, plain: true}),
		check: func(t *trial, c *Case) {
			middle, mean := t.jensen(c)
			t.strictly("value of the mean < mean of the values", middle, mean)
		},
	},
	{
		Name:      "strongly_convex",
		Statement: "L − ½·m·x² is convex, with the declared m.",
		Source:    boyd + "section 9.1.2",
		Traits:    []loss.Property{loss.StronglyConvex},
		draw:      threePoints(wish{grid: true}),
		check: func(t *trial, c *Case) {
			middle, mean := t.jensen(c)
			plan, _ := c.Call.Plan()
			m := constant(t.claimed(loss.StronglyConvex, plan)[0], plan)
			// λ(1−λ)·|a−b|² = k·(8−k)·step², since a−b is 8 steps.
			k := float64(c.Picks[0])
			gap := mul(num(m*k*(8-k)/2), mul(num(c.Other[0]), num(c.Other[0])))
			t.claim("value of the mean + ½·m·λ(1−λ)·|a−b|² ≤ mean of the values", middle.addBig(gap), atMost, mean)
		},
	},
}

// threePoints draws a point, a step and a weight: the point is the mean of one that lies
// k steps away with weight (8−k)/8, and one 8−k steps away on the other side.
func threePoints(w wish) func(d *drawer) *Case {
	return func(d *drawer) *Case {
		c := d.wrap(d.call(w))
		if c == nil {
			return nil
		}
		c.Other, c.Picks = d.steps(c.Call.Pred), []int{1 + d.Intn(7)}
		return c
	}
}

func (t *trial) jensen(c *Case) (middle, mean *form) {
	t.need(len(c.Picks) == 1 && c.Picks[0] > 0 && c.Picks[0] < 8)
	k := float64(c.Picks[0])
	a, b := t.shifted(c.Call.Pred, k-8, c.Other), t.shifted(c.Call.Pred, k, c.Other)
	middle = side().plus(1, t.eval(&c.Call).value(0))
	mean = side().plus(k/8, t.eval(at(&c.Call, a)).value(0)).plus(1-k/8, t.eval(at(&c.Call, b)).value(0))
	return middle, mean
}
