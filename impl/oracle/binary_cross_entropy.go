package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// −y·log p − (1−y)·log(1−p), with 0·log 0 = 0.
var _ = define(loss.BinaryCrossEntropy, func(e *example) []expr.Node {
	p, v := e.clipped(0)
	positive := e.surprisal(e.y[0], func() expr.Node { return e.Log(p) }, v == 0, 0, 1)
	negative := e.surprisal(e.complement(e.y[0]), func() expr.Node { return e.Log1p(e.Neg(p)) }, v == 1, 0, -1)
	return []expr.Node{e.Add(positive, negative)}
})
