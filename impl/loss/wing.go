package loss

// Wing loss, a logarithm of small differences and linear in large ones.
//
// # Formula
//
//	L(x, y) = w·log(1 + |d|/ε) for |d| < w, |d| − C for |d| ≥ w, d = x − y, C = w − w·log(1 + w/ε)
//
// with w = width and ε = epsilon.
//
// # Gradient
//
//	∂L/∂x   = w/(ε + |d|)·sgn d for |d| < w, sgn d for |d| > w
//	∂²L/∂x² = −w/(ε + |d|)² for |d| < w, 0 for |d| > w
//	∂L/∂y   = −∂L/∂x
//
// For d = 0 it is any number in [−w/ε, w/ε], of which the reference says 0, and for |d| = w any between
// w/(ε + w) and 1, times sgn d, of which it says the first.
//
// # Domain
//
// x any number or infinity, y a finite number, w > 0, ε > 0.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient 1
//	L(−Inf, y) = +Inf, gradient −1
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the difference d, which is held but for 2^-103 of it. log1p has 2^-69,
// and takes over the relative error of |d|/ε at most in full. Beyond w the value is (|d| − w) + w·log(1 + w/ε), a sum
// of two non-negative terms. Of the quotients none cancels. The rounding at the end is ½ ulp, and up to ½ more in the
// subnormal range.
//
// # Method
//
// The branch is that of exact numbers, and no quotient overflows.
//
// # References
//
// Feng et al., Wing loss for robust facial landmark localisation, 2018, arXiv:1711.06753, equation 5.
var Wing = declare(Loss{
	Name:     "wing",
	Title:    "wing loss, which is steepest for small differences",
	Shape:    Point,
	Formula:  "L = w·log(1 + |d|/ε) for |d| < w, |d| − C for |d| ≥ w, d = x − y, C = w − w·log(1 + w/ε)",
	Gradient: "∂L/∂x = w/(ε + |d|)·sgn d for |d| < w, sgn d for |d| > w",
	Second:   "∂²L/∂x² = −w/(ε + |d|)² for |d| < w, 0 for |d| > w",
	ByTarget: "∂L/∂y = −∂L/∂x",
	Definition: `
		size = abs(x - y)
		value = if(size < width, width*log1p(size/epsilon), size - width + width*log1p(width/epsilon))`,

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Finite,
	Axes:       differenceAxes,
	Params: []Param{
		{Name: "width", Kind: Scalar, Domain: Positive, Default: []float64{10}, Meaning: "difference w from which on the loss is linear"},
		{Name: "epsilon", Kind: Scalar, Domain: Positive, Default: []float64{2}, Meaning: "curvature ε of the logarithm: at 0 its slope is w/ε"},
	},
	SpecialCases: []string{
		"L(+Inf, y) = +Inf, gradient 1",
		"L(−Inf, y) = +Inf, gradient −1",
		"L(y, y) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Wing"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at x = y"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at x = y"},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1}, B: []float64{9}, Note: "concave for 0 < d < w"}},
		{Property: Lipschitz, Holds: true, Constant: 5, Norm: AbsoluteValue, Statement: "max(w/ε, 1)",
			ConstantFor: func(a Args, _ []float64) float64 {
				return max(div(num(a.Scalar("width")), num(a.Scalar("epsilon"))).atMost(), 1)
			}},
		{Property: Smooth, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e-200}, B: []float64{-1e-200}}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(x, y) = L(y, x) = L(−x, −y)"},
		{Property: Differentiable, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{-0.125}, B: []float64{0.125}, Note: "a kink at d = 0, and others at |d| = w"}},
	},
	Scaling: &Scaling{Degree: 1, Target: true, Params: []string{"width", "epsilon"}},
	Sources: []Source{{"Feng et al., Wing loss for robust facial landmark localisation", "arXiv:1711.06753, equation 5"}},
	Kinks: func(a Args, pred, target []float64) []float64 {
		return append(differenceKink(a, pred, target), float64(beyond(pred[0], target[0], a.Scalar("width"))))
	},

	evaluate: pointwise(func(a Args, x, y float64) derivatives {
		size, side := distance(x, y)
		w, epsilon := num(a.Scalar("width")), num(a.Scalar("epsilon"))
		if beyond(x, y, a.Scalar("width")) > 0 {
			return towards(side, add(sub(size, w), mul(w, log1p(div(w, epsilon)))), num(1), wide{})
		}
		slope := div(w, add(epsilon, size))
		return towards(side, mul(w, log1p(div(size, epsilon))), slope, neg(div(slope, add(epsilon, size))))
	}),
})
