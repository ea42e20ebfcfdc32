package mutants

import (
	"math"

	"github.com/lossproof/lossproof/internal/ieee"
)

// boxGeometry is what the formulas of boxes begin with, in shares of the hull, cx by cy, so that no area leaves the range: past
// is how far each predicted coordinate lies outside of the other box, and short each wanted one; s is 1 − I/U.
const boxGeometry = boxFrame + boxCompared

const boxFrame = `
cx = max(z[2], y[2]) - min(z[0], y[0])
cy = max(z[3], y[3]) - min(z[1], y[1])
wide = if(cx == 0, 1, cx)
tall = if(cy == 0, 1, cy)
unit = if(k == 0 or k == 2, wide, tall)
outside = if(k < 2, z < y, z > y)
past = if(k < 2, max(z, y) - z, z - min(z, y)) / unit
short = if(k < 2, max(z, y) - y, y - min(z, y)) / unit
w = (z[2] - z[0]) / wide
h = (z[3] - z[1]) / tall
v = (y[2] - y[0]) / wide
u = (y[3] - y[1]) / tall
ox = (min(z[2], y[2]) - max(z[0], y[0])) / wide
oy = (min(z[3], y[3]) - max(z[1], y[1])) / tall
meet = min(z[2], y[2]) > max(z[0], y[0]) and min(z[3], y[3]) > max(z[1], y[1])
`

const boxCompared = `
px = past[0] + past[2]
py = past[1] + past[3]
sx = short[0] + short[2]
sy = short[1] + short[3]
union = w * h + if(meet, sx * u + ox * sy, v * u)
apart = if(zero_area_one_if_equal == 1 and union == 0, max(past) + max(short) > 0, 1)
s = if(meet, (px * h + ox * py + sx * u + ox * sy) / union, apart)
side = if(k == 0 or k == 2, h, w)
inner = -if(k == 0 or k == 2, oy * (v * u + h * px), ox * (v * u + w * py)) / union / union
slope = if(meet, if(outside, side * ox * oy / union / union, inner), 0)
out = if(k < 2, -1, 1)
`

var _ = enter(room{
	loss: "iou",
	formula: boxGeometry + boxAddedOrLeast + boxGuarded + boxRaised + `
share = if(part == 0, 1, if(meet, ox * oy / if(raised, eps, full), 0))
logarithm = if(share < floor, -log(floor), if(part < 0.5, -log1p(-part), -log(share)))
value = if(iou_transform_log == 1, logarithm, if(iou_transform_square == 1, part * (1 + share), part))
factor = if(iou_transform_log == 1, if(share < floor, 0, 1 / share), if(iou_transform_square == 1, 2 * share, 1))
grad = if(sloping == 0, 0, out * sloping * factor / unit)`,
	mutants: []Mutant{
		{Name: "iou-epsilon", Museum: "O3", Mechanism: "I/(U + 10⁻⁷), which boxes in shares of an image show",
			defect: iou(func(_ *example, o *overlap) float64 { return 1 - o.both/(o.union+1e-7) })},
		{Name: "iou-one-minus", Museum: "O2", Mechanism: "1 − I/U, whose digits cancel where boxes are nearly the same",
			defect: iou(func(_ *example, o *overlap) float64 { return 1 - o.both/o.union })},
		{Name: "iou-without-clamp", Museum: "O7", Mechanism: "the product of two negative overlaps counts as an area",
			defect: iou(func(_ *example, o *overlap) float64 { return 1 - o.x*o.y/(o.a+o.b-o.x*o.y) })},
		{Name: "iou-pixels-counted", Museum: "O3", Mechanism: "1 is added to every side, as where corners are pixels",
			defect: iou(func(e *example, _ *overlap) float64 {
				o := overlapOf(e, 1)
				return 1 - o.both/o.union
			})},
		{Name: "iou-sum-for-union", Museum: "O6", Mechanism: "the intersection is not taken off the sum of areas",
			defect: iou(func(_ *example, o *overlap) float64 { return 1 - o.both/(o.a+o.b) })},
		{Name: "iou-of-the-smaller", Museum: "O4", Mechanism: "the intersection over the smaller area",
			defect: iou(func(_ *example, o *overlap) float64 { return 1 - o.both/min(o.a, o.b) })},
		{Name: "iou-corner-and-size", Museum: "O4", Mechanism: "the last two coordinates are taken for sides",
			defect: iou(func(e *example, _ *overlap) float64 {
				moved := *e
				moved.pred, moved.target = cornered(e.pred), cornered(e.target)
				o := overlapOf(&moved, 0)
				return 1 - o.both/o.union
			})},
		{Name: "iou-half-areas", Museum: "B058", Issue: "pytorch/vision#3371", formats: []string{"f16"},
			Mechanism: "areas in float16, which has none beyond 256 × 256",
			defect: iou(func(_ *example, o *overlap) float64 {
				half := ieee.Float16.Round
				return 1 - half(o.both)/half(half(o.a)+half(o.b)-half(o.both))
			})},
		{Name: "iou-union-held", Museum: "O6", Mechanism: "the union is a constant of the gradient",
			defect: changing(func(e *example, out *outcome) {
				if o := overlapOf(e, 0); plainIoU(e) && o.both > 0 {
					for k := range out.grad {
						other := []float64{o.y, o.x}[k%2]
						inside := e.pred[k] > e.target[k] == (k < 2)
						out.grad[k] = boolean(inside && e.pred[k] != e.target[k]) * sideSign(k) * -other / o.union
					}
				}
			})},
		{Name: "iou-gradient-sign", Museum: "O6", Mechanism: "the gradient is that of I/U",
			defect: changing(func(_ *example, out *outcome) { scale(out.grad, -1) })},
		{Name: "iou-is-the-share", Museum: "O6", Mechanism: "I/U, and not one minus it",
			defect: iou(func(_ *example, o *overlap) float64 { return o.both / o.union })},
		{Name: "iou-eps-above-and-below", Museum: "O3", Mechanism: "(I + ε)/(U + ε), which is 1 for equal boxes",
			defect: withEps("denominators", func(_ *example, o *overlap, eps float64) float64 { return 1 - (o.both+eps)/(o.union+eps) })},
		{Name: "iou-eps-in-the-sides-alone", Museum: "O3", Mechanism: "ε is added to h and H, and not to U besides",
			defect: withEps("sides", func(e *example, o *overlap, eps float64) float64 { return 1 - o.both/(o.union+eps*widths(e)) })},
		{Name: "iou-eps-in-the-first-box", Museum: "O3", Mechanism: "ε is added to h, and not to H",
			defect: withEps("sides", func(e *example, o *overlap, eps float64) float64 {
				return 1 - o.both/(o.union+eps*(e.pred[2]-e.pred[0])+eps)
			})},
		{Name: "iou-floor-added", Museum: "O3", Mechanism: "U + ε in place of max(U, ε)",
			defect: withEps("floor", func(_ *example, o *overlap, eps float64) float64 { return 1 - o.both/(o.union+eps) })},
		{Name: "iou-floor-slope-of-the-union", Museum: "O7", Mechanism: "where U is ε the slope is that of I/U still",
			defect: changing(func(e *example, out *outcome) {
				if o := overlapOf(e, 0); e.Convention("box_eps") == "floor" && o.union < e.Scalar("box_epsilon") && o.both > 0 {
					scale(out.grad, e.Scalar("box_epsilon")/o.union)
				}
			})},
		{Name: "iou-without-area-nan", Museum: "O8", Mechanism: "0/0 for two boxes without an area, under every convention",
			defect: changing(func(e *example, out *outcome) {
				if overlapOf(e, 0).union == 0 {
					out.value[0] = math.NaN()
				}
			})},
	},
})

