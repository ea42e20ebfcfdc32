package loss

import "math"

// Smooth L1 loss, the squared error of small differences and the absolute error of large ones.
//
// # Formula
//
//	L(x, y) = ½·d²/β for |d| < β, |d| − β/2 for |d| ≥ β, d = x − y
//
// with β = beta. For β = 0 it is |d|, the absolute error.
//
// # Gradient
//
//	∂L/∂x   = d/β for |d| < β, sgn d for |d| ≥ β
//	∂²L/∂x² = 1/β for |d| < β, 0 for |d| ≥ β
//	∂L/∂y   = −∂L/∂x
//
// For β = 0 and d = 0 it is any number in [−1, 1]; the reference says 0.
//
// # Domain
//
// x any number or infinity, y a finite number, β ≥ 0.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient 1
//	L(−Inf, y) = +Inf, gradient −1
//	L(y, y) = +0, gradient 0
//	β = 0: L = |x−y|
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the difference d, of which the loss is a function: d is
// held but for 2^-103 of it, and |d| − β/2 is at least |d|/2, so that nothing cancels; the
// rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// Neither the difference nor its square overflows: 10^200 with β = 10^250 has the loss
// 5·10^149.
//
// # References
//
// Girshick, Fast R-CNN, 2015, arXiv:1504.08083, equation 3, for β = 1; Huber, Robust estimation of
// a location parameter, 1964, of whose loss with δ = β it is 1/β times.
var SmoothL1 = declare(Loss{
	Name:     "smooth_l1",
	Title:    "smooth L1, the absolute error with a parabola at 0",
	Shape:    Point,
	Formula:  "L = ½·d²/β for |d| < β, |d| − β/2 for |d| ≥ β, d = x−y",
	Gradient: "∂L/∂x = d/β for |d| < β, sgn d for |d| ≥ β",
	Second:   "∂²L/∂x² = 1/β for |d| < β, 0 for |d| ≥ β",
	ByTarget: "∂L/∂y = −∂L/∂x",
	Definition: `
		d = x - y
		value = if(beta == 0, abs(d), if(abs(d) < beta, d^2/(2*beta), abs(d) - beta/2))`,

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Finite,
	Axes:       func(int) [][]int { return [][]int{{0, 1}} },
	Params: []Param{{Name: "beta", Kind: Scalar, Domain: NonNegative, Default: []float64{1},
		Meaning: "difference β from which on the loss is linear; 0 makes it the absolute error"}},
	SpecialCases: []string{
		"L(+Inf, y) = +Inf, gradient 1",
		"L(−Inf, y) = +Inf, gradient −1",
		"L(y, y) = +0, gradient 0",
		"β = 0: L = |x−y|",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of SmoothL1; at most 0.500 seen at a million random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at x = y"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at x = y"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{2}, B: []float64{4}, Note: "linear for |d| ≥ β"}},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue},
		{Property: Smooth, Holds: true, Constant: 1, Norm: AbsoluteValue, Statement: "1/β", When: betaPositive,
			ConstantFor: func(a Args, _ []float64) float64 { return div(num(1), num(a.Scalar("beta"))).atMost() }},
		{Property: Smooth, Holds: false, When: betaZero, Witness: &Witness{Params: Params{"beta": {0}}, Target: []float64{0}, A: []float64{1e-200}, B: []float64{-1e-200}}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(x, y) = L(y, x) = L(−x, −y)"},
		{Property: ShiftInvariant, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0}, B: []float64{1}}},
		{Property: GradientSumsToZero, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1}}},
		{Property: Differentiable, Holds: true, When: betaPositive},
		{Property: Differentiable, Holds: false, When: betaZero, Witness: &Witness{Params: Params{"beta": {0}}, Target: []float64{0}, A: []float64{-1}, B: []float64{1}, Note: "a kink"}},
	},
	Scaling: &Scaling{Degree: 1, Target: true, Params: []string{"beta"}},
	Sources: []Source{
		{"Girshick, Fast R-CNN", "arXiv:1504.08083, equation 3"},
		{"Huber, Robust estimation of a location parameter", "The Annals of Mathematical Statistics 35, 1964"},
	},
	Kinks: func(a Args, pred, target []float64) []float64 {
		if a.Scalar("beta") > 0 {
			return nil
		}
		return []float64{sub(num(pred[0]), num(target[0])).float()}
	},

	evaluate: pointwise(func(a Args, x, y float64) derivatives {
		d, beta := sub(num(x), num(y)), num(a.Scalar("beta"))
		size, toward := d, 1.0
		if d.hi < 0 {
			size, toward = neg(d), -1
		}
		if !d.special() && exactSign(toward*x, -toward*y, -a.Scalar("beta")) < 0 {
			slope := div(d, beta)
			return derivatives{Value: mul(num(0.5), d, slope), Grad: slope, Second: div(num(1), beta), TargetGrad: neg(slope)}
		}
		out := derivatives{Value: sub(size, mul(num(0.5), beta))}
		if !d.zero() {
			out.Grad = num(math.Copysign(1, d.hi))
			out.TargetGrad = neg(out.Grad)
		}
		return out
	}),
})

var (
	betaPositive = &Condition{"for β > 0", func(a Args, _, _ []float64) bool { return a.Scalar("beta") > 0 }}
	betaZero     = &Condition{"for β = 0", func(a Args, _, _ []float64) bool { return a.Scalar("beta") == 0 }}
)
