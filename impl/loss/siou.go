package loss

// SIoU loss: that of IoU, and how far apart, in which direction, and how different in their sides two boxes are.
//
// # Formula
//
//	L(A, B) = (1 − I/U) + (Δ+Ω)/2, Δ = Σ_t (1 − e^(−γ·(d_t/c_t)²)), Ω = Σ_t (1 − e^(−ω_t))⁴
//
// summed over the axes t, with the difference d of the centres of a predicted box A and a target B, the sides c of the smallest
// box around both, γ = 2 − 2|d_x·d_y|/(d_x² + d_y²), and ω_x = |w−W|/max(w, W) for the sides w and W of the boxes. Under the
// convention siou_gamma=positive Δ has e^(γ·(d_t/c_t)²) instead: the loss then
// falls as the boxes move apart, to no less than 1 − e².
//
// # Gradient
//
//	∂L/∂x1      = ∂(1 − I/U)/∂x1 + ½·(Σ_t e^(−γ·r_t)·(γ·∂r_t + r_t·∂γ) + 4·(1 − e^(−ω_x))³·e^(−ω_x)·∂ω_x), r_t = (d_t/c_t)²
//	∂²L/∂x1∂x_j = ∂_j of that
//	∂L/∂X1      = ∂L/∂x1 with A and B exchanged
//
// See IoU for the first part, and for edges that are aligned or touch. Where d_x = 0 and d_y is not, the slope of γ by an edge is
// any number between two; the reference says 0.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A = B with an area: L = +0, gradient 0
//	the same centre and the same sides: L = 1 − I/U
//	d = 0: Δ = 0, with the gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, as DIoU. The exponentials have 2^-70.
//
// # Method
//
// The source has γ = 1 + 2·sin²(arcsin(|d_y|/ρ) − π/4), which is 2 − sin(2·arcsin(|d_y|/ρ)), and takes the complement of the angle
// beyond 45°, which changes nothing: it is 2 − 2|d_x·d_y|/ρ² on both sides.
//
// # References
//
// Gevorgyan, SIoU loss, 2022, arXiv:2205.12740, equations 1 to 6, with θ = 4.
var SIoU = declare(Loss{
	Name:     "siou",
	Title:    "SIoU loss of two boxes",
	Shape:    Box,
	Formula:  "L = (1 − I/U) + (Δ+Ω)/2, Δ = Σ_t (1 − e^(−γ·(d_t/c_t)²)), Ω = Σ_t (1 − e^(−ω_t))⁴",
	Gradient: "∂L/∂x1 = ∂(1 − I/U)/∂x1 + ½·(Σ_t e^(−γ·r_t)·(γ·∂r_t + r_t·∂γ) + 4·(1 − e^(−ω_x))³·e^(−ω_x)·∂ω_x), r_t = (d_t/c_t)²",
	Second:   "∂²L/∂x1∂x_j = ∂_j of that",
	ByTarget: "∂L/∂X1 = ∂L/∂x1 with A and B exchanged",

	Prediction:  OrderedBox,
	Targets:     Targets{Corners},
	Target:      OrderedBox,
	Axes:        boxAxes,
	Conventions: []Convention{siouGamma, zeroArea},
	SpecialCases: []string{
		"A = B with an area: L = +0, gradient 0",
		"the same centre and the same sides: L = 1 − I/U",
		"d = 0: Δ = 0, with the gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of SIoU; at most 0.500 seen at 2000 random inputs (ci/sweep, seed 1)"},
	Traits:   negativeGamma.of(boxTraits(2.0243260169145688, "1 + (1 − e⁻²) + (1 − e⁻¹)⁴", nil, homogeneous, growsApart), NonNegativeValue, Minimum, Bounded, GrowsApart),
	Scaling:  &Scaling{Degree: 0, Target: true},
	Kinks: func(a Args, pred, target []float64) []float64 {
		b := between(&Item{Pred: pred, Target: target})
		return append(boxKinks(a, pred, target), b.axes[0].ahead(), b.axes[1].ahead())
	},
	Sources: []Source{
		{"Gevorgyan, SIoU loss", "arXiv:2205.12740, equations 1 to 6"},
	},

	evaluate: func(a Args, it *Item) {
		b := between(it)
		b.write(it, b.overlap(a), b.direction(a.Convention(siouGamma.Name) == "positive"), b.shape())
	},
})

// direction is Δ/2, with e^−(γ·r) or, reversed, with e^(γ·r). For an edge of the hull
//
//	∂(d_x/c_x)² = |d_x|·(c_x − 2|d_x|)/c_x³ where the centres move apart, and −|d_x|·(c_x + 2|d_x|)/c_x³ where they come nearer
func (b *boxes) direction(reversed bool) summand {
	p, q := b.axes[0].apart.abs(), b.axes[1].apart.abs()
	square := p.square().add(q.square())
	if square.at.zero() {
		return summand{dual{}, flat}
	}
	gamma := still(2).sub(p.mul(q).scale(2).div(square))
	var ratio, decay [2]dual // r_t and e^(−γ·r_t), or −e^(γ·r_t)
	var value, bend dual     // Σ r_t·e^(−γ·r_t)
	for t := range b.axes {
		x := &b.axes[t]
		ratio[t] = x.apart.div(x.hull).square().scale(0.25)
		var fallen dual
		if decay[t], fallen = gamma.mul(ratio[t]).decay(); reversed {
			decay[t], fallen = fallen.div(decay[t]).add(still(1)).neg(), fallen.div(decay[t]).neg()
		}
		value = value.add(fallen)
		bend = bend.add(ratio[t].mul(decay[t]))
	}
	var inner, away, nearer, turned [2]dual // slopes by axis
	for t := range b.axes {
		x, p, q := &b.axes[t], b.axes[t].apart.abs(), b.axes[1-t].apart.abs()
		turned[t] = bend.mul(q).mul(p.sub(q)).mul(q.add(p)).div(square.square())
		inner[t] = decay[t].mul(gamma).mul(p).div(x.hull.square()).scale(0.25)
		away[t], nearer[t] = inner[t].mul(x.short()).div(x.hull), inner[t].mul(x.long()).div(x.hull).neg()
	}
	return summand{value.scale(0.5), func(e edge) dual {
		return b.along(e, &inner, &away, &nearer).add(turned[e.axis].scale(b.axes[e.axis].ahead() * e.apart()))
	}}
}

// shape is Ω/2.
func (b *boxes) shape() summand {
	var value dual
	var slopes [2][2]dual // by box and axis
	for t := range b.axes {
		x := &b.axes[t]
		big := 0
		if x.larger(0).at.hi < 0 {
			big = 1
		}
		if x.side[big].at.zero() {
			continue
		}
		decay, fallen := x.larger(big).div(x.side[big]).decay()
		cube := fallen.square().mul(fallen)
		value = value.add(cube.mul(fallen))
		slope := cube.mul(decay).scale(2).div(x.side[big])
		slopes[big][t], slopes[1-big][t] = slope.mul(x.side[1-big]).div(x.side[big]), slope.neg()
	}
	return summand{value.scale(0.5), func(e edge) dual { return slopes[e.box][e.axis] }}
}

var (
	siouGamma = Convention{"siou_gamma", []string{"negative", "positive"},
		"the exponent of the distance is −γ·(d_t/c_t)², or γ·(d_t/c_t)², with which the loss falls as boxes move apart"}

	negativeGamma = &Condition{"for an exponent −γ", func(a Args, _, _ []float64) bool { return a.Convention(siouGamma.Name) == "negative" }}
)
