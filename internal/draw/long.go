package draw

import (
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// How many different items and weights a long batch has: so few that the truth about each is soon
// found, and so many that a neighbour is seldom a double.
const (
	longItems   = 48
	longWeights = 6
)

// Long draws a call of rows × cols predictions, each of its items one of a few, in any order.
func (d *Drawer) Long(p *Profile, l *loss.Loss, rows, cols int, kinds ...string) loss.Call {
	width := l.Shape.Width(cols)
	few := d.Items(p, l, longItems, width, kinds...)
	c := few
	c.Rows, c.Cols, c.Pred, c.Target, c.Label, c.Upstream = rows, cols, nil, nil, nil, nil
	for range rows * cols / width {
		i := d.IntN(longItems)
		c.Pred = append(c.Pred, part(few.Pred, i)...)
		c.Target = append(c.Target, part(few.Target, i)...)
		c.Upstream = append(c.Upstream, part(few.Upstream, i)...)
		c.Label = append(c.Label, part(few.Label, i)...)
	}
	return c
}

// part is what the i-th of the few items has of something.
func part[E any](xs []E, i int) []E {
	each := len(xs) / longItems
	return xs[i*each : (i+1)*each]
}

// Uneven weighs the items of a long batch, each with one of a few weights, of which some are 0 and
// some 1.
func (d *Drawer) Uneven(p *Profile, l *loss.Loss, c *loss.Call) {
	few := []float64{0, 1}
	for range longWeights - len(few) {
		few = append(few, d.Fit(p.Weight.Pick(d)(d)))
	}
	c.Weight = fill(len(c.Pred)/l.Shape.Width(c.Cols), func() float64 { return One(d, few...) })
}

// Ignore gives one label in eight, and at least one of several, the ignored one.
func (d *Drawer) Ignore(c *loss.Call, ignored int) {
	c.Label = slices.Clone(c.Label)
	for i := range c.Label {
		if d.Chance(8) {
			c.Label[i] = ignored
		}
	}
	if len(c.Label) > 1 {
		c.Label[d.IntN(len(c.Label))] = ignored
	}
}
