package loss

// Squared hinge loss of a signed score.
//
// # Formula
//
//	L(z, y) = max(0, m − y·z)²
//
// with m = margin.
//
// # Gradient
//
//	∂L/∂z   = −2y·max(0, m − y·z)
//	∂²L/∂z² = 2 for y·z < m, 0 for y·z ≥ m
//	∂L/∂y   = −2z·max(0, m − y·z)
//
// # Domain
//
// z any number or infinity, y −1 or 1, m > 0.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 1) = +Inf, gradient −Inf
//	L(m, 1) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: y·z is exact, m − y·z has 2^-103, and its square 2^-101;
// the rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// The difference is not rounded before it is squared, nor can it overflow.
//
// # References
//
// Lee and Mangasarian, SSVM: a smooth support vector machine for classification, 2001, equation 5.
var SquaredHinge = declare(Loss{
	Name:       "squared_hinge",
	Title:      "squared hinge loss of a signed score",
	Shape:      Point,
	Formula:    "L = max(0, m − y·z)²",
	Definition: "max(margin - y*z, 0)^2",
	Gradient:   "∂L/∂z = −2y·max(0, m − y·z)",
	Second:     "∂²L/∂z² = 2 for y·z < m, 0 for y·z ≥ m",
	ByTarget:   "∂L/∂y = −2z·max(0, m − y·z)",

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Signs,
	Params:     []Param{margin},
	SpecialCases: []string{
		"L(+Inf, 1) = +0, gradient 0",
		"L(−Inf, 1) = +Inf, gradient −Inf",
		"L(m, 1) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of SquaredHinge"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "where y·z ≥ m"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "where y·z ≥ m"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{2}, B: []float64{4}, Note: "0 for y·z ≥ m"}},
		{Property: Lipschitz, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{-1e110}, B: []float64{0}}},
		{Property: Smooth, Holds: true, Constant: 2, Norm: AbsoluteValue},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{-1e60}}},
		{Property: Symmetric, Holds: true, Statement: "L(z, y) = L(−z, −y)"},
		{Property: Differentiable, Holds: true},
	},
	Scaling: &Scaling{Degree: 2, Params: []string{margin.Name}},
	Identities: []Identity{{Statement: "where y·z < m the loss is the squared error of z against y·m", Source: "the formulas of both losses",
		Terms: func(a Args, pred, target []float64) []Multiple {
			if shortfallSign(a, pred[0], target[0]) <= 0 {
				return nil
			}
			return []Multiple{term(1, "squared_error", nil, pred[0], target[0]*a.Scalar(margin.Name), 1)}
		}}},
	Sources: []Source{{"Lee and Mangasarian, SSVM: a smooth support vector machine for classification", "2001, equation 5"}},

	evaluate: pointwise(func(a Args, z, y float64) derivatives {
		if shortfallSign(a, z, y) <= 0 {
			return derivatives{}
		}
		short := shortfall(a, z, y)
		return derivatives{Value: mul(short, short), Grad: mul(num(-2*y), short), Second: num(2), TargetGrad: mul(num(-2), num(z), short)}
	}),
})
