package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// (σ(z) − y)², where σ(z) − y = (1−y)·σ(z) − y·σ(−z) because σ(z) + σ(−z) = 1.
var _ = define(loss.SquaredErrorWithLogits, func(e *example) []expr.Node {
	z, y := e.x[0], e.y[0]
	d := e.Sub(e.Mul(e.complement(y), e.Sigmoid(z)), e.Mul(y, e.Sigmoid(e.Neg(z))))
	return []expr.Node{e.square(d)}
})
