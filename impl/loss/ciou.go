package loss

// CIoU loss: that of DIoU, and how different the shapes of two boxes are.
//
// # Formula
//
//	L(A, B) = (1 − I/U) + ρ²/c² + αv, v = (4/π²)·Δθ², α = v/((1 − I/U) + v)
//
// with Δθ = atan(W/H) − atan(w/h) for the sides w and h of a predicted box A, and W and H of a target B; see DIoU for the
// first two parts. Under the convention box_eps U is what IoU says, c² and (1 − I/U) + v have ε more, and h and H have it in Δθ
// where they have it in U.
//
// # Gradient
//
//	∂L/∂x1      = ∂((1 − I/U) + ρ²/c²)/∂x1 + α·∂v/∂x1, ∂v/∂x1 = (8/π²)·Δθ·h/(w² + h²)
//	∂²L/∂x1∂x_j = ∂_j of that
//	∂L/∂X1      = ∂L/∂x1 with A and B exchanged
//
// α is a constant of the gradient unless the convention ciou_alpha says that it is not: then ∂(αv) is α·(2 − α)·∂v − α²·∂(1 − I/U).
// Under the convention ciou_aspect_gradient ∂v by an edge of a box is w² + h² times that, with the sides of that box. Where the
// convention ciou_clamp lowers the loss to 2 the gradient is 0. See IoU for edges that are aligned or touch.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A = B with an area: L = +0, gradient 0
//	wH = Wh, or one box a point: L = (1 − I/U) + ρ²/c²
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, as DIoU: Δθ is one arctangent of a quotient,
// right to 2^-94, of whose numerator Wh − wH that form is taken which has the smaller terms, and where it cancels v is far below
// the rest, v ≤ s²/π² as s = 1 − I/U goes to 0.
//
// # Method
//
// Δθ = atan((Wh − wH)/(hH + wW)), and not the difference of two arctangents.
//
// # References
//
// Zheng et al., Distance-IoU loss, 2020, arXiv:1911.08287, equations 9 to 11; Zheng et al., Enhancing geometric factors in model
// learning and inference for object detection and instance segmentation, 2021, arXiv:2005.03572, equation 8 (the threshold).
var CIoU = declare(Loss{
	Name:     "ciou",
	Title:    "complete IoU loss of two boxes",
	Shape:    Box,
	Formula:  "L = (1 − I/U) + ρ²/c² + αv, v = (4/π²)·Δθ², α = v/((1 − I/U) + v)",
	Gradient: "∂L/∂x1 = ∂((1 − I/U) + ρ²/c²)/∂x1 + α·∂v/∂x1, ∂v/∂x1 = (8/π²)·Δθ·h/(w² + h²)",
	Second:   "∂²L/∂x1∂x_j = ∂_j of that",
	ByTarget: "∂L/∂X1 = ∂L/∂x1 with A and B exchanged",

	Prediction:  OrderedBox,
	Targets:     Targets{Corners},
	Target:      OrderedBox,
	Axes:        boxAxes,
	Params:      []Param{boxEpsilon},
	Conventions: []Convention{boxEpsAdded, ciouAlpha, ciouAspectGradient, ciouGate, ciouClamp, zeroArea},
	SpecialCases: []string{
		"A = B with an area: L = +0, gradient 0",
		"wH = Wh, or one box a point: L = (1 − I/U) + ρ²/c²",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of CIoU; at most 0.500 seen at 2000 random inputs (ci/sweep, seed 1)"},
	Traits: withEps(boxTraits(2.5, "a tall and a flat box far apart", nil, homogeneous,
		Trait{Property: GrowsApart, Holds: true, When: &Condition{"where shapes always count", func(a Args, _, _ []float64) bool { return a.Convention(ciouGate.Name) == "none" }}},
		Trait{Property: Metric, Holds: false, Witness: &Witness{A: []float64{0, 0, 0.0625, 8}, B: []float64{-64, -64, 128, 128}, Target: []float64{56, 0, 64, 0.0625}, Note: "2.353 > 1.073 + 1.073: from a tall box to a flat one by way of a square around both"}})),
	Scaling: &Scaling{Degree: 0, Target: true, When: &Condition{"without ε, for an exact gradient", func(a Args, pred, target []float64) bool {
		return withoutEps.Holds(a, pred, target) && !a.lifted()
	}}},
	Kinks: func(a Args, pred, target []float64) []float64 {
		kinks := boxKinks(a, pred, target)
		if a.Convention(ciouGate.Name) != "none" {
			kinks = append(kinks, between(&Item{Pred: pred, Target: target}).guarded(a).beyondHalf().float())
		}
		if a.Convention(ciouClamp.Name) != "none" {
			b := between(&Item{Pred: pred, Target: target}).guarded(a)
			total := b.overlap(a).value.add(b.distance().value).add(b.aspect(a).value)
			kinks = append(kinks, sub(total.at, num(2)).float())
		}
		return kinks
	},
	Detached: func(a Args, pred, target []float64) bool {
		b := between(&Item{Pred: pred, Target: target}).guarded(a)
		return (a.Convention(ciouAlpha.Name) == "constant" || a.lifted()) && !b.turn().at.zero() && b.compares(a)
	},
	Sources: []Source{
		{"Zheng et al., Distance-IoU loss", "arXiv:1911.08287, equations 9 to 11"},
		{"Zheng et al., Enhancing geometric factors in model learning and inference", "arXiv:2005.03572, equation 8"},
	},

	evaluate: func(a Args, it *Item) {
		b := between(it).guarded(a)
		parts := []summand{b.overlap(a), b.distance(), b.aspect(a)}
		total := parts[0].value.add(parts[1].value).add(parts[2].value)
		if a.Convention(ciouClamp.Name) != "none" && sub(total.at, num(2)).hi > 0 {
			parts = []summand{{still(2), flat}}
		}
		b.write(it, parts...)
	},
})

// turn is Δθ. Its numerator is Wh − wH or −(w−W)·h + w·(h−H), whose terms are small for boxes of nearly the same sides.
func (b *boxes) turn() dual {
	x, y := &b.axes[0], &b.axes[1]
	h := [2]dual{b.sided(1, 0), b.sided(1, 1)}
	plain, other := x.side[1].mul(h[0]), x.side[0].mul(h[1])
	mixed, also := x.larger(1).mul(h[0]), x.side[0].mul(y.larger(0))
	across := plain.sub(other)
	if sub(plus(mixed.abs().at, also.abs().at), plus(plain.at, other.at)).hi < 0 {
		across = mixed.add(also)
	}
	return angle(across, h[0].mul(h[1]).add(x.side[0].mul(x.side[1])))
}

// beyondHalf has the sign of I/U − ½.
func (b *boxes) beyondHalf() wide { return sub(times(num(2), b.shared.at), b.both.at) }

// compares reports whether shapes count at all.
func (b *boxes) compares(a Args) bool {
	return a.Convention(ciouGate.Name) != "iou>0.5" || b.beyondHalf().hi > 0
}

// aspect is αv.
func (b *boxes) aspect(a Args) summand {
	turn, s := b.turn(), b.overlap(a)
	if turn.at.zero() && turn.by.zero() || s.value.at.special() || !b.compares(a) {
		return summand{dual{}, flat}
	}
	scale := dual{at: div(num(4), times(pi, pi))}
	v := scale.mul(turn.square())
	alpha := v.div(s.value.add(v).add(b.added))
	held := a.Convention(ciouAlpha.Name) != "differentiated"
	factor := alpha.mul(still(2).sub(alpha))
	if held {
		alpha.by = wide{}
		factor = alpha
	}
	return summand{alpha.mul(v), func(e edge) dual {
		w, h := b.axes[0].side[e.box], b.sided(1, e.box)
		across := h.neg() // of the derivative of atan(w/h) by w
		if e.axis == 1 {
			across = w
		}
		if e.box == 1 {
			across = across.neg()
		}
		square := w.square().add(h.square())
		slope := factor.mul(scale).mul(turn).mul(across.scale(2)).div(square)
		if a.lifted() {
			slope = slope.mul(dual{at: square.at})
		}
		if !held {
			slope = slope.sub(alpha.square().mul(s.slope(e)))
		}
		return slope
	}}
}

// lifted reports whether the slope of v is w² + h² times what it is.
func (a Args) lifted() bool { return a.Convention(ciouAspectGradient.Name) == "times_w2_plus_h2" }

var (
	ciouAspectGradient = Convention{"ciou_aspect_gradient", []string{"exact", "times_w2_plus_h2"},
		"the slope of v is what it is, or is multiplied by w² + h² of the box, which its denominator is, as if that were 1"}
	ciouAlpha = Convention{"ciou_alpha", []string{"constant", "differentiated"},
		"the weight α of the shapes is a constant of the gradient, or is differentiated too"}
	ciouGate = Convention{"ciou_gate", []string{"none", "iou>0.5"},
		"shapes count always, or where I/U is above ½"}
	ciouClamp = Convention{"ciou_clamp", []string{"none", "[-1,1]"},
		"the loss is used as it is, or one minus a number that is first moved into [−1, 1]: at most 2, with the gradient 0 where it was more"}
)
