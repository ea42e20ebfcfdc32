package loss

import "math"

// NWD loss: the distance of two boxes as if each were a normal distribution.
//
// # Formula
//
//	L(A, B) = 1 − e^(−D/C), D = √(d_x² + d_y² + ((w−W)/2)² + ((h−H)/2)²)
//
// with C = scale, the difference d of the centres of a predicted box A and a target B, and their sides w, h, W and H. D is the
// Wasserstein distance of two normal distributions with the centres of the boxes and half of their sides as deviations, and
// √(½·Σ_k (x_k − X_k)²) over the four coordinates.
//
// # Gradient
//
//	∂L/∂x1      = e^(−D/C)·(x1 − X1)/(2·C·D)
//	∂²L/∂x1∂x_j = ∂_j of that
//	∂L/∂X1      = −∂L/∂x1
//
// For A = B the gradient is any number of [−1/(√2·C), 1/(√2·C)]; the reference says 0.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2; C > 0. They need no area.
//
// # Special cases
//
//	A = B: L = +0
//	boxes far apart: L = 1, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges: each x_k − X_k is a sum of gaps, and D a sum of
// their squares, in which nothing cancels. The root has 2^-102, and an exponential 2^-70.
//
// # Method
//
// (d_x)² + ((w−W)/2)² is half of (x1−X1)² + (x2−X2)²: neither centres nor sides are computed.
//
// # References
//
// Wang et al., A normalized Gaussian Wasserstein distance for tiny object detection, 2021, arXiv:2110.13389, equations 6 and 7, with
// a C that is the mean size of the objects of a data set.
var NWD = declare(Loss{
	Name:     "nwd",
	Title:    "normalized Gaussian Wasserstein distance of two boxes",
	Shape:    Box,
	Formula:  "L = 1 − e^(−D/C), D = √(d_x² + d_y² + ((w−W)/2)² + ((h−H)/2)²)",
	Gradient: "∂L/∂x1 = e^(−D/C)·(x1 − X1)/(2·C·D)",
	Second:   "∂²L/∂x1∂x_j = ∂_j of that",
	ByTarget: "∂L/∂X1 = −∂L/∂x1",

	Prediction: OrderedBox,
	Targets:    Targets{Corners},
	Target:     OrderedBox,
	Axes:       boxAxes,
	Params:     []Param{{Name: "scale", Kind: Scalar, Domain: Positive, Default: []float64{12.75}, Meaning: "distance C at which the loss is 1 − 1/e"}},
	SpecialCases: []string{
		"A = B: L = +0",
		"boxes far apart: L = 1, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of NWD; at most 0.500 seen at 3000 random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at A = B"},
		{Property: Minimum, Holds: true, Statement: "at A = B"},
		{Property: Bounded, Holds: true, Low: 0, High: 1, Statement: "the boxes far apart"},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{0, 0, 1, 1}, A: []float64{64, 0, 65, 1}, B: []float64{0, 0, 1, 1}, Note: "the loss rises ever less with the distance"}},
		{Property: Lipschitz, Holds: true, Constant: 0x1.c652b2b4a5516p-5, Norm: Euclidean, Statement: "1/(√2·C)",
			ConstantFor: func(a Args, _ []float64) float64 { return div(root(num(0.5)), num(a.Scalar("scale"))).atMost() }},
		{Property: Symmetric, Holds: true, Statement: "L(A, B) = L(B, A)"},
		{Property: Isometric, Holds: true},
		{Property: Metric, Holds: true, Statement: "a concave function of a distance, 0 at 0", Source: "Kelley, General Topology, 1955, chapter 4"},
		growsApart,
	},
	Scaling: &Scaling{Degree: 0, Target: true, Params: []string{"scale"}},
	Kinks: func(_ Args, pred, target []float64) []float64 {
		apart := 0.0
		for k, x := range pred {
			apart = max(apart, math.Abs(x-target[k]))
		}
		return []float64{apart}
	},
	Sources: []Source{
		{"Wang et al., A normalized Gaussian Wasserstein distance for tiny object detection", "arXiv:2110.13389, equations 6 and 7"},
	},

	evaluate: func(a Args, it *Item) {
		b := between(it)
		b.write(it, b.asGaussians(still(a.Scalar("scale"))))
	},
})

// asGaussians is 1 − e^(−D/C).
func (b *boxes) asGaussians(scale dual) summand {
	var square dual
	for t := range b.axes {
		for e := range outward {
			square = square.add(b.axes[t].moved[e].square())
		}
	}
	if square.at.zero() {
		return summand{dual{}, flat}
	}
	apart := square.scale(0.5).root()
	left, lost := apart.div(scale).decay()
	factor := div(left.at, times(num(2), times(scale.at, apart.at)))
	return summand{lost, func(e edge) dual {
		m := b.axes[e.axis].moved[e.end]
		slope := dual{at: times(factor, m.at)}
		var across wide // that m/D moves, without what both make of it
		for t := range b.axes {
			for _, other := range b.axes[t].moved {
				across = plus(across, times(other.at, sub(times(m.by, other.at), times(m.at, other.by))))
			}
		}
		slope.by = times(factor, sub(div(across, square.at), div(times(m.at, apart.by), scale.at)))
		return slope.scale(e.apart())
	}}
}
