package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// divergence is Σ q_k·log(q_k/p_k), given the logarithm, and the sign of it where it is infinite. A class with q_k = 0 is absent;
// the slope by its q_k is that of q·log q, −Inf, unless p_k is 0, too.
func (e *example) divergence(q []expr.Node, log func(k int, q expr.Node) expr.Node, infinite func(k int) float64) []expr.Node {
	var terms []expr.Node
	var sides [2]bool // some infinity, of either sign
	for k := range q {
		side := infinite(k)
		if e.want[k] == 0 && q[k] == e.y[k] {
			e.byTarget[k] = math.Inf(-1)
			if side > 0 {
				e.byTarget[k] = math.Inf(1)
			}
			if side == 0 {
				terms = append(terms, e.Mul(q[k], log(k, expr.One))) // 0: the slope is overridden, and the rest of it ordinary
			}
			continue
		}
		if side != 0 {
			sides[int(side+1)/2] = true
			e.diverges(math.Inf(int(side)))
		}
		terms = append(terms, e.Mul(q[k], log(k, q[k])))
	}
	if sides[0] && sides[1] {
		e.diverges(math.NaN())
	}
	return []expr.Node{e.Sum(terms...)}
}

// beyond is the sign of an infinite prediction, and else 0.
func (e *example) beyond(k int) float64 {
	if math.IsInf(e.at[k], 0) {
		return math.Copysign(1, e.at[k])
	}
	return 0
}

var _ = define(loss.KLDivergence, func(e *example) []expr.Node {
	return e.divergence(e.y, func(k int, q expr.Node) expr.Node { return e.Sub(e.Log(q), e.x[k]) }, func(k int) float64 { return -e.beyond(k) })
})

var _ = define(loss.KLDivergenceWithLogits, func(e *example) []expr.Node {
	if e.noLimit() {
		return e.undefined()
	}
	s := e.softmax()
	return e.divergence(e.y, func(k int, q expr.Node) expr.Node { return e.Sub(e.Log(q), s.logProbability(k)) }, func(k int) float64 {
		if k != s.j && (e.beyond(k) < 0 || e.beyond(s.j) > 0) {
			return 1
		}
		return 0
	})
})

var _ = define(loss.KLDivergenceOfProbabilities, func(e *example) []expr.Node {
	floored := func(nodes []expr.Node, at []float64) []expr.Node {
		used := make([]expr.Node, len(nodes))
		for k, n := range nodes {
			used[k] = n
			if x, raised := e.args.Floor(at[k]); raised {
				used[k] = e.Const(x)
			}
		}
		return used
	}
	p := floored(e.x, e.at)
	return e.divergence(floored(e.y, e.want), func(k int, q expr.Node) expr.Node {
		if e.at[k] == 0 && p[k] == e.x[k] {
			e.grad[k], e.byTarget[k] = math.Inf(-1), math.Inf(1)
			return expr.Zero
		}
		return e.Log(e.Quo(q, p[k]))
	}, func(k int) float64 {
		if e.at[k] == 0 && p[k] == e.x[k] {
			return 1
		}
		return 0
	})
})
