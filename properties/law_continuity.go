package properties

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ulp"
)

// From one number to the next, and in one direction.
var continuityLaws = []*Law{
	{
		Name:      "value_without_steps",
		Statement: "From one number to the next the value changes as the true one does, across every threshold.",
		known:     true,
		Source:    "Muller, Elementary Functions: Algorithms and Implementation, 2016, section 1.3",
		applies:   differentiable,
		tour:      few(50),
		draw:      window(3),
		check:     withoutSteps("L", (*evaluation).values),
	},
	{
		Name:      "gradient_without_steps",
		Statement: "From one number to the next the gradient changes as the true one does: it is continuous across every threshold.",
		known:     true,
		Source:    "the trait differentiable of the catalogue",
		Traits:    []loss.Property{loss.Differentiable},
		gradient:  true,
		tour:      few(50),
		draw:      window(3),
		check:     withoutSteps("∇L", (*evaluation).grads),
	},
	{
		Name:      "increasing",
		Statement: "The value does not fall as a prediction grows.",
		Source:    "the trait increasing of the catalogue",
		Traits:    []loss.Property{loss.Increasing},
		draw:      two(wish{}),
		check: func(t *trial, c *Case) {
			t.need(len(c.Other) == len(c.Call.Pred))
			high := make([]float64, len(c.Other))
			for k := range high {
				high[k] = max(c.Call.Pred[k], c.Other[k])
			}
			t.claim("L(larger) ≥ L(x)", side().plus(1, t.eval(at(&c.Call, high)).value(0)), atLeast, side().plus(1, t.eval(&c.Call).value(0)))
		},
	},
	{
		Name:      "gradient_of_increasing",
		Statement: "No component of the gradient is negative.",
		Source:    "the trait increasing of the catalogue",
		Traits:    []loss.Property{loss.Increasing},
		gradient:  true,
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			for _, g := range t.eval(&c.Call).grads() {
				t.claim("∇L ≥ 0", side().plus(1, g), atLeast, side())
			}
		},
	},
	{
		Name:      "increasing_by_ulps",
		Statement: "The value does not fall from one number to the next, across every threshold.",
		Source:    "Muller, Elementary Functions: Algorithms and Implementation, 2016, section 1.3",
		Traits:    []loss.Property{loss.Increasing},
		draw:      window(6),
		check: func(t *trial, c *Case) {
			for _, pair := range t.neighbours(c) {
				t.claim("L(next) ≥ L(x)", side().plus(1, pair[1].value(0)), atLeast, side().plus(1, pair[0].value(0)))
			}
		},
	},
	{
		Name:      "right_score_lowers_loss",
		Statement: "For a hard target without smoothing the value does not grow as the score moves to the side of the target.",
		catalogue: true,
		Source:    "Lin, Focal loss for dense object detection, 2017, arXiv:1708.02002, figure 1",
		applies: func(l *loss.Loss) bool {
			return l.Takes(loss.Label) || l.Takes(loss.Number) && l.Target == loss.UnitInterval
		},
		draw: func(d *drawer) *Case {
			kind := ""
			if d.loss.Takes(loss.Label) {
				kind = "label"
			}
			c := d.wrap(d.call(wish{plain: true, hard: true, kind: kind}))
			if c == nil {
				return nil
			}
			t := 0
			if c.Call.Label != nil {
				t = c.Call.Label[0]
			}
			c.Other = d.another(c.Call.Pred[t:t+1], wish{})
			return c
		},
		check: func(t *trial, c *Case) {
			t.need(len(c.Other) == 1)
			k, toward := 0, 1.0
			if c.Call.Label != nil {
				k = c.Call.Label[0]
			} else {
				t.need(c.Call.Target[0] == 0 || c.Call.Target[0] == 1)
				toward = 2*c.Call.Target[0] - 1
			}
			moved := append([]float64(nil), c.Call.Pred...)
			moved[k] = c.Other[0]
			t.need(t.loss.Prediction.Holds(moved[k]))
			better, worse := t.eval(at(&c.Call, moved)), t.eval(&c.Call)
			if !unsmoothed(worse.plan) {
				t.lacksPlain()
			}
			if (c.Other[0]-c.Call.Pred[k])*toward < 0 {
				better, worse = worse, better
			}
			t.claim("L(nearer) ≤ L(x)", side().plus(1, better.value(0)), atMost, side().plus(1, worse.value(0)))
		},
	},
}

func withoutSteps(of string, numbers func(e *evaluation) []number) func(t *trial, c *Case) {
	return func(t *trial, c *Case) {
		for _, pair := range t.neighbours(c) {
			next := numbers(pair[1])
			for k, here := range numbers(pair[0]) {
				t.asTruth(of+"(next) − "+of+"(x) is the true difference", side().plus(1, next[k]).plus(-1, here))
			}
		}
	}
}

// window draws a place, mostly next to a landmark, and in how many ulps to walk from it.
func window(ulps int) func(d *drawer) *Case {
	return func(d *drawer) *Case {
		c := d.wrap(d.call(wish{calm: true}))
		if c == nil {
			return nil
		}
		k := d.Intn(len(c.Call.Pred))
		x := d.Landmark(ulps)
		if d.loss.Prediction == loss.UnitInterval && !d.loss.Prediction.Holds(x) {
			x = d.Probability()
		}
		c.Call.Pred[k] = x
		c.Picks = []int{k, ulps}
		return c
	}
}

// neighbours evaluates the loss at consecutive numbers in one coordinate, and returns each
// with the next.
func (t *trial) neighbours(c *Case) [][2]*evaluation {
	t.need(len(c.Picks) == 2 && c.Picks[0] < len(c.Call.Pred))
	k := c.Picks[0]
	pred := append([]float64(nil), c.Call.Pred...)
	previous := t.eval(&c.Call)
	var pairs [][2]*evaluation
	for range c.Picks[1] {
		next := t.format.Next(pred[k])
		if ulp.Special(next) || !t.loss.Prediction.Holds(next) {
			break
		}
		pred = append([]float64(nil), pred...)
		pred[k] = next
		e := t.eval(at(&c.Call, pred))
		pairs = append(pairs, [2]*evaluation{previous, e})
		previous = e
	}
	t.need(len(pairs) > 0)
	return pairs
}
