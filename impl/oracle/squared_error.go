package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// (x − y)², times ½ under that convention.
var _ = define(loss.SquaredError, func(e *example) []expr.Node {
	return []expr.Node{e.square(e.Sub(e.x[0], e.y[0]))}
})

// square is d² times the factor of the convention squared_error_factor.
func (e *example) square(d expr.Node) expr.Node {
	s := e.Mul(d, d)
	if e.args.Convention("squared_error_factor") == "1/2" {
		return e.Mul(e.Const(0.5), s)
	}
	return s
}
