package loss

// DIoU loss: that of IoU, and the distance of the centres of two boxes.
//
// # Formula
//
//	L(A, B) = (1 − I/U) + ρ²/c²
//
// with the intersection I and the union U of a predicted box A and a target B, the distance ρ of their centres, and the diagonal
// c of the smallest box around both. Under the convention box_eps U is what IoU says, and c² has ε more.
//
// # Gradient
//
//	∂L/∂x1      = ∂(1 − I/U)/∂x1 + d_x/c² for x1 > X1, ∂(1 − I/U)/∂x1 + (d_x + 2·(ρ²/c²)·c_x)/c² for x1 < X1
//	∂²L/∂x1∂x_j = ∂_j of that
//	∂L/∂X1      = ∂L/∂x1 with A and B exchanged
//
// with d_x the difference of the centres and c_x the side of the hull; see IoU for the first part, and for edges that are aligned
// or touch.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A = B with an area: L = +0, gradient 0
//	the same centre: L = 1 − I/U
//	c = 0: ρ²/c² = 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, as IoU: what cancels in a distance of centres is
// of different gaps, and the slope by an edge of the hull has a form without 2·(ρ²/c²)·c_x where the two would cancel.
//
// # Method
//
// As boxes says.
//
// # References
//
// Zheng et al., Distance-IoU loss, 2020, arXiv:1911.08287, equation 7.
var DIoU = declare(Loss{
	Name:     "diou",
	Title:    "distance IoU loss of two boxes",
	Shape:    Box,
	Formula:  "L = (1 − I/U) + ρ²/c²",
	Gradient: "∂L/∂x1 = ∂(1 − I/U)/∂x1 + d_x/c² for x1 > X1, ∂(1 − I/U)/∂x1 + (d_x + 2·(ρ²/c²)·c_x)/c² for x1 < X1",
	Second:   "∂²L/∂x1∂x_j = ∂_j of that",
	ByTarget: "∂L/∂X1 = ∂L/∂x1 with A and B exchanged",

	Prediction:  OrderedBox,
	Targets:     Targets{Corners},
	Target:      OrderedBox,
	Axes:        boxAxes,
	Params:      []Param{boxEpsilon},
	Conventions: []Convention{boxEpsAdded, zeroArea},
	SpecialCases: []string{
		"A = B with an area: L = +0, gradient 0",
		"the same centre: L = 1 − I/U",
		"c = 0: ρ²/c² = 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of DIoU; at most 0.497 seen at 2000 random inputs (ci/sweep, seed 1)"},
	Traits:   withEps(boxTraits(2, "the boxes far apart", nil, homogeneous, growsApart)),
	Scaling:  &Scaling{Degree: 0, Target: true, When: withoutEps},
	Kinks:    boxKinks,
	Sources: []Source{
		{"Zheng et al., Distance-IoU loss", "arXiv:1911.08287, equation 7"},
	},

	evaluate: func(a Args, it *Item) {
		b := between(it).guarded(a)
		b.write(it, b.overlap(a), b.distance())
	},
})
