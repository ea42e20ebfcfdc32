package draw

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// places are predicted keypoints: in pixels and in shares of an image, on a grid, far from the origin, and of any size.
var places = Mix[Row]{
	{4, each((*Drawer).pixel)},
	{4, each(func(d *Drawer) float64 { return d.Fit(d.Float64()) })},
	{3, each(func(d *Drawer) float64 { return float64(d.IntN(65)-32) / 4 })},
	{1, each(func(d *Drawer) float64 { return d.Fit(d.Size(4, min(20, d.Format.Precision-1)) + d.Float64()) })},
	{2, func(d *Drawer, p *Profile, n int) []float64 {
		e := d.Format.MaxExp / 3 // a square of a distance stays in the format, most often
		scale := size(-e, e)(d)
		return fill(n, func() float64 { return d.Fit(float64(scale * d.Float64())) })
	}},
	{1, each((*Drawer).Everyday)},
}

// near are the places that a predicted one is compared with.
var near = Mix[Target]{
	{6, moved(func(d *Drawer, _ float64) float64 { return float64(d.Bell() * One(d, 0.25, 1, 1, 4)) })},
	{2, func(d *Drawer, p *Profile, _ *loss.Loss, pred []float64) []float64 {
		return p.Several[loss.Keypoint].Pick(d)(d, p, len(pred))
	}},
	{2, moved(func(d *Drawer, x float64) float64 { return float64(math.Ldexp(signed(d), d.IntN(12)-8) * x) })}, // by a part of it
	{2, func(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 { // some ulps away
		return fillFrom(pred, func(x float64) float64 { return d.Near(x, One(d, 0, 1, 4, 64)) })
	}},
	{2, func(d *Drawer, p *Profile, _ *loss.Loss, pred []float64) []float64 { // along one axis
		ys := fillFrom(pred, func(x float64) float64 { return x })
		k := d.IntN(len(ys))
		ys[k] = d.Fit(ys[k] + float64(d.Sign()*d.Size(-6, 3)))
		return ys
	}},
	{1, moved(func(*Drawer, float64) float64 { return 0 })},
}

// moved is by how much each number of the target is another.
func moved(by func(d *Drawer, x float64) float64) Target {
	return func(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
		return fillFrom(pred, func(x float64) float64 { return d.Fit(x + by(d, x)) })
	}
}

func fillFrom(xs []float64, f func(x float64) float64) []float64 {
	ys := make([]float64, len(xs))
	for k, x := range xs {
		ys[k] = f(x)
	}
	return ys
}
