package properties

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// Symmetry under the maps that the catalogue declares.
var symmetryLaws = []*Law{
	{
		Name:      "symmetric",
		Statement: "L(z, y) = L(−z, 1−y) for a logit, L(p, y) = L(1−p, 1−y) for a probability, L(x, y) = L(y, x) = L(−x, −y) for a number, L(p, t) = L(t, p) for masks and for boxes, L(z, y) = L(−z, −y) for a margin, and for a position the mirror image of the row.",
		Source:    "the trait symmetric of the catalogue; 1 − σ(z) = σ(−z)",
		Traits:    []loss.Property{loss.Symmetric},
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			e := t.eval(&c.Call)
			for _, m := range t.mirrored(c) {
				t.claim("L = L of the mirror image", side().plus(1, t.eval(m).value(0)), equal, side().plus(1, e.value(0)))
			}
		},
	},
	{
		Name:      "symmetric_gradient",
		Statement: "The gradient changes its sign under the maps under which the value does not change.",
		Source:    "the chain rule",
		Traits:    []loss.Property{loss.Symmetric},
		gradient:  true,
		applies:   func(l *loss.Loss) bool { return l.Shape == loss.Point },
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			e := t.eval(&c.Call)
			for _, m := range t.mirrored(c) {
				t.claim("∇L = −∇L of the mirror image", side().plus(1, t.eval(m).grad(0)), equal, side().plus(-1, e.grad(0)))
			}
		},
	},
}

// mirrored returns the images of a call; none where they are not exact.
func (t *trial) mirrored(c *Case) []*loss.Call {
	if t.loss.Takes(loss.Position) {
		call := c.Call
		call.Pred = slices.Clone(c.Call.Pred)
		slices.Reverse(call.Pred)
		y, ok := exactly(t.format, float64(len(call.Pred)-1), -1, c.Call.Target[0])
		t.need(ok)
		call.Target = []float64{y}
		return []*loss.Call{&call}
	}
	if t.loss.Takes(loss.Numbers) || t.loss.Shape.Several() {
		call := c.Call
		call.Pred, call.Target = c.Call.Target, c.Call.Pred
		return []*loss.Call{&call}
	}
	x, y := c.Call.Pred[0], c.Call.Target[0]
	image := func(x, y float64) *loss.Call {
		call := c.Call
		call.Pred, call.Target = []float64{x}, []float64{y}
		return &call
	}
	switch t.loss.Target {
	case loss.Finite:
		t.need(!math.IsInf(x, 0))
		return []*loss.Call{image(y, x), image(-x, -y)}
	case loss.Signs:
		return []*loss.Call{image(-x, -y)}
	}
	notY, ok := exactly(t.format, 1, -1, y)
	t.need(ok)
	if t.loss.Prediction == loss.UnitInterval {
		notX, ok := exactly(t.format, 1, -1, x)
		t.need(ok)
		return []*loss.Call{image(notX, notY)}
	}
	return []*loss.Call{image(-x, notY)}
}
