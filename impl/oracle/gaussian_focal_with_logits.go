package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// (1−σ)^α·(−log σ) for y = 1 and (1−y)^γ·σ^α·(−log(1−σ)) for y < 1. At an infinite logit on the wrong side the loss is infinite,
// however small (1−y)^γ is.
var _ = define(loss.GaussianFocalWithLogits, func(e *example) []expr.Node {
	x, weight := e.x[0], expr.One
	if e.want[0] == 1 {
		x = e.Neg(x)
	} else if gamma := e.param("gamma"); e.y[0] != expr.Zero && gamma != expr.Zero {
		weight = e.Exp(e.Mul(gamma, e.Log(e.Sub(expr.One, e.y[0]))))
	}
	if e.want[0] < 1 && math.IsInf(e.at[0], 1) {
		e.diverges(math.Inf(1))
	}
	power := e.Exp(e.Neg(e.Mul(e.param("alpha"), e.Softplus(e.Neg(x)))))
	return []expr.Node{e.Mul(weight, e.Mul(power, e.Softplus(x)))}
})
