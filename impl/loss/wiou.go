package loss

// WIoU loss, version 1: that of IoU, weighed by the distance of the centres of two boxes.
//
// # Formula
//
//	L(A, B) = e^R·(1 − I/U), R = ρ²/c²
//
// with the intersection I and the union U of a predicted box A and a target B, the distance ρ of their centres, and the diagonal
// c of the smallest box around both.
//
// # Gradient
//
//	∂L/∂x1      = e^R·(∂(1 − I/U)/∂x1 + (1 − I/U)·d_x/c²)
//	∂²L/∂x1∂x_j = ∂_j of that
//	∂L/∂X1      = ∂L/∂x1 with A and B exchanged
//
// with d_x the difference of the centres: c is a constant of the gradient, unless the convention wiou_hull says that it is not;
// then ∂R/∂x1 is that of DIoU. See IoU for edges that are aligned or touch.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A = B with an area: L = +0, gradient 0
//	the same centre: L = 1 − I/U
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, as DIoU. The exponential has 2^-70.
//
// # Method
//
// As boxes says.
//
// # References
//
// Tong et al., Wise-IoU, 2023, arXiv:2301.10051, equations 8 and 9.
var WIoU = declare(Loss{
	Name:     "wiou",
	Title:    "wise IoU loss of two boxes, version 1",
	Shape:    Box,
	Formula:  "L = e^R·(1 − I/U), R = ρ²/c²",
	Gradient: "∂L/∂x1 = e^R·(∂(1 − I/U)/∂x1 + (1 − I/U)·d_x/c²)",
	Second:   "∂²L/∂x1∂x_j = ∂_j of that",
	ByTarget: "∂L/∂X1 = ∂L/∂x1 with A and B exchanged",

	Prediction:  OrderedBox,
	Targets:     Targets{Corners},
	Target:      OrderedBox,
	Axes:        boxAxes,
	Conventions: []Convention{wiouHull, zeroArea},
	SpecialCases: []string{
		"A = B with an area: L = +0, gradient 0",
		"the same centre: L = 1 − I/U",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of WIoU; at most 0.499 seen at 1500 random inputs (ci/sweep, seed 1)"},
	Traits: boxTraits(2.7182818284590455, "e, the boxes far apart", nil, growsApart,
		Trait{Property: Homogeneous, Holds: true, When: &Condition{"for a diagonal that is differentiated", func(a Args, _, _ []float64) bool { return a.Convention(wiouHull.Name) != "constant" }}}),
	Scaling: &Scaling{Degree: 0, Target: true},
	Kinks:   boxKinks,
	Detached: func(a Args, pred, target []float64) bool {
		b := between(&Item{Pred: pred, Target: target})
		return a.Convention(wiouHull.Name) == "constant" && !b.distance().value.at.zero()
	},
	Sources: []Source{
		{"Tong et al., Wise-IoU", "arXiv:2301.10051, equations 8 and 9"},
	},

	evaluate: func(a Args, it *Item) {
		b := between(it)
		s, r := b.overlap(a), b.distanceIn(a.Convention(wiouHull.Name) == "constant")
		weight := dual{at: exponential(r.value.at)}
		weight.by = times(weight.at, r.value.by)
		b.write(it, summand{weight.mul(s.value), func(e edge) dual {
			return weight.mul(s.slope(e).add(s.value.mul(r.slope(e))))
		}})
	},
})

var wiouHull = Convention{"wiou_hull", []string{"constant", "differentiated"},
	"the diagonal of the hull in e^(ρ²/c²) is a constant of the gradient, or is differentiated too"}
