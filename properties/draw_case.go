package properties

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// A wish says what a law needs of the call that is drawn for it.
type wish struct {
	rows      int            // 0: one
	cols      int            // of a rowwise loss; 0: 2 to 8
	columns   bool           // several columns of a pointwise loss, too
	reduction loss.Reduction // empty: none
	plain     bool           // every parameter at its default, or at the subject's own value
	hard      bool           // targets of 0 and 1, labels, and no soft distribution
	kind      string         // label or distribution; empty: either
	calm      bool           // everyday numbers
	grid      bool           // predictions of few digits on a common grid, so that steps from them are exact
	weights   bool           // sample weights, where the subject takes them
	anywhere  bool           // predictions beyond the clip of the subject, too
	ignored   bool           // some label may be ignored: the parameter ignore_index is on
}

// call draws a call; nil where the subject has none of that kind, with d.lacks set.
func (d *drawer) call(w wish) *loss.Call {
	capability, ok := d.capability(w)
	if !ok {
		return nil
	}
	c := &loss.Call{Loss: d.loss.Name, Format: d.format, Reduction: w.reduction}
	c.Rows, c.Cols = max(1, w.rows), 1
	switch {
	case !d.loss.Shape.Many(): // several items in a sample
		c.Cols = d.loss.Shape.Numbers
		if w.columns && d.Intn(3) == 0 {
			c.Cols *= 2 + d.Intn(3)
		}
	case w.cols > 0:
		c.Cols = w.cols
	default:
		c.Cols = 2 + d.Intn(4)
		if d.Intn(6) == 0 {
			c.Cols = 1 + d.Intn(8)
		}
	}
	d.setParams(c, capability, w)
	d.setConventions(c, capability, w)
	kind := d.kind(capability, w)
	if kind == "" {
		d.lacks = "no target of the kind that the law needs"
		return nil
	}
	for range c.Rows {
		row := d.row(c.Cols, w)
		c.Pred = append(c.Pred, row...)
		d.setTarget(c, kind, row, w)
	}
	if d.loss.VectorValued && d.Intn(2) == 0 {
		for range c.Pred {
			c.Upstream = append(c.Upstream, d.short())
		}
	}
	if w.weights && capability.Weights && !d.loss.VectorValued {
		for range len(c.Pred) / d.loss.Shape.Width(c.Cols) {
			c.Weight = append(c.Weight, d.weight())
		}
	}
	if !w.anywhere {
		d.clip(c)
	}
	return c
}

