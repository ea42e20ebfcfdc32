package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// |σ(z) − y|^β·BCE(z, y), with σ(z) − y in the form of aboveShare, which is exactly 0 at z = 0 and y = ½; for y in {0, 1}
// it is one sigmoid, whose power is e^(−β·sp(∓z)). At 0 a power above 1 is 0 with a slope of 0, the first one has a
// kink, and a smaller one has no slope.
var _ = define(loss.QualityFocal, func(e *example) []expr.Node {
	z, y := e.x[0], e.y[0]
	hard := e.want[0] == 0 || e.want[0] == 1
	if math.IsInf(e.at[0], 0) && !hard {
		e.diverges(math.Inf(1))
	}
	bce := e.Add(e.Mul(y, e.Softplus(e.Neg(z))), e.Mul(e.complement(y), e.Softplus(z)))
	beta, exponent := e.param("beta"), e.args.Scalar("beta")
	switch {
	case exponent == 0:
		return []expr.Node{bce}
	case y == expr.Zero:
		return []expr.Node{e.Mul(e.Exp(e.Neg(e.Mul(beta, e.Softplus(e.Neg(z))))), bce)}
	case y == expr.One:
		return []expr.Node{e.Mul(e.Exp(e.Neg(e.Mul(beta, e.Softplus(z)))), bce)}
	}
	apart := e.Abs(e.aboveShare(z, y))
	switch {
	case exponent == 1:
		return []expr.Node{e.Mul(apart, bce)}
	case exponent == 2:
		return []expr.Node{e.Mul(e.Mul(apart, apart), bce)}
	case e.at[0] == 0 && e.want[0] == 0.5:
		if exponent < 1 {
			e.grad[0], e.byTarget[0] = math.NaN(), math.NaN()
		}
		e.steep = exponent < 2
		return []expr.Node{expr.Zero}
	}
	return []expr.Node{e.Mul(e.Exp(e.Mul(beta, e.Log(apart))), bce)}
})

// aboveShare is σ(z) − y, as a quotient of numbers with one exponential, which is below 1: for z ≤ 0 it is
// (1 − 2y + (1−y)·(e^z − 1))/(1 + e^z), and for z > 0 (1 − 2y − y·(e^−z − 1))/(1 + e^−z).
func (e *example) aboveShare(z, y expr.Node) expr.Node {
	lean := e.Sub(e.complement(y), y)
	if e.at[0] <= 0 {
		tail := e.Expm1(z)
		return e.Quo(e.Add(lean, e.Mul(e.complement(y), tail)), e.Add(e.Const(2), tail))
	}
	tail := e.Expm1(e.Neg(z))
	return e.Quo(e.Sub(lean, e.Mul(y, tail)), e.Add(e.Const(2), tail))
}
