package draw

import (
	"maps"

	"github.com/lossproof/lossproof/impl/loss"
)

// A Profile says in which ways the parts of a call are drawn, and how often in each.
type Profile struct {
	Unit  Mix[Number] // numbers in [0, 1]
	Logit Mix[Number] // numbers of which exponentials are taken
	Real  Mix[Number] // other numbers

	Widths Mix[Count] // numbers of an item that can have any

	Scores Mix[Row] // scores of a row
	Shares Mix[Row] // predicted probabilities of a row

	Several map[loss.Shape]Mix[Row] // predicted numbers of a shape that has several, each something else

	Targets  map[*loss.TargetKind]Mix[Target] // beside a prediction; a class index is uniform
	Upstream Mix[Row]                         // empty: none
	Weight   Mix[Number]                      // of a sample

	UnitParam, RealParam Mix[Number] // parameters in [0, 1], and others
	OneForAll            int         // a parameter of classes is one number for all of them once in so many; 0: never
}

// A Number draws one number.
type Number func(d *Drawer) float64

// A Row draws the n numbers of one row.
type Row func(d *Drawer, p *Profile, n int) []float64

// A Target draws the target numbers of an item, beside what is predicted.
type Target func(d *Drawer, p *Profile, l *loss.Loss, pred []float64) []float64

// A Count draws how many there are.
type Count func(d *Drawer) int

// with is a profile that is changed; the one that it comes from is not.
func (p Profile) with(change func(p *Profile)) Profile {
	p.Targets, p.Several = maps.Clone(p.Targets), maps.Clone(p.Several)
	change(&p)
	return p
}

// Hard is a profile whose targets are 0, 1, or one class.
func (p Profile) Hard() Profile {
	return p.with(func(p *Profile) {
		p.Targets[loss.Number] = just[Target](hard)
		p.Targets[loss.Distribution] = just[Target](sharp)
		p.Targets[loss.Numbers] = hardMasks
		p.Targets[loss.Position] = just[Target](func(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
			return []float64{float64(d.IntN(len(pred)))}
		})
	})
}

// each draws every number of a row by itself.
func each(number Number) Row {
	return func(d *Drawer, _ *Profile, n int) []float64 { return fill(n, func() float64 { return number(d) }) }
}

// eachOf picks the way of every number of a row anew.
func eachOf(mix Mix[Number]) Row {
	return each(func(d *Drawer) float64 { return mix.Pick(d)(d) })
}

func fill(n int, number func() float64) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = number()
	}
	return xs
}

// of is one of the given numbers.
func of(values ...float64) Number {
	return func(d *Drawer) float64 { return d.Fit(One(d, values...)) }
}

// size is a number of either sign, its binade and its significand uniform in 2^low … 2^high.
func size(low, high int) Number {
	return func(d *Drawer) float64 { return float64(d.Sign() * d.Size(low, high)) }
}

// oneHot is 1 at one place.
func oneHot(d *Drawer, n int) []float64 {
	shares := make([]float64, n)
	shares[d.IntN(n)] = 1
	return shares
}

// sharp is the one class of a row.
func sharp(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
	return oneHot(d, len(pred))
}
