package mutants

import "math"

var _ = enter(room{
	loss: "siou",
	formula: boxGeometry + boxDistance + boxSides + `
p = abs(dx)
q = abs(dy)
moves = p * p + q * q
gamma = if(moves == 0, 2, 2 * ((p - q) * (p - q) + p * q) / moves)
way = if(siou_gamma_positive == 1, 1, -1)
rx = if(width == 0, 0, dx / width * (dx / width))
ry = if(height == 0, 0, dy / height * (dy / height))
fallx = -expm1(way * gamma * rx)
fally = -expm1(way * gamma * ry)
bigx = max(w, v)
bigy = max(h, u)
wx = if(bigx == 0, 0, -expm1(-abs(tx) / bigx))
wy = if(bigy == 0, 0, -expm1(-abs(ty) / bigy))
value = s + (fallx + fally + wx^4 + wy^4) / 2
mine = if(k == 0 or k == 2, p, q)
other = if(k == 0 or k == 2, q, p)
lying = if(moved > 0, if(k == 0 or k == 2, shortx, shorty), -(along + 2 * mine))
ratio = if(along == 0, 0, if(outside, mine * lying / along, if(moved > 0, mine, -mine)) / along / along)
toward = if(moved > 0, -1, if(moved < 0, 1, 0))
less = (abs(aheadx) - abs(aheady)) / m / 2
turned = if(moves == 0, 0, toward * other * if(k == 0 or k == 2, -less, less) * (other + mine) / moves / moves)
bend = rx * (1 - fallx) + ry * (1 - fally)
decay = 1 - if(k == 0 or k == 2, fallx, fally)
distance = -way * (decay * gamma * ratio + 2 * bend * turned / 2) / 2 / m
t = if(k == 0 or k == 2, tx, ty)
fallen = if(k == 0 or k == 2, wx, wy)
yours = if(k == 0 or k == 2, v, u)
own = if(k == 0 or k == 2, w, h)
change = if(t > 0, yours / own / own, if(t < 0, -1 / yours, 0))
grad = out * ((slope + 2 * fallen^3 * (1 - fallen) * change) / unit + distance)`,
	mutants: []Mutant{
		{Name: "siou-same-centre", Museum: "B055", Issue: "Zzh-tju/DIoU-pytorch-detectron#3", Mechanism: "the sine of the angle of two centres that are the same is 0/0",
			defect: changing(func(e *example, out *outcome) {
				if c := centresOf(e); c.dx == 0 && c.dy == 0 {
					out.value[0] = math.NaN()
				}
			})},
		{Name: "siou-positive-exponent", Museum: "O6", Mechanism: "1 − e^(+γ·r): the loss falls as the boxes part, below 0",
			defect: directed(func(g, rx, ry float64) float64 { return 2 - math.Exp(g*rx) - math.Exp(g*ry) })},
		{Name: "siou-gamma-always-negative", Museum: "O6", Mechanism: "the exponent is −γ·r under either convention",
			defect: changing(func(e *example, out *outcome) {
				if c := centresOf(e); e.Convention("siou_gamma") == "positive" && c.width > 0 && c.height > 0 {
					g, rx, ry := c.direction()
					out.value[0] += (math.Exp(g*rx) + math.Exp(g*ry) - math.Exp(-g*rx) - math.Exp(-g*ry)) / 2
				}
			})},
		{Name: "siou-without-angle", Museum: "O6", Mechanism: "γ = 2, whatever the direction",
			defect: directed(func(_, rx, ry float64) float64 { return 2 - math.Exp(-2*rx) - math.Exp(-2*ry) })},
		{Name: "siou-angle-added", Museum: "O6", Mechanism: "γ = 2 + Λ in place of 2 − Λ",
			defect: directed(func(g, rx, ry float64) float64 { return 2 - math.Exp((g-4)*rx) - math.Exp((g-4)*ry) })},
		{Name: "siou-not-halved", Museum: "O6", Mechanism: "Δ + Ω/2 in place of (Δ + Ω)/2",
			defect: directed(func(g, rx, ry float64) float64 { return 2 * (2 - math.Exp(-g*rx) - math.Exp(-g*ry)) })},
		{Name: "siou-exponent-of-two", Museum: "O5", Mechanism: "(1 − e^−ω)² in place of the fourth power",
			defect: changing(func(e *example, out *outcome) {
				p, q := e.pred, e.target
				for t := range 2 {
					w, v := p[t+2]-p[t], q[t+2]-q[t]
					if x := 1 - math.Exp(-math.Abs(w-v)/max(w, v)); x > 0 {
						out.value[0] += (x*x - x*x*x*x) / 2
					}
				}
			})},
	},
})

// directed replaces Δ, given γ and the squares of the differences of the centres in sides of the hull.
func directed(f func(gamma, rx, ry float64) float64) Defect {
	return changing(func(e *example, out *outcome) {
		c := centresOf(e)
		if c.dx == 0 && c.dy == 0 || c.width == 0 || c.height == 0 || e.Convention("siou_gamma") == "positive" {
			return
		}
		gamma, rx, ry := c.direction()
		out.value[0] += (f(gamma, rx, ry) - (2 - math.Exp(-gamma*rx) - math.Exp(-gamma*ry))) / 2
	})
}

// direction is γ, and the squares of the differences of the centres in sides of the hull.
func (c centres) direction() (gamma, rx, ry float64) {
	if square := c.dx*c.dx + c.dy*c.dy; square > 0 {
		gamma = 2 - 2*math.Abs(c.dx*c.dy)/square
	}
	return gamma, c.dx * c.dx / c.width / c.width, c.dy * c.dy / c.height / c.height
}
