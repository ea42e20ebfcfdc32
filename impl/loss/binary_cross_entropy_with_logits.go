package loss

import "math"

// Binary cross-entropy on a logit.
//
// # Formula
//
//	L(z, y) = c·y·sp(−z) + (1−y)·sp(z),  sp(x) = log(1+eˣ)
//
// with the target y smoothed to y(1−ε)+ε/2 first, and c = pos_weight. In nats.
//
// # Gradient
//
//	∂L/∂z   = (1−y)·σ(z) − c·y·σ(−z)
//	∂²L/∂z² = (1 − y + c·y)·σ(z)·σ(−z)
//	∂L/∂y   = (1−ε)·(c·sp(−z) − sp(z))
//
// # Domain
//
// z any number or infinity, y in [0, 1], c ≥ 0, ε in [0, 1].
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, y) = +Inf for y < 1, gradient 1−y
//	L(−Inf, y) = +Inf for y > 0, gradient −c·y
//	L(NaN, y)  = L(z, NaN) = NaN
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient. sp has a relative error below 2^-67, σ one of 2^-69, the
// smoothed target, its complement and c·y together one of 2^-99. The value is a sum of
// two non-negative products and has 2^-66 whatever κ. The gradient subtracts two such
// products; where they nearly cancel with a soft target, both are near b = y·σ(−z), and
// κ ≥ y·|∂²L/∂z∂y|/|V| ≥ (1−ε)·b/|V|, so that cancellation costs at most 2^-65·κ ulp/2^-53
// for ε ≤ ½; equal weights, the case that cancels through ε alone, are held next to z = 0
// (see balance); what else cancels through ε or c can do so only to the last of their 53
// bits, of which 2^-66 leaves 13. The target gradient is the exact −z plus
// (c−1)·sp, in the form in which sp is at most log 2. The rounding at the end is ½ ulp, and
// up to ½ more in the subnormal range.
//
// # Method
//
// The form max(z,0) − z·y + log1p(e^−|z|) cancels for soft targets near 1; the sum of
// two non-negative terms does not. c·sp(−z) − sp(z) is (c−1)·sp(−z) − z, and also
// (c−1)·sp(z) − c·z; for c = 1 it is −z.
//
// # References
//
// Bishop, Pattern Recognition and Machine Learning, 2006, equation 4.90; the form of
// pos_weight is that of torch.nn.functional.binary_cross_entropy_with_logits.
var BinaryCrossEntropyWithLogits = declare(Loss{
	Name:    "binary_cross_entropy_with_logits",
	Title:   "binary cross-entropy on a logit",
	Aliases: []string{"bce_with_logits"},
	Shape:   Point,
	Formula: "L = c·y·sp(−z) + (1−y)·sp(z), sp(x) = log(1+eˣ), y smoothed to y(1−ε)+ε/2, c = pos_weight",
	Definition: `
		smooth(y) = y*(1 - label_smoothing) + label_smoothing/2
		pos_weight*smooth(y)*softplus(-z) + smooth(1 - y)*softplus(z)`,
	Gradient: "∂L/∂z = (1−y)·σ(z) − c·y·σ(−z)",
	Second:   "∂²L/∂z² = (1−y+c·y)·σ(z)·σ(−z)",
	ByTarget: "∂L/∂y = (1−ε)·(c·sp(−z) − sp(z))",

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     UnitInterval,
	Params: []Param{
		{Name: "pos_weight", Kind: Scalar, Domain: NonNegative, Default: []float64{1}, Meaning: "factor c of the positive term"},
		labelSmoothing,
	},
	SpecialCases: []string{
		"L(+Inf, 1) = +0, gradient 0",
		"L(−Inf, 0) = +0, gradient 0",
		"L(+Inf, y) = +Inf for y < 1, gradient 1−y",
		"L(−Inf, y) = +Inf for y > 0, gradient −c·y",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of BinaryCrossEntropyWithLogits; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{3}, Note: "0 is the limit only"}},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{30}}},
		{Property: Minimum, Holds: true, Statement: "entropy of y, at σ(z) = y; with a = c·y and b = 1−y it is −a·log(a/(a+b)) − b·log(b/(a+b)), at σ(z) = a/(a+b)",
			ConstantFor: func(a Args, target []float64) float64 {
				positive, negative := binaryWeights(a, target[0])
				return logLossMinimum(positive, negative)
			}},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: true, When: &Condition{"unless c = 0 and y = 1", func(a Args, _, target []float64) bool {
			return a.Scalar("pos_weight") != 0 || target[0] != 1
		}}},
		{Property: ConvexInProb, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue, Statement: "max(c·y, 1−y)",
			ConstantFor: func(a Args, target []float64) float64 {
				positive, negative := binaryWeights(a, target[0])
				return max(positive.atMost(), negative.atMost())
			}},
		{Property: Smooth, Holds: true, Constant: 0.25, Norm: AbsoluteValue, Statement: "(1−y+c·y)/4",
			ConstantFor: func(a Args, target []float64) float64 {
				positive, negative := binaryWeights(a, target[0])
				return mul(num(0.25), add(positive, negative)).atMost()
			}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(z, y) = L(−z, 1−y)", When: &Condition{"for pos_weight 1",
			func(a Args, _, _ []float64) bool { return a.Scalar("pos_weight") == 1 }}},
		{Property: Proper, Holds: true, When: &Condition{"for pos_weight 1 and label_smoothing 0", func(a Args, _, _ []float64) bool {
			return a.Scalar("pos_weight") == 1 && a.Scalar(labelSmoothing.Name) == 0
		}}},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{
		{"Bishop, Pattern Recognition and Machine Learning", "2006, equation 4.90"},
		{"Szegedy et al., Rethinking the Inception architecture (label smoothing)", "arXiv:1512.00567, section 7"},
	},

	evaluate: pointwise(func(a Args, z, y float64) derivatives {
		c, keep := num(a.Scalar("pos_weight")), sub(num(1), num(a.Scalar("label_smoothing")))
		positive, negative := binaryWeights(a, y)
		up, down := logistic(z), logistic(-z)
		near, slope := softplus(-math.Abs(z)), num(z) // sp(−|z|) ≤ log 2
		if z < 0 {
			slope = mul(c, slope)
		}
		return derivatives{
			Value:      add(mul(positive, softplus(-z)), mul(negative, softplus(z))),
			Grad:       balance(positive, negative, z),
			Second:     mul(add(negative, positive), up, down),
			TargetGrad: mul(keep, sub(mul(sub(c, num(1)), near), slope)),
		}
	}),
})

