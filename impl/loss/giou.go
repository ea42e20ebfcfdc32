package loss

// GIoU loss: that of IoU, and the share of the hull of two boxes that neither has.
//
// # Formula
//
//	L(A, B) = (1 − I/U) + (C−U)/C
//
// with the intersection I and the union U of a predicted box A and a target B, and the area C of the smallest box around both.
// Under the convention box_eps U is what IoU says, and (C−U)/C is (C−U)/(C+ε) with the U of the boxes, or (C+ε−U)/(C+ε) with that
// of the sides that are longer by ε, or that of max(U, ε) and max(C, ε). With longer sides the loss has no lower bound: U may be above C.
//
// # Gradient
//
//	∂L/∂x1      = ∂(1 − I/U)/∂x1 + (h − o_y)/C for x1 > X1, ∂(1 − I/U)/∂x1 + ((c_x − w)·h − |B∖A|)/(c_x·C) for x1 < X1
//	∂²L/∂x1∂x_j = ∂_j of that
//	∂L/∂X1      = ∂L/∂x1 with A and B exchanged
//
// with w and h the sides of A, o_y the overlap of the other axis, 0 for boxes that are apart, and c_x the side of the hull; see IoU
// for the first part, and for edges that are aligned or touch.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A = B with an area: L = +0, gradient 0
//	one box within the other, or the same rows or columns and no gap: L = 1 − I/U
//	C = 0: (C−U)/C = 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, as IoU: C − U is the sum of the strips of the
// hull, and what cancels in the slope by an edge of it is of different gaps.
//
// # Method
//
// As boxes says.
//
// # References
//
// Rezatofighi et al., Generalized intersection over union, 2019, arXiv:1902.09630, algorithm 2.
var GIoU = declare(Loss{
	Name:     "giou",
	Title:    "generalized IoU loss of two boxes",
	Shape:    Box,
	Formula:  "L = (1 − I/U) + (C−U)/C",
	Gradient: "∂L/∂x1 = ∂(1 − I/U)/∂x1 + (h − o_y)/C for x1 > X1, ∂(1 − I/U)/∂x1 + ((c_x − w)·h − |B∖A|)/(c_x·C) for x1 < X1",
	Second:   "∂²L/∂x1∂x_j = ∂_j of that",
	ByTarget: "∂L/∂X1 = ∂L/∂x1 with A and B exchanged",

	Prediction:  OrderedBox,
	Targets:     Targets{Corners},
	Target:      OrderedBox,
	Axes:        boxAxes,
	Params:      []Param{boxEpsilon},
	Conventions: []Convention{boxEps, zeroArea},
	SpecialCases: []string{
		"A = B with an area: L = +0, gradient 0",
		"one box within the other, or the same rows or columns and no gap: L = 1 − I/U",
		"C = 0: (C−U)/C = 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of GIoU; at most 0.497 seen at 2000 random inputs (ci/sweep, seed 1)"},
	Traits:   withEps(boxTraits(2, "the boxes far apart", nil, homogeneous, growsApart, axisScaled), NonNegativeValue, Bounded, GrowsApart),
	Scaling:  &Scaling{Degree: 0, Target: true, When: withoutEps},
	Kinks:    boxKinks,
	Sources: []Source{
		{"Rezatofighi et al., Generalized intersection over union", "arXiv:1902.09630, algorithm 2"},
	},

	evaluate: func(a Args, it *Item) {
		b := between(it).guarded(a)
		b.write(it, b.wasted(a)...)
	},
})
