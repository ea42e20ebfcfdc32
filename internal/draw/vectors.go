package draw

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// The profiles of golden vectors. They are frozen, with every way that they take: a vector is known
// by what was drawn, so that another draw, another order or another chance of one is another vector.
var (
	// Vectors has predictions as a trained or a fresh model gives them.
	Vectors = vectors(
		just[Number](func(d *Drawer) float64 { return d.Fit(float64(d.Bell() * One(d, 0.5, 3, 3, 10))) }),
		just[Number](vectorProbability))
	// VectorBoundaries has predictions where formats and formulas have edges.
	VectorBoundaries = vectors(just[Number](vectorBoundary), just[Number](vectorUnitBoundary))
	// VectorSearch has sizes that fall evenly over the range where losses are neither 0 nor
	// linear.
	VectorSearch = vectors(
		Mix[Number]{{1, vectorBoundary}, {3, func(d *Drawer) float64 { return size(max(-20, d.Format.MinExp()), 7)(d) }}},
		Mix[Number]{{1, vectorUnitBoundary}, {3, vectorProbability}})
)

func vectors(number, unit Mix[Number]) Profile {
	return Profile{
		Unit: unit, Logit: number, Real: number,
		Widths: just[Count](func(d *Drawer) int { return One(d, 2, 2, 3, 3, 4, 5, 7, 10, 17) }),
		Scores: just(eachOf(number)),
		Shares: Mix[Row]{
			{1, eachOf(unit)},
			{3, func(d *Drawer, _ *Profile, n int) []float64 {
				return d.normalised(fill(n, func() float64 { return d.Size(-8, 2) }))
			}},
		},
		Targets: map[*loss.TargetKind]Mix[Target]{
			loss.Number: just[Target](func(d *Drawer, _ *Profile, l *loss.Loss, _ []float64) []float64 {
				if isUnit(l.Target) {
					// No targets of exactly ½: with a logit of 0 the gradient is then 0 by cancellation,
					// a zero whose sign no interval can certify, and the attempt takes seconds.
					return []float64{d.within(l.Target, d.Fit(One(d, 0, 1, d.Float64(), One(d, 0.1, 0.2, 0.3, 0.7, 0.9))))}
				}
				return []float64{d.within(l.Target, d.Fit(One(d, 0, 1, float64(d.Bell()*3), d.Float64())))}
			}),
			loss.Distribution: Mix[Target]{{1, sharp}, {2, func(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
				return d.normalised(fill(len(pred), func() float64 { return 1 + float64(d.IntN(1000)) }))
			}}},
			loss.Position: just[Target](position),
			loss.Numbers:  masks,
			loss.Corners:  pairs,
			loss.Place:    near,
		},
		Several:   map[loss.Shape]Mix[Row]{loss.Box: boxes, loss.Keypoint: places},
		Upstream:  just(each(func(d *Drawer) float64 { return d.Fit(d.Bell()) })),
		Weight:    just[Number](func(d *Drawer) float64 { return One(d, 0, 0.5, 1, 1, 2, d.Float64()) }),
		UnitParam: just(of(0, 0.05, 0.1, 0.25, 0.5, 0.75, 1)),
		RealParam: just(of(0, 0.5, 1, 1.5, 2, 3, 5, 10)),
	}
}

// normalised divides by the sum. What rounding leaves over goes nowhere, as in data that was
// stored in the format.
func (d *Drawer) normalised(xs []float64) []float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	for i := range xs {
		xs[i] = d.Fit(xs[i] / sum)
	}
	return xs
}

// vectorProbability is of (0, 1), more often near its ends than the plain uniform.
func vectorProbability(d *Drawer) float64 {
	switch d.IntN(4) {
	case 0:
		return d.Fit(d.Size(max(-40, d.Format.MinExp()), 0) / 2)
	case 1:
		return d.Fit(1 - d.Size(-d.Format.Precision, 0)/2)
	}
	return d.Fit(d.Float64())
}

func vectorBoundary(d *Drawer) float64 {
	sign, edge := d.Sign(), One(d, landmarks[:vectorLandmarks]...)
	return float64(sign * d.Near(d.Fit(math.Abs(edge.At(d.Format))), 3))
}

func vectorUnitBoundary(d *Drawer) float64 {
	f := d.Format
	edge := One(d, 0, 1, 0.5, f.MinNormal(), f.MinSubnormal(), f.Round(1e-7), f.Round(1-1e-7), f.Ulp(1))
	return min(1, max(0, d.Near(edge, 2)))
}
