package loss

// Tversky loss on a mask of probabilities: dice with a weight for each kind of mistake.
//
// # Formula
//
//	L(p, t) = N/V, N = α·Σ p_k·(1−t_k) + β·Σ t_k·(1−p_k) + (b−a), V = Σ p_k·t_k + α·Σ p_k·(1−t_k) + β·Σ t_k·(1−p_k) + b
//
// with α = alpha, the weight of false positives, β = beta, that of false negatives, a = smooth_numerator and
// b = smooth_denominator. It is 1 − S with the share in common S = (Σ p_k·t_k + a)/V. Under
// intersection=minimum the three sums are of min(p_k, t_k), max(p_k−t_k, 0) and max(t_k−p_k, 0).
//
// # Gradient
//
//	∂L/∂p_k      = (S·N_k − L·t_k)/V, N_k = α·(1−t_k) − β·t_k
//	∂²L/∂p_k∂p_i = −(∂L/∂p_k·(t_i + N_i) + ∂L/∂p_i·(t_k + N_k))/V
//	∂L/∂t_k      = (S·(β·(1−p_k) − α·p_k) − L·p_k)/V
//
// For the minimum the derivative is −(β·S + L)/V for p_k < t_k, α·S/V for p_k > t_k, and any number between
// them where p_k = t_k; the reference says the one nearest to 0.
//
// # Domain
//
// p and t in [0, 1], α and β ≥ 0, 0 ≤ a ≤ b.
//
// # Special cases
//
//	p = t of zeros and ones, a = b > 0: L = +0
//	a = 0 and all t_k = 0: L = 1, gradient 0
//	V = 0: value and gradient as the convention empty_set says
//	α = β = 1/2: dice with twice the smoothings
//	α = β = 1: jaccard
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, as Dice: sums of non-negative terms, and S and L from sums of their own. Where
// S·N_k and L·t_k cancel, t_k is soft and counts in κ.
//
// # Method
//
// The form N/V, and not 1 − S.
//
// # References
//
// Salehi, Erdogmus and Gholipour, Tversky loss function for image segmentation using 3D fully convolutional deep
// networks, 2017, arXiv:1706.05721, equation 3.
var Tversky = declare(Loss{
	Name:     "tversky",
	Title:    "Tversky loss on a mask of probabilities",
	Shape:    Set,
	Formula:  "L = N/V, N = α·Σ p_k·(1−t_k) + β·Σ t_k·(1−p_k) + (b−a), V = Σ p_k·t_k + α·Σ p_k·(1−t_k) + β·Σ t_k·(1−p_k) + b",
	Gradient: "∂L/∂p_k = (S·N_k − L·t_k)/V, N_k = α·(1−t_k) − β·t_k",
	Second:   "∂²L/∂p_k∂p_i = −(∂L/∂p_k·(t_i + N_i) + ∂L/∂p_i·(t_k + N_k))/V",
	ByTarget: "∂L/∂t_k = (S·(β·(1−p_k) − α·p_k) − L·p_k)/V",

	Prediction:  UnitInterval,
	Targets:     Targets{Numbers},
	Target:      UnitInterval,
	Params:      []Param{falsePositive, falseNegative, smoothNumerator, smoothDenominator},
	Conventions: []Convention{intersection, emptySet},
	SpecialCases: []string{
		"p = t of zeros and ones, a = b > 0: L = +0",
		"a = 0 and all t_k = 0: L = 1, gradient 0",
		"V = 0: value and gradient as the convention empty_set says",
		"α = β = 1/2: dice with twice the smoothings",
		"α = β = 1: jaccard",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Tversky; at most 0.500 seen at 20,000 random inputs (ci/sweep, seed 1)"},
	Traits: append(overlapTraits(1),
		Trait{Property: Symmetric, Holds: true, When: evenMistakes, Statement: "L(p, t) = L(t, p)"},
		Trait{Property: Symmetric, Holds: false, Witness: &Witness{Params: Params{"alpha": {0.25}, "beta": {0.75}}, Target: []float64{1, 1}, A: []float64{1, 0}, TargetB: []float64{1, 0}, B: []float64{1, 1}}},
		Trait{Property: Differentiable, Holds: true, When: smoothProduct}),
	Kinks: minimumKinks,
	Sources: []Source{
		{"Salehi, Erdogmus and Gholipour, Tversky loss function for image segmentation using 3D fully convolutional deep networks", "arXiv:1706.05721, equation 3"},
	},

	evaluate: func(a Args, r *Item) { tverskyWeights(a).write(a, r, probabilities(r), nil, nil) },
})

var (
	falsePositive = Param{Name: "alpha", Kind: Scalar, Domain: NonNegative, Default: []float64{0.5},
		Meaning: "weight α of false positives"}
	falseNegative = Param{Name: "beta", Kind: Scalar, Domain: NonNegative, Default: []float64{0.5},
		Meaning: "weight β of false negatives"}
	evenMistakes = &Condition{"for α = β", func(a Args, _, _ []float64) bool { return a.Scalar("alpha") == a.Scalar("beta") }}
)

func tverskyWeights(a Args) weighting {
	w := weighting{alpha: num(a.Scalar("alpha")), beta: num(a.Scalar("beta")), least: a.Convention(intersection.Name) == "minimum"}
	w.a, w.b = smoothings(a, 1)
	return w
}

// overlapTraits are what the losses of masks claim that are functions of the Tversky fraction: with a target that is
// matched exactly the share in common is (T+a)/(T+b), to a power of L.
func overlapTraits(exponent float64) []Trait {
	statement := "(b−a)/(Σt + b), at p = t"
	if exponent != 1 {
		statement = "((b−a)/(Σt + b))^e, at p = t"
	}
	return []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, When: perfectMask, Statement: "at p = t"},
		{Property: Minimum, Holds: true, When: leastMask, Statement: statement, ConstantFor: func(a Args, target []float64) float64 {
			least, b := smoothings(a, 1)
			share := div(sub(b, least), plus(totalOf(target), b))
			if exponent == 1 {
				return share.float()
			}
			return power(share, logarithm(share), a.Scalar("exponent")).float()
		}},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{0}, A: []float64{0}, B: []float64{1}, Note: "a growing fraction"}},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{0, 0}, A: []float64{0, 1}, B: []float64{1, 0}, Note: "a function of Σp"}},
		{Property: Monotone, Holds: true, When: fractional, Statement: "a linear function over another", Source: "Boyd and Vandenberghe, Convex Optimization, 2004, example 3.32"},
		{Property: Bounded, Holds: true, Low: 0, High: 1},
		{Property: Equivariant, Holds: true, Statement: "the elements of the target are permuted too"},
		{Property: Padded, Holds: true, Statement: "an element with p = t = 0 changes nothing"},
		{Property: Replicated, Holds: true, When: unsmoothedMask},
	}
}
