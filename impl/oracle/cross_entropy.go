package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// −Σ_k w_k·y′_k·log softmax(z)_k, with y′ the smoothed target.
var _ = define(loss.CrossEntropy, func(e *example) []expr.Node {
	if e.noLimit() {
		return e.undefined()
	}
	s := e.softmax()
	var terms []expr.Node
	for k, y := range e.targetDistribution() {
		if w := e.Mul(e.classWeight(k), y); w != expr.Zero {
			terms = append(terms, e.Mul(w, s.negLog(k)))
		}
	}
	return []expr.Node{e.Sum(terms...)}
})
