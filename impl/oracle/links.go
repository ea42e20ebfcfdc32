package oracle

import (
	"math/big"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// The links of the chain from a score to a loss.

// 1/(1+e^−x).
var _ = define(loss.Sigmoid, func(e *example) []expr.Node {
	return []expr.Node{e.Sigmoid(e.x[0])}
})

// log(1+eˣ).
var _ = define(loss.Softplus, func(e *example) []expr.Node {
	return []expr.Node{e.Softplus(e.x[0])}
})

// log σ(x) = −log(1+e^−x).
var _ = define(loss.LogSigmoid, func(e *example) []expr.Node {
	return []expr.Node{e.Neg(e.Softplus(e.Neg(e.x[0])))}
})

// e^z_k / Σ e^z_i for each k. Because they sum to 1, Σ u_k·p_k − u_0 = Σ (u_k−u_0)·p_k
// has the same gradient, which is then exactly 0 where all u are equal.
var _ = define(loss.Softmax, func(e *example) []expr.Node {
	values := e.perClass((*softmax).probability)
	terms := make([]expr.Node, len(values))
	for k, p := range values {
		terms[k] = e.Mul(e.ConstBig(difference(e.u[k], e.u[0])), p)
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

// log(e^z_k / Σ e^z_i) for each k.
var _ = define(loss.LogSoftmax, func(e *example) []expr.Node {
	return e.perClass(func(s *softmax, k int) expr.Node { return e.Neg(s.negLog(k)) })
})

// perClass gives a vector-valued entry its K values.
func (e *example) perClass(value func(s *softmax, k int) expr.Node) []expr.Node {
	values := make([]expr.Node, len(e.x))
	if e.noLimit() {
		zero := e.undefined()[0]
		for k := range values {
			values[k] = zero
		}
		return values
	}
	s := e.softmax()
	for k := range values {
		values[k] = value(s, k)
	}
	return values
}

// log Σ e^z_k. The value has a limit at every infinity, the gradient only where
// softmax has.
var _ = define(loss.LogSumExp, func(e *example) []expr.Node {
	if e.noLimit() {
		zero := e.undefined()
		e.diverges(e.at[e.highestBut(-1)]) // the highest score, ±Inf
		return zero
	}
	s := e.softmax()
	return []expr.Node{e.Add(e.x[s.j], s.tail)}
})
