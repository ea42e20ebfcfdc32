package kernel

import (
	"fmt"
	"math"
)

// A RowLink is a kernel of a link that makes K numbers of the K scores of a row. Its value
// may be written over the scores, and its gradient over the scores or the upstream numbers.
// The zero RowLink is not one; constructors are named for their links.
type RowLink[T Float] struct {
	name      string
	classes   int
	logarithm bool
	tier      Tier
}

// Softmax makes rows of K logits rows of probabilities.
//
// Formula: p_k = e^z_k/Σ e^z_i.
//
// Gradient: ∂(Σ u_i·p_i)/∂z_k = p_k·(u_k − Σ p_i·u_i), u upstream.
//
// Domain: z any numbers or infinities, u finite numbers.
//
// Special cases:
//
//	a single +Inf logit has p_k = 1, all others +0; gradient 0
//	a −Inf logit has p_k = +0, gradient 0
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	a NaN logit makes its row NaN
//	K = 1: p_k = 1, gradient 0
//
// Accuracy: level 3, 4·(1+κ) ulp, value and gradient; the value within 4.1 ulp (float64: 5)
// whatever κ.
//
// Method: exponentials and sums are those of CrossEntropy. Gradients are computed in double
// words, one number after another, in the same way in every tier.
//
// References: impl/loss has those of the formula.
func Softmax[T Float](classes int) RowLink[T] { return newRowLink[T]("softmax", classes, false) }

// LogSoftmax is the logarithm of Softmax, in nats.
//
// Formula: v_k = z_k − lse(z).
//
// Gradient: ∂(Σ u_i·v_i)/∂z_k = u_k − p_k·Σ u_i, p = softmax(z), u upstream.
//
// Domain: z any numbers or infinities, u finite numbers.
//
// Special cases:
//
//	a single +Inf logit has v_k = +0, all others −Inf
//	a −Inf logit has v_k = −Inf, gradient u_k
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	a NaN logit makes its row NaN
//	K = 1: v_k = +0, gradient 0
//
// Accuracy: level 3, 4·(1+κ) ulp, value and gradient; the value within 2 ulp (float64: 4)
// whatever κ: both terms have one sign.
//
// Method: (z_k−z_j) − log1p(Σ_{i≠j} e^(z_i−z_j)), j the largest score. Gradients as in
// Softmax.
//
// References: impl/loss has those of the formula.
func LogSoftmax[T Float](classes int) RowLink[T] { return newRowLink[T]("log_softmax", classes, true) }

func newRowLink[T Float](name string, classes int, logarithm bool) RowLink[T] {
	if classes < 1 {
		panic(fmt.Sprintf("kernel: %s: number of classes %d", name, classes))
	}
	return RowLink[T]{name, classes, logarithm, best}
}

// In is the kernel in a tier. It panics where the processor has no such tier.
func (p RowLink[T]) In(t Tier) RowLink[T] {
	t.check()
	p.tier = t
	return p
}

// Value writes the K values of each row.
func (p RowLink[T]) Value(value, pred []T) {
	p.check(pred, value, pred)
	var work rowWork[T]
	p.values(value, pred, &work)
}

// values computes rows, a block at a time.
func (p *RowLink[T]) values(value, pred []T, s *rowWork[T]) {
	block := rowsPerBlock[T](p.classes)
	for at, rows := 0, len(pred)/p.classes; at < rows; at += block {
		n := min(block, rows-at)
		lo, hi := at*p.classes, (at+n)*p.classes
		p.block(n, value[lo:hi], pred[lo:hi], s)
	}
}

