package mutants

import "math"

// boxAspect is what follows boxSides where shapes are compared: turn is Δθ.
const boxAspect = `
a = w * width
b = h * height
c = v * width
d = u * height
mixed = a * ty * height - tx * width * b
across = if(abs(tx * width * b) + abs(a * ty * height) < c * b + a * d, mixed, c * b - a * d)
turn = if(across == 0, 0, atan(across / (b * d + a * c)))
aspect = 4 / pi / pi * turn * turn
alpha = if(aspect == 0, 0, aspect / (s + aspect))
turned = if(turn == 0, 0, if(k == 0 or k == 2, -b, a) / (a * a + b * b) * turn * 8 / pi / pi / m)
`

var _ = enter(room{
	loss: "ciou",
	formula: boxGeometry + boxAdded + boxGuarded + guardedDistance + boxSides + guardedAspect + `
counts = ciou_gate_none == 1 or (meet and 2 * ox * oy > full)
total = guarded + rho + if(counts, alpha * aspect, 0)
clamped = ciou_clamp_none == 0 and total > 2
value = if(clamped, 2, total)
lift = if(ciou_aspect_gradient_exact == 1, 1, (a * a + b * b) * m * m)
held = alpha * turned * lift
whole = alpha * (2 - alpha) * turned * lift - alpha * alpha * falling / unit
shape = if(counts and turn != 0, if(ciou_alpha_constant == 1, held, whole), 0)
grad = if(clamped, 0, out * (falling / unit + further + shape))`,
	mutants: []Mutant{
		{Name: "ciou-identical-boxes", Museum: "B053", Issue: "ultralytics/yolov5#541",
			Mechanism: "α = v/(1 − I/U + v) is 0/0 for identical boxes",
			defect:    aspects(func(c shapes) (float64, bool) { return c.v * (c.v / (c.s + c.v)), true })},
		{Name: "ciou-factor-squared", Museum: "O6", Mechanism: "v = (4/π²·Δθ)² in place of 4/π²·Δθ²",
			defect: aspects(func(c shapes) (float64, bool) {
				v := c.v * 4 / math.Pi / math.Pi
				return v * (v / (c.s + v)), c.v > 0
			})},
		{Name: "ciou-alpha-differentiated", Museum: "B083", Issue: "open-mmlab/mmdetection#5818",
			Mechanism: "the weight α is differentiated where it is to be a constant",
			defect: sloped(func(c shapes, turned, s float64) float64 {
				alpha := c.v / (c.s + c.v)
				return alpha*(1-alpha)*turned - alpha*alpha*s
			})},
		{Name: "ciou-alpha-one", Museum: "O6", Mechanism: "α = 1: v is added as it is",
			defect: aspects(func(c shapes) (float64, bool) { return c.v, c.v > 0 })},
		{Name: "ciou-aspect-inverted", Museum: "O4", Mechanism: "atan(h/w) of one box and atan(w/h) of the other",
			defect: aspects(func(c shapes) (float64, bool) {
				v := 4 / math.Pi / math.Pi * math.Pow(math.Atan2(c.h, c.w)-math.Atan2(c.ww, c.hh), 2)
				return v * (v / (c.s + v)), c.v > 0
			})},
		{Name: "ciou-diagonal-dropped", Museum: "B091", Issue: "AlexeyAB/darknet#7608", Mechanism: "the slope of v lacks 1/(w² + h²)",
			defect: sloped(func(c shapes, turned, _ float64) float64 {
				return c.v / (c.s + c.v) * turned * (c.w*c.w + c.h*c.h - 1)
			})},
		{Name: "ciou-diagonal-of-the-target", Museum: "O4", Mechanism: "where the slope of v is to be multiplied by w² + h² it is by W² + H² of the other box",
			defect: slopedAs("times_w2_plus_h2", func(c shapes, turned, _ float64) float64 {
				return c.v / (c.s + c.v) * turned * (c.ww*c.ww + c.hh*c.hh - c.w*c.w - c.h*c.h)
			})},
		{Name: "ciou-diagonal-kept", Museum: "O6", Mechanism: "the slope of v is exact where it is to be multiplied by w² + h²",
			defect: slopedAs("times_w2_plus_h2", func(c shapes, turned, _ float64) float64 {
				return c.v / (c.s + c.v) * turned * (1 - c.w*c.w - c.h*c.h)
			})},
		{Name: "ciou-aspect-sign", Museum: "O6", Mechanism: "the slope of v has the wrong sign, as where it is read as a direction to go",
			defect: sloped(func(c shapes, turned, _ float64) float64 { return -2 * c.v / (c.s + c.v) * turned })},
		{Name: "ciou-clamped", Museum: "O7", Mechanism: "the loss is at most 2 under either convention, and has no gradient there: boxes that are far apart and of different shapes stay",
			defect: changing(func(_ *example, out *outcome) {
				if out.value[0] > 2 {
					out.value[0] = 2
					clear(out.grad)
				}
			})},
		{Name: "ciou-eps-not-in-alpha", Museum: "O3", Mechanism: "α = v/(1 − I/U + v), with no ε of its own",
			defect: shapedWithEps("denominators", func(s, v, _ float64) float64 { return v * v / (s + v) })},
		{Name: "ciou-eps-twice-in-alpha", Museum: "O3", Mechanism: "α = v/(1 − I/U + v + 2ε)",
			defect: shapedWithEps("sides", func(s, v, eps float64) float64 { return v * v / (s + v + 2*eps) })},
		{Name: "ciou-eps-not-in-shapes", Museum: "O3", Mechanism: "the sides of areas are longer, and those of shapes are not",
			defect: withEps("sides", func(e *example, o *overlap, eps float64) float64 {
				c, centres := shapesOf(e), centresOf(e)
				s := 1 - o.both/(o.union+eps*widths(e)+eps)
				return s + centres.rho*centres.square/(centres.square+eps) + c.v*c.v/(s+c.v+eps)
			})},
		{Name: "ciou-always-gated", Museum: "O7", Mechanism: "shapes count where I/U is above ½ only, under either convention",
			defect: aspects(func(c shapes) (float64, bool) {
				if c.s < 0.5 {
					return c.v * (c.v / (c.s + c.v)), c.v > 0
				}
				return 0, c.v > 0
			})},
	},
})

