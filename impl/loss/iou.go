package loss

import "math"

// IoU loss: one minus the intersection of two boxes over their union.
//
// # Formula
//
//	L(A, B) = (|A∖B| + |B∖A|)/U, U = |A| + |B∖A|
//
// for a predicted box A = (x1, y1, x2, y2) and a target B = (X1, Y1, X2, Y2). It is 1 − I/U with the intersection I. Under
// the convention iou_transform it is 1 − (I/U)² or −log(I/U) instead. Under the convention box_eps U is max(U, ε), or U + ε, or
// w·(h+ε) + W·(H+ε) − I + ε, with ε = box_epsilon: in shares of an image that is no small number.
//
// # Gradient
//
//	∂L/∂x1       = o_y·(|B| + h·(w − o_x))/U² for x1 > X1, −I·h/U² for x1 < X1
//	∂²L/∂x1∂x_j  = ∂_j(o_y·(|B| + h·(w − o_x))/U²) or −∂_j(I·h/U²)
//	∂L/∂X1       = ∂L/∂x1 with A and B exchanged
//
// where boxes overlap, with the sides w and h of A and the overlaps o_x and o_y of the axes, and 0 where they do not. The slope
// by another edge follows by a reflection. Of the square it is 2·(I/U) times that, and of the logarithm U/I times. At x1 = X1 it
// is any number between the two; the reference says their mean. Of boxes that touch it says what is true of boxes that are apart.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A and B disjoint: L = 1, gradient 0; −log(I/U) = +Inf, gradient NaN
//	A = B with an area: L = +0, gradient 0
//	U = 0: value and gradient as the convention zero_area says
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, of which the loss is a function: gaps have
// 2^-103, and value and gradient are quotients of sums of products of gaps, in which nothing cancels. Their κ is at most 4, since
// numerator and denominator are of degree 1 in the gaps of each axis. The logarithm adds 2^-69. The rounding at the end is ½ ulp,
// and up to ½ more in the subnormal range.
//
// # Method
//
// Each length is a difference of two coordinates, taken once; see boxes. 1 − I/U of boxes one ulp apart would have no digit.
//
// # References
//
// Yu et al., UnitBox, 2016, arXiv:1608.01471, section 3.1 (the logarithm); Ge et al., YOLOX, 2021, arXiv:2107.08430, whose code has
// the square.
var IoU = declare(Loss{
	Name:     "iou",
	Title:    "one minus intersection over union of two boxes",
	Shape:    Box,
	Formula:  "L = (|A∖B| + |B∖A|)/U, U = |A| + |B∖A|",
	Gradient: "∂L/∂x1 = o_y·(|B| + h·(w − o_x))/U² for x1 > X1, −I·h/U² for x1 < X1",
	Second:   "∂²L/∂x1∂x_j = ∂_j(o_y·(|B| + h·(w − o_x))/U²) or −∂_j(I·h/U²)",
	ByTarget: "∂L/∂X1 = ∂L/∂x1 with A and B exchanged",

	Prediction:  OrderedBox,
	Targets:     Targets{Corners},
	Target:      OrderedBox,
	Axes:        boxAxes,
	Params:      []Param{boxEpsilon},
	Conventions: []Convention{boxEps, iouTransform, logFloor, zeroArea},
	SpecialCases: []string{
		"A and B disjoint: L = 1, gradient 0; −log(I/U) = +Inf, gradient NaN",
		"A = B with an area: L = +0, gradient 0",
		"U = 0: value and gradient as the convention zero_area says",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of IoU; at most 0.500 seen at 20,000 random inputs (ci/sweep, seed 1)"},
	Traits: withEps(boxTraits(1, "", notLogarithm, homogeneous, growsApart, axisScaled,
		Trait{Property: Metric, Holds: true, When: jaccard, Statement: "the Jaccard distance", Source: "Lipkus, A proof of the triangle inequality for the Tanimoto distance, 1999"})),
	Scaling: &Scaling{Degree: 0, Target: true, When: withoutEps},
	Kinks: func(a Args, pred, target []float64) []float64 {
		kinks := boxKinks(a, pred, target)
		if floor := a.LogFloor(); floor > 0 && a.Convention(iouTransform.Name) == "log" {
			b := between(&Item{Pred: pred, Target: target}).guarded(a)
			kinks = append(kinks, sub(b.shared.div(b.both).at, num(floor)).float())
		}
		return kinks
	},
	Sources: []Source{
		{"Yu et al., UnitBox", "arXiv:1608.01471, section 3.1"},
		{"Ge et al., YOLOX", "arXiv:2107.08430; yolox/models/losses.py"},
	},

	evaluate: func(a Args, it *Item) {
		b := between(it).guarded(a)
		s := b.overlap(a)
		share := b.share(s)
		if !s.value.at.special() { // not NaN
			switch a.Convention(iouTransform.Name) {
			case "square":
				s = s.through(s.value.mul(still(1).add(share)), share.scale(2))
			case "log":
				s = s.logged(share, num(a.LogFloor()))
			}
		}
		b.write(it, s)
	},
})

// logged is −log(I/U), given I/U and what it is at least.
func (s summand) logged(share dual, floor wide) summand {
	switch {
	case sub(share.at, floor).hi < 0:
		return summand{dual{at: neg(logarithm(floor))}, flat}
	case share.at.zero():
		return summand{still(math.Inf(1)), func(edge) dual { return dual{notANumber, notANumber} }}
	}
	return s.through(s.logarithm(share), still(1).div(share))
}

// LogFloor is what the convention log_floor says that I/U is at least: 10⁻⁶, rounded to the dtype, or 0.
func (a Args) LogFloor() float64 {
	const least = 1e-6
	if a.Convention(logFloor.Name) == "none" {
		return 0
	}
	return a.format.Round(least)
}

var (
	iouTransform = Convention{"iou_transform", []string{"linear", "square", "log"},
		"the loss is 1 − I/U, 1 − (I/U)² or −log(I/U)"}
	logFloor = Convention{"log_floor", []string{"none", "1e-6"},
		"the logarithm is taken of I/U as it is, or of 10⁻⁶, rounded to the dtype, where that is more, with gradient 0"}

	jaccard = &Condition{"for 1 − I/U, and boxes with an area", func(a Args, pred, target []float64) bool {
		return a.Convention(iouTransform.Name) == "linear" && withArea.Holds(a, nil, pred) && withArea.Holds(a, nil, target)
	}}
	notLogarithm = &Condition{"unless the logarithm is taken", func(a Args, _, _ []float64) bool { return a.Convention(iouTransform.Name) != "log" }}
)
