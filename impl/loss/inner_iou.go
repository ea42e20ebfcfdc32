package loss

// Inner-IoU loss: that of IoU for two boxes that are scaled about their own centres.
//
// # Formula
//
//	L(A, B) = 1 − I/U of A′ and B′
//
// with the boxes of the same centres whose sides are r times those of A and B, r = ratio: A′ has the edge x1′ = a·x1 + b·x2 with
// a = (1+r)/2 and b = (1−r)/2, and the others likewise. With r below 1 near boxes are told apart more sharply, and with r above 1
// boxes that are apart still meet.
//
// # Gradient
//
//	∂L/∂x1      = a·∂L/∂x1′ + b·∂L/∂x2′
//	∂²L/∂x1∂x_j = a·∂_j(∂L/∂x1′) + b·∂_j(∂L/∂x2′)
//	∂L/∂X1      = ∂L/∂x1 with A and B exchanged
//
// with the slopes that IoU has by the edges of A′; see there for edges that are aligned or touch.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2; r > 0.
//
// # Special cases
//
//	A = B with an area: L = +0, gradient 0
//	r = 1: L = 1 − I/U
//	A′ and B′ disjoint: L = 1, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, as IoU: every length of the scaled boxes is a
// sum of two lengths of the given ones that cancel as gaps do, and no more than 3 times as much.
//
// # Method
//
// No coordinate of a scaled box is computed. An edge is a·(x1−X1) + b·(x2−X2) away from that of the other box; for r above 2, where
// a and b would cancel, half of the distance of the centres less half of r·(w−W). An overlap is that of the boxes as they are and
// (r−1)·(w+W)/2, or for r below ½ half of r·(w+W) less the distance of the centres. And where the slopes by x1′ and x2′ cancel, as
// they do for boxes of the same columns that touch, their sum is written out; see scaledOverlap.
//
// # References
//
// Zhang et al., Inner-IoU, 2023, arXiv:2311.02877, equations 3 to 9. It has ratios of 0.5 to 1.5, and no default.
var InnerIoU = declare(Loss{
	Name:     "inner_iou",
	Title:    "IoU loss of two boxes scaled about their own centres",
	Shape:    Box,
	Formula:  "L = 1 − I/U of A′ and B′",
	Gradient: "∂L/∂x1 = a·∂L/∂x1′ + b·∂L/∂x2′",
	Second:   "∂²L/∂x1∂x_j = a·∂_j(∂L/∂x1′) + b·∂_j(∂L/∂x2′)",
	ByTarget: "∂L/∂X1 = ∂L/∂x1 with A and B exchanged",

	Prediction: OrderedBox,
	Targets:    Targets{Corners},
	Target:     OrderedBox,
	Axes:       boxAxes,
	Params: []Param{{Name: "ratio", Kind: Scalar, Domain: Positive, Default: []float64{0.75},
		Meaning: "side r of a box as it is compared, in sides as they are given"}},
	Conventions: []Convention{zeroArea},
	SpecialCases: []string{
		"A = B with an area: L = +0, gradient 0",
		"r = 1: L = 1 − I/U",
		"A′ and B′ disjoint: L = 1, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of InnerIoU; at most 0.493 seen at 3000 random inputs (ci/sweep, seed 1)"},
	Traits: boxTraits(1, "", nil, homogeneous, growsApart, axisScaled,
		Trait{Property: Metric, Holds: true, When: &Condition{"for boxes with an area", func(a Args, pred, target []float64) bool {
			return withArea.Holds(a, nil, pred) && withArea.Holds(a, nil, target)
		}}, Statement: "the Jaccard distance", Source: "Lipkus, A proof of the triangle inequality for the Tanimoto distance, 1999"}),
	Scaling: &Scaling{Degree: 0, Target: true},
	Kinks: func(a Args, pred, target []float64) (kinks []float64) {
		b := between(&Item{Pred: pred, Target: target}).scaled(a.Scalar("ratio"))
		for t := range b.axes {
			x := &b.axes[t]
			kinks = append(kinks, x.moved[0].at.float(), x.moved[1].at.float(), x.shared.at.float(), x.side[0].at.float(), x.side[1].at.float())
		}
		return kinks
	},
	Sources: []Source{
		{"Zhang et al., Inner-IoU", "arXiv:2311.02877, equations 3 to 9"},
	},

	evaluate: func(a Args, it *Item) {
		b, r := between(it), a.Scalar("ratio")
		inner := b.scaled(r)
		inner.write(it, b.scaledOverlap(inner, r, inner.overlap(a)))
	},
})

