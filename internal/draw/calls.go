package draw

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// Number draws a number of a domain of a loss.
func (d *Drawer) Number(p *Profile, l *loss.Loss, domain loss.Domain) float64 {
	mix := p.Logit
	switch {
	case isUnit(domain):
		mix = p.Unit
	case l.Target.Low < 0: // the prediction is a number on the scale of the target
		mix = p.Real
	}
	return d.within(domain, d.of(domain, mix, p.Unit))
}

// of draws a number of a mix or, for an interval between two numbers other than [0, 1], one that lies in it as those of
// [0, 1] in theirs.
func (d *Drawer) of(domain loss.Domain, mix, unit Mix[Number]) float64 {
	if domain.Bounded() && (!isUnit(domain) || domain.High-domain.Low < 0.75) && len(unit) > 0 {
		return domain.Low + float64((domain.High-domain.Low)*unit.Pick(d)(d))
	}
	return mix.Pick(d)(d)
}

// within moves a number into a domain.
func (d *Drawer) within(domain loss.Domain, x float64) float64 {
	near := d.Fit(min(max(x, domain.Low), domain.High))
	for _, y := range []float64{x, math.Abs(x), near, d.Format.MinSubnormal(), d.Format.Next(near), d.Format.Prev(near)} {
		if domain.Holds(y) && d.Format.Holds(y) {
			return y
		}
	}
	return One(d, domain.Low, domain.High) // these two are all there are
}

func isUnit(domain loss.Domain) bool { return domain.Low >= 0 && domain.High <= 1 }

// Count draws of a mix.
func (d *Drawer) Count(of Mix[Count]) int { return of.Pick(d)(d) }

// Width draws how many predicted numbers an item has.
func (d *Drawer) Width(p *Profile, l *loss.Loss) int {
	if !l.Shape.Many() {
		return l.Shape.Numbers
	}
	return d.Count(p.Widths)
}

// Predict draws the predicted numbers of an item.
func (d *Drawer) Predict(p *Profile, l *loss.Loss, n int) []float64 {
	row := each(func(d *Drawer) float64 { return d.Number(p, l, l.Prediction) })
	switch {
	case l.Shape.Several():
		row = p.Several[l.Shape].Pick(d)
	case !l.Shape.Classes || n == 1:
	case isUnit(l.Prediction):
		row = p.Shares.Pick(d)
	default:
		row = p.Scores.Pick(d)
	}
	xs := row(d, p, n)
	for i, x := range xs {
		xs[i] = d.within(l.Prediction, x)
	}
	return xs
}

// Kind draws one of the kinds of target that a loss has, of those with a name in the list (empty:
// of all); nil where there is none.
func (d *Drawer) Kind(l *loss.Loss, names ...string) *loss.TargetKind {
	var kinds []*loss.TargetKind
	for _, kind := range l.Targets {
		if len(names) == 0 || slices.Contains(names, kind.Name) {
			kinds = append(kinds, kind)
		}
	}
	switch len(kinds) {
	case 0:
		return nil
	case 1:
		return kinds[0]
	}
	return One(d, kinds...)
}

// Items draws a call of rows × cols predictions, with a target of each item and with everything
// else at its default. The kind of target is drawn from those with a name in the list; empty:
// from all.
func (d *Drawer) Items(p *Profile, l *loss.Loss, rows, cols int, kinds ...string) loss.Call {
	c := loss.Call{Loss: l.Name, Format: d.Format, Params: loss.Params{}, Conventions: loss.Conventions{}}
	c.Rows, c.Cols = rows, cols
	width := l.Shape.Width(cols)
	for range rows * cols / width {
		c.Pred = append(c.Pred, d.Predict(p, l, width)...)
	}
	if l.VectorValued && len(p.Upstream) > 0 {
		c.Upstream = p.Upstream.Pick(d)(d, p, len(c.Pred))
	}
	switch kind := d.Kind(l, kinds...); {
	case kind == nil:
	case kind.Index:
		for range rows * cols / width {
			c.Label = append(c.Label, d.IntN(width))
		}
	default:
		for pred := range slices.Chunk(c.Pred, width) {
			c.Target = append(c.Target, p.Targets[kind].Pick(d)(d, p, l, pred)...)
		}
	}
	return c
}

// Param draws a value of a parameter that is a number or one for each class.
func (d *Drawer) Param(p *Profile, param loss.Param, classes int) []float64 {
	mix, n := p.RealParam, 1
	switch {
	case param.Optional && d.Chance(4):
		return []float64{}
	case param.Kind == loss.PerClass && (p.OneForAll == 0 || !d.Chance(p.OneForAll)):
		n = classes
	}
	if isUnit(param.Domain) {
		mix = p.UnitParam
	}
	return fill(n, func() float64 {
		for range 8 { // what a domain leaves out, such as 0, is drawn again
			if x := d.of(param.Domain, mix, p.UnitParam); param.Domain.Holds(x) && d.Format.Holds(x) {
				return x
			}
		}
		return d.within(param.Domain, mix.Pick(d)(d))
	})
}

// IgnoreIndex draws a label that does not count: usual ones, a class, and the ends of short and
// long integers, as far as the format holds them.
func (d *Drawer) IgnoreIndex(classes int) int {
	i := One(d, -100, -1, classes, d.IntN(classes), -1<<15, 1<<15-1, -1<<31, 1<<31-1, d.IntN(1000))
	if !d.Format.Holds(float64(i)) {
		return -100
	}
	return i
}

// Settle lowers every parameter that exceeds what it may be beside another, or raises the other where the
// caller says that it is fixed.
func Settle(l *loss.Loss, params loss.Params, fixed loss.Params) {
	value := func(name string) float64 {
		if v, ok := params[name]; ok {
			return v[0]
		}
		p, _ := l.Param(name)
		return p.Default[0]
	}
	for _, p := range l.Params {
		if p.AtMost == "" || value(p.Name) <= value(p.AtMost) {
			continue
		}
		if _, ok := fixed[p.Name]; ok {
			params[p.AtMost] = []float64{value(p.Name)}
		} else {
			params[p.Name] = []float64{value(p.AtMost)}
		}
	}
}

// Settings sets, half of the time each, the parameters of a call that are not to do with its
// labels, and a third of the time each of its conventions.
func (d *Drawer) Settings(p *Profile, l *loss.Loss, c *loss.Call) {
	classes := 0
	if l.Shape.Classes {
		classes = c.Cols
	}
	for _, param := range l.Params {
		if param.Kind != loss.Integer && !d.Chance(2) {
			c.Params[param.Name] = d.Param(p, param, classes)
		}
	}
	Settle(l, c.Params, nil)
	for _, convention := range l.Conventions {
		if d.Chance(3) {
			c.Conventions[convention.Name] = One(d, convention.Values...)
		}
	}
}

// Call draws a call of one item.
func (d *Drawer) Call(p *Profile, l *loss.Loss) *loss.Call {
	c := d.Items(p, l, 1, d.Width(p, l))
	d.Settings(p, l, &c)
	if _, ok := l.Param(loss.IgnoreIndex.Name); ok && d.Chance(3) {
		c.Params[loss.IgnoreIndex.Name] = []float64{float64(d.IgnoreIndex(c.Cols))}
	}
	return &c
}

// Weights draws a sample weight for each value of a call.
func (d *Drawer) Weights(p *Profile, l *loss.Loss, c *loss.Call) {
	n := len(c.Pred) / l.Shape.Width(c.Cols)
	c.Weight = fill(n, func() float64 { return d.Fit(p.Weight.Pick(d)(d)) })
}
