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
// Accuracy: level 3, 4·(1+κ) ulp, value and gradient, in float64 for u up to 2^40, for an exponential
// below e^-774 of the largest counts as 0. The value is within 4.1 ulp (float64: 5) whatever κ;
// 2.3·(1+κ) seen, and 0.5·(1+κ) of gradients (ci/worst).
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
// Accuracy: level 3, 4·(1+κ) ulp, value and gradient, as Softmax; the value within 2 ulp (float64: 3)
// whatever κ: both terms have one sign. 1.5·(1+κ) seen, and 0.7·(1+κ) of gradients (ci/worst).
//
// Method: (z_k−z_j) − log1p(Σ_{i≠j} e^(z_i−z_j)), j the largest score. Gradients as in
// Softmax.
//
// References: impl/loss has those of the formula.
func LogSoftmax[T Float](classes int) RowLink[T] { return newRowLink[T]("log_softmax", classes, true) }

func newRowLink[T Float](name string, classes int, logarithm bool) RowLink[T] {
	if classes < 1 || classes > mostClasses {
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
		top, one, others := s.sumChunks(p.tier, pred, exps)
		if p.logarithm {
			s.top[0], s.value[0] = top, T(logRatioFor[T](others, one))
			subtract(p.tier, 1, p.classes, value, pred, &s.rowBlock)
		} else {
			s.scaleChunks(p.tier, value, 1/(others+one)*(1/factorUnit))
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
			s.value[i] = T(logRatioFor[T](others, top))
		} else {
			factor := 1 / (others + top)
			s.factor[i], s.single[i] = factor*(1/factorUnit), T(factor)
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
		if !ok {
			fill(to, T(math.NaN()))
			continue
		}
		most := 0.0
		for _, x := range u {
			most = max(most, math.Abs(float64(x)))
		}
		power, exponent := lift(most)
		of := func(k int) float64 { return float64(power * float64(u[k])) }
		if p.logarithm {
			s := newScaling(-1, -exponent-spare64)
			b := balance{softRow: &row}
			for k, x := range z {
				b.take(k, float64(x), word(of(k)))
			}
			b.finish(1, s.mantissa)
			for k, x := range z {
				to[k] = T(0 + s.of(b.gradient(k, float64(x), word(of(k)))))
			}
			continue
		}
		s := newScaling(1, -exponent-2*spare64)
		d := deviation{softRow: &row}
		for k, x := range z {
			d.take(float64(x), of(k))
		}
		row.finish()
		total := row.total.scaled(1.0 / (1 << spare64))
		d.divisor = total.times(total).over(word(s.mantissa))
		for k, x := range z {
			to[k] = T(s.of(d.gradient(float64(x), of(k))))
		}
	}
}

// A deviation is p_k·(u_k − Σ p_i·u_i) for each class of a row, e_k·Σ e_i·(u_k−u_i)/(Σe)². Sums are
// of differences from the u of one class of N, v, and from that of one of the others F, w. With the
// exponential of 0 taken out,
//
//	Σ e_i·(u_k−u_i) = Σ_N (v_k−v_i) + Σ_N f_i·(v_k−v_i) + Σ_F e_i·(w_k−w_i)
//
// So equal u give 0, and scores next to 0 count by what they differ from it.
type deviation struct {
	*softRow
	first, outer           float64 // u of the first class of N, and of the largest of F
	most                   float64 // exponential of the latter
	shift, slope, distance double  // Σ_N v_i, Σ_N f_i·v_i, Σ_F e_i·w_i
	divisor                double  // of results
}

// take adds a class to the sums.
func (d *deviation) take(z, u float64) {
	before := d.far
	e := d.add(z)
	switch {
	case e.near && d.many == 1:
		d.first = u
	case e.near:
		v := apart(u, d.first)
		d.shift = d.shift.plus(v)
		d.slope = d.slope.plus(v.by(e.f))
	default:
		x := e.double()
		if x.high > d.most {
			d.distance = d.distance.plus(before.times(apart(d.outer, u)))
			d.most, d.outer = x.high, u
		}
		d.distance = d.distance.plus(x.times(apart(u, d.outer)))
	}
}

// gradient is that of a class.
func (d *deviation) gradient(z, u float64) float64 {
	v := apart(u, d.first)
	g := v.by(float64(d.many)).minus(d.shift).plus(v.times(d.bend)).minus(d.slope).scaled(d.unit)
	g = g.plus(d.far.times(apart(u, d.outer))).minus(d.distance)
	e := d.exponential(z)
	return g.times(e.double()).over(d.divisor).float()
}

// apart is a − b.
func apart(a, b float64) double {
	high, low := twoSum(a, -b)
	return double{high, low}
}

// check panics unless all lengths fit.
func (p *RowLink[T]) check(pred, other, out []T) {
	if len(pred)%p.classes == 0 && len(other) == len(pred) && len(out) == len(pred) {
		return
	}
	panic(fmt.Sprintf("kernel: %s of %d classes: lengths %d, %d, %d", p.name, p.classes, len(pred), len(other), len(out)))
}
