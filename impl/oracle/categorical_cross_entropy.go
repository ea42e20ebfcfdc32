package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// −Σ_k w_k·y_k·log p_k, with 0·log 0 = 0.
var _ = define(loss.CategoricalCrossEntropy, func(e *example) []expr.Node {
	var terms []expr.Node
	for k, y := range e.y {
		p, v := e.clipped(k)
		w := e.Mul(e.classWeight(k), y)
		terms = append(terms, e.surprisal(w, func() expr.Node { return e.Log(p) }, v == 0, k, 1))
	}
	return []expr.Node{e.Sum(terms...)}
})
