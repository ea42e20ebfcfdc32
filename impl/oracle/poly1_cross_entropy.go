package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// −log p_t + ε·(1 − p_t) is sp(w) + ε·σ(w), with e^w the odds against class t as in softmax_focal. Where nothing is against it
// both terms vanish.
var _ = define(loss.Poly1CrossEntropy, func(e *example) []expr.Node {
	if e.noLimit() {
		return e.undefined()
	}
	if len(e.x) == 1 || math.IsInf(e.at[e.t], 1) || math.IsInf(e.at[e.highestBut(e.t)], -1) {
		return []expr.Node{expr.Zero}
	}
	w := e.Sub(e.logSumExpBut(e.t), e.x[e.t])
	return []expr.Node{e.Add(e.Softplus(w), e.Mul(e.param("epsilon"), e.Sigmoid(w)))}
})
