package oracle

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// −α_t·(1−p_t)^γ·log p_t. With e^w = Σ_{k≠t} e^z_k / e^z_t the odds against class t,
// p_t = 1/(1+e^w) = σ(−w) and 1−p_t = σ(w), so that −log p_t = sp(w) and
// (1−p_t)^γ = e^(−γ·sp(−w)). A row of one class has p_t = 1 and value 0.
var _ = define(loss.SoftmaxFocal, func(e *example) []expr.Node {
	if e.noLimit() {
		return e.undefined()
	}
	if len(e.x) == 1 {
		return []expr.Node{expr.Zero}
	}
	w := e.Sub(e.logSumExpBut(e.t), e.x[e.t])
	weighted := e.Mul(e.class("alpha", e.t), e.Softplus(w))
	gamma := e.param("gamma")
	if gamma == expr.Zero {
		return []expr.Node{weighted}
	}
	return []expr.Node{e.Mul(e.Exp(e.Neg(e.Mul(gamma, e.Softplus(e.Neg(w))))), weighted)}
})

// logSumExpBut is log Σ_{k≠t} e^z_k = m + log(1 + S), with m the highest
// of those scores as a constant, and S = (e^(z_j−m) − 1) + Σ_{k≠t,j} e^(z_k−m) with j its
// class: the derivative by z_k is then
// e^(z_k−m)/(1+S) for the highest as well, a product that keeps its sign when what it is
// multiplied by underflows.
func (e *example) logSumExpBut(t int) expr.Node {
	j := e.highestBut(t)
	m := e.ConstBig(exact(e.at[j]))
	var terms []expr.Node
	for k, z := range e.x {
		switch k {
		case t:
		case j:
			terms = append(terms, e.Expm1(e.Sub(z, m)))
		default:
			terms = append(terms, e.Exp(e.Sub(z, m)))
		}
	}
	return e.Add(m, e.Log1p(e.Sum(terms...)))
}
