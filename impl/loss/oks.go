package loss

// OKS loss: one minus the similarity of a predicted keypoint and where it is.
//
// # Formula
//
//	L(p, P) = 1 − e^(−d²/(2s²)), d² = (x − X)² + (y − Y)²
//
// for a predicted keypoint p = (x, y) and a target P = (X, Y), with s = scale. Of an object of area a and a kind of keypoint with the
// deviation k it is s² = a·(2k)²; a keypoint that is not labelled has the sample weight 0.
//
// # Gradient
//
//	∂L/∂x   = (x − X)/s²·e^(−d²/(2s²))
//	∂²L/∂x² = (1 − (x − X)²/s²)/s²·e^(−d²/(2s²)), ∂²L/∂x∂y = −(x − X)·(y − Y)/s⁴·e^(−d²/(2s²))
//	∂L/∂X   = −∂L/∂x
//
// # Domain
//
// Keypoints of finite coordinates; s > 0.
//
// # Special cases
//
//	p = P: L = +0, gradient 0
//	keypoints far apart: L = 1, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over x − X and y − Y, which have 2^-103: the exponent is a sum of their squares, in which
// nothing cancels, and an exponential adds 2^-70 to what κ says. The rounding at the end is ½ ulp, and up to ½ more in the subnormal
// range.
//
// # Method
//
// Of a small exponent −expm1: next to its place 1 − e^(−x) has no digit. d² may be below the smallest number where L is not, and s²
// above the largest.
//
// # References
//
// The object keypoint similarity of the COCO evaluation (cocoapi, PythonAPI/pycocotools/cocoeval.py, computeOks); as a loss Maji et al.,
// YOLO-Pose, 2022, arXiv:2204.06806.
var OKS = declare(Loss{
	Name:     "oks",
	Title:    "one minus object keypoint similarity",
	Shape:    Keypoint,
	Formula:  "L = 1 − e^(−d²/(2s²)), d² = (x − X)² + (y − Y)²",
	Gradient: "∂L/∂x = (x − X)/s²·e^(−d²/(2s²))",
	Second:   "∂²L/∂x² = (1 − (x − X)²/s²)/s²·e^(−d²/(2s²)), ∂²L/∂x∂y = −(x − X)·(y − Y)/s⁴·e^(−d²/(2s²))",
	ByTarget: "∂L/∂X = −∂L/∂x",

	Definition: "-expm1(-((x - X)^2 + (y - Y)^2)/(2*scale^2))",

	Prediction: Finite,
	Targets:    Targets{Place},
	Target:     Finite,
	Axes:       func(int) [][]int { return [][]int{{0, 2}, {1, 3}} },
	Params:     []Param{{Name: "scale", Kind: Scalar, Domain: Positive, Default: []float64{1}, Meaning: "distance s at which the loss is 1 − 1/√e"}},
	SpecialCases: []string{
		"p = P: L = +0, gradient 0",
		"keypoints far apart: L = 1, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of OKS; at most 0.500 seen at 20,000 random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at p = P"},
		{Property: Minimum, Holds: true, Statement: "at p = P"},
		{Property: Bounded, Holds: true, Low: 0, High: 1, Statement: "the keypoints far apart"},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{0, 0}, A: []float64{2, 0}, B: []float64{6, 0}, Note: "the loss rises ever less with the distance"}},
		{Property: Lipschitz, Holds: true, Constant: 0x1.368b2fc6f9609p-1, Norm: Euclidean, Statement: "1/(√e·s), at the distance s",
			ConstantFor: func(a Args, _ []float64) float64 { return div(exponential(num(-0.5)), num(a.Scalar("scale"))).atMost() }},
		{Property: Smooth, Holds: true, Constant: 1, Norm: Euclidean, Statement: "1/s², at p = P",
			ConstantFor: func(a Args, _ []float64) float64 {
				s := num(a.Scalar("scale"))
				return div(num(1), times(s, s)).atMost()
			}},
		{Property: Differentiable, Holds: true},
		{Property: Symmetric, Holds: true, Statement: "L(p, P) = L(P, p)"},
		{Property: Isometric, Holds: true},
		{Property: GrowsApart, Holds: true},
		{Property: Metric, Holds: false, Witness: &Witness{Target: []float64{0.5, 0}, A: []float64{-0.5, 0}, B: []float64{0, 0}, Note: "of two small steps the squares sum to less than that of both together"}},
	},
	Scaling: &Scaling{Degree: 0, Target: true, Params: []string{"scale"}},
	Sources: []Source{
		{"Object keypoint similarity of COCO", "cocodataset/cocoapi, PythonAPI/pycocotools/cocoeval.py"},
		{"Maji et al., YOLO-Pose", "arXiv:2204.06806"},
	},

	evaluate: func(a Args, it *Item) {
		var away [2]dual
		var square dual
		for k := range away {
			away[k] = dual{at: sub(num(it.Pred[k]), num(it.Target[k]))}
			if it.Direction != nil {
				away[k].by = num(it.Direction[k])
			}
			square = square.add(away[k].square())
		}
		s := still(a.Scalar("scale")).square()
		similar, lost := square.div(s.scale(2)).decay()
		it.Value[0] = lost.at
		for k, d := range away {
			slope := d.div(s).mul(similar)
			it.Grad[k] = slope.at
			if it.TargetGrad != nil {
				it.TargetGrad[k] = neg(slope.at)
			}
			if it.Product != nil {
				it.Product[k] = slope.by
			}
		}
	},
})
