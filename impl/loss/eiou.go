package loss

// EIoU loss: that of DIoU, and the differences of the sides of two boxes.
//
// # Formula
//
//	L(A, B) = (1 − I/U) + ρ²/c² + ((w−W)/c_x)² + ((h−H)/c_y)²
//
// with the sides w and h of a predicted box A, W and H of a target B, and c_x and c_y of the smallest box around both; see DIoU
// for the first two parts. It is the efficient one of the two losses that are called EIoU.
//
// # Gradient
//
//	∂L/∂x1      = ∂((1 − I/U) + ρ²/c²)/∂x1 − 2t/c_x for x1 > X1, ∂((1 − I/U) + ρ²/c²)/∂x1 − 2t·(1 − t)/c_x for x1 < X1
//	∂²L/∂x1∂x_j = ∂_j of that
//	∂L/∂X1      = ∂L/∂x1 with A and B exchanged
//
// with t = (w−W)/c_x; see IoU for edges that are aligned or touch.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A = B with an area: L = +0, gradient 0
//	the same sides: L = (1 − I/U) + ρ²/c²
//	c_x = 0: (w−W)/c_x = 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, as DIoU: w − W is a difference of the parts
// that the boxes do not share, and 1 − t that part of the hull and W over c_x.
//
// # Method
//
// As boxes says.
//
// # References
//
// Zhang et al., Focal and efficient IOU loss, 2021, arXiv:2101.08158, equation 6.
var EIoU = declare(Loss{
	Name:     "eiou",
	Title:    "efficient IoU loss of two boxes",
	Shape:    Box,
	Formula:  "L = (1 − I/U) + ρ²/c² + ((w−W)/c_x)² + ((h−H)/c_y)²",
	Gradient: "∂L/∂x1 = ∂((1 − I/U) + ρ²/c²)/∂x1 − 2t/c_x for x1 > X1, ∂((1 − I/U) + ρ²/c²)/∂x1 − 2t·(1 − t)/c_x for x1 < X1",
	Second:   "∂²L/∂x1∂x_j = ∂_j of that",
	ByTarget: "∂L/∂X1 = ∂L/∂x1 with A and B exchanged",

	Prediction:  OrderedBox,
	Targets:     Targets{Corners},
	Target:      OrderedBox,
	Axes:        boxAxes,
	Conventions: []Convention{zeroArea},
	SpecialCases: []string{
		"A = B with an area: L = +0, gradient 0",
		"the same sides: L = (1 − I/U) + ρ²/c²",
		"c_x = 0: (w−W)/c_x = 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of EIoU; at most 0.499 seen at 2000 random inputs (ci/sweep, seed 1)"},
	Traits: boxTraits(3.25, "13/4 at a point in a corner of the other box", nil, homogeneous,
		Trait{Property: GrowsApart, Holds: false, Witness: &Witness{Target: []float64{-2, -2, 2, 2}, A: []float64{1.9375, 1.9375, 2.0625, 2.0625}, B: []float64{9.9375, 9.9375, 10.0625, 10.0625},
			Note: "a small box in the corner of a large one: beyond it the hull grows, and the difference of the sides counts less"}}),
	Scaling: &Scaling{Degree: 0, Target: true},
	Kinks:   boxKinks,
	Sources: []Source{
		{"Zhang et al., Focal and efficient IOU loss", "arXiv:2101.08158, equation 6"},
	},

	evaluate: func(a Args, it *Item) {
		b := between(it)
		b.write(it, b.overlap(a), b.distance(), b.sizes())
	},
})

// sizes is ((w−W)/c_x)² + ((h−H)/c_y)², a part of which is 0 where it is 0/0.
func (b *boxes) sizes() summand {
	var value dual
	for t := range b.axes {
		x := &b.axes[t]
		value = value.add(x.larger(0).div(x.hull).square())
	}
	return summand{value, func(e edge) dual {
		x := &b.axes[e.axis]
		t := x.larger(e.box).div(x.hull)
		if e.hull {
			t = t.mul(x.past(1 - e.box).add(x.side[1-e.box])).div(x.hull)
		}
		return t.scale(2).div(x.hull)
	}}
}
