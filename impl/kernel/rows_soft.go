package kernel

import "math"

// Rows with distributions, and gradients by upstream vectors: one row after another, in
// double words. A row is read once for its largest score and once for its sums before
// anything is written, and once more for its gradients, each of which needs no other score;
// so these may be written over scores or distributions.

// A softRow is what is known of a row of scores.
type softRow struct {
	top   float64
	count int    // how many are at the top
	total double // sum of the exponentials
	near  float64
}

// newSoftRow finds the largest of a row. ok is false where the row has no limit, or holds
// NaN.
func newSoftRow[T Float](z []T) (r softRow, ok bool) {
	r.top = math.Inf(-1)
	for _, x := range z {
		x := float64(x)
		switch {
		case x != x:
			return r, false
		case x > r.top:
			r.top, r.count = x, 1
		case x == r.top:
			r.count++
		}
	}
	if r.top-r.top != 0 && (r.top < 0 || r.count > 1) {
		return r, false
	}
	var rest double
	for _, x := range z {
		if x := float64(x); x != r.top {
			rest = rest.plus(r.rowExponential(x))
		}
	}
	const one = 1 << spare64
	r.near = logRatio(rest.plus(word(float64(float64(r.count-1)*one))).float(), one)
	r.total = rest.plus(word(float64(float64(r.count) * one)))
	return r, true
}

func (r *softRow) rowExponential(z float64) double {
	switch {
	case z == r.top:
		return double{1 << spare64, 0}
	case r.top > math.MaxFloat64:
		return double{}
	}
	return exponentialDouble(z, r.top)
}

// A rowTarget is what a row is compared with, K times as large: t_k = weight_k·(own·y_k +
// even). So equal classes have equal weights exactly.
type rowTarget[T Float] struct {
	distribution []T // nil: label
	lift         float64
	label        int
	weight       []float64 // nil: 1
	own, even    double
}

// newTarget makes that of a distribution, or where there is none of a label.
func (p *Rowwise[T]) newTarget(distribution []T, label int) rowTarget[T] {
	mass := word(1)
	if distribution != nil {
		mass = double{}
		for _, y := range distribution {
			mass = mass.plus(p.lifted(y))
		}
	}
	epsilon := word(p.options.LabelSmoothing)
	return rowTarget[T]{
		distribution, p.lift, label, p.options.ClassWeight,
		word(1).plus(epsilon.neg()).times(word(float64(p.classes))),
		epsilon.times(mass),
	}
}

// at is K·t_k.
func (t *rowTarget[T]) at(k int) double {
	x := t.even
	switch {
	case t.distribution != nil:
		x = x.plus(t.own.times(word(t.lift * float64(t.distribution[k]))))
	case k == t.label:
		x = x.plus(t.own)
	}
	if t.weight != nil {
		x = x.times(word(t.weight[k]))
	}
	return x
}

// soft computes value and gradient of cross-entropy of one row. grad may be nil.
func (p *Rowwise[T]) soft(grad, pred []T, t rowTarget[T], scale float64) T {
	row, ok := newSoftRow(pred)
	if !ok || t.even.high != t.even.high {
		fill(grad, T(math.NaN()))
		return T(math.NaN())
	}
	classes := float64(p.classes)
	var far, total double
	for k, z := range pred {
		weight := t.at(k)
		total = total.plus(weight)
		if z := float64(z); z != row.top && weight.high != 0 {
			far = far.plus(product(weight, row.top, z))
		}
	}
	value := far.plus(total.times(word(row.near))).float() / classes
	if total.high == 0 {
		value = 0
	}
	if grad != nil {
		residual(&row, pred, total, t.at, func(k int, g float64) { grad[k] = T(g / classes * scale) })
	}
	return T(value)
}

// product is w·(top − z), where that difference may be out of range while the product is
// not.
func product(w double, top, z float64) double {
	gap, lost := twoSum(top, -z)
	if gap <= math.MaxFloat64 || z < -math.MaxFloat64 || top > math.MaxFloat64 {
		return w.times(normalized(gap, lost))
	}
	quarter := w.times(word(float64(top/4) - float64(z/4))).float()
	return word(4 * quarter)
}

// residual gives p_k·Σt − t_k for each class.
//
// That is (e_k·Σ_{i≠k} t_i − t_k·Σ_{i≠k} e_i)/Σe, for the class of a label minus the sum of the
// other probabilities. Of the classes N near the largest, where there are several, what remains
// is f = e − 1, and differences of t are taken first: with F the other classes,
//
//	(Σ_N (t_i−t_k) + Σ_F t_i + f_k·Σt − t_k·(Σ_N f_i + Σ_F e_i))/Σe
//
// which is right for equal t however small the scores.
func residual[T Float](r *softRow, z []T, total double, t func(k int) double, out func(k int, g float64)) {
	const one = 1 << spare64
	near := func(x T) bool { return r.top-float64(x) < 0.34 }
	many := 0 // of N
	var first, shift, far, remain double
	for k, x := range z {
		weight, e := t(k), r.rowExponential(float64(x))
		if !near(x) {
			far, remain = far.plus(weight), remain.plus(e)
			continue
		}
		if many++; many == 1 {
			first = weight
		}
		shift = shift.plus(weight.minus(first))
		remain = remain.plus(e.minus(word(one)))
	}
	for k, x := range z {
		e, weight := r.rowExponential(float64(x)), t(k)
		if many < 2 || !near(x) {
			g := e.times(total.minus(weight)).minus(weight.times(r.total.minus(e)))
			out(k, g.over(r.total).float())
			continue
		}
		g := shift.minus(word(float64(many)).times(weight.minus(first))).plus(far).times(word(one))
		g = g.plus(e.minus(word(one)).times(total).minus(weight.times(remain)))
		out(k, g.over(r.total).float())
	}
}

// fill makes every x the same.
func fill[T Float](xs []T, x T) {
	for k := range xs {
		xs[k] = x
	}
}

// softBlock is block for distributions, or for labels where they are smoothed and target is
// nil.
func (p *Rowwise[T]) softBlock(value, grad, pred, target []T, label []int, scale float64, sum *lanes) {
	n := p.classes
	for i := range len(pred) / n {
		t := 0
		if target == nil {
			t = label[i]
		}
		v, row := T(0), part(grad, i*n, (i+1)*n)
		if target == nil && p.ignored(t) {
			clear(row)
		} else {
			v = p.soft(row, pred[i*n:(i+1)*n], p.newTarget(part(target, i*n, (i+1)*n), t), scale)
		}
		if value != nil {
			value[i] = v
		}
		sum.add(i, float64(v), compensated[T]())
	}
}
