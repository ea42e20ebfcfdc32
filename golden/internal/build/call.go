package build

import (
	"github.com/lossproof/lossproof/impl/loss"
)

// call draws the data of a call of rows×cols: predictions and targets, no parameters.
func (d *drawer) call(l *loss.Loss, rows, cols int, prediction func(loss.Domain) float64) loss.Call {
	c := loss.Call{Loss: l.Name, Format: d.format, Params: loss.Params{}, Conventions: loss.Conventions{}}
	c.Rows, c.Cols = rows, cols
	n := rows * cols
	c.Pred = make([]float64, n)
	simplex := l.Shape.Classes && l.Prediction == loss.UnitInterval
	for i := range rows {
		row := c.Pred[i*cols : (i+1)*cols]
		if simplex && d.IntN(4) != 0 {
			copy(row, d.positiveDistribution(cols))
			continue
		}
		for j := range row {
			row[j] = prediction(l.Prediction)
		}
	}
	if l.VectorValued {
		c.Upstream = make([]float64, n)
		for i := range c.Upstream {
			c.Upstream[i] = d.round(d.bell())
		}
	}
	switch numbers := l.NumberTarget(); {
	case !l.HasTarget():
	case l.IndexTarget() != nil && (numbers == nil || d.IntN(2) == 0):
		c.Label = make([]int, rows)
		for i := range c.Label {
			c.Label[i] = d.IntN(cols)
		}
	case numbers == loss.Distribution:
		for range rows {
			c.Target = append(c.Target, d.distribution(cols)...)
		}
	default:
		c.Target = make([]float64, n)
		for i := range c.Target {
			c.Target[i] = d.targetNumber(l.Target)
		}
	}
	return c
}

// positiveDistribution draws predicted probabilities of a row.
func (d *drawer) positiveDistribution(k int) []float64 {
	xs := make([]float64, k)
	sum := 0.0
	for i := range xs {
		xs[i] = d.magnitude(-8, 2)
		sum += xs[i]
	}
	for i := range xs {
		xs[i] = d.round(xs[i] / sum)
	}
	return xs
}

// addParams sets some parameters and conventions of a call.
func (d *drawer) addParams(l *loss.Loss, c *loss.Call) {
	classes := 0
	if l.Shape.Classes {
		classes = c.Cols
	}
	for _, p := range l.Params {
		if v, ok := d.param(p, classes); ok {
			c.Params[p.Name] = v
		}
	}
	for _, k := range l.Conventions {
		if d.IntN(3) == 0 {
			c.Conventions[k.Name] = one(d, k.Values...)
		}
	}
}

// addReduction reduces a call: one of the reductions, sample weights half of the time, a
// quarter of the labels ignored where that can be.
func (d *drawer) addReduction(l *loss.Loss, c *loss.Call) {
	if l.VectorValued {
		return
	}
	c.Reduction = one(d, loss.Reductions()...)
	if d.IntN(2) == 0 {
		n := c.Rows * c.Cols / l.Shape.Width(c.Cols)
		c.Weight = make([]float64, n)
		for i := range c.Weight {
			c.Weight[i] = d.round(one(d, 0, 0.5, 1, 1, 2, d.Float64()))
		}
		c.Weight[d.IntN(n)] = 1 // the sum of the weights is not 0
	}
	if _, ok := l.Param(loss.IgnoreIndex.Name); ok && c.Label != nil && c.Rows > 1 && d.IntN(2) == 0 {
		const ignored = -100
		c.Params[loss.IgnoreIndex.Name] = []float64{ignored}
		for i := 1; i < c.Rows; i++ { // the first row counts
			if d.IntN(4) == 0 {
				c.Label[i] = ignored
			}
		}
	}
}

// columns draws how many numbers an item has.
func (d *drawer) columns(l *loss.Loss) int {
	if !l.Shape.Many() {
		return l.Shape.Numbers
	}
	return one(d, 2, 2, 3, 3, 4, 5, 7, 10, 17)
}
