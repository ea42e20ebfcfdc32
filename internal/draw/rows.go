package draw

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// scores are the regimes of a row of scores: everyday ones, of every size, with a common offset,
// next to equal, of few digits, and next to landmarks.
var scores = Mix[Row]{
	{3, adorned(each((*Drawer).Everyday))},
	{1, adorned(func(d *Drawer, p *Profile, n int) []float64 { return eachOf(p.Logit)(d, p, n) })},
	{1, adorned(each(size(-60, 10)))},
	{1, adorned(func(d *Drawer, p *Profile, n int) []float64 {
		offset := size(0, d.Format.Precision-1)(d)
		return fill(n, func() float64 { return d.Fit(offset + d.Everyday()) })
	})},
	{1, adorned(func(d *Drawer, p *Profile, n int) []float64 {
		offset := size(0, d.Format.Precision-1)(d)
		return fill(n, func() float64 { return d.Near(offset, 3) })
	})},
	{1, adorned(each((*Drawer).Short))},
	{1, adorned(each(saturating(landmark(2))))},
}

// adorned lets one score dominate now and then, several be the highest, or 0 be the highest.
func adorned(row Row) Row {
	return func(d *Drawer, p *Profile, n int) []float64 {
		xs := row(d, p, n)
		if d.Chance(6) {
			xs[d.IntN(n)] = d.Size(4, 13)
		}
		switch top := slices.Max(xs); d.IntN(12) {
		case 0:
			xs[d.IntN(n)] = top
		case 1:
			if math.IsInf(top, 0) {
				break
			}
			for k := range xs {
				xs[k] = d.Fit(xs[k] - top)
			}
		}
		return xs
	}
}

// Dyadic draws n non-negative numbers of few digits that sum to exactly 1; some may be 0.
func (d *Drawer) Dyadic(n int) []float64 {
	const parts = 64
	shares := make([]float64, n)
	switch d.IntN(4) {
	case 0:
		return oneHot(d, n)
	case 1: // nearly one-hot
		shares[d.IntN(n)] += (parts - 1.) / parts
		shares[d.IntN(n)] += 1. / parts
		return shares
	}
	for range parts {
		shares[d.IntN(n)] += 1. / parts
	}
	return shares
}

// dyadic is a row that sums to exactly 1.
func dyadic(d *Drawer, _ *Profile, n int) []float64 { return d.Dyadic(n) }

// ofModel is a row of probabilities as a model gives them, rounded to the format.
func ofModel(d *Drawer, p *Profile, n int) []float64 {
	return d.fitAll(Softmax(p.Scores.Pick(d)(d, p, n)))
}

func (d *Drawer) fitAll(xs []float64) []float64 {
	for i, x := range xs {
		xs[i] = d.Fit(x)
	}
	return xs
}

// hard is 0 or 1 for each predicted number.
func hard(d *Drawer, _ *Profile, l *loss.Loss, pred []float64) []float64 {
	return fill(len(pred), func() float64 {
		y := float64(d.IntN(2))
		if !l.Target.Holds(0) {
			y = 2*y - 1
		}
		return y
	})
}

// free is any numbers of the domain: of probabilities they need not sum to 1.
func free(d *Drawer, p *Profile, l *loss.Loss, pred []float64) []float64 {
	return fill(len(pred), func() float64 { return d.Number(p, l, l.Target) })
}

// asData is 0 or 1 where targets are probabilities, and any number of the domain elsewhere.
func asData(d *Drawer, p *Profile, l *loss.Loss, pred []float64) []float64 {
	if isUnit(l.Target) {
		return hard(d, p, l, pred)
	}
	return free(d, p, l, pred)
}

// nearly makes the loss or its gradient cancel: each target is within some ulps of what is
// predicted, which for logits is their probabilities.
func nearly(d *Drawer, _ *Profile, l *loss.Loss, pred []float64) []float64 {
	p := slices.Clone(pred)
	if predictsLogits(l) {
		if l.Shape.Classes {
			p = Softmax(pred)
		} else {
			for i, z := range pred {
				p[i] = Sigmoid(z)
			}
		}
	}
	for i, x := range p {
		p[i] = d.within(l.Target, d.Near(d.Fit(x), 4))
	}
	return p
}

// exactShares is a distribution that sums to exactly 1.
func exactShares(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
	return d.Dyadic(len(pred))
}

// teacher is the distribution of another model.
func teacher(d *Drawer, p *Profile, _ *loss.Loss, pred []float64) []float64 {
	return ofModel(d, p, len(pred))
}

// position is a number between the first class, at 0, and the last: a class, half way between
// two, next to either, or anywhere.
func position(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
	last := float64(len(pred) - 1)
	x := float64(d.IntN(len(pred)))
	switch d.IntN(4) {
	case 1:
		x = d.Near(x, 3)
	case 2:
		x += 0.5
	case 3:
		x = d.Fit(float64(last * d.Float64()))
	}
	return []float64{min(max(d.Fit(x), 0), last)}
}

// predictsLogits reports whether predictions are made probabilities by the loss itself.
func predictsLogits(l *loss.Loss) bool {
	return l.Prediction.Low < 0 && (l.IndexTarget() != nil || l.HasTarget() && isUnit(l.Target))
}
