package loss

import (
	"cmp"
	"slices"
)

// Lovász-softmax loss of one class on a mask of its probabilities: the Jaccard loss, interpolated.
//
// # Formula
//
//	L(p, t) = Σ e_i·g_i, e_i = |t_i − p_i|, g_i = J({1, …, i}) − J({1, …, i−1})
//
// with the elements in falling order of e, and J(M) = |M|/|T∪M| the Jaccard loss when the elements of M are wrong and T
// are those of the target.
//
// # Gradient
//
//	∂L/∂p_i      = −g_i for t_i = 1, g_i for t_i = 0
//	∂²L/∂p_k∂p_i = 0
//	∂L/∂t_i      = 0, a label being held
//
// Where several e are equal every order of them is right, and the reference says the mean over all orders.
//
// # Domain
//
// p in [0, 1], t 0 or 1. The loss of several classes is the mean of those of each, of all or of those that the target has: the
// caller's to say.
//
// # Special cases
//
//	every p_i 0 or 1: L is the Jaccard loss, without smoothing, and 0 where p = t
//	no t_i = 1: L = max p, with the gradient 1 at the largest p alone
//
// # Accuracy
//
// 1 ulp, value and gradient, whatever κ, as LovaszHinge.
//
// # Method
//
// That of LovaszHinge. Two mistakes are compared without a rounding.
//
// # References
//
// Berman, Rannen Triki and Blaschko, The Lovász-softmax loss, 2018, arXiv:1705.08790, equations 8 to 11.
var LovaszSoftmax = declare(Loss{
	Name:     "lovasz_softmax",
	Title:    "Lovász-softmax loss of a class on a mask of probabilities",
	Shape:    Set,
	Formula:  "L = Σ e_i·g_i, e_i = |t_i − p_i|, g_i = J({1, …, i}) − J({1, …, i−1})",
	Gradient: "∂L/∂p_i = −g_i for t_i = 1, g_i for t_i = 0",
	Second:   "∂²L/∂p_k∂p_i = 0",
	ByTarget: "∂L/∂t_i = 0, a label being held",

	Prediction: UnitInterval,
	Targets:    Targets{Numbers},
	Target:     Binary,
	SpecialCases: []string{
		"every p_i 0 or 1: L is the Jaccard loss, without smoothing, and 0 where p = t",
		"no t_i = 1: L = max p, with the gradient 1 at the largest p alone",
	},
	Accuracy: Accuracy{Value: 1, Grad: 1, How: "error analysis in the documentation of LovaszHinge"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, Statement: "at p = t"},
		{Property: Minimum, Holds: true, Constant: 0, Statement: "at p = t"},
		{Property: Convex, Holds: true},
		{Property: StrictlyConvex, Holds: false, Witness: &Witness{Target: []float64{1}, A: []float64{0.25}, B: []float64{0.75}, Note: "piecewise linear"}},
		{Property: Bounded, Holds: true, Low: 0, High: 1},
		{Property: Equivariant, Holds: true, Statement: "the elements of the target are permuted too"},
		{Property: Padded, Holds: true, Statement: "an element with p = t = 0 changes nothing",
			When: &Condition{"where no element is right", func(_ Args, pred, target []float64) bool {
				return !slices.ContainsFunc(shortfalls(pred, target), func(m mistake) bool { return m.size.zero() })
			}}},
		{Property: Replicated, Holds: true, When: &Condition{"where no two elements are equally wrong", func(a Args, pred, target []float64) bool { return distinct(shortfallKinks(a, pred, target)) }}},
	},
	Kinks:   shortfallKinks,
	Sources: []Source{{"Berman, Rannen Triki and Blaschko, The Lovász-softmax loss", "arXiv:1705.08790, equations 8 to 11"}},

	evaluate: func(_ Args, r *Item) { r.lovasz(shortfalls(r.Pred, r.Target), shortfallOrder(r.Pred)) },
})

// shortfalls are the mistakes |t − p|.
func shortfalls(p, t []float64) []mistake {
	all := make([]mistake, len(p))
	for k := range p {
		all[k] = mistake{of: k, wrong: true, hit: t[k] == 1, size: num(p[k])}
		if t[k] == 1 {
			all[k].size = sub(num(1), num(p[k]))
		}
	}
	return all
}

// shortfallOrder compares two shortfalls.
func shortfallOrder(p []float64) func(a, b mistake) int {
	return func(a, b mistake) int {
		switch x, y := p[a.of], p[b.of]; {
		case a.hit && b.hit:
			return cmp.Compare(y, x)
		case a.hit:
			return exactSign(1, -x, -y)
		case b.hit:
			return exactSign(x, y, -1)
		default:
			return cmp.Compare(x, y)
		}
	}
}

// shortfallKinks are those of their order.
func shortfallKinks(_ Args, pred, target []float64) []float64 {
	return orderKinks(shortfalls(pred, target), shortfallOrder(pred))
}
