package properties

import (
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// Proper scoring: honesty pays.
var properLaws = []*Law{{
	Name:      "proper",
	Statement: "No prediction has a smaller expected loss than the true probability itself.",
	Source:    "Gneiting and Raftery, Strictly proper scoring rules, prediction, and estimation, 2007, equation 1",
	Traits:    []loss.Property{loss.Proper},
	draw: func(d *drawer) *Case {
		w := wish{hard: true, calm: true}
		c := d.wrap(d.call(w))
		if c == nil {
			return nil
		}
		n := len(c.Call.Pred)
		if !onLogits(d.loss) || !differentiable(d.loss) { // both are probabilities that sum to 1
			pair := func() []float64 {
				if !d.loss.Shape.Classes {
					return []float64{float64(d.Intn(65)) / 64}
				}
				return d.Dyadic(n)
			}
			c.Call.Pred, c.Other = pair(), pair()
			return c
		}
		c.Other = d.another(c.Call.Pred, w)
		return c
	},
	check: func(t *trial, c *Case) {
		truth, other := c.Call.Pred, c.Other
		t.need(len(other) == len(truth) && moderate(truth, 200) && moderate(other, 200))
		if !onLogits(t.loss) || !differentiable(t.loss) {
			t.need(t.probabilities(truth) && t.probabilities(other))
		}
		t.claim("expected loss of the truth ≤ that of another", t.expected(c, truth, truth), atMost, t.expected(c, other, truth))
	},
}}

// probabilities reports whether the numbers are a distribution, or the one number of a
// pointwise loss a probability.
func (t *trial) probabilities(xs []float64) bool {
	if !t.loss.Shape.Classes {
		return xs[0] >= 0 && xs[0] <= 1
	}
	total := newBig()
	for _, x := range xs {
		total.Add(total, num(x))
	}
	return total.Cmp(num(1)) == 0 && !slices.ContainsFunc(xs, func(x float64) bool { return x < 0 })
}

// expected is the expected loss of a prediction where truth says how probable each
// outcome is: as probabilities, or as the logits of them.
func (t *trial) expected(c *Case, pred, truth []float64) *form {
	var share []interval.Interval
	switch exact := !onLogits(t.loss) || !differentiable(t.loss); {
	case exact && !t.loss.Shape.Classes:
		p := interval.FromFloat64(truth[0])
		share = []interval.Interval{certain.Sub(interval.FromInt(1), p), p}
	case exact:
		for _, p := range truth {
			share = append(share, interval.FromFloat64(p))
		}
	case !t.loss.Shape.Classes:
		share = []interval.Interval{sigmoidOf(-truth[0]), sigmoidOf(truth[0])}
	default:
		share = softmaxOf(truth)
	}
	s := side()
	for k, p := range share {
		mid, doubt := middle(p)
		if mid.Cmp(new(big.Float)) == 0 {
			continue // an outcome that never comes, though its loss may be infinite
		}
		s.plusNear(mid, doubt, t.eval(outcomeOf(&c.Call, pred, k)).value(0))
	}
	return s
}

// outcomeOf is the call in which outcome k has come.
func outcomeOf(c *loss.Call, pred []float64, k int) *loss.Call {
	call := *at(c, pred)
	switch {
	case call.Label != nil:
		call.Label = []int{k}
	case kindOf(call.Loss) == loss.Number.Name:
		call.Target = []float64{float64(k)}
	default:
		call.Target = make([]float64, len(pred))
		call.Target[k] = 1
	}
	return &call
}
