package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// −c·y′·log σ(z) − (1−y′)·log(1−σ(z)), where −log σ(z) = sp(−z), −log(1−σ(z)) = sp(z),
// y′ = y(1−ε) + ε/2 and 1−y′ = (1−y)(1−ε) + ε/2.
var _ = define(loss.BinaryCrossEntropyWithLogits, func(e *example) []expr.Node {
	z := e.x[0]
	epsilon := e.param("label_smoothing")
	smooth := func(y expr.Node) expr.Node {
		return e.Add(e.Mul(y, e.complement(epsilon)), e.Mul(e.Const(0.5), epsilon))
	}
	return []expr.Node{e.Add(
		e.Mul(e.Mul(e.param("pos_weight"), smooth(e.y[0])), e.Softplus(e.Neg(z))),
		e.Mul(smooth(e.complement(e.y[0])), e.Softplus(z)),
	)}
})
