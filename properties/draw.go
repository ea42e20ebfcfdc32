package properties

import (
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/draw"
)

// A wish says what a law needs of the call that is drawn for it.
type wish struct {
	rows      int            // 0: one
	cols      int            // of an item that can have any; 0: most often a few, up to 130
	columns   bool           // several columns of a pointwise loss, too
	reduction loss.Reduction // empty: none
	reduced   bool           // several rows under a reduction, where the subject has no answer without one
	plain     bool           // every parameter at its default, or at the subject's own value
	hard      bool           // targets of 0 and 1, labels, and no soft distribution
	kind      string         // label or distribution; empty: either
	calm      bool           // everyday numbers
	fresh     bool           // numbers next to 0, as of a model that is not trained: of a row every score counts
	grid      bool           // predictions of few digits on a common grid, so that steps from them are exact
	weights   bool           // sample weights, where the subject takes them
	anywhere  bool           // predictions beyond the clip of the subject, too
	ignored   bool           // some label may be ignored: the parameter ignore_index is on
}

// A drawer draws what a case is made of, in the dtype of the subject and within what the
// subject declares. All chance comes from one seeded generator.
type drawer struct {
	*draw.Drawer
	loss         *loss.Loss
	capabilities []subject.Capability // those of the loss and the format
	turn         int                  // how many draws there were before, for a law that goes through a list
	lacks        string               // why there is no case for the subject
}

// Intn draws one of 0 … n−1.
func (d *drawer) Intn(n int) int { return d.IntN(n) }

// profile is that of the numbers that a law needs.
func (w wish) profile() *draw.Profile {
	p := &draw.Laws
	switch {
	case w.grid:
		p = &draw.Grid
	case w.fresh:
		p = &draw.Fresh
	case w.calm:
		p = &draw.Everyday
	}
	if w.hard {
		sharp := p.Hard()
		p = &sharp
	}
	return p
}

// manyItems is up to how many items of a batch are drawn each by itself.
const manyItems = 64

// call draws a call; nil where the subject has none of that kind, with d.lacks set.
func (d *drawer) call(w wish) *loss.Call {
	if has := d.onlyReductions(); w.reduced && len(has) > 0 {
		w.reduction, w.rows, w.columns = has[d.Intn(len(has))], max(w.rows, 1+d.Intn(9)), true
	}
	capability, ok := d.capability(w)
	if !ok {
		return nil
	}
	kinds := d.kinds(capability, w)
	if d.loss.HasTarget() && len(kinds) == 0 {
		d.lacks = "no target of the kind that the law needs"
		return nil
	}
	w.hard = w.hard || capability.HardTargets
	p := w.profile()
	cols := w.cols
	switch {
	case !d.loss.Shape.Many(): // several items in a sample
		cols = d.loss.Shape.Numbers
		if w.columns && d.Chance(3) {
			cols *= 2 + d.Intn(7)
		}
	case cols == 0:
		cols = d.Width(p, d.loss)
	}
	items := d.Items
	if width := d.loss.Shape.Width(cols); w.rows*cols/width > manyItems {
		items = d.Long
	}
	c := items(p, d.loss, max(1, w.rows), cols, kinds...)
	if c.Rows > 2 && !w.grid && !w.hard && d.Chance(8) {
		d.Alike(d.loss, &c)
	}
	c.Reduction = w.reduction
	d.setParams(&c, p, capability, w)
	d.setConventions(&c, capability, w)
	if w.weights && capability.Weights && !d.loss.VectorValued {
		d.Weights(p, d.loss, &c)
		d.stretch(c.Weight)
	}
	if !w.calm && !w.grid {
		d.stretch(c.Upstream)
	}
	if !w.anywhere {
		d.clip(&c)
	}
	return &c
}

// stretch makes one of some factors extreme, once in eight draws.
func (d *drawer) stretch(xs []float64) {
	if len(xs) > 0 && d.Chance(8) {
		xs[d.Intn(len(xs))] = d.Fit(draw.One(d.Drawer, 0x1p60, 0x1p-60, 1e30, 1e-30, 0x1p15, 0x1p-14, 1<<15-1, 1<<31-1))
	}
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

// onlyReductions are those of a subject that has no answer without one.
func (d *drawer) onlyReductions() (has []loss.Reduction) {
	for _, c := range d.capabilities {
		if len(c.Reductions) == 0 || slices.Contains(c.Reductions, loss.None) {
			return nil
		}
		has = append(has, c.Reductions...)
	}
	return has
}

// refusing leaves the drawer with what refuses bad input, where anything does.
func (d *drawer) refusing() {
	refuses := func(c subject.Capability) bool { return c.Refuses }
	if slices.ContainsFunc(d.capabilities, refuses) {
		d.capabilities = slices.DeleteFunc(d.capabilities, func(c subject.Capability) bool { return !refuses(c) })
	}
}

func (d *drawer) setParams(c *loss.Call, p *draw.Profile, capability subject.Capability, w wish) {
	for _, param := range d.loss.Params {
		if fixed, ok := capability.Fixed[param.Name]; ok {
			c.Params[param.Name] = slices.Clone(fixed)
			continue
		}
		if param.Kind == loss.Integer || w.plain || !slices.Contains(capability.Params, param.Name) || d.Chance(2) {
			continue
		}
		c.Params[param.Name] = d.Param(p, param, c.Cols)
	}
	draw.Settle(d.loss, c.Params, capability.Fixed)
	if w.ignored && slices.Contains(capability.Params, loss.IgnoreIndex.Name) {
		c.Params[loss.IgnoreIndex.Name] = []float64{float64(d.IgnoreIndex(c.Cols))}
	}
}

// ignore gives one row the ignored label, where there is one.
func (d *drawer) ignore(c *loss.Call) {
	if at, ok := ignoredLabel(c); ok {
		c.Label[d.Intn(c.Rows)] = at
	}
}

// ignoredLabel is the label that a call ignores, where it can.
func ignoredLabel(c *loss.Call) (label int, ok bool) {
	if c == nil || len(c.Label) == 0 || len(c.Params[loss.IgnoreIndex.Name]) != 1 {
		return 0, false
	}
	return int(c.Params[loss.IgnoreIndex.Name][0]), true
}

func (d *drawer) setConventions(c *loss.Call, capability subject.Capability, w wish) {
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

// kinds are the kinds of target that the subject takes and the law can do with.
func (d *drawer) kinds(capability subject.Capability, w wish) (names []string) {
	for _, kind := range d.loss.Targets {
		takes := len(capability.Targets) == 0 || slices.Contains(capability.Targets, kind.Name)
		if takes && (w.kind == "" || w.kind == kind.Name) {
			names = append(names, kind.Name)
		}
	}
	return names
}

// another draws a second prediction: anywhere, next to the first, or a short step away in
// one coordinate.
func (d *drawer) another(pred []float64, w wish) []float64 {
	anywhere := d.Predict(w.profile(), d.loss, len(pred))
	other := slices.Clone(pred)
	switch k := d.Intn(len(pred)); d.Intn(4) {
	case 0:
		return anywhere
	case 1:
		other[k] = d.Near(other[k], 16)
	case 2:
		other[k] = anywhere[k]
	case 3:
		for k := range other {
			other[k] = d.Fit(other[k] + float64(d.Sign()*d.Size(-8, 3)))
		}
	}
	for k := range other {
		if !d.loss.Prediction.Holds(other[k]) {
			other[k] = pred[k]
		}
	}
	if d.loss.Prediction.HoldsItem(other) >= 0 {
		return anywhere
	}
	return other
}
