package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// −(l+1−y)·log p_l − (y−l)·log p_(l+1) with l = ⌊y⌋. At a class between others either piece is right, and the derivative by y
// that of one or of the other.
var _ = define(loss.DistributionFocal, func(e *example) []expr.Node {
	if e.noLimit() {
		return e.undefined()
	}
	last := len(e.x) - 1
	if last == 0 {
		return []expr.Node{expr.Zero}
	}
	s, y := e.softmax(), e.y[0]
	at, moved := e.args.Position(e.want[0], len(e.x))
	if moved {
		y = e.Const(at)
	}
	piece := func(l int) expr.Node {
		left := e.Mul(e.Sub(e.Const(float64(l+1)), y), s.logProbability(l))
		right := e.Mul(e.Sub(y, e.Const(float64(l))), s.logProbability(l+1))
		return e.Neg(e.Add(left, right))
	}
	l := min(int(math.Floor(at)), last-1)
	if at != float64(l) || l == 0 || e.held {
		return []expr.Node{piece(l)}
	}
	return []expr.Node{e.If(e.Sub(y, e.Const(at)), piece(l), piece(l-1))}
})
