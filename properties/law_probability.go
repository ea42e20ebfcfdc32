package properties

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Convexity in the probability that the prediction stands for.
var probabilityLaws = []*Law{{
	Name: "convex_in_probability",
	Statement: "As a function of p = σ(z) or softmax(z) the value is nowhere below a tangent, for hard targets: " +
		"L(b) ≥ L(a) + Σ ∂L/∂z_k(a)·(p_k(b)/p_k(a) − 1), and with one logit L(b) ≥ L(a) + L'(a)·(σ(b)−σ(a))/(σ(a)·σ(−a)).",
	Source:   boyd + "equation 3.2, with the gradient by the probability from the chain rule",
	Traits:   []loss.Property{loss.ConvexInProb},
	gradient: true,
	draw:     two(wish{hard: true, calm: true}),
	check: func(t *trial, c *Case) {
		t.need(len(c.Other) == len(c.Call.Pred) && moderate(c.Call.Pred, 200) && moderate(c.Other, 200))
		a, b := t.eval(&c.Call), t.eval(at(&c.Call, c.Other))
		tangent := side().plus(1, a.value(0))
		var p, q []interval.Interval // the probabilities of a row
		if onLogits(t.loss) && t.loss.Shape.Classes {
			p, q = softmaxOf(c.Call.Pred), softmaxOf(c.Other)
		}
		for k, g := range a.grads() {
			if !onLogits(t.loss) { // the prediction is the probability
				tangent.plusBig(sub(num(c.Other[k]), num(c.Call.Pred[k])), g)
				continue
			}
			t.need(!ulp.Special(g.x()))
			change := changeOfSigmoid(c.Call.Pred[0], c.Other[0])
			if p != nil {
				change = certain.Sub(certain.Quo(q[k], p[k]), interval.FromInt(1))
			}
			mid, doubt := middle(change)
			tangent.plusNear(mid, doubt, g)
		}
		t.claim("value ≥ tangent", side().plus(1, b.value(0)), atLeast, tangent)
	},
}}

// changeOfSigmoid is by how much σ changes, over its slope. For a row the change of p_k is taken
// over p_k, since Σ ∂L/∂z = 0 makes up for the rest.
func changeOfSigmoid(from, to float64) interval.Interval {
	rise := certain.Sub(sigmoidOf(to), sigmoidOf(from))
	return certain.Quo(rise, certain.Mul(sigmoidOf(from), sigmoidOf(-from)))
}