// binaryWeights returns the weights of the two terms: c times the smoothed target
// y(1−ε)+ε/2, and its complement (1−y)(1−ε)+ε/2, each a sum of non-negative terms.
func binaryWeights(a Args, target float64) (positive, negative wide) {
	y, epsilon := num(target), num(a.Scalar("label_smoothing"))
	keep, even := sub(num(1), epsilon), mul(epsilon, num(0.5))
	positive = add(mul(y, keep), even)
	negative = add(mul(sub(num(1), y), keep), even)
	return mul(num(a.Scalar("pos_weight")), positive), negative
}

// balance returns b·σ(z) − a·σ(−z). Next to z = 0 it is ((b−a) + (b+a)·tanh(z/2))/2, which
// is right however small z is where a = b, as it is for ε = 1.
func balance(a, b wide, z float64) wide {
	if math.Abs(z) >= 0.5 {
		return sub(mul(b, logistic(z)), mul(a, logistic(-z)))
	}
	return mul(num(0.5), add(sub(b, a), mul(add(b, a), tilt(z))))
}

// logLossMinimum returns the least value of −a·log p − b·log(1−p), which is at
// p = a/(a+b). For a + b = 1 it is the entropy of a.
func logLossMinimum(a, b wide) float64 {
	total := add(a, b)
	if total.zero() {
		return 0
	}
	share := func(x wide) wide { return mul(x, logarithm(div(x, total))) }
	return neg(add(share(a), share(b))).float()
}
