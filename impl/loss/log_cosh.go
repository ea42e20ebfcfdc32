package loss

// Logarithm of the hyperbolic cosine of the difference.
//
// # Formula
//
//	L(x, y) = log cosh d, d = x − y
//
// # Gradient
//
//	∂L/∂x   = tanh d
//	∂²L/∂x² = 1 − tanh² d
//	∂L/∂y   = −tanh d
//
// # Domain
//
// x any number or infinity, y a finite number.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient 1
//	L(−Inf, y) = +Inf, gradient −1
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the difference d. For |d| < ½ sinh d is a sum of two numbers of one
// sign with 2^-70 each, its square has 2^-68 and log1p, which takes a relative error over at most in full, 2^-67.
// Beyond, |d| − log 2 + log1p(e^−2|d|) cancels by less than 7, from terms with 2^-69 at most. tanh is a quotient of
// sums without cancellation, but for 1 − e^−2|d| ≥ ½. The rounding at the end is ½ ulp, and up to ½ more in the
// subnormal range.
//
// # Method
//
// With q = e^|d| − 1, sinh |d| is ½·(q + q/(1+q)) and cosh d is 1 + ½·q²/(1+q). The form d + sp(−2d) − log 2 keeps no
// digit for small d.
//
// # References
//
// Chen et al., Log hyperbolic cosine loss improves variational auto-encoder, 2018, section 3.
var LogCosh = declare(Loss{
	Name:     "log_cosh",
	Title:    "logarithm of the hyperbolic cosine of the difference",
	Shape:    Point,
	Formula:  "L = log cosh d, d = x − y",
	Gradient: "∂L/∂x = tanh d",
	Second:   "∂²L/∂x² = 1 − tanh² d",
	ByTarget: "∂L/∂y = −tanh d",
	Definition: `
		size = abs(x - y)
		value = if(size < 0.7, log1p(expm1(size)^2*exp(-size)/2), size + log1p(exp(-2*size)) - log(2))`,

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Finite,
	Axes:       differenceAxes,
	SpecialCases: []string{
		"L(+Inf, y) = +Inf, gradient 1",
		"L(−Inf, y) = +Inf, gradient −1",
		"L(y, y) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of LogCosh"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at x = y"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at x = y"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: true},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue},
		{Property: Smooth, Holds: true, Constant: 1, Norm: AbsoluteValue},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(x, y) = L(y, x) = L(−x, −y)"},
		{Property: Differentiable, Holds: true},
	},
	Identities: []Identity{{Statement: "log cosh d = sp(2d) − d − log 2", Source: "cosh d = e^−d·(1 + e^2d)/2",
		Terms: func(_ Args, pred, target []float64) []Multiple {
			d := sub(num(pred[0]), num(target[0]))
			x := d.float()
			if d.special() || sub(d, num(x)).hi != 0 {
				return nil
			}
			soft := term(1, "softplus", nil, 2*x, 0, 2)
			soft.Call.Target = nil
			return []Multiple{soft, {Factor: -x, Slope: -1}, Multiple{Factor: -ln2.float()}.within(0x1p-53)}
		}}},
	Sources: []Source{{"Chen et al., Log hyperbolic cosine loss improves variational auto-encoder", "2018, section 3"}},

	evaluate: pointwise(func(_ Args, x, y float64) derivatives {
		size, side := distance(x, y)
		e := exponential(mul(num(-2), size))
		bend := div(mul(num(4), e), mul(add(num(1), e), add(num(1), e)))
		if size.float() >= 0.5 {
			value := add(size, neg(ln2), log1p(e))
			return towards(side, value, div(sub(num(1), e), add(num(1), e)), bend)
		}
		q := expm1(size)
		less := div(q, add(num(1), q)) // 1 − e^−|d|
		sinh := mul(num(0.5), add(q, less))
		cosh := add(num(1), mul(num(0.5), q, less))
		return towards(side, mul(num(0.5), log1p(mul(sinh, sinh))), div(sinh, cosh), bend)
	}),
})
