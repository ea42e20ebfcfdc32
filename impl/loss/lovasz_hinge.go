package loss

import "cmp"

// Lovász hinge loss of a mask of logits: the Jaccard loss, interpolated in the hinges of the elements.
//
// # Formula
//
//	L(z, t) = Σ max(e_i, 0)·g_i, e_i = 1 − (2·t_i−1)·z_i, g_i = J({1, …, i}) − J({1, …, i−1})
//
// with the elements in falling order of e, and J(M) = |M|/|T∪M| the Jaccard loss when the elements of M are wrong and T
// are those of the target.
//
// # Gradient
//
//	∂L/∂z_i      = −(2·t_i−1)·g_i for e_i > 0, 0 for e_i < 0
//	∂²L/∂z_k∂z_i = 0
//	∂L/∂t_i      = 0, a label being held
//
// Where several e are equal every order of them is right, and the reference says the mean over all orders; at e_i = 0 any number
// from 0 on is, and it says 0.
//
// # Domain
//
// z finite, t 0 or 1. Which elements make a set is the caller's to say.
//
// # Special cases
//
//	N = 1: the hinge loss with the margin 1
//	no t_i = 1: L = max(0, 1 + max z), with the gradient 1 at the largest z alone
//	every (2·t_i−1)·z_i ≥ 1: L = +0, gradient 0
//
// # Accuracy
//
// 1 ulp, value and gradient, whatever κ: e is held to 2^-103, g is a quotient of whole numbers, of several equal e a sum of
// such of one sign, and the terms of the value are not negative.
//
// # Method
//
// The increments g in closed form, never as a difference of two Jaccard losses.
//
// # References
//
// Berman, Rannen Triki and Blaschko, The Lovász-softmax loss, 2018, arXiv:1705.08790, equations 8 to 10 and 13.
var LovaszHinge = declare(Loss{
	Name:     "lovasz_hinge",
	Title:    "Lovász hinge loss of a mask of logits",
	Shape:    Set,
	Formula:  "L = Σ max(e_i, 0)·g_i, e_i = 1 − (2·t_i−1)·z_i, g_i = J({1, …, i}) − J({1, …, i−1})",
	Gradient: "∂L/∂z_i = −(2·t_i−1)·g_i for e_i > 0, 0 for e_i < 0",
	Second:   "∂²L/∂z_k∂z_i = 0",
	ByTarget: "∂L/∂t_i = 0, a label being held",

	Prediction: Finite,
	Targets:    Targets{Numbers},
	Target:     Binary,
	SpecialCases: []string{
		"N = 1: the hinge loss with the margin 1",
		"no t_i = 1: L = max(0, 1 + max z), with the gradient 1 at the largest z alone",
		"every (2·t_i−1)·z_i ≥ 1: L = +0, gradient 0",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of LovaszHinge"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "where every (2·t_i−1)·z_i ≥ 1"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{-2}, B: []float64{-1}, Note: "piecewise linear"}},
		{Property: Bounded, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{-1e300}}},
		{Property: Equivariant, Holds: true, Statement: "the elements of the target are permuted too"},
		{Property: Replicated, Holds: true, When: &Condition{"where no two elements are equally wrong", func(a Args, pred, target []float64) bool { return distinct(hingeKinks(a, pred, target)) }}},
		{Property: Differentiable, Holds: false, Witness: &Witness{Target: []float64{1, 0}, A: []float64{-1, 0}, B: []float64{1, 0}, Note: "the order changes"}},
	},
	Kinks:   hingeKinks,
	Sources: []Source{{"Berman, Rannen Triki and Blaschko, The Lovász-softmax loss", "arXiv:1705.08790, equations 8 to 10 and 13"}},

	evaluate: func(_ Args, r *Item) { r.lovasz(hinges(r.Pred, r.Target), hingeOrder(r.Pred)) },
})

// hinges are the mistakes 1 − (2t−1)·z.
func hinges(z, t []float64) []mistake {
	all := make([]mistake, len(z))
	for k := range z {
		against := z[k]
		if t[k] == 1 {
			against = -against
		}
		all[k] = mistake{of: k, hit: t[k] == 1, wrong: against > -1, size: plus(num(1), num(against))}
	}
	return all
}

// hingeOrder compares two hinges by what is added to 1.
func hingeOrder(z []float64) func(a, b mistake) int {
	against := func(m mistake) float64 {
		if m.hit {
			return -z[m.of]
		}
		return z[m.of]
	}
	return func(a, b mistake) int { return cmp.Compare(against(a), against(b)) }
}

// hingeKinks are those of the hinges, and of their order.
func hingeKinks(_ Args, pred, target []float64) []float64 {
	all := hinges(pred, target)
	var sides []float64
	for _, m := range all {
		sides = append(sides, m.size.float())
	}
	return append(sides, orderKinks(all, hingeOrder(pred))...)
}
