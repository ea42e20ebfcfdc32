package loss

// Binary cross-entropy on a logit.
//
// # Formula
//
//	L(z, y) = c·y·sp(−z) + (1−y)·sp(z),  sp(x) = log(1+eˣ)
//
// with the target y smoothed to y(1−ε) + ε/2 first, and c the pos_weight. In nats.
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
// Value 4(1+κ) ulp: each product c·y·sp and (1−y)·sp has at most 2.5 ulp from sp
// (see softplus) and ½ for each of up to two multiplications; 1−y is exact for
// y ≥ ½ and else carries ½ ulp; both terms are non-negative, so their sum adds ½ and no
// cancellation. The gradient subtracts two terms with as much relative error; what
// cancellation magnifies is bounded by κ, which counts the change of y in full.
//
// # Method
//
// The form max(z,0) − z·y + log1p(e^−|z|) cancels for soft targets near 1; the sum of
// two non-negative terms does not.
//
// # References
//
// Bishop, Pattern Recognition and Machine Learning, 2006, equation 4.90; the form of
// pos_weight is that of torch.nn.functional.binary_cross_entropy_with_logits.
var BinaryCrossEntropyWithLogits = declare(Loss{
	Name:     "binary_cross_entropy_with_logits",
	Title:    "binary cross-entropy on a logit",
	Shape:    Pointwise,
	Formula:  "L = c·y·sp(−z) + (1−y)·sp(z), sp(x) = log(1+eˣ), y smoothed to y(1−ε)+ε/2, c = pos_weight",
	Gradient: "∂L/∂z = (1−y)·σ(z) − c·y·σ(−z)",
	Second:   "∂²L/∂z² = (1−y+c·y)·σ(z)·σ(−z)",
	ByTarget: "∂L/∂y = (1−ε)·(c·sp(−z) − sp(z))",

	Prediction: Extended,
	Targets:    Number,
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
	Accuracy: Accuracy{Value: 4, Grad: 4, How: "error analysis above"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{30}, Note: "0 is the limit only"}},
		{Property: Minimum, Holds: true, Statement: "entropy of y, at σ(z) = y",
			ConstantFor: func(a Args, target []float64) float64 { return binaryEntropy(target[0]) }},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: true},
		{Property: ConvexInProb, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue, Statement: "max(c·y, 1−y)"},
		{Property: Smooth, Holds: true, Constant: 0.25, Statement: "(1−y+c·y)/4"},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(z, y) = L(−z, 1−y) for pos_weight 1"},
		{Property: Proper, Holds: true},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Bishop, Pattern Recognition and Machine Learning", "2006, equation 4.90"}},

	point: func(a Args, z, y float64) Point {
		c, keep := a.Scalar("pos_weight"), 1-a.Scalar("label_smoothing")
		positive, negative := smoothBinary(y, a.Scalar("label_smoothing"))
		positive *= c
		up, down := logistic(z), logistic(-z)
		return Point{
			Value:      times(positive, softplus(-z)) + times(negative, softplus(z)),
			Grad:       negative*up - positive*down,
			Second:     (negative + positive) * up * down,
			TargetGrad: keep * (times(c, softplus(-z)) - softplus(z)),
		}
	},
})

// smoothBinary returns y(1−ε)+ε/2 and its complement (1−y)(1−ε)+ε/2, each as a sum
// of non-negative terms, so that neither cancels.
func smoothBinary(y, epsilon float64) (positive, negative float64) {
	if epsilon == 0 {
		return y, 1 - y
	}
	return y*(1-epsilon) + epsilon/2, (1-y)*(1-epsilon) + epsilon/2
}

// binaryEntropy is −y log y − (1−y) log(1−y), the least value that a binary
// cross-entropy with target y can have.
func binaryEntropy(y float64) float64 { return -times(y, logarithm(y)) - times(1-y, logarithm(1-y)) }
