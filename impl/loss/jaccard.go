package loss

// Jaccard loss on a mask of probabilities: one minus intersection over union.
//
// # Formula
//
//	L(p, t) = N/U, N = Σ p_k·(1−t_k) + Σ t_k·(1−p_k) + (b−a), U = Σ p_k·t_k + Σ p_k·(1−t_k) + Σ t_k·(1−p_k) + b
//
// with a = smooth_numerator and b = smooth_denominator. It is 1 − S with S = (Σ p_k·t_k + a)/U. Under
// intersection=minimum min(p_k, t_k) stands for p_k·t_k, and N is Σ |p_k−t_k| + (b−a).
//
// # Gradient
//
//	∂L/∂p_k      = (S·(1−t_k) − t_k)/U
//	∂²L/∂p_k∂p_i = −(∂L/∂p_k·(1−t_i) + ∂L/∂p_i·(1−t_k))/U
//	∂L/∂t_k      = (S·(1−p_k) − p_k)/U
//
// For the minimum the derivative is −1/U for p_k < t_k, S/U for p_k > t_k, and any number between them where
// p_k = t_k; the reference says 0 there.
//
// # Domain
//
// p and t in [0, 1], 0 ≤ a ≤ b.
//
// # Special cases
//
//	p = t of zeros and ones, a = b > 0: L = +0
//	a = 0 and all t_k = 0: L = 1, gradient 0
//	U = 0: value and gradient as the convention empty_set says
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient, as Dice.
//
// # Method
//
// The Tversky fraction with α = β = 1.
//
// # References
//
// Jaccard, The distribution of the flora in the alpine zone, 1912; Rahman and Wang, Optimizing
// intersection-over-union in deep neural networks for image segmentation, 2016, equation 3.
var Jaccard = declare(Loss{
	Name:     "jaccard",
	Title:    "Jaccard loss on a mask of probabilities, one minus intersection over union",
	Shape:    Set,
	Formula:  "L = N/U, N = Σ p_k·(1−t_k) + Σ t_k·(1−p_k) + (b−a), U = Σ p_k·t_k + Σ p_k·(1−t_k) + Σ t_k·(1−p_k) + b",
	Gradient: "∂L/∂p_k = (S·(1−t_k) − t_k)/U",
	Second:   "∂²L/∂p_k∂p_i = −(∂L/∂p_k·(1−t_i) + ∂L/∂p_i·(1−t_k))/U",
	ByTarget: "∂L/∂t_k = (S·(1−p_k) − p_k)/U",

	Prediction:  UnitInterval,
	Targets:     Targets{Numbers},
	Target:      UnitInterval,
	Params:      []Param{smoothNumerator, smoothDenominator},
	Conventions: []Convention{intersection, emptySet},
	SpecialCases: []string{
		"p = t of zeros and ones, a = b > 0: L = +0",
		"a = 0 and all t_k = 0: L = 1, gradient 0",
		"U = 0: value and gradient as the convention empty_set says",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of Dice; at most 0.500 seen at 20,000 random inputs (ci/sweep, seed 1)"},
	Traits: append(overlapTraits(1),
		Trait{Property: Symmetric, Holds: true, Statement: "L(p, t) = L(t, p)"},
		Trait{Property: Differentiable, Holds: true, When: smoothProduct}),
	Kinks: minimumKinks,
	Sources: []Source{
		{"Jaccard, The distribution of the flora in the alpine zone", "New Phytologist 11, 1912"},
		{"Rahman and Wang, Optimizing intersection-over-union in deep neural networks for image segmentation", "ISVC 2016, equation 3"},
	},

	evaluate: func(a Args, r *Item) {
		w := weighting{alpha: num(1), beta: num(1), least: a.Convention(intersection.Name) == "minimum"}
		w.a, w.b = smoothings(a, 1)
		w.write(a, r, probabilities(r), nil, nil)
	},
})
