package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// α_t·(1−p_t)^γ·BCE(z, y) with p_t = p·y + (1−p)(1−y) and α_t = α·y + (1−α)(1−y), so
// that 1−p_t = y·σ(−z) + (1−y)·σ(z). For y in {0, 1} that is one sigmoid, σ(x) with
// x = ±z, whose power is e^(−γ·sp(−x)); the general power is e^(γ·log(1−p_t)).
//
// For a soft target 1−p_t stays above 0 at an infinite logit, and with it the factor of
// the infinite BCE, however small a large γ makes it.
var _ = define(loss.SigmoidFocal, func(e *example) []expr.Node {
	z, y := e.x[0], e.y[0]
	if math.IsInf(e.at[0], 0) && y != expr.Zero && y != expr.One {
		e.diverges(math.Inf(1))
	}
	not := e.complement(y)
	bce := e.Add(e.Mul(y, e.Softplus(e.Neg(z))), e.Mul(not, e.Softplus(z)))
	if e.args.On("alpha") {
		alpha := e.param("alpha")
		bce = e.Mul(e.Add(e.Mul(alpha, y), e.Mul(e.complement(alpha), not)), bce)
	}
	gamma := e.param("gamma")
	if gamma == expr.Zero {
		return []expr.Node{bce}
	}
	var logQ expr.Node
	switch {
	case y == expr.Zero:
		logQ = e.Neg(e.Softplus(e.Neg(z)))
	case not == expr.Zero:
		logQ = e.Neg(e.Softplus(z))
	default:
		logQ = e.Log(e.Add(e.Mul(y, e.Sigmoid(e.Neg(z))), e.Mul(not, e.Sigmoid(z))))
	}
	return []expr.Node{e.Mul(e.Exp(e.Mul(gamma, logQ)), bce)}
})
