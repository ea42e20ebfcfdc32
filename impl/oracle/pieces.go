package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// A softmax holds what is common to the functions of a row of scores: with j the
// index of the highest score, e_k = e^(z_k − z_j) and S = Σ_{k≠j} e_k, so that
// Σ_k e^z_k = e^z_j·(1+S). The identities hold for every j.
type softmax struct {
	e    *example
	j    int
	exps []expr.Node // e_k; the constant 1 for k = j
	sum  expr.Node   // S
	tail expr.Node   // log(1+S)
}

// highestBut returns the class of the highest score other than class t; −1 leaves out
// none.
func (e *example) highestBut(t int) int {
	j := -1
	for k, v := range e.at {
		if k != t && (j < 0 || v > e.at[j]) {
			j = k
		}
	}
	return j
}

// softmax returns the softmax of the scores.
func (e *example) softmax() *softmax {
	s := &softmax{e: e, j: e.highestBut(-1)}
	s.exps = make([]expr.Node, len(e.x))
	var others []expr.Node
	for k, z := range e.x {
		if k == s.j {
			s.exps[k] = expr.One
			continue
		}
		s.exps[k] = e.Exp(e.Sub(z, e.x[s.j]))
		others = append(others, s.exps[k])
	}
	s.sum = e.Sum(others...)
	s.tail = e.Log1p(s.sum)
	return s
}

// negLog is −log p_k = (z_j − z_k) + log(1+S).
func (s *softmax) negLog(k int) expr.Node {
	if k == s.j {
		return s.tail
	}
	return s.e.Add(s.e.Sub(s.e.x[s.j], s.e.x[k]), s.tail)
}

// probability is p_k = e_k/(1+S).
func (s *softmax) probability(k int) expr.Node {
	return s.e.Quo(s.exps[k], s.e.Add(expr.One, s.sum))
}

// noLimit reports whether a function of softmax has no limit at these scores: no
// finite score sets the scale when several are +Inf, or all are −Inf.
func (e *example) noLimit() bool {
	up, down := 0, 0
	for _, v := range e.at {
		if math.IsInf(v, 1) {
			up++
		}
		if math.IsInf(v, -1) {
			down++
		}
	}
	return up > 1 || down == len(e.at)
}

// clipped is prediction i under the convention probability_clip: the number itself,
// or the constant end of the interval, whose derivative is 0.
func (e *example) clipped(i int) (p expr.Node, v float64) {
	low, high := e.args.ClipInterval()
	switch v := e.at[i]; {
	case v < low:
		return e.Const(low), low
	case v > high:
		return e.Const(high), high
	default:
		return e.x[i], v
	}
}

// surprisal is −w·log q for a probability q that is 0 where zero says so. A term of
// weight exactly 0 is absent. Where q is 0 the value is +Inf, ∂/∂x_i the infinity with
// the sign of −∂q/∂x_i, given as slope, and ∂/∂y_i that with the sign of ∂w/∂y_i, which
// is the same: y weighs log x, and 1−y weighs log(1−x).
func (e *example) surprisal(w expr.Node, log func() expr.Node, zero bool, i int, slope float64) expr.Node {
	if w == expr.Zero {
		return expr.Zero
	}
	if zero {
		e.diverges(math.Inf(1))
		e.grad[i] = math.Inf(int(-slope))
		e.byTarget[i] = math.Inf(int(slope))
		return expr.Zero
	}
	return e.Neg(e.Mul(w, log()))
}

// targetDistribution is the target as K numbers, smoothed: y′_k = (1−ε)·y_k + ε·Σy/K.
func (e *example) targetDistribution() []expr.Node {
	epsilon := e.args.Scalar("label_smoothing")
	if epsilon == 0 {
		return e.y
	}
	keep := e.complement(e.param("label_smoothing"))
	total := expr.One
	if e.t < 0 {
		total = e.Sum(e.y...)
	}
	spread := e.Quo(e.Mul(e.Const(epsilon), total), e.Const(float64(len(e.y))))
	smoothed := make([]expr.Node, len(e.y))
	for k, y := range e.y {
		smoothed[k] = e.Add(e.Mul(keep, y), spread)
	}
	return smoothed
}

// classWeight is the weight of class k, 1 where there are none.
func (e *example) classWeight(k int) expr.Node { return e.class(loss.ClassWeight.Name, k) }
