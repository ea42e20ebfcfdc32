package properties

import (
	"math"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

const richardson = "Richardson, The approximate arithmetical solution by finite differences, 1911; " +
	"Brent, Algorithms for Minimization without Derivatives, 1973, section 5"

// The gradient as the derivative of the subject's own values.
var differenceLaws = []*Law{
	{
		Name:      "gradient_is_derivative",
		Statement: "Each component of the gradient is the limit of the subject's own difference quotients, extrapolated from steps h, 2h and 4h.",
		Source:    richardson,
		gradient:  true,
		coarse:    true,
		tour:      few(60),
		applies:   differentiable,
		draw:      differenceCase(true),
		check:     checkDifferences,
	},
	{
		Name:      "directional_derivative",
		Statement: "Along a random direction, and for a vector of values with a random upstream gradient, the gradient is the limit of the subject's own difference quotients.",
		Source:    richardson,
		gradient:  true,
		coarse:    true,
		tour:      few(40),
		applies:   func(l *loss.Loss) bool { return differentiable(l) && l.Shape != loss.Point },
		draw:      differenceCase(false),
		check:     checkDifferences,
	},
	{
		Name:      "linear_in_upstream",
		Statement: "The gradient of a vector of values is linear in the upstream gradient: ∇(2u + v) = 2∇u + ∇v.",
		Source:    "Griewank and Walther, Evaluating Derivatives, 2008, section 3.2",
		gradient:  true,
		applies:   vectorial,
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{}))
			if c == nil {
				return nil
			}
			c.Call.Upstream = make([]float64, c.Call.Cols)
			c.Other = make([]float64, c.Call.Cols)
			for k := range c.Other {
				c.Call.Upstream[k], c.Other[k] = float64(d.Intn(17)-8), float64(d.Intn(17)-8)
			}
			return c
		},
		check: func(t *trial, c *Case) {
			u, v := c.Call.Upstream, c.Other
			t.need(len(u) == len(c.Call.Pred) && len(v) == len(u))
			both := make([]float64, len(u))
			for k := range u {
				both[k] = 2*u[k] + v[k]
				t.need(t.format.Holds(both[k]) && t.format.Holds(2*u[k]) && both[k]-2*u[k] == v[k])
			}
			with := func(u []float64) *evaluation {
				call := c.Call
				call.Upstream = u
				return t.eval(&call)
			}
			a, b, ab := with(u), with(v), with(both)
			for k := range u {
				t.claim("∇(2u + v) = 2∇u + ∇v", side().plus(1, ab.grad(k)), equal, side().plus(2, a.grad(k)).plus(1, b.grad(k)))
			}
		},
	},
}

// differenceCase draws a point and a step: a power of two, a fraction of the scale on
// which the loss changes, in one coordinate or in all.
func differenceCase(coordinate bool) func(d *drawer) *Case {
	return func(d *drawer) *Case {
		w := wish{grid: d.Intn(2) == 0, calm: true}
		c := d.wrap(d.call(w))
		if c == nil {
			return nil
		}
		c.Other = make([]float64, len(c.Call.Pred))
		chosen := d.Intn(len(c.Other))
		h := 0.0
		for k, x := range c.Call.Pred {
			if coordinate && k != chosen {
				continue
			}
			scale := 1.0
			switch {
			case d.loss.Prediction == loss.UnitInterval:
				scale = min(x, 1-x)
			case d.loss.HasTarget() && d.loss.Target == loss.Finite:
				scale = max(1, math.Abs(x))
			}
			if scale > 0 && (h == 0 || scale < h) {
				h = scale
			}
		}
		_, e := math.Frexp(h)
		h = math.Ldexp(1, e-4-d.Intn(2+d.Format.Precision/12))
		for k := range c.Other {
			if !coordinate {
				c.Other[k] = h * float64(d.Intn(3)-1)
			}
		}
		c.Other[chosen] = h
		return c
	}
}

// weights of L(x ± h·step) in the twice extrapolated central difference
// R = (64·D(h) − 20·D(2h) + D(4h))/45, D(h) = (L(x+h) − L(x−h))/2h, whose error is of order h⁶,
// and in R less the once extrapolated (4·D(h) − D(2h))/3, which estimates it. The weights
// are over 360.
var (
	extrapolated = map[float64]float64{1: 256, 2: -40, 4: 1}
	estimate     = map[float64]float64{1: 16, 2: -10, 4: 1}
)

// conclusive is how small the estimated error must be beside the gradient for the
// comparison to say anything.
const conclusive = 1. / 16

// checkDifferences compares a directional derivative with the extrapolated difference.
// Where they differ by more than the estimate explains, the oracle says how large the
// error of the extrapolation is in truth, so that a false estimate raises no alarm.
func checkDifferences(t *trial, c *Case) {
	if plan, err := c.Call.Plan(); err == nil && t.loss.Detached != nil && t.loss.Detached(plan.Args, c.Call.Pred, targetOf(plan)) {
		panic(outcome{discarded: true, lacks: "a convention holds a part of the gradient constant"})
	}
	t.need(slices.ContainsFunc(c.Other, func(x float64) bool { return x != 0 }))
	t.needSmooth(&c.Call, t.shifted(c.Call.Pred, -4, c.Other), t.shifted(c.Call.Pred, 4, c.Other))
	here := t.eval(&c.Call)
	slope := along(here, c.Other, make([]float64, len(c.Other))).times(num(360))
	quotient, change := side(), side()
	for _, k := range []float64{1, 2, 4} {
		up := scalar(t.eval(at(&c.Call, t.shifted(c.Call.Pred, k, c.Other))))
		down := scalar(t.eval(at(&c.Call, t.shifted(c.Call.Pred, -k, c.Other))))
		d := up.minus(down)
		quotient = quotient.minus(d.times(num(-extrapolated[k])))
		change = change.minus(d.times(num(-estimate[k])))
	}
	difference := quotient.minus(slope)
	if !t.finite(difference) {
		return
	}
	size := newBig().Abs(slope.value())
	if q := newBig().Abs(quotient.value()); q.Cmp(size) > 0 {
		size = q
	}
	says := func(uncertainty *big.Float) bool { return uncertainty.Cmp(mul(size, num(conclusive))) <= 0 }
	tolerance := add(newBig().Abs(change.value()), difference.slack(number.floor))
	if newBig().Abs(difference.value()).Cmp(tolerance) <= 0 {
		if says(tolerance) {
			t.decided++
		} else {
			t.inconclusive = true
		}
		return
	}
	if t.loss.Unknown() {
		t.checkOwnDifferences(quotient, slope, change, says)
		return
	}
	v, doubt, ok := difference.truth() // the error of the extrapolation
	if !ok {
		t.inconclusive = true
		return
	}
	right := slope.minus(side())
	right.addBig(v)
	right.doubt.Add(right.doubt, doubt)
	t.claim("360·(the extrapolated difference) = 360·(step·∇L) + (the true error of the extrapolation)", quotient, equal, right)
	if slack := difference.slack(number.bound); slack.IsInf() || !says(add(slack, newBig().Abs(v))) {
		t.decided, t.inconclusive = 0, true
	}
}
