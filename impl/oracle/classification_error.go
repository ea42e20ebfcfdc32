package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// 1 where the class of the highest score is not t, else 0; a step has gradient 0.
var _ = define(loss.ClassificationError, func(e *example) []expr.Node {
	predicted := 0
	last := e.args.Convention("argmax_tie") == "last"
	for k, v := range e.at {
		if v > e.at[predicted] || last && v == e.at[predicted] {
			predicted = k
		}
	}
	return []expr.Node{e.Const(indicator(predicted != e.t))}
})
