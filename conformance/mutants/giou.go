package mutants

import "math"

// boxWaste is what follows boxGeometry where the hull counts: spare is C−U in shares of C, and grown how much C·h is more than U·c_y as a side of the hull grows.
const boxWaste = `
fill = if(meet, px * sy + sx * py, if(ox > 0, px * sy + sx * py - ox * min(oy, 0), w * sy + v * py - min(ox, 0)))
spare = if(cx == 0 or cy == 0, 0, fill)
yours = if(k == 0 or k == 2, v, u)
beside = if(k == 0 or k == 2, u, v)
shown = if(k == 0 or k == 2, ox, oy)
other = if(k == 0 or k == 2, oy, ox)
rest = if(k == 0 or k == 2, sx, sy)
lone = if(k == 0 or k == 2, py, px)
left = if(k == 0 or k == 2, sy, sx)
away = if(shown <= 0 and other > 0, yours * (lone - left) - shown * side, rest * side - yours * beside)
grown = if(meet, rest * lone - yours * left, away)
`

var _ = enter(room{
	loss: "giou",
	formula: boxGeometry + boxAddedOrLeast + boxGuarded + boxRaised + boxWaste + `
hull = if(cx == 0 or cy == 0, 0, 1)
most = hull + added
both = (lost * most + spare * (full + longer) + most * added - longer * longer) / (full * most)
unused = if(box_eps_floor == 1 and hull < eps, 0, if(raised, hull - eps, if(most == 0, 0, spare / most)))
value = if(box_eps_sides == 1, both, part + unused)
height = if(k == 0 or k == 2, if(cy == 0, 0, 1), if(cx == 0, 0, 1))
stretched = if(k == 0 or k == 2, height * shown - added, height * (w + v))
outer = (added * left + more * stretched - grown * height) / most / most
inward = -(if(meet, lone, side) + if(k == 0 or k == 2, more, 0)) / most
hulled = if(most == 0, 0, if(outside, outer, inward))
wasted = if(box_eps_floor == 1 and hull < eps, 0, if(raised, if(outside, eps, 0), hulled))
grad = out * (sloping + wasted) / unit`,
	mutants: []Mutant{
		{Name: "giou-area-not-clamped", Museum: "O7", Mechanism: "the product of two negative overlaps counts as an area, which boxes apart along both axes show",
			defect: value(func(e *example) float64 {
				o := overlapOf(e, 0)
				return giouOf(e, o.x*o.y)
			})},
		{Name: "giou-of-the-union", Museum: "O4", Mechanism: "(C−U)/U in place of (C−U)/C",
			defect: boxed(func(e *example, o *overlap) float64 { return 1 - o.both/o.union + (hullOf(e)-o.union)/o.union })},
		{Name: "giou-squared", Museum: "O5", Mechanism: "1 − giou², so that boxes far apart have the loss 0",
			defect: changing(func(_ *example, out *outcome) { out.value[0] *= 2 - out.value[0] })},
		{Name: "giou-clipped", Museum: "O7", Mechanism: "giou is not allowed below 0: boxes that are apart have no gradient",
			defect: changing(func(_ *example, out *outcome) {
				if out.value[0] > 1 {
					out.value[0] = 1
					clear(out.grad)
				}
			})},
		{Name: "giou-epsilon", Museum: "O3", Mechanism: "10⁻⁷ in both denominators",
			defect: boxed(func(e *example, o *overlap) float64 {
				c := hullOf(e)
				return 1 - o.both/(o.union+1e-7) + (c-o.union)/(c+1e-7)
			})},
		{Name: "giou-eps-in-the-union-alone", Museum: "O3", Mechanism: "ε is added to U, and not to C",
			defect: withEps("denominators", func(e *example, o *overlap, eps float64) float64 {
				return 1 - o.both/(o.union+eps) + (hullOf(e)-o.union)/hullOf(e)
			})},
		{Name: "giou-eps-once", Museum: "O3", Mechanism: "(C−U)/(C+ε) with the U of longer sides: the ε of C is missing above",
			defect: withEps("sides", func(e *example, o *overlap, eps float64) float64 {
				u, c := o.union+eps*widths(e)+eps, hullOf(e)
				return 1 - o.both/u + (c-u)/(c+eps)
			})},
		{Name: "giou-floor-for-the-hull-alone", Museum: "O3", Mechanism: "(C−U)/C has the U that is below ε",
			defect: withEps("floor", func(e *example, o *overlap, eps float64) float64 {
				c := max(hullOf(e), eps)
				return 1 - o.both/max(o.union, eps) + (c-o.union)/c
			})},
		{Name: "giou-hull-held", Museum: "O6", Mechanism: "the gradient is that of 1 − I/U",
			defect: changing(func(e *example, out *outcome) {
				if o := overlapOf(e, 0); o.both == 0 {
					for k := range out.grad {
						out.grad[k] *= 0
					}
				}
			})},
	},
})

// hullOf is the area of the smallest box around both.
func hullOf(e *example) float64 {
	p, q := e.pred, e.target
	return (max(p[2], q[2]) - min(p[0], q[0])) * (max(p[3], q[3]) - min(p[1], q[1]))
}

// widths is the sum of the sides along x.
func widths(e *example) float64 { return e.pred[2] - e.pred[0] + e.target[2] - e.target[0] }

// giouOf is the loss with an intersection.
func giouOf(e *example, both float64) float64 {
	o, c := overlapOf(e, 0), hullOf(e)
	union := o.a + o.b - both
	return 1 - both/union + (c-union)/c
}

// boxed replaces the value of boxes with an area.
func boxed(f func(e *example, o *overlap) float64) Defect {
	return changing(func(e *example, out *outcome) {
		if o := overlapOf(e, 0); o.union > 0 && !math.IsNaN(out.value[0]) && !hasEps(e) {
			out.value[0] = f(e, o)
		}
	})
}
