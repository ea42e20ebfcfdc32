package loss

import "math"

// Focal Tversky loss on a mask of probabilities: a power of the Tversky loss.
//
// # Formula
//
//	L(p, t) = T^e
//
// with T the Tversky loss of alpha, beta, smooth_numerator and smooth_denominator, and e = exponent. The paper
// writes its γ as 1/e.
//
// # Gradient
//
//	∂L/∂p_k      = e·T^(e−1)·∂T/∂p_k
//	∂²L/∂p_k∂p_i = e·T^(e−1)·∂²T/∂p_k∂p_i + e·(e−1)·T^(e−2)·∂T/∂p_k·∂T/∂p_i
//	∂L/∂t_k      = e·T^(e−1)·∂T/∂t_k
//
// # Domain
//
// That of Tversky, and e > 0.
//
// # Special cases
//
//	p = t of zeros and ones, a = b > 0: L = +0
//	T = 0: the gradient is 0 for e > 1, and for e < 1 an infinity with the sign of ∂T/∂p_k, or 0 where that is 0
//	V = 0: value and gradient as the convention empty_set says
//	e = 1: tversky
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient: T is right to 2^-99, and log T too, from 1 − T where T is next to 1; where T^e
// is in range |e·log T| < 2^11, so that the power is right to 2^-57.
//
// # Method
//
// e^(e·log T), with log T = log1p(−S) where the masks have little in common.
//
// # References
//
// Abraham and Khan, A novel focal Tversky loss function with improved attention U-Net for lesion segmentation,
// 2018, arXiv:1810.07842, equation 4.
var FocalTversky = declare(Loss{
	Name:     "focal_tversky",
	Title:    "focal Tversky loss on a mask of probabilities",
	Shape:    Set,
	Formula:  "L = T^e",
	Gradient: "∂L/∂p_k = e·T^(e−1)·∂T/∂p_k",
	Second:   "∂²L/∂p_k∂p_i = e·T^(e−1)·∂²T/∂p_k∂p_i + e·(e−1)·T^(e−2)·∂T/∂p_k·∂T/∂p_i",
	ByTarget: "∂L/∂t_k = e·T^(e−1)·∂T/∂t_k",

	Prediction: UnitInterval,
	Targets:    Targets{Numbers},
	Target:     UnitInterval,
	Params: []Param{falsePositive, falseNegative, smoothNumerator, smoothDenominator,
		{Name: "exponent", Kind: Scalar, Domain: Positive, Default: []float64{0.75}, Meaning: "exponent e: below 1 it lifts what is nearly right"}},
	Conventions: []Convention{intersection, emptySet},
	SpecialCases: []string{
		"p = t of zeros and ones, a = b > 0: L = +0",
		"T = 0: the gradient is 0 for e > 1, and for e < 1 an infinity with the sign of ∂T/∂p_k, or 0 where that is 0",
		"V = 0: value and gradient as the convention empty_set says",
		"e = 1: tversky",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of FocalTversky; at most 0.500 seen at 20,000 random inputs (ci/sweep, seed 1)"},
	Traits: append(overlapTraits(0),
		Trait{Property: Symmetric, Holds: true, When: evenMistakes, Statement: "L(p, t) = L(t, p)"},
		Trait{Property: Lipschitz, Holds: false, Norm: Euclidean, Witness: &Witness{Params: Params{"exponent": {0.25}}, Target: []float64{0}, A: []float64{0}, B: []float64{1e-300}, Note: "e < 1"}},
		Trait{Property: Differentiable, Holds: true, When: &Condition{"for e ≥ 1, b > 0, and the product as intersection", func(a Args, pred, target []float64) bool {
			return a.Scalar("exponent") >= 1 && smoothProduct.Holds(a, pred, target)
		}}}),
	Kinks: minimumKinks,
	Sources: []Source{
		{"Abraham and Khan, A novel focal Tversky loss function with improved attention U-Net for lesion segmentation", "arXiv:1810.07842, equation 4"},
	},

	evaluate: func(a Args, r *Item) {
		o := tverskyWeights(a).write(a, r, probabilities(r), nil, nil)
		if o.den.zero() {
			return
		}
		exponent := a.Scalar("exponent")
		logLoss := logarithm(o.loss)
		if o.share.hi < 0.5 && o.share.exp <= 0 {
			logLoss = log1p(neg(o.share))
		}
		// at is T^x, of which an infinity is one.
		at := func(x wide) wide {
			switch {
			case x.zero():
				return num(1)
			case o.loss.zero() && x.hi > 0:
				return wide{}
			case o.loss.zero():
				return num(math.Inf(1))
			}
			return exponential(mul(x, logLoss))
		}
		e, less := num(exponent), sub(num(exponent), num(1))
		slope := mul(e, at(less))
		if r.Product != nil {
			var along wide // ∂T along the direction
			for k, v := range r.Direction {
				along = plus(along, mul(r.Grad[k], num(v)))
			}
			bend := mul(e, less, at(sub(less, num(1))), along)
			for k := range r.Product {
				r.Product[k] = plus(mul(slope, r.Product[k]), mul(bend, r.Grad[k]))
			}
		}
		r.Value[0] = at(e)
		for k := range r.Grad {
			r.Grad[k], r.TargetGrad[k] = mul(slope, r.Grad[k]), mul(slope, r.TargetGrad[k])
		}
	},
})
