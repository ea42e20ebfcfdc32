package mutants

import "math"

var _ = enter(room{
	loss: "inner_iou",
	formula: `
broad = max(z[2], y[2]) - min(z[0], y[0])
high = max(z[3], y[3]) - min(z[1], y[1])
width = if(broad == 0, 1, broad)
height = if(high == 0, 1, high)
given = if(k == 0 or k == 2, width, height)
m = (z - y) / given
ax = m[0] + m[2]
ay = m[1] + m[3]
gw = (z[2] - z[0]) / width
gh = (z[3] - z[1]) / height
gv = (y[2] - y[0]) / width
gu = (y[3] - y[1]) / height
lessened(low, high, own, other) = if(abs(low) + abs(high) < own + other, high - low, own - other)
dw = lessened(m[0], m[2], gw, gv)
dh = lessened(m[1], m[3], gh, gu)
turned = if(k == 0, m[2], if(k == 1, m[3], if(k == 2, m[0], m[1])))
sum = if(k == 0 or k == 2, ax, ay)
difference = if(k < 2, -ratio, ratio) * if(k == 0 or k == 2, dw, dh)
shift = if(ratio > 2, sum + difference, (1 + ratio) * m + (1 - ratio) * turned) / 2
ahead(p, q) = (p > 0 and q > 0) or (p < 0 and q < 0)
lapped(p, q, own, other, shared) = if(ahead(p, q), shared, min(own, other) + min(abs(p), abs(q)))
overlap = (min(z[2], y[2]) - max(z[0], y[0])) / width
overlay = (min(z[3], y[3]) - max(z[1], y[1])) / height
lx = lapped(m[0], m[2], gw, gv, overlap)
ly = lapped(m[1], m[3], gh, gu, overlay)
shared(p, q, both, a, lap, own, other) = if(ahead(p, q), if(ratio < 0.5, (ratio * both - abs(a)) / 2, lap + (ratio - 1) * both / 2), ratio * min(own, other))
around(p, q, both, a, own, other) = if(ahead(p, q), (ratio * both + abs(a)) / 2, ratio * max(own, other))
cx = around(shift[0], shift[2], gw + gv, ax, gw, gv)
cy = around(shift[1], shift[3], gh + gu, ay, gh, gu)
wide = if(cx == 0, 1, cx)
tall = if(cy == 0, 1, cy)
ox = shared(shift[0], shift[2], gw + gv, ax, lx, gw, gv) / wide
oy = shared(shift[1], shift[3], gh + gu, ay, ly, gh, gu) / tall
unit = if(k == 0 or k == 2, wide, tall)
outward = if(k < 2, -shift, shift)
past = max(outward, 0) / unit
short = max(-outward, 0) / unit
outside = past > 0
w = ratio * gw / wide
h = ratio * gh / tall
v = ratio * gv / wide
u = ratio * gu / tall
meet = ox > 0 and oy > 0
` + boxCompared + `
opposite = if(k == 0, past[2], if(k == 1, past[3], if(k == 2, past[0], past[1]))) > 0
unlapped(p, q, own, other, shared) = if(ahead(p, q), if(shared > 0, max(-p, 0) + max(q, 0), own - shared), if(own > other, max(abs(p), abs(q)), -min(abs(p), abs(q))))
rest = if(k == 0 or k == 2, unlapped(m[0], m[2], gw, gv, overlap), unlapped(m[1], m[3], gh, gu, overlay))
far = if(k == 0 or k == 2, gv, gu)
cross = if(k == 0 or k == 2, oy, ox)
beside = if(k == 0 or k == 2, u, v)
bend = (ratio - 1) / 2 * far * ratio * if(k == 0 or k == 2, dh / tall, dw / wide)
hulled = bend + side * if(k == 0 or k == 2, lx, ly)
inward = bend - side * rest - far * beside
staggered = if(meet, if(outside, hulled, inward) / unit * cross / union / union, 0)
value = s
grad = if(meet, out * ratio * if(outside == opposite, slope, staggered) / unit / given, 0)`,
	mutants: []Mutant{
		{Name: "inner-iou-ratio-of-areas", Museum: "O6", Mechanism: "the areas are r times as large, and not the sides",
			defect: inner(func(box []float64, r float64) []float64 { return about(box, 0.5, math.Sqrt(r)) }, nil)},
		{Name: "inner-iou-about-a-corner", Museum: "O4", Mechanism: "the boxes are scaled about their first corner",
			defect: inner(func(box []float64, r float64) []float64 { return about(box, 0, r) }, nil)},
		{Name: "inner-iou-of-one-box", Museum: "O6", Mechanism: "the target alone is scaled",
			defect: inner(nil, func(box []float64, r float64) []float64 { return about(box, 0.5, r) })},
		{Name: "inner-iou-half-too-much", Museum: "O6", Mechanism: "each edge moves by (r−1) sides, and not by half of that",
			defect: inner(func(box []float64, r float64) []float64 { return about(box, 0.5, 2*r-1) }, nil)},
		{Name: "inner-iou-gradient-by-scaled-edges", Museum: "O6", Mechanism: "the gradient is that by the scaled edges, and not by the given ones",
			defect: changing(func(e *example, out *outcome) {
				r := e.Scalar("ratio")
				own, opposite := (1+r)/2, (1-r)/2
				g := append([]float64(nil), out.grad...)
				for k := range g { // own·s + opposite·s of the other edge is what is right
					out.grad[k] = (own*g[k] - opposite*g[(k+2)%4]) / r
				}
			})},
	},
})

// about scales a box about a point that is so many of its sides from its first corner.
func about(box []float64, at, r float64) []float64 {
	out := make([]float64, 4)
	for t := range 2 {
		side := box[t+2] - box[t]
		centre := box[t] + at*side
		out[t], out[t+2] = centre-at*r*side, centre+(1-at)*r*side
	}
	return out
}

// inner replaces 1 − I/U by that of boxes scaled in another way; nil leaves the prediction as it is, and takes for the target the
// same.
func inner(pred, target func(box []float64, r float64) []float64) Defect {
	return boxed(func(e *example, _ *overlap) float64 {
		scaled, r := *e, e.Scalar("ratio")
		if pred != nil {
			scaled.pred = pred(e.pred, r)
		}
		if target == nil {
			target = pred
		}
		scaled.target = target(e.target, r)
		o := overlapOf(&scaled, 0)
		return 1 - o.both/o.union
	})
}