// An overlap is what two boxes have in common, with 1 or nothing added to each side.
type overlap struct{ x, y, both, a, b, union float64 }

func overlapOf(e *example, more float64) *overlap {
	side := func(low, high float64) float64 { return high - low + more }
	p, q := e.pred, e.target
	o := &overlap{
		x: side(max(p[0], q[0]), min(p[2], q[2])),
		y: side(max(p[1], q[1]), min(p[3], q[3])),
		a: side(p[0], p[2]) * side(p[1], p[3]),
		b: side(q[0], q[2]) * side(q[1], q[3]),
	}
	o.both = max(o.x, 0) * max(o.y, 0)
	o.union = o.a + o.b - o.both
	return o
}

// cornered takes a corner and sides for two corners.
func cornered(box []float64) []float64 {
	return []float64{box[0], box[1], box[0] + box[2], box[1] + box[3]}
}

// sideSign is the direction in which a coordinate leaves its box.
func sideSign(k int) float64 { return float64(2*boolean(k >= 2) - 1) }

// plainIoU reports whether the loss is 1 − I/U.
func plainIoU(e *example) bool { return e.Convention("iou_transform") == "linear" && !hasEps(e) }

// hasEps reports whether there is an ε.
func hasEps(e *example) bool {
	where := e.Convention("box_eps")
	return where != "" && where != "none"
}

// withEps replaces the value of a loss that has its ε in such a place.
func withEps(where string, f func(e *example, o *overlap, eps float64) float64) Defect {
	return changing(func(e *example, out *outcome) {
		transform := e.Convention("iou_transform")
		if e.Convention("box_eps") == where && (transform == "linear" || transform == "") {
			out.value[0] = f(e, overlapOf(e, 0), e.Scalar("box_epsilon"))
		}
	})
}

// iou replaces 1 − I/U.
func iou(f func(e *example, o *overlap) float64) Defect {
	return changing(func(e *example, out *outcome) {
		if o := overlapOf(e, 0); plainIoU(e) && o.union > 0 && !math.IsNaN(out.value[0]) {
			out.value[0] = f(e, o)
		}
	})
}
