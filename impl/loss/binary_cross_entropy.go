package loss

// Binary cross-entropy on a probability.
//
// # Formula
//
//	L(p, y) = −y·log p − (1−y)·log(1−p)
//
// in nats. A term whose weight y or 1−y is exactly 0 is 0, whatever its logarithm. Under
// the convention probability_clip, p is first moved into the clip.
//
// # Gradient
//
//	∂L/∂p   = (p−y)/(p·(1−p))
//	∂²L/∂p² = y/p² + (1−y)/(1−p)²
//	∂L/∂y   = log((1−p)/p)
//
// The first is −1/p for y = 1 and 1/(1−p) for y = 0. Where the clip has moved p, the first
// two are 0.
//
// # Domain
//
// p and y in [0, 1].
//
// # Special cases
//
//	L(0, 0) = +0, gradient 1
//	L(1, 1) = +0, gradient −1
//	L(0, y) = +Inf for y > 0, gradient −Inf
//	L(1, y) = +Inf for y < 1, gradient +Inf
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ. 1−y, 1−p and p−y have 2^-103;
// log p and log1p(−p) 2^-69, also where p is subnormal or next to 1; a product with the
// weight adds 2^-102; the terms of the sum are non-negative, so that it has 2^-68. The
// gradient is one quotient of exact differences, the target gradient one logarithm of a
// quotient with 2^-101, whose relative error is 2^-101/|log| near p = ½, where |log| is at
// least 2^-52. The rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// log(1−p) is log1p(−p). Nothing is clipped unless the convention says so.
//
// # References
//
// Good, Rational decisions, 1952; Bishop, Pattern Recognition and Machine Learning, 2006,
// equation 4.90.
var BinaryCrossEntropy = declare(Loss{
	Name:     "binary_cross_entropy",
	Title:    "binary cross-entropy on a probability",
	Aliases:  []string{"bce"},
	Shape:    Point,
	Formula:  "L = −y·log p − (1−y)·log(1−p)",
	Gradient: "∂L/∂p = (p−y)/(p·(1−p))",
	Second:   "∂²L/∂p² = y/p² + (1−y)/(1−p)²",
	ByTarget: "∂L/∂y = log((1−p)/p)",

	Prediction:  UnitInterval,
	Targets:     Targets{Number},
	Target:      UnitInterval,
	Conventions: []Convention{probabilityClip},
	SpecialCases: []string{
		"L(0, 0) = +0, gradient 1",
		"L(1, 1) = +0, gradient −1",
		"L(0, y) = +Inf for y > 0, gradient −Inf",
		"L(1, y) = +Inf for y < 1, gradient +Inf",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of BinaryCrossEntropy; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at p = y for y 0 or 1; a soft target has its entropy as minimum"},
		{Property: Minimum, Holds: true, Statement: "entropy of y, at p = y",
			ConstantFor: func(_ Args, target []float64) float64 {
				return logLossMinimum(num(target[0]), sub(num(1), num(target[0])))
			}},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: true},
		{Property: StronglyConvex, Holds: true, Constant: 1, Statement: "y/p² + (1−y)/(1−p)² ≥ 1"},
		{Property: ConvexInProb, Holds: true},
		{Property: Lipschitz, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{0}, B: []float64{0.5}}},
		{Property: Smooth, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{0}, B: []float64{0.5}}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{0}}},
		{Property: Symmetric, Holds: true, Statement: "L(p, y) = L(1−p, 1−y)"},
		{Property: Proper, Holds: true},
		{Property: Differentiable, Holds: true, Statement: "without a clip", When: &Condition{"for 0 < p < 1",
			func(_ Args, pred, _ []float64) bool { return 0 < pred[0] && pred[0] < 1 }}},
	},
	Sources: []Source{
		{"Good, Rational decisions", "Journal of the Royal Statistical Society B 14, 1952"},
		{"Bishop, Pattern Recognition and Machine Learning", "2006, equation 4.90"},
	},

	evaluate: pointwise(func(a Args, prediction, target float64) derivatives {
		clipped, moved := a.Clip(prediction)
		p, y := num(clipped), num(target)
		notP, notY := sub(num(1), p), sub(num(1), y)
		out := derivatives{
			Value:      neg(add(mul(y, logarithm(p)), mul(notY, log1p(neg(p))))),
			TargetGrad: logarithm(div(notP, p)),
		}
		if moved {
			return out
		}
		switch target {
		case 0:
			out.Grad = div(num(1), notP)
		case 1:
			out.Grad = neg(div(num(1), p))
		default:
			out.Grad = div(sub(p, y), mul(p, notP))
		}
		out.Second = add(mul(y, div(num(1), mul(p, p))), mul(notY, div(num(1), mul(notP, notP))))
		return out
	}),
})
