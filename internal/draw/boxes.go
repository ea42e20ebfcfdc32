package draw

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// A box is x1, y1, x2, y2 with x1 ≤ x2 and y1 ≤ y2.
type box [4]float64

// boxes are predicted ones: in pixels and in shares of an image, on a grid, thin, far from the
// origin, of any size, and without an area.
var boxes = Mix[Row]{
	{4, pixels},
	{4, framed(func(d *Drawer) float64 { return d.Float64() })},
	{3, sixteenths},
	{2, framed(func(d *Drawer) float64 { return float64(d.IntN(641)) })},
	{2, func(d *Drawer, p *Profile, n int) []float64 { // thin
		b := pixels(d, p, n)
		k := d.IntN(2)
		b[k+2] = d.Near(b[k]+math.Ldexp(d.Format.Ulp(b[k]), d.IntN(4)), 1)
		return d.ordered(b)
	}},
	{2, func(d *Drawer, p *Profile, n int) []float64 { // the sides are small beside the coordinates
		far := d.Size(4, min(20, d.Format.Precision-1))
		return framed(func(d *Drawer) float64 { return far + d.Float64() })(d, p, n)
	}},
	{2, func(d *Drawer, p *Profile, n int) []float64 {
		e := d.Format.MaxExp / 4 // a square of an area stays in the format
		scale := size(-e, e)(d)
		return framed(func(d *Drawer) float64 { return float64(scale * d.Float64()) })(d, p, n)
	}},
	{1, framed((*Drawer).Everyday)},
	{1, func(d *Drawer, p *Profile, n int) []float64 { // a segment, or a point
		b := sixteenths(d, p, n)
		k := d.IntN(2)
		b[k+2] = b[k]
		if d.Chance(3) {
			b[3-k] = b[1-k]
		}
		return b
	}},
}

var (
	pixels     = framed((*Drawer).pixel)
	sixteenths = framed(func(d *Drawer) float64 { return float64(d.IntN(17)) / 16 })
)

// pixel is a coordinate in an image.
func (d *Drawer) pixel() float64 { return d.Fit(float64(1333 * d.Float64())) }

// framed draws four coordinates and puts them in order.
func framed(coordinate Number) Row {
	return func(d *Drawer, _ *Profile, n int) []float64 {
		return d.ordered(fill(n, func() float64 { return coordinate(d) }))
	}
}

// ordered rounds the coordinates of a box to the format and exchanges edges that lie the wrong way.
func (d *Drawer) ordered(b []float64) []float64 {
	d.fitAll(b)
	for k := range 2 {
		if b[k] > b[k+2] {
			b[k], b[k+2] = b[k+2], b[k]
		}
	}
	return b
}

// pairs are the boxes that a predicted one a is compared with, by how the two lie: every one in
// which an overlap, a hull or a distance of centres takes another branch, or loses its digits.
var pairs = Mix[Target]{
	{2, func(d *Drawer, p *Profile, _ *loss.Loss, pred []float64) []float64 {
		return p.Several[loss.Box].Pick(d)(d, p, len(pred))
	}},
	{4, beside(func(d *Drawer, a box) box { // moved by a part of its sides: they overlap
		w, h := a[2]-a[0], a[3]-a[1]
		return a.plus(float64(w*signed(d)), float64(h*signed(d)), float64(w*signed(d)), float64(h*signed(d)))
	})},
	{1, beside(func(_ *Drawer, a box) box { return a })},
	{3, beside(func(d *Drawer, a box) box { // some coordinates are some ulps away
		for k := range a {
			if d.Chance(2) {
				a[k] = d.Near(a[k], One(d, 1, 4, 64))
			}
		}
		return a
	})},
	{2, beside(func(d *Drawer, a box) box { // one coordinate is one ulp away
		k := d.IntN(4)
		a[k] = One(d, d.Format.Next(a[k]), d.Format.Prev(a[k]))
		return a
	})},
	{2, beside(func(d *Drawer, a box) box { return a.inner(d) })},
	{2, beside(func(d *Drawer, a box) box { // around it
		w, h := a[2]-a[0], a[3]-a[1]
		return a.plus(-float64(w*d.Float64()), -float64(h*d.Float64()), float64(w*d.Float64()), float64(h*d.Float64()))
	})},
	{2, beside(func(d *Drawer, a box) box { // across it: narrower one way, wider the other
		b := a.inner(d)
		w := a[2] - a[0]
		b[0], b[2] = a[0]-float64(w*d.Float64()), a[2]+float64(w*d.Float64())
		return b
	})},
	{2, beside(func(d *Drawer, a box) box { // an edge lies on an edge
		b := a.plus(float64(d.Bell()), float64(d.Bell()), float64(d.Bell()), float64(d.Bell()))
		k := d.IntN(4)
		b[k] = a[k]
		return b
	})},
	{3, beside(func(d *Drawer, a box) box { // touching along a side or in a corner, or an ulp from it
		k, b := d.IntN(2), a
		edge := d.Near(a[k+2], One(d, 0, 0, 1))
		b[k], b[k+2] = edge, edge+float64((a[k+2]-a[k])*d.Float64())
		if d.Chance(3) {
			k = 1 - k
			b[k], b[k+2] = a[k+2], a[k+2]+float64((a[k+2]-a[k])*d.Float64())
		}
		return b
	})},
	{2, beside(func(d *Drawer, a box) box { // apart, in one direction or in both
		w, h := a[2]-a[0], a[3]-a[1]
		x, y := float64(w*d.Size(0, 6)), float64(h*One(d, 0, d.Size(0, 6)))
		return a.plus(x, y, x, y)
	})},
	{1, beside(func(d *Drawer, a box) box { // a segment or a point of it
		k := d.IntN(2)
		a[k+2] = a[k]
		if d.Chance(2) {
			a[3-k] = a[1-k]
		}
		return a
	})},
}

// signed is a number of (−½, ½).
func signed(d *Drawer) float64 { return d.Float64() - 0.5 }

// plus moves the four coordinates.
func (a box) plus(x1, y1, x2, y2 float64) box { return box{a[0] + x1, a[1] + y1, a[2] + x2, a[3] + y2} }

// inner is a box within a.
func (a box) inner(d *Drawer) box {
	w, h := a[2]-a[0], a[3]-a[1]
	return a.plus(float64(w/2*d.Float64()), float64(h/2*d.Float64()), -float64(w/2*d.Float64()), -float64(h/2*d.Float64()))
}

func beside(other func(d *Drawer, a box) box) Target {
	return func(d *Drawer, _ *Profile, _ *loss.Loss, pred []float64) []float64 {
		b := other(d, box(pred))
		return d.ordered(b[:])
	}
}
