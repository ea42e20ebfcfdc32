package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// −(1−p)^α·log p for y = 1 and −(1−y)^γ·p^α·log(1−p) for y < 1: −q^α·log(1−q) of the probability q of the wrong class. At q = 0
// value and slope are 0, and for α = 0 those of −log(1−q); at q = 1 both are infinite.
var _ = define(loss.GaussianFocal, func(e *example) []expr.Node {
	p, y, at := e.x[0], e.y[0], e.at[0]
	positive, alpha := e.want[0] == 1, e.args.Scalar("alpha")
	q, logRest, slope := p, func() expr.Node { return e.Log1p(e.Neg(p)) }, 1.
	if positive {
		q, logRest, slope, at = e.Sub(expr.One, p), func() expr.Node { return e.Log(p) }, -1, 1-at
	}
	right := at == 0 && e.at[0] == indicator(positive)
	wrong := e.at[0] == 1-indicator(positive)
	weight := expr.One
	if gamma := e.param("gamma"); !positive && y != expr.Zero && gamma != expr.Zero {
		weight = e.Exp(e.Mul(gamma, e.Log(e.Sub(expr.One, y))))
	}
	switch {
	case wrong:
		e.diverges(math.Inf(1))
		e.grad[0], e.byTarget[0] = math.Inf(int(slope)), math.Inf(-1)
		return []expr.Node{expr.Zero}
	case alpha == 0:
		return []expr.Node{e.Neg(e.Mul(weight, logRest()))}
	case right:
		e.steep = alpha <= 1 // of p^(α+1)
		return []expr.Node{expr.Zero}
	}
	return []expr.Node{e.Neg(e.Mul(weight, e.Mul(e.Exp(e.Mul(e.param("alpha"), e.Log(q))), logRest())))}
})