// shapes are how different those of two boxes are.
type shapes struct {
	w, h, ww, hh float64
	s, turn, v   float64
	counts       bool
}

func shapesOf(e *example) shapes {
	o := overlapOf(e, 0)
	c := shapes{w: e.pred[2] - e.pred[0], h: e.pred[3] - e.pred[1], ww: e.target[2] - e.target[0], hh: e.target[3] - e.target[1], s: 1 - o.both/o.union}
	c.turn = math.Atan2(c.ww, c.hh) - math.Atan2(c.w, c.h)
	c.v = 4 / math.Pi / math.Pi * c.turn * c.turn
	c.counts = !hasEps(e) && (e.Convention("ciou_gate") == "none" || 2*o.both > o.union) && o.union > 0 && c.w+c.h > 0 && c.ww+c.hh > 0
	return c
}

// aspects replaces αv, where it counts and f says so.
func aspects(f func(c shapes) (float64, bool)) Defect {
	return changing(func(e *example, out *outcome) {
		c := shapesOf(e)
		if x, ok := f(c); ok && c.counts && !math.IsNaN(out.value[0]) {
			out.value[0] = c.s + centresOf(e).rho + x
		}
	})
}

// shapedWithEps replaces αv where the ε is in such a place, given 1 − I/U and v.
func shapedWithEps(where string, f func(s, v, eps float64) float64) Defect {
	return changing(func(e *example, out *outcome) {
		if e.Convention("box_eps") != where || e.Convention("ciou_gate") != "none" || e.Convention("ciou_clamp") != "none" {
			return
		}
		more, o, eps := 0.0, overlapOf(e, 0), e.Scalar("box_epsilon")
		if where == "sides" {
			more = eps
		}
		c := shapesOf(e)
		turn := math.Atan2(c.ww, c.hh+more) - math.Atan2(c.w, c.h+more)
		s, v := 1-o.both/(o.union+more*widths(e)+eps), 4/math.Pi/math.Pi*turn*turn
		out.value[0] += f(s, v, eps) - v*v/(s+v+eps)
	})
}

// sloped adds to the gradient, given those of v and of 1 − I/U by each coordinate, where α is held.
func sloped(f func(c shapes, turned, s float64) float64) Defect { return slopedAs("exact", f) }

// slopedAs is sloped where the slope of v is exact, or w² + h² times that.
func slopedAs(lift string, f func(c shapes, turned, s float64) float64) Defect {
	return changing(func(e *example, out *outcome) {
		c, o := shapesOf(e), overlapOf(e, 0)
		if !c.counts || c.v == 0 || e.Convention("ciou_alpha") != "constant" || e.Convention("ciou_aspect_gradient") != lift {
			return
		}
		for k := range out.grad {
			side := []float64{c.h, c.w}[k%2]
			turned := sideSign(k) * []float64{-1, 1}[k%2] * 8 / math.Pi / math.Pi * c.turn * side / (c.w*c.w + c.h*c.h)
			union, both := side, 0.0 // slopes as the coordinate moves outward
			if sideSign(k)*(e.pred[k]-e.target[k]) < 0 && o.both > 0 {
				both = []float64{o.y, o.x}[k%2]
				union -= both
			}
			out.grad[k] += f(c, turned, sideSign(k)*(o.both*union-both*o.union)/o.union/o.union)
		}
	})
}
