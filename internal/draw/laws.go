package draw

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// Laws is the profile of those who try a loss everywhere: what is finite, and hostile.
var Laws = Profile{
	Unit: unit,
	Logit: Mix[Number]{
		{32, size(-6, 7)},
		{16, saturating(landmark(4))},
		{10, (*Drawer).Short},
		{4, bits(-30, 10)},
		{7, saturating(special)},
		{6, saturating(anySize)},
		{4, subnormal},
		{1, saturating(extreme)},
	},
	Real: Mix[Number]{
		{16, size(-6, 7)},
		{8, landmark(4)},
		{5, (*Drawer).Short},
		{2, bits(-30, 10)},
		{4, special},
		{3, anySize},
		{2, subnormal},
		{2, extreme},
	},
	Widths:  Mix[Count]{{45, between(2, 5)}, {12, between(1, 8)}, {2, Every[0].Way}},
	Scores:  scores,
	Shares:  Mix[Row]{{1, dyadic}, {1, each((*Drawer).Probability)}},
	Several: map[loss.Shape]Mix[Row]{loss.Box: boxes, loss.Keypoint: places},
	Targets: map[*loss.TargetKind]Mix[Target]{
		loss.Number:       numberTargets,
		loss.Distribution: {{6, exactShares}, {2, free}, {1, nearly}, {1, teacher}},
		loss.Position:     just[Target](position),
		loss.Numbers:      masks,
		loss.Corners:      pairs,
		loss.Place:        near,
	},
	Upstream:  Mix[Row]{{1, nothing}, {1, each((*Drawer).Short)}},
	Weight:    Mix[Number]{{2, func(d *Drawer) float64 { return float64(d.IntN(9)) / 4 }}, {1, func(d *Drawer) float64 { return d.Size(-3, 3) }}},
	UnitParam: Mix[Number]{{10, func(d *Drawer) float64 { return float64(d.IntN(17)) / 16 }}, {2, of(0.05, 0.1, 0.9)}, {4, (*Drawer).Probability}},
	RealParam: Mix[Number]{
		{10, of(0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5)},
		{4, func(d *Drawer) float64 { return d.Size(-4, 4) }}, // off every grid
		{1, func(d *Drawer) float64 { return math.Abs(bits(-20, 20)(d)) }},
		{1, of(0x1p60, 0x1p-60, 1e30, 1e-30)},
	},
	OneForAll: 4,
}

// saturating draws again, seven times in eight, what is so large that all logits are alike:
// saturated in every format, and their exponentials costly to certify.
func saturating(number Number) Number {
	return func(d *Drawer) float64 {
		x := number(d)
		if math.Abs(x) > 0x1p20 && !d.Chance(8) {
			return size(-8, 13)(d)
		}
		return x
	}
}

// nothing is no row.
func nothing(*Drawer, *Profile, int) []float64 { return nil }

// numberTargets are those of one number: labels half of the time where they are probabilities,
// next to the prediction, and any.
var numberTargets = Mix[Target]{
	{3, asData},
	{1, free},
	{2, nearly},
}

// Wide is Laws with what takes an oracle long: infinities and logits of every size.
var Wide = Laws.with(func(p *Profile) {
	p.Real = append(Mix[Number]{{1, infinity}}, Laws.Real...)
	p.Logit = p.Real
	p.Scores = Mix[Row]{{1, limited}, {2000, func(d *Drawer, p *Profile, n int) []float64 { return finiteScores.Pick(d)(d, p, n) }}}
	p.Widths = Mix[Count]{{200, between(1, 12)}, {1, Every[0].Way}}
	p.Shares = append(Mix[Row]{{2, ofModel}}, Laws.Shares...)
	p.Targets[loss.Distribution] = Mix[Target]{{1, sharp}, {1, teacher}, {2, nearly}, {1, free}, {1, exactShares}}
	p.Upstream = Mix[Row]{{2, nothing}, {1, each((*Drawer).Everyday)}, {1, func(d *Drawer, _ *Profile, n int) []float64 { return oneHot(d, n) }}}
	p.UnitParam = Mix[Number]{{4, of(0, 0.1, 0.25, 1)}, {1, func(d *Drawer) float64 { return d.Float64() }}, {1, func(d *Drawer) float64 { return d.Size(-60, 0) }}}
	p.RealParam = Mix[Number]{{4, of(0, 0.5, 1, 2)}, {1, func(d *Drawer) float64 { return float64(5 * d.Float64()) }}, {1, func(d *Drawer) float64 { return d.Size(-20, 20) }}}
})

