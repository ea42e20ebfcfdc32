package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// d²/(2β) for |d| < β, |d| − β/2 for |d| ≥ β, d = x − y; |d| for β = 0.
var _ = define(loss.SmoothL1, func(e *example) []expr.Node {
	d, beta := e.Sub(e.x[0], e.y[0]), e.param("beta")
	if beta == expr.Zero {
		return []expr.Node{e.Abs(d)}
	}
	size, two := e.Abs(d), e.Const(2)
	inside := e.Quo(e.Mul(d, d), e.Mul(two, beta))
	return []expr.Node{e.If(e.Sub(beta, size), inside, e.Sub(size, e.Quo(beta, two)))}
})
