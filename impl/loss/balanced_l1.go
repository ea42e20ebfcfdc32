package loss

// Balanced L1 loss, whose slope grows fast for small differences and is constant for large ones.
//
// # Formula
//
//	L(x, y) = α/b·((1 + u)·log(1 + u) − u) for |d| < 1, γ·|d| + γ/b − α for |d| ≥ 1, u = b·|d|, b = e^(γ/α) − 1, d = x − y
//
// with α = alpha and γ = gamma.
//
// # Gradient
//
//	∂L/∂x   = α·log(1 + u)·sgn d for |d| < 1, γ·sgn d for |d| ≥ 1
//	∂²L/∂x² = α·b/(1 + u) for |d| < 1, 0 for |d| ≥ 1
//	∂L/∂y   = −∂L/∂x
//
// # Domain
//
// x any number or infinity, y a finite number, α > 0, γ > 0.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient γ
//	L(−Inf, y) = +Inf, gradient −γ
//	L(y, y) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, with κ over the difference d, which is held but for 2^-103 of it. b has 2^-70. For
// u < 1 the bracket is a series of positive terms, with 2^-98; else (1/b + |d|)·log(1 + u) − |d| cancels by less than 4,
// from terms with 2^-58 at most, where γ/α is large (see logarithmBeside). Beyond 1 the value is γ·(|d| − c) with
// c = α/γ − 1/b between 0 and ½, which has 2^-66 (see balancedOffset). The rounding at the end is ½ ulp, and up to ½
// more in the subnormal range.
//
// # Method
//
// With s = u/(2 + u), log(1 + u) is 2·artanh s, and (1 + u)·log(1 + u) − u is 2/(1−s)·(s² + (1+s)·Σ s^(2k+1)/(2k+1)),
// k ≥ 1. The textbook's difference has a relative error of 2ε/u².
//
// # References
//
// Pang et al., Libra R-CNN: towards balanced learning for object detection, 2019, arXiv:1904.02701, equations 7 to 9.
var BalancedL1 = declare(Loss{
	Name:     "balanced_l1",
	Title:    "balanced L1, the absolute error with a smooth bottom",
	Shape:    Point,
	Formula:  "L = α/b·((1 + u)·log(1 + u) − u) for |d| < 1, γ·|d| + γ/b − α for |d| ≥ 1, u = b·|d|, b = e^(γ/α) − 1, d = x − y",
	Gradient: "∂L/∂x = α·log(1 + u)·sgn d for |d| < 1, γ·sgn d for |d| ≥ 1",
	Second:   "∂²L/∂x² = α·b/(1 + u) for |d| < 1, 0 for |d| ≥ 1",
	ByTarget: "∂L/∂y = −∂L/∂x",
	// From γ/α = 1000 on log(1 + u) is γ/α + log(e^(−γ/α) + (1 − e^(−γ/α))·|d|), in which nothing is huge. At d = 0 the
	// loss is its parabola, since no interval can certify a difference that is 0.
	Definition: `
		size = abs(x - y)
		g = gamma/alpha
		b = expm1(g)
		r = exp(-g)
		near = alpha/b*((1 + b*size)*log1p(b*size) - b*size)
		steep = alpha*((r/(1 - r) + size)*(g + log(r + (1 - r)*size)) - size)
		inner = if(size == 0, alpha*b*size^2/2, if(g < 1000, near, steep))
		value = if(size < 1, inner, gamma*size + if(g < 1000, gamma/b, gamma*r/(1 - r)) - alpha)`,

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Finite,
	Axes:       differenceAxes,
	Params: []Param{
		{Name: "alpha", Kind: Scalar, Domain: Positive, Default: []float64{0.5}, Meaning: "how much small differences count: their slope grows as α·log(1 + b·|d|)"},
		{Name: "gamma", Kind: Scalar, Domain: Positive, Default: []float64{1.5}, Meaning: "slope γ of large differences"},
	},
	SpecialCases: []string{
		"L(+Inf, y) = +Inf, gradient γ",
		"L(−Inf, y) = +Inf, gradient −γ",
		"L(y, y) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of BalancedL1"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at x = y"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at x = y"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{2}, B: []float64{4}, Note: "linear for |d| ≥ 1"}},
		{Property: Lipschitz, Holds: true, Constant: 1.5, Norm: AbsoluteValue, Statement: "γ",
			ConstantFor: func(a Args, _ []float64) float64 { return a.Scalar("gamma") }},
		{Property: Smooth, Holds: true, Constant: 9.5427684615938338705, Norm: AbsoluteValue, Statement: "α·b, the second derivative at d = 0",
			ConstantFor: func(a Args, _ []float64) float64 {
				inverse, _ := balancedInverse(a)
				return div(num(a.Scalar("alpha")), inverse).atMost()
			}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(x, y) = L(y, x) = L(−x, −y)"},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"Pang et al., Libra R-CNN: towards balanced learning for object detection", "arXiv:1904.02701, equations 7 to 9"}},

	evaluate: pointwise(func(a Args, x, y float64) derivatives {
		size, side := distance(x, y)
		alpha, gamma := num(a.Scalar("alpha")), num(a.Scalar("gamma"))
		inverse, g := balancedInverse(a)
		if beyond(x, y, 1) >= 0 {
			return towards(side, mul(gamma, sub(size, balancedOffset(g, inverse))), gamma, wide{})
		}
		u := div(size, inverse)
		log := log1p(u)
		if g.exp > 10 && u.exp > 0 { // γ/α ≥ 1024
			log = add(g, log1p(neg(exponential(neg(g)))), logarithm(add(inverse, size)))
		}
		value := sub(mul(add(inverse, size), log), size)
		if u.exp <= 0 { // u < 1
			value = mul(inverse, entropic(u))
		}
		return towards(side, mul(alpha, value), mul(alpha, log), div(alpha, add(inverse, size)))
	}),
})

// balancedInverse returns 1/b = 1/(e^g − 1) with a relative error of 2^-69, and g = γ/α.
func balancedInverse(a Args) (inverse, g wide) {
	g = div(num(a.Scalar("gamma")), num(a.Scalar("alpha")))
	if g.exp < 0 { // g < ½
		return div(num(1), expm1(g)), g
	}
	e := exponential(neg(g))
	return div(e, sub(num(1), e)), g
}

// balancedOffset returns 1/g − 1/b. For g < ½ it is ((b − g)/g)/b, with (b − g)/g = Σ g^(k−1)/k!, k ≥ 2, of which
// 18 terms leave out less than 2^-80; beyond, the difference is at least a fifth of 1/g.
func balancedOffset(g, inverse wide) wide {
	if g.exp >= 0 {
		return sub(div(num(1), g), inverse)
	}
	sum, power := wide{}, num(1)
	for k := 2.0; k < 20; k++ {
		power = div(mul(power, g), num(k))
		sum = add(sum, power)
	}
	return mul(sum, inverse)
}

// entropic returns (1+u)·log(1+u) − u for 0 ≤ u < 1 with a relative error of 2^-90: s = u/(2+u) ≤ ⅓, so that the 26th
// term is less than 2^-80 of the first.
func entropic(u wide) wide {
	s := div(u, add(num(2), u))
	square := mul(s, s)
	sum, power := wide{}, s
	for k := 1.0; k < 26; k++ {
		power = mul(power, square)
		sum = add(sum, div(power, num(2*k+1)))
	}
	return mul(num(2), div(add(square, mul(add(num(1), s), sum)), sub(num(1), s)))
}
