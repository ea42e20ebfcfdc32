package loss

// Share of what two masks do not have in common.
//
// # Formula
//
//	L = N/D, N = Σ_k (p_k·(1−y_k) + y_k·(1−p_k)), D = Σ_k (p_k + y_k) + s
//
// with s = smooth, and M = D − N = Σ_k 2p_k·y_k + s in the gradient.
//
// # Gradient
//
//	∂L/∂p_k      = (M − 2y_k·D)/D²
//	∂²L/∂p_k∂p_i = 2N/D³ − (1−2y_k)/D² − (1−2y_i)/D²
//	∂L/∂y_k      = (M − 2p_k·D)/D²
//
// # Domain
//
// p and y in [0, 1], s > 0.
//
// # Special cases
//
//	p = y = 0: L = +0
//
// # Accuracy
//
// 1(1+κ) ulp: sums of terms of one sign.
//
// # Method
//
// As above.
//
// # References
//
// None: it is made to be thrown away.
var ThrowawaySet = declare(Loss{
	Name:       "throwaway_set",
	Title:      "share of what two masks do not have in common",
	Shape:      Set,
	Formula:    "L = N/D, N = Σ_k (p_k·(1−y_k) + y_k·(1−p_k)), D = Σ_k (p_k + y_k) + s",
	Definition: "sum(p*(1 - y) + y*(1 - p)) / (sum(p + y) + smooth)",
	Gradient:   "∂L/∂p_k = (M − 2y_k·D)/D²",
	Second:     "∂²L/∂p_k∂p_i = 2N/D³ − (1−2y_k)/D² − (1−2y_i)/D²",
	ByTarget:   "∂L/∂y_k = (M − 2p_k·D)/D²",

	Prediction:   UnitInterval,
	Targets:      Targets{Numbers},
	Target:       UnitInterval,
	Params:       []Param{{Name: "smooth", Kind: Scalar, Domain: Positive, Default: []float64{1}, Meaning: "what is added to the denominator"}},
	SpecialCases: []string{"p = y = 0: L = +0"},
	Accuracy:     Accuracy{Value: 1, Grad: 1, How: "sums of terms of one sign"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: Bounded, Holds: true, Low: 0, High: 1},
		{Property: Equivariant, Holds: true},
		{Property: Differentiable, Holds: true},
	},
	Sources: []Source{{"none", "made to be thrown away"}},

	evaluate: func(a Args, r *Item) {
		tilt := func(y float64) wide { return sub(num(1), num(2*y)) }
		m := num(a.Scalar("smooth"))
		n, d := num(0), m
		for k, x := range r.Pred {
			p, y := num(x), num(r.Target[k])
			n = add(n, mul(p, sub(num(1), y)), mul(y, sub(num(1), p)))
			d = add(d, p, y)
			m = add(m, mul(num(2), p, y))
		}
		r.Value[0] = div(n, d)
		square := mul(d, d)
		nBy, dBy := num(0), num(0)
		for k, x := range r.Pred {
			r.Grad[k] = div(sub(m, mul(num(2*r.Target[k]), d)), square)
			r.TargetGrad[k] = div(sub(m, mul(num(2*x), d)), square)
			if r.Direction != nil {
				v := num(r.Direction[k])
				nBy, dBy = plus(nBy, mul(tilt(r.Target[k]), v)), plus(dBy, v)
			}
		}
		for k := range r.Product {
			r.Product[k] = sub(div(mul(num(2), n, dBy), mul(square, d)), div(plus(mul(tilt(r.Target[k]), dBy), nBy), square))
		}
	},
})
