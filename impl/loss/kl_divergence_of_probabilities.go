package loss

// Kullback-Leibler divergence of a distribution from a row of probabilities.
//
// # Formula
//
//	L(p, q) = Σ q_k·log(q_k/p_k)
//
// in nats. Neither p nor q need sum to 1. A class with q_k = 0 contributes 0, whatever its probability. Under the
// convention probability_floor, every p_k and q_k is first raised to 1e-7.
//
// # Gradient
//
//	∂L/∂p_k   = −q_k/p_k
//	∂²L/∂p_k² = q_k/p_k²
//	∂L/∂q_k   = log(q_k/p_k) + 1
//
// The mixed second derivatives are 0. A derivative by a number that was raised is 0.
//
// # Domain
//
// p_k and q_k in [0, 1].
//
// # Special cases
//
//	0·log(0/p) = 0, gradient 0, also for p = 0
//	L = +Inf where p_k = 0 with q_k > 0, gradient −Inf
//
// # Accuracy
//
// 1(1+κ) ulp, value and gradient: that of KLDivergence, with −log p_k for −x_k. The gradient is a quotient: 2^-101.
//
// # Method
//
// Two logarithms, and not that of a quotient, which leaves the range.
//
// # References
//
// Kullback and Leibler, On information and sufficiency, 1951, equation 2.4; the floor is that of
// keras.losses.kl_divergence.
var KLDivergenceOfProbabilities = declare(Loss{
	Name:     "kl_divergence_of_probabilities",
	Title:    "Kullback-Leibler divergence from probabilities",
	Shape:    Row,
	Formula:  "L = Σ q_k·log(q_k/p_k)",
	Gradient: "∂L/∂p_k = −q_k/p_k",
	Second:   "∂²L/∂p_k² = q_k/p_k²",
	ByTarget: "∂L/∂q_k = log(q_k/p_k) + 1",

	Prediction:  UnitInterval,
	Targets:     Targets{Distribution},
	Target:      UnitInterval,
	Conventions: []Convention{probabilityFloor},
	SpecialCases: []string{
		"0·log(0/p) = 0, gradient 0, also for p = 0",
		"L = +Inf where p_k = 0 with q_k > 0, gradient −Inf",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of KLDivergenceOfProbabilities"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: false, Witness: &Witness{Target: []float64{0.5, 0.5}, A: []float64{1, 1}, Note: "the probabilities sum to 2"}},
		{Property: Minimum, Holds: true, Statement: "Σ q_k·log q_k, at p_k = 1; among p that sum to Σq it is 0, at p = q", ConstantFor: func(a Args, target []float64) float64 {
			raised := make([]float64, len(target))
			for k, q := range target {
				raised[k], _ = a.Floor(q)
			}
			return negativeEntropy(raised).Factor
		}},
		{Property: Convex, Holds: true, When: withoutFloor},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{0.5, 0.25}, B: []float64{0.5, 0.75}, Note: "classes with q_k = 0 do not matter"}},
		{Property: ConvexInProb, Holds: true, When: withoutFloor},
		{Property: Lipschitz, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{0, 0.5}, B: []float64{0.5, 0.5}}},
		{Property: Smooth, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{0, 0.5}, B: []float64{0.5, 0.5}}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{0, 1}}},
		{Property: ShiftInvariant, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{0.25, 0.5}, B: []float64{0.5, 0.75}}},
		{Property: GradientSumsToZero, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{0.5, 0.5}}},
		{Property: Equivariant, Holds: true, Statement: "the target is permuted too"},
		{Property: Differentiable, Holds: true, When: withoutFloor, Statement: "on p_k > 0"},
	},
	Identities: []Identity{{Statement: "the divergence is the cross-entropy on probabilities and Σ q_k·log q_k", Source: "the formulas of both losses",
		Terms: func(a Args, pred, target []float64) []Multiple {
			if a.floor() > 0 {
				return nil
			}
			return []Multiple{negativeEntropy(target), {Factor: 1, Slope: 1, Call: Call{Loss: "categorical_cross_entropy", Batch: Batch{Pred: pred, Target: target}}}}
		}}},
	Sources: []Source{
		{"Kullback and Leibler, On information and sufficiency", "Annals of Mathematical Statistics 22, 1951, equation 2.4"},
		{"Keras, keras.losses.kl_divergence", "version 3.15"},
	},

	evaluate: func(a Args, r *Item) {
		p, q := make([]wide, len(r.Pred)), make([]wide, len(r.Pred))
		moved, wanted := make([]bool, len(p)), make([]bool, len(p))
		for k := range p {
			x, up := a.Floor(r.Pred[k])
			y, upTarget := a.Floor(r.Target[k])
			p[k], q[k], moved[k], wanted[k] = num(x), num(y), up, upTarget
		}
		r.diverge(q, func(k int) wide { return neg(logarithm(p[k])) })
		for k := range p {
			slope := mul(q[k], div(num(1), p[k]))
			if moved[k] {
				slope = wide{}
			}
			r.Grad[k] = neg(slope)
			if wanted[k] {
				r.TargetGrad[k] = wide{}
			}
			if r.Product != nil {
				r.Product[k] = mul(slope, div(num(1), p[k]), num(r.Direction[k]))
			}
		}
	},
})

// withoutFloor is the condition that nothing is raised.
var withoutFloor = &Condition{"without probability_floor", func(a Args, _, _ []float64) bool { return a.floor() == 0 }}
