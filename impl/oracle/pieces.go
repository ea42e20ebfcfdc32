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
	*expr.Graph
	z    []expr.Node
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
func (e *example) softmax() *softmax { return e.softmaxFrom(e.x, e.highestBut(-1)) }

// softmaxFrom returns the softmax of any scores, of which j is the highest.
func (e *example) softmaxFrom(scores []expr.Node, j int) *softmax {
	s := &softmax{Graph: e.Graph, z: scores, j: j, exps: make([]expr.Node, len(scores))}
	var others []expr.Node
	for k, z := range scores {
		if k == j {
			s.exps[k] = expr.One
			continue
		}
		s.exps[k] = e.Exp(e.Sub(z, scores[j]))
		others = append(others, s.exps[k])
	}
	s.sum = e.Sum(others...)
	s.tail = e.Log1p(s.sum)
	return s
}

// logProbability is log p_k = (z_k − z_j) − log(1+S).
func (s *softmax) logProbability(k int) expr.Node {
	if k == s.j {
		return s.Neg(s.tail)
	}
	return s.Sub(s.Sub(s.z[k], s.z[s.j]), s.tail)
}

// probability is p_k = e_k/(1+S).
func (s *softmax) probability(k int) expr.Node {
	return s.Quo(s.exps[k], s.Add(expr.One, s.sum))
}

// logSum is log Σ e^z_k = z_j + log(1+S).
func (s *softmax) logSum() expr.Node { return s.Add(s.z[s.j], s.tail) }

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

// classWeight is the weight of class k, 1 where there are none.
func (e *example) classWeight(k int) expr.Node { return e.class(loss.ClassWeight.Name, k) }