// scaled is what the boxes are with sides that are r times theirs.
func (b *boxes) scaled(r float64) *boxes {
	ratio, half := num(r), num(0.5)
	own, opposite := dual{at: times(half, plus(num(1), ratio))}, dual{at: times(half, sub(num(1), ratio))}
	s := &boxes{}
	for t := range b.axes {
		x, y := &b.axes[t], &s.axes[t]
		y.apart = x.apart
		sum := x.side[0].add(x.side[1])
		for i := range y.side {
			y.side[i] = x.side[i].mul(dual{at: ratio})
		}
		var first [2]int
		for e := range outward {
			moved := own.mul(x.moved[e]).add(opposite.mul(x.moved[1-e]))
			if r > 2 {
				moved = x.apart.add(x.larger(0).mul(dual{at: ratio}).scale(outward[e])).scale(0.5)
			}
			first[e] = y.move(e, moved)
		}
		if first[0] == first[1] {
			y.shared, y.hull = y.side[first[0]], y.side[1-first[0]]
			continue
		}
		y.hull = sum.mul(dual{at: ratio}).add(x.apart.abs()).scale(0.5)
		y.shared = x.lapped().sub(opposite.mul(sum))
		if r < 0.5 {
			y.shared = sum.mul(dual{at: ratio}).sub(x.apart.abs()).scale(0.5)
		}
	}
	s.measure()
	return s
}

// scaledOverlap is the overlap of scaled boxes, with its slopes by the edges of the given ones. Where the edge of A is one of the
// hull and the opposite one is not, or the other way round, those of both would cancel: with l what lapped is along the axis, h and H
// the sides of the given boxes, w′ and W′ those of the other axis of the scaled ones, and o′ the overlap there, the slope is
//
//	r·o′·(w′·l + (r−1)/2·H·(w′−W′))/U² and −r·o′·(w′·(h−l) + H·W′ + (r−1)/2·H·(W′−w′))/U²
//
// and else it is r times that by the edge of the scaled box.
func (b *boxes) scaledOverlap(inner *boxes, r float64, s summand) summand {
	if !inner.meet {
		return s
	}
	ratio, less := dual{at: num(r)}, dual{at: times(num(0.5), sub(num(r), num(1)))}
	square := inner.both.square()
	return summand{s.value, func(e edge) dual {
		opposite := e
		opposite.end = 1 - e.end
		if e.hull == (inner.order(opposite) > 0) {
			return s.slope(e).mul(ratio)
		}
		x, y, i, j := &b.axes[e.axis], &inner.axes[1-e.axis], e.box, 1-e.box
		bend := less.mul(x.side[j]).mul(y.larger(i))
		if e.hull {
			bend = bend.add(y.side[i].mul(x.lapped()))
		} else {
			bend = bend.sub(y.side[i].mul(x.unlapped(i))).sub(x.side[j].mul(y.side[j]))
		}
		return bend.mul(ratio).mul(y.shared).div(square)
	}}
}

// lapped is half of the sum of the sides less |apart|: the overlap, where no box has the other within.
func (x *axis) lapped() dual {
	if x.order[0]*x.order[1] < 0 {
		return x.shared
	}
	i, least := x.container()
	return x.side[1-i].add(least)
}

// unlapped is the side of box i less what lapped is.
func (x *axis) unlapped(i int) dual {
	if x.order[0]*x.order[1] < 0 {
		if x.shared.at.hi > 0 {
			return x.past(i)
		}
		return x.side[i].sub(x.shared)
	}
	container, least := x.container()
	if i == container {
		return x.past(i).add(x.apart.abs()).scale(0.5)
	}
	return least.neg()
}