// capability picks one of the subject's for what is wished.
func (d *drawer) capability(w wish) (subject.Capability, bool) {
	var fit []subject.Capability
	reduction := w.reduction
	if reduction == "" {
		reduction = loss.None
	}
	for _, c := range d.capabilities {
		if slices.Contains(c.Reductions, reduction) || len(c.Reductions) == 0 && reduction == loss.None {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		d.lacks = "no reduction " + string(reduction)
		return subject.Capability{}, false
	}
	return fit[d.Intn(len(fit))], true
}

// reductions are those that the subject has, of a list.
func (d *drawer) reductions(of ...loss.Reduction) []loss.Reduction {
	var has []loss.Reduction
	for _, r := range of {
		if slices.ContainsFunc(d.capabilities, func(c subject.Capability) bool { return slices.Contains(c.Reductions, r) }) {
			has = append(has, r)
		}
	}
	if len(has) == 0 {
		d.lacks = "none of the reductions that the law is about"
	}
	return has
}

func (d *drawer) setParams(c *loss.Call, capability subject.Capability, w wish) {
	c.Params = loss.Params{}
	for _, p := range d.loss.Params {
		if fixed, ok := capability.Fixed[p.Name]; ok {
			c.Params[p.Name] = slices.Clone(fixed)
			continue
		}
		if p.Name == loss.IgnoreIndex.Name || w.plain || !slices.Contains(capability.Params, p.Name) || d.Intn(2) == 0 {
			continue
		}
		c.Params[p.Name] = d.param(p, c.Cols)
	}
	if w.ignored && slices.Contains(capability.Params, loss.IgnoreIndex.Name) {
		c.Params[loss.IgnoreIndex.Name] = []float64{float64([]int{-100, -1, c.Cols, d.Intn(c.Cols)}[d.Intn(4)])}
	}
}

// ignore gives one row the ignored label, where there is one.
func (d *drawer) ignore(c *loss.Call) {
	if at := c.Params[loss.IgnoreIndex.Name]; len(at) == 1 && len(c.Label) > 0 {
		c.Label[d.Intn(c.Rows)] = int(at[0])
	}
}

// weight draws a sample weight: 0, of few digits, or of any.
func (d *drawer) weight() float64 {
	if d.Intn(3) == 0 {
		return math.Abs(d.magnitude(-3, 2))
	}
	return float64(d.Intn(9)) / 4
}

func (d *drawer) param(p loss.Param, classes int) []float64 {
	one := func() float64 {
		if p.Domain == loss.UnitInterval {
			return float64(d.Intn(17)) / 16
		}
		return []float64{0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5}[d.Intn(11)]
	}
	switch {
	case p.Optional && d.Intn(4) == 0:
		return []float64{}
	case p.Kind != loss.PerClass || d.Intn(4) == 0:
		return []float64{one()}
	}
	v := make([]float64, classes)
	for k := range v {
		v[k] = one()
	}
	return v
}

func (d *drawer) setConventions(c *loss.Call, capability subject.Capability, w wish) {
	c.Conventions = loss.Conventions{}
	for _, convention := range d.loss.Conventions {
		if has := capability.Conventions[convention.Name]; len(has) > 0 {
			c.Conventions[convention.Name] = has[d.Intn(len(has))]
		}
	}
	// A clip breaks most of what is true of a loss beyond its ends, so that a subject that
	// can do without is asked without.
	if has := capability.Conventions["probability_clip"]; !w.anywhere && slices.Contains(has, "none") {
		c.Conventions["probability_clip"] = "none"
	}
}

// clip moves predictions into the clip of the subject, where it can do no other: the laws
// hold there.
func (d *drawer) clip(c *loss.Call) {
	if d.loss.Prediction != loss.UnitInterval {
		return
	}
	plan, err := c.Plan()
	if err != nil {
		return
	}
	low, high := plan.Args.ClipInterval()
	for i := range c.Pred {
		c.Pred[i] = min(max(c.Pred[i], low), high)
	}
}

// kind picks the kind of target.
func (d *drawer) kind(capability subject.Capability, w wish) string {
	takes := func(kind string) bool {
		return len(capability.Targets) == 0 || slices.Contains(capability.Targets, kind)
	}
	var kinds []string
	for _, kind := range d.loss.Targets {
		if takes(kind.Name) && (w.kind == "" || w.kind == kind.Name) {
			kinds = append(kinds, kind.Name)
		}
	}
	slices.Sort(kinds)
	switch {
	case !d.loss.HasTarget():
		return "none"
	case len(kinds) == 0:
		return ""
	}
	return kinds[d.Intn(len(kinds))]
}

func (d *drawer) setTarget(c *loss.Call, kind string, pred []float64, w wish) {
	switch kind {
	case "number":
		for _, x := range pred {
			c.Target = append(c.Target, d.target(x, w))
		}
	case "label":
		c.Label = append(c.Label, d.Intn(c.Cols))
	case "distribution":
		c.Target = append(c.Target, d.distribution(c.Cols, w)...)
	}
}

// target draws the target number of a pointwise loss.
func (d *drawer) target(x float64, w wish) float64 {
	switch {
	case d.loss.Target == loss.UnitInterval && (w.hard || d.Intn(2) == 0):
		return float64(d.Intn(2))
	case d.loss.Target == loss.UnitInterval && d.loss.Prediction == loss.UnitInterval && d.Intn(3) == 0:
		return min(max(d.near(x, 4), 0), 1)
	case d.loss.Target == loss.UnitInterval:
		return d.probability()
	case w.hard:
		return float64(d.Intn(2))
	case w.grid:
		return d.short()
	case w.calm:
		return d.everyday()
	case d.Intn(3) == 0: // the difference nearly cancels
		return d.near(x, 8)
	}
	return d.real()
}

func (d *drawer) distribution(n int, w wish) []float64 {
	switch {
	case w.hard:
		y := make([]float64, n)
		y[d.Intn(n)] = 1
		return y
	case d.Intn(4) == 0: // it need not sum to 1
		y := make([]float64, n)
		for k := range y {
			y[k] = d.probability()
		}
		return y
	}
	return d.dyadic(n)
}

// row draws the predictions of one example.
func (d *drawer) row(n int, w wish) []float64 {
	one := d.real
	switch {
	case w.grid && d.loss.Prediction == loss.UnitInterval:
		one = func() float64 { return float64(d.Intn(65)) / 64 }
	case d.loss.Prediction == loss.UnitInterval:
		if n > 1 && d.Intn(2) == 0 {
			return d.dyadic(n)
		}
		one = d.probability
	case w.grid:
		one = d.short
	case w.calm:
		one = d.everyday
	case n > 1:
		return d.scores(n)
	}
	xs := make([]float64, n)
	for k := range xs {
		xs[k] = one()
	}
	return xs
}

// scores draws a row of scores: everyday ones, of every size, with a common offset,
// equal or next to equal, with one that dominates, with several that are highest, and
// with 0 as the highest.
func (d *drawer) scores(n int) []float64 {
	xs := make([]float64, n)
	offset := d.magnitude(0, d.format.Precision-2)
	regime := d.Intn(8)
	for k := range xs {
		switch regime {
		case 0, 1, 2:
			xs[k] = d.everyday()
		case 3:
			xs[k] = d.real()
		case 4:
			xs[k] = d.fit(offset + d.everyday())
		case 5:
			xs[k] = d.near(offset, 3)
		case 6:
			xs[k] = d.short()
		case 7:
			xs[k] = d.landmark(2)
		}
	}
	if d.Intn(6) == 0 {
		xs[d.Intn(n)] = math.Abs(d.magnitude(4, 12))
	}
	switch top := slices.Max(xs); d.Intn(12) {
	case 0:
		xs[d.Intn(n)] = top
	case 1:
		for k := range xs {
			xs[k] = d.fit(xs[k] - top)
		}
	}
	return xs
}

// another draws a second prediction: anywhere, next to the first, or a short step away in
// one coordinate.
func (d *drawer) another(pred []float64, w wish) []float64 {
	other := slices.Clone(pred)
	switch d.Intn(4) {
	case 0:
		return d.row(len(pred), w)
	case 1:
		k := d.Intn(len(pred))
		other[k] = d.near(other[k], 16)
	case 2:
		k := d.Intn(len(pred))
		other[k] = d.row(len(pred), w)[k]
	case 3:
		for k := range other {
			other[k] = d.fit(other[k] + d.magnitude(-8, 2))
		}
	}
	for k := range other {
		if !d.loss.Prediction.Holds(other[k]) {
			other[k] = pred[k]
		}
	}
	return other
}