// finiteScores are those regimes that an oracle is done with at once.
var finiteScores = append(scores[:1:1], scores[2:]...)

// limited is a row of scores of every size, one of them perhaps +Inf: where several are, there is
// no limit.
func limited(d *Drawer, p *Profile, n int) []float64 {
	xs := eachOf(p.Logit)(d, p, n)
	for i := range xs[1:] {
		if math.IsInf(xs[i+1], 1) {
			xs[i+1] = math.Inf(-1)
		}
	}
	return xs
}

// Everyday has no number that a loss finds extreme.
var Everyday = Laws.with(func(p *Profile) {
	p.Logit, p.Real = just[Number]((*Drawer).Everyday), just[Number]((*Drawer).Everyday)
	p.Scores = just(each((*Drawer).Everyday))
	p.Targets[loss.Number] = just[Target](func(d *Drawer, p *Profile, l *loss.Loss, pred []float64) []float64 {
		if isUnit(l.Target) {
			return numberTargets.Pick(d)(d, p, l, pred)
		}
		return free(d, p, l, pred) // not next to the prediction, where the difference cancels
	})
})

// Fresh has predictions next to 0, as of a model that is not trained: of many scores, each counts.
var Fresh = Everyday.with(func(p *Profile) {
	p.Logit, p.Real = just[Number](halfBell), just[Number](halfBell)
	p.Scores = just(each(halfBell))
})

func halfBell(d *Drawer) float64 { return d.Fit(float64(d.Bell() / 2)) }

// Grid has predictions of few digits on a common grid, so that steps from them are exact.
var Grid = Everyday.with(func(p *Profile) {
	p.Unit = just[Number](func(d *Drawer) float64 { return float64(d.IntN(65)) / 64 })
	p.Logit, p.Real = just[Number]((*Drawer).Short), just[Number]((*Drawer).Short)
	p.Scores, p.Shares = just(each((*Drawer).Short)), just(each(p.Unit[0].Way))
	p.Several[loss.Box], p.Several[loss.Keypoint] = just[Row](framed((*Drawer).Short)), just(each((*Drawer).Short))
})

// Training has logits from a bell curve of deviation 3, other predictions uniform in their domain,
// and hard targets where they are probabilities, as a trainer of a classifier has them.
var Training = Profile{
	Unit:    just[Number](inside),
	Logit:   just[Number](bell3),
	Real:    just[Number](bell3),
	Widths:  Every,
	Scores:  just(each(bell3)),
	Shares:  just(each(inside)),
	Several: map[loss.Shape]Mix[Row]{loss.Box: just[Row](pixels), loss.Keypoint: just(each((*Drawer).pixel))},
	Targets: map[*loss.TargetKind]Mix[Target]{
		loss.Number:       just[Target](asData),
		loss.Distribution: just[Target](teacher),
		loss.Position:     just[Target](position),
		loss.Numbers:      just[Target](overlapping),
		loss.Corners:      just[Target](pairs[1].Way),
		loss.Place:        just[Target](near[0].Way),
	},
	Weight:    just[Number](func(d *Drawer) float64 { return d.Fit(d.Float64()) }),
	UnitParam: just(of(0.1, 0.25, 0.5)),
	RealParam: just(of(0.5, 1, 2)),
}

func inside(d *Drawer) float64 { return d.Fit(0.001 + float64(0.998*d.Float64())) }

func bell3(d *Drawer) float64 { return d.Fit(float64(3 * d.Bell())) }
