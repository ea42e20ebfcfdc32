package loss

// Hinge loss of a signed score.
//
// # Formula
//
//	L(z, y) = max(0, m − y·z)
//
// with m = margin.
//
// # Gradient
//
//	∂L/∂z   = −y for y·z < m, 0 for y·z > m
//	∂²L/∂z² = 0
//	∂L/∂y   = −z for y·z < m, 0 for y·z > m
//
// For y·z = m the first is any number between −y and 0; the reference says 0.
//
// # Domain
//
// z any number or infinity, y −1 or 1, m > 0.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 1) = +Inf, gradient −1
//	L(m, 1) = +0, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, and in truth whatever κ: y·z is exact, and m − y·z has 2^-103; the rounding at the
// end is ½ ulp. The gradient is exact.
//
// # Method
//
// The branch is that of exact numbers.
//
// # References
//
// Cortes and Vapnik, Support-vector networks, 1995; Bartlett, Jordan and McAuliffe, Convexity, classification, and
// risk bounds, 2006, for what its minimum says of the class.
var Hinge = declare(Loss{
	Name:       "hinge",
	Title:      "hinge loss of a signed score",
	Shape:      Point,
	Formula:    "L = max(0, m − y·z)",
	Definition: "max(margin - y*z, 0)",
	Gradient:   "∂L/∂z = −y for y·z < m, 0 for y·z > m",
	Second:     "∂²L/∂z² = 0",
	ByTarget:   "∂L/∂y = −z for y·z < m, 0 for y·z > m",

	Prediction: Extended,
	Targets:    Targets{Number},
	Target:     Signs,
	Params:     []Param{margin},
	SpecialCases: []string{
		"L(+Inf, 1) = +0, gradient 0",
		"L(−Inf, 1) = +Inf, gradient −1",
		"L(m, 1) = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Hinge"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "where y·z ≥ m"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "where y·z ≥ m"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{2}, B: []float64{4}, Note: "0 for y·z ≥ m"}},
		{Property: Lipschitz, Holds: true, Constant: 1, Norm: AbsoluteValue},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{-1e300}}},
		{Property: Symmetric, Holds: true, Statement: "L(z, y) = L(−z, −y)"},
	},
	Scaling: &Scaling{Degree: 1, Params: []string{margin.Name}},
	Identities: []Identity{{Statement: "within the margin the hinge losses of both labels sum to 2m", Source: "|z| < m: both are on their slope",
		Terms: func(a Args, pred, target []float64) []Multiple {
			m := a.Scalar(margin.Name)
			if !(-m < pred[0] && pred[0] < m) {
				return nil
			}
			return []Multiple{{Factor: m}, {Factor: m}, term(-1, "hinge", Params{margin.Name: {m}}, pred[0], -target[0], 1)}
		}}},
	Sources: []Source{
		{"Cortes and Vapnik, Support-vector networks", "Machine Learning 20, 1995"},
		{"Bartlett, Jordan and McAuliffe, Convexity, classification, and risk bounds", "2006"},
	},
	Kinks: func(a Args, pred, target []float64) []float64 {
		return []float64{float64(shortfallSign(a, pred[0], target[0]))}
	},

	evaluate: pointwise(func(a Args, z, y float64) derivatives {
		if shortfallSign(a, z, y) <= 0 {
			return derivatives{}
		}
		return derivatives{Value: shortfall(a, z, y), Grad: num(-y), TargetGrad: num(-z)}
	}),
})

var margin = Param{Name: "margin", Kind: Scalar, Domain: Positive, Default: []float64{1},
	Meaning: "how far m a score must be on the right side to cost nothing"}

// shortfall is m − y·z.
func shortfall(a Args, z, y float64) wide { return sub(num(a.Scalar(margin.Name)), num(y*z)) }

// shortfallSign is its sign, without a rounding.
func shortfallSign(a Args, z, y float64) int {
	switch s := shortfall(a, z, y); {
	case s.special() && s.hi < 0:
		return -1
	case s.special():
		return 1
	}
	return exactSign(a.Scalar(margin.Name), -y*z)
}
