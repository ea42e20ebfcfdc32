package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// −α_t·(1−p_t)^γ·log p_t, where 1−p_t = Σ_{k≠t} p_k, so that log(1−p_t) is the log of
// the sum of e^z over the other classes less that over all. A row of one class has
// p_t = 1 and value 0.
var _ = define(loss.SoftmaxFocal, func(e *example) []expr.Node {
	if e.noLimit() {
		return e.undefined()
	}
	if len(e.x) == 1 {
		return []expr.Node{expr.Zero}
	}
	all := e.softmaxOf(-1)
	weighted := e.Mul(e.class("alpha", e.t), all.negLog(e.t))
	gamma := e.param("gamma")
	if gamma == expr.Zero {
		return []expr.Node{weighted}
	}
	others := e.softmaxOf(e.t)
	logQ := e.Sub(others.tail, all.tail)
	if others.j != all.j {
		logQ = e.Add(e.Sub(e.x[others.j], e.x[all.j]), logQ)
	}
	return []expr.Node{e.Mul(e.Exp(e.Mul(gamma, logQ)), weighted)}
})
