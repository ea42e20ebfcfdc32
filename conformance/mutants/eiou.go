package mutants

import "math"

// boxSides is what follows boxDistance where sides are compared: tx is (w−W)/c_x.
const boxSides = `
tx = if(ox > 0, px - sx, w - v)
ty = if(oy > 0, py - sy, h - u)
`

var _ = enter(room{
	loss: "eiou",
	formula: boxGeometry + boxDistance + boxSides + `
value = s + rho + tx * tx + ty * ty
t = if(k == 0 or k == 2, tx, ty)
grown = if(outside, t * if(k == 0 or k == 2, sx + v, sy + u), t)
grad = out * ((slope + 2 * grown) / unit + further)`,
	mutants: []Mutant{
		{Name: "eiou-sides-over-the-diagonal", Museum: "O6", Mechanism: "the differences of the sides are divided by c and not by c_x and c_y",
			defect: sized(func(c centres, dw, dh float64) float64 { return (dw*dw + dh*dh) / c.square })},
		{Name: "eiou-sides-over-the-target", Museum: "O6", Mechanism: "the differences of the sides are divided by those of the target",
			defect: boxed(func(e *example, o *overlap) float64 {
				w, h := e.target[2]-e.target[0], e.target[3]-e.target[1]
				dw, dh := (e.pred[2]-e.pred[0])/w-1, (e.pred[3]-e.pred[1])/h-1
				return 1 - o.both/o.union + centresOf(e).rho + dw*dw + dh*dh
			})},
		{Name: "eiou-not-squared", Museum: "O5", Mechanism: "|w−W|/c_x in place of its square",
			defect: sized(func(c centres, dw, dh float64) float64 { return math.Abs(dw/c.width) + math.Abs(dh/c.height) })},
		{Name: "eiou-sides-exchanged", Museum: "O4", Mechanism: "the difference of the widths is divided by the height of the hull, and the other way round",
			defect: sized(func(c centres, dw, dh float64) float64 {
				return dw*dw/c.height/c.height + dh*dh/c.width/c.width
			})},
		{Name: "eiou-without-distance", Museum: "O6", Mechanism: "ρ²/c² is left out",
			defect: sized(func(c centres, dw, dh float64) float64 {
				return dw*dw/c.width/c.width + dh*dh/c.height/c.height - c.rho
			})},
		{Name: "eiou-epsilon", Museum: "O3", Mechanism: "c_x² + 10⁻⁷ and c_y² + 10⁻⁷",
			defect: sized(func(c centres, dw, dh float64) float64 {
				return dw*dw/(c.width*c.width+1e-7) + dh*dh/(c.height*c.height+1e-7)
			})},
	},
})

// sized replaces what is added to 1 − I/U + ρ²/c² for the differences of the sides.
func sized(f func(c centres, dw, dh float64) float64) Defect {
	return boxed(func(e *example, o *overlap) float64 {
		c, p, q := centresOf(e), e.pred, e.target
		return 1 - o.both/o.union + c.rho + f(c, p[2]-p[0]-q[2]+q[0], p[3]-p[1]-q[3]+q[1])
	})
}
