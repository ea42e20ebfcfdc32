package oracle

import (
	"math/big"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// Links of the chain from a score to a loss.

// e^z_k / Σ e^z_i for each k. Because they sum to 1, Σ u_k·p_k − u_0 = Σ (u_k−u_0)·p_k
// has the same gradient, which is then exactly 0 where all u are equal.
var _ = define(loss.Softmax, func(e *example) []expr.Node {
	values, terms := make([]expr.Node, len(e.x)), make([]expr.Node, len(e.x))
	if e.noLimit() {
		e.undefined()
		return values
	}
	s := e.softmax()
	for k := range values {
		values[k] = s.probability(k)
		terms[k] = e.Mul(e.ConstBig(difference(e.u[k], e.u[0])), values[k])
	}
	sum := e.Sum(terms...)
	e.scalar = &sum
	return values
})

// difference is a − b, exactly.
func difference(a, b float64) *big.Float {
	const all = 2200 // bits between the largest and the smallest float64
	return new(big.Float).SetPrec(all).Sub(big.NewFloat(a), big.NewFloat(b))
}

// log Σ e^z_k. The value has a limit at every infinity, the gradient only where
// softmax has.
var _ = define(loss.LogSumExp, func(e *example) []expr.Node {
	if e.noLimit() {
		zero := e.undefined()
		e.diverges(e.at[e.highestBut(-1)]) // the highest score, ±Inf
		return zero
	}
	return []expr.Node{e.softmax().logSum()}
})
