package loss

// Dice loss on a mask of probabilities: one minus the share that two masks have in common.
//
// # Formula
//
//	L(p, t) = N/D, N = Σ p_k·(1−t_k) + Σ t_k·(1−p_k) + (b−a), D = Σ p_k + Σ t_k + b
//
// with a = smooth_numerator and b = smooth_denominator. It is 1 − S with the share in common
//
//	S = (2·Σ p_k·t_k + a)/D
//
// Under the convention dice_denominator=squares N = Σ (p_k−t_k)² + (b−a) and D = Σ p_k² + Σ t_k² + b;
// else, under intersection=minimum, min(p_k, t_k) stands for p_k·t_k in S, and N is Σ |p_k−t_k| + (b−a).
//
// # Gradient
//
//	∂L/∂p_k      = (S − 2·t_k)/D
//	∂²L/∂p_k∂p_i = −(∂L/∂p_k + ∂L/∂p_i)/D
//	∂L/∂t_k      = (S − 2·p_k)/D
//
// For squares they are 2·(S·p_k − t_k)/D and 2·(S·t_k − p_k)/D. For the minimum [p_k < t_k] stands for
// t_k, and where p_k = t_k the derivative is any number between the two; the reference says the one nearest to 0.
//
// # Domain
//
// p and t in [0, 1], 0 ≤ a ≤ b. Which elements make a set, those of an image, of a class or of a whole
// batch, is the caller's to say.
//
// # Special cases
//
//	p = t of zeros and ones, a = b > 0: L = +0
//	a = 0 and all t_k = 0: L = 1, gradient 0
//	D = 0: value and gradient as the convention empty_set says
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient: every sum is of non-negative terms, each right to 2^-100, and S
// and L have sums of their own. What cancels in S − 2·t_k for a soft target counts in κ, and for a label nothing does. The
// rounding at the end is ½ ulp, and up to ½ more in the subnormal range.
//
// # Method
//
// The form N/D, and not 1 − S, which near perfect overlap is a difference of two numbers next to 1. The
// gradient at t_k = 1 is −(S + 2·L)/D then, and never a difference.
//
// # References
//
// Milletari, Navab and Ahmadi, V-Net, 2016, arXiv:1606.04797, section 3 (squares); Carion et al., End-to-end
// object detection with transformers, 2020, arXiv:2005.12872, section A.1 (sums, a = b = 1).
var Dice = declare(Loss{
	Name:     "dice",
	Title:    "dice loss on a mask of probabilities",
	Shape:    Set,
	Formula:  "L = N/D, N = Σ p_k·(1−t_k) + Σ t_k·(1−p_k) + (b−a), D = Σ p_k + Σ t_k + b",
	Gradient: "∂L/∂p_k = (S − 2·t_k)/D, S = (2·Σ p_k·t_k + a)/D",
	Second:   "∂²L/∂p_k∂p_i = −(∂L/∂p_k + ∂L/∂p_i)/D",
	ByTarget: "∂L/∂t_k = (S − 2·p_k)/D",

	Prediction:  UnitInterval,
	Targets:     Targets{Numbers},
	Target:      UnitInterval,
	Params:      []Param{smoothNumerator, smoothDenominator},
	Conventions: []Convention{diceDenominator, intersection, emptySet},
	SpecialCases: []string{
		"p = t of zeros and ones, a = b > 0: L = +0",
		"a = 0 and all t_k = 0: L = 1, gradient 0",
		"D = 0: value and gradient as the convention empty_set says",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Dice; at most 0.500 seen at 20,000 random inputs (ci/sweep, seed 1)"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, When: perfectMask, Statement: "at p = t"},
		{Property: Minimum, Holds: true, When: leastMask, Statement: "(b−a)/(2·Σt + b), at p = t", ConstantFor: func(a Args, target []float64) float64 {
			least, b := smoothings(a, 1)
			return div(sub(b, least), plus(mul(num(2), totalOf(target)), b)).float()
		}},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0}, B: []float64{1}, Note: "p/(p+1)"}},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0, 0}, A: []float64{0, 1}, B: []float64{1, 0}, Note: "a function of Σp"}},
		{Property: Monotone, Holds: true, When: fractional, Statement: "a linear function over another", Source: "Boyd and Vandenberghe, Convex Optimization, 2004, example 3.32"},
		{Property: Bounded, Holds: true, Low: 0, High: 1},
		{Property: Symmetric, Holds: true, Statement: "L(p, t) = L(t, p)"},
		{Property: Equivariant, Holds: true, Statement: "the elements of the target are permuted too"},
		{Property: Padded, Holds: true, Statement: "an element with p = t = 0 changes nothing"},
		{Property: Replicated, Holds: true, When: unsmoothedMask},
		{Property: Differentiable, Holds: true, When: smoothProduct},
	},
	Kinks: minimumKinks,
	Sources: []Source{
		{"Milletari, Navab and Ahmadi, V-Net", "arXiv:1606.04797, section 3"},
		{"Carion et al., End-to-end object detection with transformers", "arXiv:2005.12872, section A.1"},
	},

	evaluate: func(a Args, r *Item) { diceWeights(a).write(a, r, probabilities(r), nil, nil) },
})

// diceWeights makes dice of the Tversky fraction: of squares the numbers a and b are whole.
func diceWeights(a Args) weighting {
	half := num(0.5)
	w := weighting{alpha: half, beta: half, square: a.Convention(diceDenominator.Name) == "squares", least: a.Convention(intersection.Name) == "minimum"}
	factor := 0.5
	if w.square {
		factor = 1
	}
	w.a, w.b = smoothings(a, factor)
	return w
}