func (p *RowLink[T]) block(rows int, value, pred []T, s *rowWork[T]) {
	exps := value
	if p.logarithm {
		exps = nil
	}
	vector := &rowKernelsOf[T]().vector[p.tier]
	inTiles := p.classes < fewClasses && vector.tile != nil
	switch {
	case p.classes > chunk:
		top, others := s.sumChunks(p.tier, pred, exps)
		one := float64(one[T]())
		if p.logarithm {
			s.top[0], s.value[0] = top, T(logRatio(others, one))
			subtract(p.tier, 1, p.classes, value, pred, &s.rowBlock)
		} else {
			s.scaleChunks(p.tier, value, 1/(others+one))
		}
		return
	case inTiles:
		s.fillTiles(vector, rows, p.classes, pred)
	default:
		exponentials(p.tier, rows, p.classes, pred, exps, &s.rowBlock)
	}
	for i := range rows {
		r := newReference(s.top[i])
		top := float64(exponentialAt(r.top, &r))
		others := s.others(i, top)
		if p.logarithm {
			s.value[i] = T(logRatio(others, top))
		} else {
			s.factor[i] = 1 / (others + top)
			s.single[i] = T(s.factor[i])
		}
	}
	switch {
	case p.logarithm:
		subtract(p.tier, rows, p.classes, value, pred, &s.rowBlock)
	case inTiles:
		s.emptyTiles(vector, rows, p.classes, value)
	default:
		scaleRows(p.tier, rows, p.classes, value, &s.rowBlock)
	}
}

// subtract writes (z − top) − value for each row: no logarithm of a sum is added to top
// before that is subtracted. What is at the top has z − top = 0, even where it is infinite.
func subtract[T Float](tier Tier, rows, classes int, out, logits []T, s *rowBlock[T]) {
	if f := rowKernelsOf[T]().vector[tier].subtract; f != nil {
		f(rows, classes, data(logits), data(out), hidden(&s.top[0]), hidden(&s.value[0]))
		return
	}
	for i := range rows {
		top, near := s.top[i], s.value[i]
		to := out[i*classes : (i+1)*classes]
		for k, z := range logits[i*classes : (i+1)*classes] {
			d := z - top
			if z == top {
				d = 0
			}
			to[k] = d - near
		}
	}
}

// Grad writes the derivative of Σ upstream·value by the scores of each row.
func (p RowLink[T]) Grad(grad, pred, upstream []T) {
	p.check(pred, upstream, grad)
	p.grads(grad, pred, upstream)
}

// grads computes rows, one after another.
func (p *RowLink[T]) grads(grad, pred, upstream []T) {
	for at := 0; at < len(pred); at += p.classes {
		z, u, to := pred[at:at+p.classes], upstream[at:at+p.classes], grad[at:at+p.classes]
		row, ok := newSoftRow(z)
		switch {
		case !ok:
			fill(to, T(math.NaN()))
		case p.logarithm:
			var total double
			for _, x := range u {
				total = total.plus(word(float64(x)))
			}
			of := func(k int) double { return word(float64(u[k])) }
			residual(&row, z, total, of, func(k int, g float64) { to[k] = T(0 - g) })
		default:
			centred(&row, z, u, to)
		}
	}
}

// centred writes p_k·(u_k − Σ p_i·u_i), as e_k·(v_k·Σe − Σ e_i·v_i)/(Σe)² with v the
// differences from the u at the top: equal u give 0, and of what is at the top nothing is
// left but the terms of the others.
func centred[T Float](r *softRow, z, u, out []T) {
	var first, mean double
	for k, x := range z {
		if float64(x) == r.top {
			first = word(float64(u[k]))
		}
	}
	for k, x := range z {
		mean = mean.plus(r.rowExponential(float64(x)).times(word(float64(u[k])).minus(first)))
	}
	for k, x := range z {
		above := word(float64(u[k])).minus(first).times(r.total).minus(mean)
		out[k] = T(above.over(r.total).times(r.rowExponential(float64(x))).over(r.total).float()) // p_k alone may be out of range
	}
}

// check panics unless all lengths fit.
func (p *RowLink[T]) check(pred, other, out []T) {
	if len(pred)%p.classes == 0 && len(other) == len(pred) && len(out) == len(pred) {
		return
	}
	panic(fmt.Sprintf("kernel: %s of %d classes: lengths %d, %d, %d", p.name, p.classes, len(pred), len(other), len(out)))
}
