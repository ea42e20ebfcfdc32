package oracle

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// What the losses of masks are made of: for each element how probable it is, p, and wanted, t.

// over is the sum of a function over two masks.
func (e *example) over(p, t []expr.Node, f func(p, t expr.Node) expr.Node) expr.Node {
	terms := make([]expr.Node, len(p))
	for k := range p {
		terms[k] = f(p[k], t[k])
	}
	return e.Sum(terms...)
}

// complementOf is 1 less a ratio, and what the convention empty_set says where that is 0/0.
func (e *example) complementOf(numerator, denominator expr.Node, empty bool) []expr.Node {
	if !empty {
		return []expr.Node{e.Sub(expr.One, e.Quo(numerator, denominator))}
	}
	switch e.args.Convention("empty_set") {
	case "nan":
		return e.undefined()
	case "one":
		return []expr.Node{expr.One}
	}
	return []expr.Node{expr.Zero}
}

// nothing reports whether neither mask has anything, and disjoint whether no element is in both: absent is the
// prediction of what is not there.
func (e *example) nothing(absent float64) bool {
	return !slices.ContainsFunc(e.want, func(t float64) bool { return t != 0 }) &&
		!slices.ContainsFunc(e.at, func(x float64) bool { return x != absent })
}

func (e *example) disjoint(absent float64) bool {
	for k, x := range e.at {
		if x != absent && e.want[k] != 0 {
			return false
		}
	}
	return true
}

// dice is 1 − (2·Σ p·t + a)/D, with D = Σ p + Σ t + b, or of squares. Given 1−p, or for squares, it is instead
//
//	(Σ p·(1−t) + Σ t·(1−p) + (b−a))/D, (Σ (p−t)² + (b−a))/D
//
// which is the same, and in which what vanishes at p = t, or at infinite logits, does so in its terms and not by
// cancellation. Where the loss is 1 for every p, that is so in the first form.
func (e *example) dice(p, notP []expr.Node, absent float64) []expr.Node {
	a, b := e.param("smooth_numerator"), e.param("smooth_denominator")
	squares := e.args.Convention("dice_denominator") == "squares"
	size := e.Add
	if squares {
		size = func(p, t expr.Node) expr.Node { return e.Add(e.Mul(p, p), e.Mul(t, t)) }
	}
	denominator := e.Add(e.over(p, e.y, size), b)
	empty := b == expr.Zero && e.nothing(absent)
	if !squares && notP == nil || empty || a == expr.Zero && e.disjoint(absent) {
		both := e.Mul
		if e.args.Convention("intersection") == "minimum" && !squares {
			both = e.Min
		}
		return e.complementOf(e.Add(e.Mul(e.Const(2), e.over(p, e.y, both)), a), denominator, empty)
	}
	terms := make([]expr.Node, len(p))
	for k, t := range e.y {
		apart := e.Sub(p[k], t)
		if notP != nil {
			apart = e.Sub(e.Mul(e.complement(t), p[k]), e.Mul(t, notP[k]))
		}
		terms[k] = e.Mul(apart, apart)
		if !squares {
			terms[k] = e.Add(e.Mul(p[k], e.complement(t)), e.Mul(t, notP[k]))
		}
	}
	return []expr.Node{e.Quo(e.Add(e.Sum(terms...), e.Sub(b, a)), denominator)}
}

var _ = define(loss.Dice, func(e *example) []expr.Node { return e.dice(e.x, nil, 0) })

var _ = define(loss.DiceWithLogits, func(e *example) []expr.Node {
	p, notP := make([]expr.Node, len(e.x)), make([]expr.Node, len(e.x))
	for k, z := range e.x {
		if p[k], notP[k] = e.Sigmoid(z), e.Sigmoid(e.Neg(z)); math.IsInf(e.at[k], 0) { // the loss has a limit, and stays there
			p[k] = expr.Node(indicator(e.at[k] > 0))
			notP[k] = e.complement(p[k])
		}
	}
	return e.dice(p, notP, math.Inf(-1))
})
