package loss

// α-IoU loss: that of IoU with a power of I/U, and a power of what another loss adds to it.
//
// # Formula
//
//	L(A, B) = 1 − (I/U)^a + P^a
//
// with a = power and the intersection I and the union U of a predicted box A and a target B. P is 0, or by the convention
// iou_penalty what giou, diou or ciou add to 1 − I/U; that of ciou is the sum of two powers, (ρ²/c²)^a + (αv)^a.
//
// # Gradient
//
//	∂L/∂x1      = a·(I/U)^(a−1)·∂(1 − I/U)/∂x1 + a·P^(a−1)·∂P/∂x1
//	∂²L/∂x1∂x_j = ∂_j of that
//	∂L/∂X1      = ∂L/∂x1 with A and B exchanged
//
// The α of ciou is a constant of the gradient. See IoU for edges that are aligned or touch.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2; a ≥ 1.
//
// # Special cases
//
//	A = B with an area: L = +0, gradient 0
//	a = 1: L = 1 − I/U + P
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, as CIoU. A logarithm has 2^-69, and a power
// that is not far below the smallest float64 2^-56. Where a·(I/U)^(a−1) is such a number nothing cancels.
//
// # Method
//
// (I/U)^a is e^(−a·t) with t = −log(1−s) for s = 1 − I/U below ½, and the loss −(e^(−a·t) − 1).
//
// # References
//
// He et al., Alpha-IoU, 2021, arXiv:2110.13675, equation 5, with a = 3.
var AlphaIoU = declare(Loss{
	Name:     "alpha_iou",
	Title:    "power IoU loss of two boxes",
	Shape:    Box,
	Formula:  "L = 1 − (I/U)^a + P^a",
	Gradient: "∂L/∂x1 = a·(I/U)^(a−1)·∂(1 − I/U)/∂x1 + a·P^(a−1)·∂P/∂x1",
	Second:   "∂²L/∂x1∂x_j = ∂_j of that",
	ByTarget: "∂L/∂X1 = ∂L/∂x1 with A and B exchanged",

	Prediction: OrderedBox,
	Targets:    Targets{Corners},
	Target:     OrderedBox,
	Axes:       boxAxes,
	Params: []Param{{Name: "power", Kind: Scalar, Domain: AtLeastOne, Default: []float64{3},
		Meaning: "exponent a of I/U, and of what is added"}},
	Conventions: []Convention{iouPenalty, zeroArea},
	SpecialCases: []string{
		"A = B with an area: L = +0, gradient 0",
		"a = 1: L = 1 − I/U + P",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of AlphaIoU; at most 0.497 seen at 1500 random inputs (ci/sweep, seed 1)"},
	Traits:   boxTraits(2.5, "as CIoU", nil, homogeneous, growsApart),
	Scaling:  &Scaling{Degree: 0, Target: true},
	Kinks:    boxKinks,
	Detached: func(a Args, pred, target []float64) bool {
		return a.Convention(iouPenalty.Name) == "ciou" && !between(&Item{Pred: pred, Target: target}).turn().at.zero()
	},
	Sources: []Source{
		{"He et al., Alpha-IoU", "arXiv:2110.13675, equation 5"},
	},

	evaluate: func(a Args, it *Item) {
		b, exponent := between(it), a.Scalar("power")
		s := b.overlap(a)
		if s.value.at.special() { // NaN
			b.write(it, s)
			return
		}
		parts := []summand{s}
		if share := b.share(s); share.at.zero() {
			parts[0] = summand{still(1), flat}
		} else {
			left, lost := s.logarithm(share).scale(exponent).decay()
			parts[0] = s.through(lost, left.div(share).scale(exponent))
		}
		switch a.Convention(iouPenalty.Name) {
		case "giou":
			parts = append(parts, b.waste().power(exponent))
		case "diou":
			parts = append(parts, b.distance().power(exponent))
		case "ciou":
			parts = append(parts, b.distance().power(exponent), b.aspect(a).power(exponent))
		}
		b.write(it, parts...)
	},
})

// power is a power of what is between 0 and 1.
func (s summand) power(exponent float64) summand {
	if exponent == 1 || s.value.at.zero() { // of 0 the slope is 0
		return s.through(s.value, still(one(exponent == 1)))
	}
	raised, _ := dual{neg(logarithm(s.value.at)), neg(div(s.value.by, s.value.at))}.scale(exponent).decay()
	return s.through(raised, raised.div(s.value).scale(exponent))
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

var iouPenalty = Convention{"iou_penalty", []string{"none", "giou", "diou", "ciou"},
	"a power of what giou, diou or ciou add to 1 − I/U is added, or nothing"}
