package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// 1 − (I + a)/(I + α·FP + β·FN + b) with I = Σ p·t, FP = Σ p·(1−t), FN = Σ t·(1−p), or of the minimum.
func (e *example) tversky(alpha, beta expr.Node) []expr.Node {
	least := e.args.Convention("intersection") == "minimum"
	both, more := e.Mul, func(p, t expr.Node) expr.Node { return e.Mul(p, e.complement(t)) }
	if least {
		both = e.Min
		more = func(p, t expr.Node) expr.Node { return e.Sub(p, e.Min(p, t)) }
	}
	shared, b := e.over(e.x, e.y, both), e.param("smooth_denominator")
	var weighed []expr.Node
	for k, p := range e.x {
		less := e.Mul(e.y[k], e.complement(p))
		if least {
			less = e.Sub(e.y[k], e.Min(p, e.y[k]))
		}
		weighed = append(weighed, e.Mul(alpha, more(p, e.y[k])), e.Mul(beta, less))
	}
	denominator := e.Add(shared, e.Add(e.Sum(weighed...), b))
	empty := b == expr.Zero && e.alike(alpha, beta)
	for k, p := range e.at {
		empty = empty && (p == 0 || e.want[k] == 0)
	}
	a := e.param("smooth_numerator")
	if alpha == expr.Zero && beta == expr.Zero && !empty { // no mistake counts
		return []expr.Node{e.Quo(e.Sub(b, a), denominator)}
	}
	return e.complementOf(e.Add(shared, a), denominator, empty)
}

// alike reports whether no mistake has a weight: no false positive, or α = 0, and no false negative, or β = 0.
func (e *example) alike(alpha, beta expr.Node) bool {
	least := e.args.Convention("intersection") == "minimum"
	for k, p := range e.at {
		t := e.want[k]
		more, less := p != 0 && t != 1, t != 0 && p != 1
		if least {
			more, less = p > t, t > p
		}
		if more && alpha != expr.Zero || less && beta != expr.Zero {
			return false
		}
	}
	return true
}

var _ = define(loss.Tversky, func(e *example) []expr.Node { return e.tversky(e.param("alpha"), e.param("beta")) })

var _ = define(loss.Jaccard, func(e *example) []expr.Node { return e.tversky(expr.One, expr.One) })

// T^e = e^(e·log T). Where T is 0, which is where masks are alike and a = b, its slope is none, or infinite with the sign
// of ∂T: that of α·(1−t) − β·t by p, and of β·(1−p) − α·p by t.
var _ = define(loss.FocalTversky, func(e *example) []expr.Node {
	alpha, beta := e.param("alpha"), e.param("beta")
	plain, exponent := e.tversky(alpha, beta), e.param("exponent")
	if exponent == expr.One || e.hasValue || plain[0] == expr.Zero || plain[0] == expr.One {
		return plain
	}
	a, b := e.args.Scalar("smooth_numerator"), e.args.Scalar("smooth_denominator")
	if a != b || !e.alike(alpha, beta) {
		return []expr.Node{e.Exp(e.Mul(exponent, e.Log(plain[0])))}
	}
	if e.args.Scalar("exponent") < 1 {
		for k, p := range e.at {
			t := e.want[k]
			more, less := e.args.Scalar("alpha"), e.args.Scalar("beta")
			switch {
			case e.args.Convention("intersection") != "minimum":
				steep(e.grad, k, more, 1-t, less, t)
				steep(e.byTarget, k, less, 1-p, more, p)
			case p > t:
				steep(e.grad, k, more, 1, less, 0)
				steep(e.byTarget, k, less, 0, more, 1)
			case p < t:
				steep(e.grad, k, more, 0, less, 1)
				steep(e.byTarget, k, less, 1, more, 0)
			} // at p = t it is any slope, and 0 among them
		}
	}
	return []expr.Node{expr.Zero}
})

// steep overrides a slope with an infinity of the sign of u·v − w·x, if that is not 0. One of v and x is 0.
func steep(slopes map[int]float64, k int, u, v, w, x float64) {
	switch {
	case v > 0 && u > 0:
		slopes[k] = math.Inf(1)
	case x > 0 && w > 0:
		slopes[k] = math.Inf(-1)
	}
}
