package mutants

import "math"

// boxDistance is what follows boxGeometry where centres count, in units of the longer side m of the hull: rho is ρ²/c²,
// further the slope of it, and moved is where the centres go as a coordinate moves outward.
const boxDistance = `
m = if(max(cx, cy) == 0, 1, max(cx, cy))
width = cx / m
height = cy / m
aheadx = (z[0] - y[0]) + (z[2] - y[2])
aheady = (z[1] - y[1]) + (z[3] - y[3])
dx = aheadx / m / 2
dy = aheady / m / 2
square = width * width + height * height
rho = if(square == 0, 0, (dx * dx + dy * dy) / square)
nearer(a, b, p, q, r, t) = min(a, b) + 2 * min(max(p, q), max(r, t))
ahead(p, q, r, t) = (p > 0 and t > 0) or (q > 0 and r > 0)
shortx = width * if(ahead(past[0], short[0], past[2], short[2]), ox, nearer(w, v, past[0], short[0], past[2], short[2]))
shorty = height * if(ahead(past[1], short[1], past[3], short[3]), oy, nearer(h, u, past[1], short[1], past[3], short[3]))
quarter = (shortx * (width + 2 * abs(dx)) + shorty * (height + 2 * abs(dy))) / square / 4
moved = out * if(k == 0 or k == 2, dx, dy)
along = if(k == 0 or k == 2, width, height)
hulled = if(moved > 0 and rho > 0.125, 2 * quarter * along - if(k == 0 or k == 2, shortx, shorty) / 2, moved - 2 * rho * along)
further = if(square == 0, 0, if(outside, hulled, moved) / square / m)
`

var _ = enter(room{
	loss: "diou",
	formula: boxGeometry + boxAdded + boxGuarded + guardedDistance + `
value = guarded + rho
grad = out * (falling / unit + further)`,
	mutants: []Mutant{
		{Name: "diou-hull-sign", Museum: "B087", Issue: "AlexeyAB/darknet#7165", Mechanism: "the slope of the diagonal has the wrong sign",
			defect: changing(func(e *example, out *outcome) {
				if c := centresOf(e); c.square > 0 {
					for k := range out.grad {
						out.grad[k] += 4 * c.rho / c.square * c.outer[k]
					}
				}
			})},
		{Name: "diou-hull-held", Museum: "O6", Mechanism: "the diagonal is a constant of the gradient",
			defect: changing(func(e *example, out *outcome) {
				if c := centresOf(e); c.square > 0 {
					for k := range out.grad {
						out.grad[k] += 2 * c.rho / c.square * c.outer[k]
					}
				}
			})},
		{Name: "diou-distance-not-squared", Museum: "O5", Mechanism: "ρ²/c² to the power 0.6, of which the gradient knows nothing",
			defect: apart(func(c centres, s float64) float64 { return s + math.Pow(c.rho, 0.6) })},
		{Name: "diou-sides-for-diagonal", Museum: "O6", Mechanism: "c_x·c_y in place of c_x² + c_y²",
			defect: apart(func(c centres, s float64) float64 { return s + c.rho*c.square/(c.width*c.height) })},
		{Name: "diou-twice-the-distance", Museum: "O6", Mechanism: "the centres are not halved: 4ρ²/c²",
			defect: apart(func(c centres, s float64) float64 { return s + 4*c.rho })},
		{Name: "diou-epsilon", Museum: "O3", Mechanism: "c² + 10⁻⁷, which boxes in shares of an image show",
			defect: apart(func(c centres, s float64) float64 { return s + c.rho*c.square/(c.square+1e-7) })},
		{Name: "diou-eps-squared", Museum: "O3", Mechanism: "(c + ε)² in place of c² + ε",
			defect: withEps("denominators", func(e *example, o *overlap, eps float64) float64 {
				c := centresOf(e)
				return 1 - o.both/(o.union+eps) + (c.dx*c.dx+c.dy*c.dy)/math.Pow(math.Sqrt(c.square)+eps, 2)
			})},
		{Name: "diou-eps-in-the-union-alone", Museum: "O3", Mechanism: "ε is added to U, and not to c²",
			defect: withEps("denominators", func(e *example, o *overlap, eps float64) float64 {
				return 1 - o.both/(o.union+eps) + centresOf(e).rho
			})},
		{Name: "diou-bonus", Museum: "O6", Mechanism: "1 − I/U − ρ²/c²: the loss falls as the boxes part",
			defect: apart(func(c centres, s float64) float64 { return s - c.rho })},
	},
})

// centres are the distance of the centres of two boxes, in diagonals of their hull, and how the sides of that grow.
type centres struct {
	dx, dy, width, height, square, rho float64
	outer                              [4]float64 // half of the slope of c² by each predicted coordinate
}

func centresOf(e *example) centres {
	p, q := e.pred, e.target
	c := centres{
		dx: (p[0] + p[2] - q[0] - q[2]) / 2, dy: (p[1] + p[3] - q[1] - q[3]) / 2,
		width: max(p[2], q[2]) - min(p[0], q[0]), height: max(p[3], q[3]) - min(p[1], q[1]),
	}
	c.square = c.width*c.width + c.height*c.height
	c.rho = (c.dx*c.dx + c.dy*c.dy) / c.square
	for k := range c.outer {
		if sideSign(k)*(p[k]-q[k]) > 0 {
			c.outer[k] = sideSign(k) * []float64{c.width, c.height}[k%2]
		}
	}
	return c
}

// apart replaces the value by that of other centres, given 1 − I/U.
func apart(f func(c centres, s float64) float64) Defect {
	return boxed(func(e *example, o *overlap) float64 {
		s := 1 - o.both/o.union
		if c := centresOf(e); c.square > 0 {
			return f(c, s)
		}
		return s
	})
}
