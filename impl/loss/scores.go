package loss

import (
	"cmp"
	"math"
	"math/big"
	"slices"
)

// scores is what the row losses on logits share: the row as its differences from the
// highest score, in which a common offset has cancelled exactly, before any exponential.
//
// With t the index of the highest score, exp[k] = e^(z_k−z_t), rest = Σ_{k≠t} exp[k] and
// total = 1 + rest, the probability of class k is exp[k]/total and its negative
// log-likelihood gap[k] + log1p(rest), a sum of non-negative terms.
type scores struct {
	top         int
	gap         []wide // z_t − z_k ≥ 0
	exp         []wide
	rest, total wide
	logTotal    wide // log1p(rest)
}

// newScores returns the scores of a row. Where the row has no limit (two or more +Inf,
// or nothing but −Inf) ok is false. A single +Inf is a point mass.
func newScores(z []float64) (s *scores, ok bool) {
	s = &scores{top: highest(z), gap: make([]wide, len(z)), exp: make([]wide, len(z))}
	top := z[s.top]
	if math.IsInf(top, -1) {
		return s, false
	}
	for k, x := range z {
		switch {
		case k == s.top:
			s.exp[k] = num(1)
			continue
		case math.IsInf(x, 1):
			return s, false
		}
		s.gap[k] = sub(num(top), num(x))
		s.exp[k] = exponential(neg(s.gap[k]))
		s.rest = plus(s.rest, s.exp[k])
	}
	s.total = plus(num(1), s.rest)
	s.logTotal = log1p(s.rest)
	return s, true
}

// highest returns the index of the first of the highest scores.
func highest(z []float64) int {
	top := 0
	for k := range z {
		if z[k] > z[top] {
			top = k
		}
	}
	return top
}

// probability returns softmax(z)_k.
func (s *scores) probability(k int) wide { return div(s.exp[k], s.total) }

// surprise returns −log softmax(z)_k.
func (s *scores) surprise(k int) wide { return plus(s.gap[k], s.logTotal) }

// residual returns p_k·Σt − t_k for every class k: the gradient of Σ t_k·surprise(k).
//
// That is (e_k·Σ_{i≠k} t_i − t_k·Σ_{i≠k} e_i)/total, which for the class of a label is −(the
// sum of the other probabilities), and never 1 − p. Of the classes N whose e is 1 or next to
// it, where there are several, what remains is f = e − 1, and the difference of the weights is
// taken first: with F the other classes,
//
//	(Σ_N (t_i−t_k) + Σ_F t_i + f_k·Σt − t_k·(Σ_N f_i + Σ_F e_i))/total
//
// which is right for equal t however small the logits.
func (s *scores) residual(t []wide) []wide {
	out := make([]wide, len(t))
	near := func(k int) bool { return s.gap[k].exp < 0 || s.gap[k].zero() }
	less := make([]wide, len(t))
	var many float64 // of N
	var shift, far, total, remain wide
	for k := range t {
		total = plus(total, t[k])
		if !near(k) {
			far, remain = plus(far, t[k]), plus(remain, s.exp[k])
			continue
		}
		many++
		if !s.gap[k].zero() {
			less[k] = expm1(neg(s.gap[k]))
		}
		shift = plus(shift, sub(t[k], t[s.top]))
		remain = plus(remain, less[k])
	}
	others, otherExp := exclusiveSums(t), exclusiveSums(s.exp)
	for k := range t {
		if many > 1 && near(k) {
			weights := plus(sub(shift, mul(num(many), sub(t[k], t[s.top]))), far)
			out[k] = div(add(weights, sub(mul(less[k], total), mul(t[k], remain))), s.total)
			continue
		}
		out[k] = div(sub(mul(s.exp[k], others[k]), mul(t[k], otherExp[k])), s.total)
	}
	return out
}

// exclusiveSums returns Σ_{i≠k} x_i for every k, without a subtraction.
func exclusiveSums(x []wide) []wide {
	sums := make([]wide, len(x))
	var before, after wide
	for k := range x {
		sums[k] = before
		before = plus(before, x[k])
	}
	for k := len(x) - 1; k >= 0; k-- {
		sums[k] = plus(sums[k], after)
		after = plus(after, x[k])
	}
	return sums
}

// centred returns v_k − Σ p_i·v_i for every class k, where p is e over its sum total.
//
// It is Σ p_i·(v_k − v_i). The result is exactly 0 where all v are equal.
func centred(e []wide, total wide, v []float64) []wide {
	out := differences(e, nums(v))
	for k := range out {
		out[k] = div(out[k], total)
	}
	return out
}

// centredScores is centred for the probabilities of the scores z, right also where those of the
// scores next to 0 cancel: there a condition number does not excuse the last digits of an
// exponential, however far below the highest score they lie. With N the scores next to 0 and
// f_i = e^z_i − 1, their part is
//
//	e^−z_t·(Σ_N (v_k − v_i) + Σ_N f_i·(v_k − v_i))
//
// whose first sum is exact.
func (s *scores) centredScores(z, v []float64) []wide {
	far, above, below := slices.Clone(s.exp), make([]wide, len(z)), make([]wide, len(z))
	var near float64
	sum := new(big.Float).SetPrec(exactBits) // Σ_N v_i
	for k, x := range z {
		if math.Abs(x) >= 0.5 {
			continue
		}
		near++
		sum.Add(sum, big.NewFloat(v[k]))
		far[k] = wide{}
		if f := expm1(num(x)); x > 0 {
			above[k] = f
		} else {
			below[k] = neg(f)
		}
	}
	if near < 2 {
		return centred(s.exp, s.total, v)
	}
	at := nums(v)
	out, up, down, base := differences(far, at), differences(above, at), differences(below, at), exponential(neg(num(z[s.top])))
	for k := range out {
		exact := new(big.Float).SetPrec(exactBits).Mul(big.NewFloat(near), big.NewFloat(v[k]))
		part := add(exactly(exact.Sub(exact, sum)), sub(up[k], down[k]))
		out[k] = div(plus(out[k], mul(base, part)), s.total)
	}
	return out
}

// differences returns Σ e_i·(v_k − v_i) for every class k, and no e negative. It is split into
// the terms where v_i is below v_k and those where it is above; each part grows by non-negative
// steps as v_k goes through the v in order.
func differences(e, v []wide) []wide {
	order := make([]int, len(v))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(sub(v[i], v[j]).hi, 0) })
	out := make([]wide, len(v))
	sweep := func() {
		var mass, moment wide
		for n, k := range order {
			if n > 0 {
				step := sub(v[k], v[order[n-1]])
				moment = plus(moment, mul(mass, step))
			}
			out[k] = plus(out[k], moment)
			mass = plus(mass, e[k])
		}
	}
	sweep()
	slices.Reverse(order)
	sweep() // the steps are negative now, and so are the moments
	return out
}
