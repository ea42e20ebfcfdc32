package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// y·(1−σ)^γ₊·(−log σ) + (1−y)·u^γ₋·(−log(1−u)), u = max(σ − m, 0), the power a constant of the gradient by convention. σ − m is
// in the form of aboveShare; without a clip 1 − u is σ(−z).
var _ = define(loss.Asymmetric, func(e *example) []expr.Node {
	z, y := e.x[0], e.y[0]
	power := func(p expr.Node) expr.Node {
		if e.args.Convention("modulator") == "constant" {
			return e.Stop(p)
		}
		return p
	}
	focal := func(x, gamma expr.Node) expr.Node { // σ(x)^γ·sp(x)
		return e.Mul(power(e.Exp(e.Neg(e.Mul(gamma, e.Softplus(e.Neg(x)))))), e.Softplus(x))
	}
	var terms []expr.Node
	if y != expr.Zero {
		terms = append(terms, e.Mul(y, focal(e.Neg(z), e.param("gamma_pos"))))
	}
	if gamma, clip := e.param("gamma_neg"), e.param("clip"); y == expr.One {
	} else if clip == expr.Zero {
		terms = append(terms, e.Mul(e.complement(y), focal(z, gamma)))
	} else {
		u := e.aboveShare(z, clip)
		side := e.side(u)
		value := e.Neg(e.Log1p(e.Neg(u)))
		switch {
		case side < 0 || side == 0 && gamma != expr.Zero: // and so is the slope
			value, e.steep = expr.Zero, side == 0 && e.args.Scalar("gamma_neg") <= 1
		case side == 0:
			value = e.If(u, value, expr.Zero)
		case gamma != expr.Zero:
			value = e.Mul(power(e.Exp(e.Mul(gamma, e.Log(u)))), value)
		}
		terms = append(terms, e.Mul(e.complement(y), value))
	}
	return []expr.Node{e.Sum(terms...)}
})

// side is the sign of a number that a few hundred digits tell from 0, unless it is 0.
func (e *example) side(n expr.Node) int {
	for prec := uint(firstPrec); ; prec *= 2 {
		if order, certain := e.Evaluate(prec).Value(n).Compare(interval.FromInt(0)); certain || prec > 1024 {
			return order
		}
	}
}
