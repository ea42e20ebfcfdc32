package loss

import "slices"

// Bounded IoU loss: how far each number of a box alone keeps I/U below 1, whatever the others are.
//
// # Formula
//
//	L(A, B) = S(t_x) + S(t_y) + S(t_w) + S(t_h), t_x = 1 − max(W − 2|d_x|, 0)/(W + 2|d_x|), t_w = 1 − min(w/W, W/w)
//
// with S(t) = ½·t²/β below β = beta and t − β/2 from there on, the difference d of the centres of a predicted box A and a target B,
// and their sides w and W along x; t_y and t_h are the same along y. Each 1 − t is the highest I/U that boxes with such a difference
// of one number can have.
//
// # Gradient
//
//	∂L/∂x1      = S′(t_x)·∂t_x/∂x1 + S′(t_w)·∂t_w/∂x1, S′(t) = min(t/β, 1)
//	∂²L/∂x1∂x_j = ∂_j of that
//	∂L/∂X1      = −S′(t_x)·∂t_x/∂x1·(1 ± 2d_x/W) − S′(t_w)·∂t_w/∂x1·(w/W)
//
// ∂t_x/∂x1 is 2·W·sgn(d_x)/(W + 2|d_x|)² for 2|d_x| < W, and else 0; ∂t_w/∂x1 is −W/w² for w > W, and 1/W for w < W. By the
// target the sides move, too. Where 2|d_x| = W, and for β = 0 where d_x = 0 or w = W, a slope is any number between two; the reference
// says that of boxes further apart, or 0.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2; β ≥ 0. Where W is 0, t_x and t_w are 1.
//
// # Special cases
//
//	A = B with an area: L = +0, gradient 0
//	2|d_x| ≥ W: t_x = 1
//	β = 0: L = t_x + t_y + t_w + t_h
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges: t_x is 4|d_x|/(W + 2|d_x|) and t_w is |w−W| over
// the larger side, in which nothing cancels but gaps.
//
// # Method
//
// As boxes says.
//
// # References
//
// Tychsen-Smith and Petersson, Improving object localization with fitness NMS and bounded IoU loss, 2018, arXiv:1711.00164, equations
// 11 to 15; β = 0.2 is the default of mmdet/models/losses/iou_loss.py, which has an ε besides.
var BoundedIoU = declare(Loss{
	Name:     "bounded_iou",
	Title:    "bounded IoU loss of two boxes, number by number",
	Shape:    Box,
	Formula:  "L = S(t_x) + S(t_y) + S(t_w) + S(t_h), t_x = 1 − max(W − 2|d_x|, 0)/(W + 2|d_x|), t_w = 1 − min(w/W, W/w)",
	Gradient: "∂L/∂x1 = S′(t_x)·∂t_x/∂x1 + S′(t_w)·∂t_w/∂x1, S′(t) = min(t/β, 1)",
	Second:   "∂²L/∂x1∂x_j = ∂_j of that",
	ByTarget: "∂L/∂X1 = −S′(t_x)·∂t_x/∂x1·(1 ± 2d_x/W) − S′(t_w)·∂t_w/∂x1·(w/W)",

	Prediction: OrderedBox,
	Targets:    Targets{Corners},
	Target:     OrderedBox,
	Axes:       boxAxes,
	Params: []Param{{Name: "beta", Kind: Scalar, Domain: NonNegative, Default: []float64{0.2},
		Meaning: "number β from which on a part of the loss is linear"}},
	SpecialCases: []string{
		"A = B with an area: L = +0, gradient 0",
		"2|d_x| ≥ W: t_x = 1",
		"β = 0: L = t_x + t_y + t_w + t_h",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of BoundedIoU; at most 0.500 seen at 3000 random inputs (ci/sweep, seed 1)"},
	Traits: append(slices.DeleteFunc(boxTraits(4, "4 − 2β for β ≤ 1, nothing in common", nil, growsApart, axisScaled), func(t Trait) bool { return t.Property == Symmetric }),
		Trait{Property: Symmetric, Holds: false, Witness: &Witness{Target: []float64{0, 0, 4, 4}, A: []float64{0, 0, 2, 4}, TargetB: []float64{0, 0, 2, 4}, B: []float64{0, 0, 4, 4},
			Note: "the sides of the target alone measure the distance"}}),
	Scaling: &Scaling{Degree: 0, Target: true},
	Kinks: func(a Args, pred, target []float64) (kinks []float64) {
		b := between(&Item{Pred: pred, Target: target})
		for t := range b.axes {
			x := &b.axes[t]
			kinks = append(kinks, sub(x.apart.abs().at, x.side[1].at).float())
			if a.Scalar("beta") == 0 {
				kinks = append(kinks, x.apart.at.float(), x.larger(0).at.float())
			}
		}
		return kinks
	},
	Sources: []Source{
		{"Tychsen-Smith and Petersson, Improving object localization with fitness NMS and bounded IoU loss", "arXiv:1711.00164, equations 11 to 15"},
	},

	evaluate: func(a Args, it *Item) {
		b, beta := between(it), still(a.Scalar("beta"))
		b.write(it, b.alongAxis(0).bent(beta), b.acrossAxis(0).bent(beta), b.alongAxis(1).bent(beta), b.acrossAxis(1).bent(beta))
	},
})

// alongAxis is t_x, or t_y.
func (b *boxes) alongAxis(t int) summand {
	x := &b.axes[t]
	apart, side := x.apart.abs(), x.side[1]
	if side.at.zero() || sub(apart.at, side.at).hi >= 0 {
		return summand{still(1), flat}
	}
	sum := side.add(apart)
	further := side.div(sum.square()).scale(2)
	return summand{apart.scale(2).div(sum), func(e edge) dual {
		if e.axis != t {
			return dual{}
		}
		slope := further.scale(x.ahead() * e.apart())
		if e.box == 1 {
			slope = slope.sub(apart.div(sum.square()).scale(2))
		}
		return slope
	}}
}

// acrossAxis is t_w, or t_h.
func (b *boxes) acrossAxis(t int) summand {
	x := &b.axes[t]
	if x.side[1].at.zero() {
		return summand{still(1), flat}
	}
	big := 0
	if x.larger(0).at.hi < 0 {
		big = 1
	}
	more := x.larger(big)
	return summand{more.div(x.side[big]), func(e edge) dual {
		switch {
		case e.axis != t || more.at.zero():
			return dual{}
		case e.box == big:
			return x.side[1-big].div(x.side[big].square())
		}
		return still(1).div(x.side[big]).neg()
	}}
}

// bent is S of a summand.
func (s summand) bent(beta dual) summand {
	if sub(s.value.at, beta.at).hi < 0 {
		slope := s.value.div(beta)
		return s.through(s.value.mul(slope).scale(0.5), slope)
	}
	return s.through(s.value.sub(beta.scale(0.5)), still(1))
}
