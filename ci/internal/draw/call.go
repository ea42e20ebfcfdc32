package draw

import (
	"math"
	"math/rand/v2"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Call draws a call of one example in float64.
func Call(l *loss.Loss, r *rand.Rand) *loss.Call {
	c := &loss.Call{Loss: l.Name, Format: ieee.Float64, Params: loss.Params{}, Conventions: loss.Conventions{}}
	c.Rows, c.Cols = 1, max(1, l.Shape.Numbers)
	if l.Shape.Many() {
		c.Cols = classes(r)
	}
	c.Pred = row(l.Prediction, c.Cols, r)
	if l.HasTarget() {
		switch l.Targets[r.IntN(len(l.Targets))] {
		case loss.Number:
			c.Target = []float64{number(l, c.Pred[0], r)}
		case loss.Label:
			c.Label = []int{r.IntN(c.Cols)}
		case loss.Distribution:
			c.Target = distribution(l, c.Pred, r)
		}
	}
	for _, p := range l.Params {
		if v, ok := param(p, c.Cols, r); ok {
			c.Params[p.Name] = v
		}
	}
	for _, convention := range l.Conventions {
		if r.IntN(4) == 0 {
			c.Conventions[convention.Name] = convention.Values[r.IntN(len(convention.Values))]
		}
	}
	if l.VectorValued && r.IntN(2) == 0 {
		c.Upstream = make([]float64, c.Cols)
		for i := range c.Upstream {
			c.Upstream[i] = r.NormFloat64()
		}
		if r.IntN(2) == 0 {
			clear(c.Upstream)
			c.Upstream[r.IntN(c.Cols)] = 1
		}
	}
	return c
}

// Direction draws a direction for the product with the Hessian: 1 for one number.
func Direction(n int, r *rand.Rand) []float64 {
	d := []float64{1}
	for len(d) < n {
		d = append(d, r.NormFloat64())
	}
	return d
}

// classes is mostly 1 to 12, and now and then 100.
func classes(r *rand.Rand) int {
	if r.IntN(200) == 0 {
		return 100
	}
	return 1 + r.IntN(12)
}

// row draws the predictions of one example.
func row(d loss.Domain, n int, r *rand.Rand) []float64 {
	xs := make([]float64, n)
	switch {
	case d == loss.UnitInterval && r.IntN(2) == 0:
		copy(xs, softmax(scores(n, r)))
	case d == loss.UnitInterval:
		for i := range xs {
			xs[i] = probability(r)
		}
	case n == 1:
		xs[0] = real(d, r)
	default:
		copy(xs, scores(n, r))
		for i, x := range xs {
			if !d.Holds(x) {
				xs[i] = 0
			}
		}
	}
	return xs
}

// scores draws K scores: on one scale, of many magnitudes, nearly equal, or with a common offset; and
// seldom, since the oracle takes a second for some of those, of every magnitude and with infinities.
func scores(n int, r *rand.Rand) []float64 {
	const seldom = 2_000
	xs := make([]float64, n)
	if r.IntN(seldom) == 0 {
		for i := range xs {
			if xs[i] = real(loss.Extended, r); i > 0 && math.IsInf(xs[i], 1) {
				xs[i] = math.Inf(-1) // one +Inf at most: then there is a limit
			}
		}
		return xs
	}
	regime, scale := r.IntN(8), math.Exp2(10*r.Float64()-3)
	offset := math.Copysign(math.Exp2(30*r.Float64()), r.NormFloat64())
	for i := range xs {
		switch regime {
		case 0, 1, 2:
			xs[i] = scale * r.NormFloat64()
		case 3:
			xs[i] = math.Copysign(math.Exp2(70*r.Float64()-60), r.NormFloat64())
		case 4: // ties and neighbours
			xs[i] = nudged(math.Round(offset), 3, r)
		case 5:
			xs[i] = offset + r.NormFloat64()
		case 6:
			xs[i] = float64(r.IntN(7) - 3)
		case 7:
			xs[i] = nudged(thresholds[r.IntN(len(thresholds)-1)], 3, r)
		}
	}
	if r.IntN(12) == 0 { // one class far above the rest
		xs[r.IntN(n)] += 100 * scale
	}
	return xs
}

// number draws the target of a pointwise loss. Half of those that are probabilities are labels;
// a quarter nearly cancel the prediction.
func number(l *loss.Loss, x float64, r *rand.Rand) float64 {
	if l.Target != loss.UnitInterval {
		if r.IntN(2) == 0 {
			return within(l.Target, nudged(x, 8, r))
		}
		return real(l.Target, r)
	}
	switch r.IntN(8) {
	case 0, 1, 2, 3:
		return float64(r.IntN(2))
	case 4, 5:
		if l.Prediction == loss.Extended {
			x = 1 / (1 + math.Exp(-x))
		}
		return within(l.Target, nudged(x, 4, r))
	}
	return probability(r)
}

// distribution draws a target of K numbers: one class, normalised, near the prediction, or any
// numbers of the domain.
func distribution(l *loss.Loss, pred []float64, r *rand.Rand) []float64 {
	n := len(pred)
	ys := make([]float64, n)
	switch r.IntN(5) {
	case 0:
		ys[r.IntN(n)] = 1
	case 1:
		copy(ys, softmax(scores(n, r)))
	case 2, 3:
		p := pred
		if l.Prediction == loss.Extended {
			p = softmax(pred)
		}
		for i := range ys {
			ys[i] = nudged(p[i], 4, r)
		}
	case 4:
		for i := range ys {
			ys[i] = probability(r)
		}
	}
	for i, y := range ys {
		ys[i] = within(l.Target, y)
	}
	return ys
}

// param draws a value, or reports that the default may stand.
func param(p loss.Param, classes int, r *rand.Rand) ([]float64, bool) {
	if r.IntN(3) == 0 {
		return nil, false
	}
	one := func() float64 {
		switch {
		case p.Kind == loss.Integer:
			return float64(r.IntN(classes+2) - 2)
		case p.Domain == loss.UnitInterval:
			return []float64{0, 1, 0.25, 0.1, r.Float64(), math.Exp2(-60 * r.Float64())}[r.IntN(6)]
		}
		return within(p.Domain, []float64{0, 1, 2, 0.5, 5 * r.Float64(), math.Exp2(40*r.Float64() - 20)}[r.IntN(6)])
	}
	n := 1
	switch {
	case p.Optional && r.IntN(2) == 0:
		return []float64{}, true
	case p.Kind == loss.PerClass && r.IntN(3) > 0:
		n = classes
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = one()
	}
	return v, true
}

// softmax is good enough to draw from: it need not be exact.
func softmax(z []float64) []float64 {
	top, sum := math.Inf(-1), 0.0
	for _, x := range z {
		top = max(top, x)
	}
	p := make([]float64, len(z))
	for i, x := range z {
		if p[i] = math.Exp(x - top); math.IsNaN(p[i]) { // an infinity is the highest
			p[i] = 1
		}
		sum += p[i]
	}
	for i := range p {
		p[i] = min(p[i]/sum, 1)
	}
	return p
}
