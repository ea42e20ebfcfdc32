package kernel

import "math"

// Rows with distributions, and gradients by upstream vectors: one row after another, in
// double words. A row is read once for its largest score and once for its sums before
// anything is written, and once more for its gradients, each of which needs no other score;
// so these may be written over scores or distributions.
//
// # Accuracy
//
// Exponentials are relative to 0, or where the largest score is far from 0 to that, as in
// row_exponential.go. e^z has an error of 2^-53·|z|: it is the exponential of a score that
// differs by less than its last bit, and κ counts that. What follows from there has the error
// of double words, 2^-100 of what is added.
//
// That is too much in two places. Scores next to 0 may cancel, and κ does not count it: of the
// classes N next to 0 what remains is f = e^z − 1, and the differences of their targets are taken
// before f counts. And what all classes but one have in common may be far below that one: sums
// without the class that has most of them are sums of their own.
//
// Targets, weights, numbers from upstream and scales are brought near 1 by powers of two, which
// are multiplied in last: nothing but the result leaves the range.

// A softRow is what is known of a row of scores.
type softRow struct {
	reference[float64]
	largest     float64
	ties        int     // how many are the largest
	one         double  // exponential of the largest
	rest, total double  // exponentials but those of the largest, and all
	near        float64 // log(total/one), times 2^raised
	raised      int

	many      int     // of N
	unit      float64 // exponential of 0, a power of two, where there is one of N
	bend, far double  // Σ f of N, and exponentials of the others
}

// newSoftRow finds the largest of a row. ok is false where the row has no limit, or holds
// NaN.
func newSoftRow[T Float](z []T) (r softRow, ok bool) {
	r.largest = math.Inf(-1)
	for _, x := range z {
		x := float64(x)
		switch {
		case x != x:
			return r, false
		case x > r.largest:
			r.largest, r.ties = x, 1
		case x == r.largest:
			r.ties++
		}
	}
	if r.largest-r.largest != 0 && (r.largest < 0 || r.ties > 1) {
		return r, false
	}
	r.reference = reference64(r.largest)
	return r, true
}

// A softExponential is e^z relative to the row, power·(1+f).
type softExponential struct {
	power, f, lost float64 // and what rounding lost of f
	near           bool    // one of N
}

func (r *softRow) exponential(z float64) (e softExponential) {
	x := z - r.base
	if z == r.largest {
		x = r.top // where that is infinite too
	}
	if x < r.floor {
		return e
	}
	t := float64(x*log2E64) + r.shift
	n := t - r.shift
	above, below := x-float64(n*rowLn2High64), float64(n*rowLn2Low64)
	s := above - below
	e.f = s + float64(float64(s*s)*taylor64(s))
	e.lost = (above - s) - below
	e.power = math.Float64frombits(math.Float64bits(t) << 52)
	e.near = n == 0
	return e
}

func (e *softExponential) double() double {
	high, low := quickTwoSum(1, e.f)
	return normalized(float64(high*e.power), float64((low+float64(e.lost*high))*e.power))
}

// add adds a class to the sums.
func (r *softRow) add(z float64) (e softExponential) {
	e = r.exponential(z)
	d := e.double()
	if z == r.largest {
		r.one = d
	} else {
		r.rest = r.rest.plus(d)
	}
	if e.near {
		r.many, r.unit = r.many+1, e.power
		r.bend = r.bend.add(e.f)
	} else {
		r.far = r.far.plus(d)
	}
	return e
}

// finish makes of the sums what needs all classes.
func (r *softRow) finish() {
	others := r.rest.plus(r.one.by(float64(r.ties - 1)))
	r.total = others.plus(r.one)
	a, b := others.float(), r.one.float()
	if a < float64(b*0x1p-200) { // the logarithm of 1+a/b is a/b
		a, r.raised = a*0x1p128, 128
	}
	r.near = fineLogRatio(a, b)
}

// but is the sum of all exponentials but that of a class.
func (r *softRow) but(z float64, e double) double {
	if z == r.largest && r.ties == 1 {
		return r.rest
	}
	return r.total.minus(e)
}

// A scaling is a number that results are multiplied by, which may be out of range while what it
// makes is not.
type scaling struct{ mantissa, first, second float64 } // the latter are powers of two

// newScaling is scale·2^exponent.
func newScaling(scale float64, exponent int) scaling {
	if scale == 0 || scale-scale != 0 {
		return scaling{1, 1, scale}
	}
	mantissa, e := math.Frexp(scale)
	exponent = max(-2000, min(exponent+e, 2000))
	return scaling{mantissa, math.Ldexp(1, exponent/2), math.Ldexp(1, exponent-exponent/2)}
}

// of is x, into which the mantissa has been multiplied, with the powers.
func (s *scaling) of(x float64) float64 { return float64(float64(x*s.first) * s.second) }

// A rowTarget is what a row is compared with: t_k = weight_k·(own·y_k + even), which is divisor
// times the target, K times where labels are smoothed, so that equal classes have equal targets
// exactly. All are multiplied by 2^exponent.
type rowTarget[T Float] struct {
	distribution []T // nil: label
	lift         float64
	label        int
	weight       []float64 // nil: 1
	unit         float64   // of weights
	own, even    double
	divisor      float64
	exponent     int
}

// lift is the power of two that brings numbers of which this is the largest to where products of
// several are in range and have all their digits, and its exponent.
func lift(largest float64) (power float64, exponent int) {
	const middle, most = 200, 1000
	if largest > 0 && largest <= math.MaxFloat64 {
		_, e := math.Frexp(largest)
		exponent = min(middle-e, most)
	}
	return math.Ldexp(1, exponent), exponent
}

const (
	vastExponent = 500
	vastScore    = 0x1p500 // beyond it products of scores and targets may be out of range
)

// newTarget makes that of a distribution, or where there is none of a label.
func (p *Rowwise[T]) newTarget(distribution []T, label int) rowTarget[T] {
	t := rowTarget[T]{distribution: distribution, lift: 1, label: label, weight: p.options.ClassWeight, own: word(1), divisor: 1}
	mass := word(1)
	if distribution != nil {
		t.lift, t.exponent = lift(float64(largest(distribution)))
		mass = double{}
	}
	if t.weight != nil {
		power, exponent := lift(p.heaviest)
		t.unit, t.exponent = power, t.exponent+exponent
	}
	if epsilon := p.options.LabelSmoothing; epsilon != 0 {
		for _, y := range distribution {
			mass = mass.add(float64(t.lift * float64(y)))
		}
		t.divisor = float64(p.classes)
		t.own = word(1).add(-epsilon).by(t.divisor)
		t.even = mass.by(epsilon)
	}
	return t
}

// at is t_k.
func (t *rowTarget[T]) at(k int) (x double) {
	x = t.even
	switch {
	case t.distribution != nil:
		y := float64(t.lift * float64(t.distribution[k]))
		x = x.plus(t.own.by(y))
	case k == t.label:
		x = x.plus(t.own)
	}
	if t.weight != nil {
		x = x.by(float64(t.unit * t.weight[k]))
	}
	return x
}

// A balance is p_k·Σt − t_k for each class of a row, where t may be any numbers.
//
// That is (e_k·Σ_{i≠k} t_i − t_k·Σ_{i≠k} e_i)/Σe. For a class of N, where there are several, with F
// the other classes and u the exponential of 0, it is
//
//	(u·(Σ_N (t_i−t_k) + Σ_F t_i + f_k·Σt − t_k·Σ_N f_i) − t_k·Σ_F e_i)/Σe
//
// of which nothing is left where all t and all scores are equal.
type balance struct {
	*softRow
	first, shift double // t of the first class of N, and Σ_N (t_i−first)
	beyond       double // Σ_F t_i
	most, less   double // t of the class that has the largest, and the sum of the others
	at           int    // that class
	sum          double
	divisor      double // of results
}

// take adds class k to the sums.
func (b *balance) take(k int, z float64, t double) {
	e := b.add(z)
	if math.Abs(t.high) > math.Abs(b.most.high) {
		b.less = b.less.plus(b.most)
		b.most, b.at = t, k
	} else {
		b.less = b.less.plus(t)
	}
	switch {
	case !e.near:
		b.beyond = b.beyond.plus(t)
	case b.many == 1:
		b.first = t
	default:
		b.shift = b.shift.plus(t.minus(b.first))
	}
}

// finish makes of the sums what needs all classes. Gradients are multiplied by 2^spare64·mantissa
// and divided by divisor.
func (b *balance) finish(divisor, mantissa float64) {
	b.softRow.finish()
	b.sum = b.less.plus(b.most)
	b.divisor = b.total.scaled(1.0 / (1 << spare64)).by(divisor).over(word(mantissa))
}

// gradient is that of class k.
func (b *balance) gradient(k int, z float64, t double) float64 {
	e := b.exponential(z)
	if e.near && b.many > 1 {
		g := b.shift.minus(t.minus(b.first).by(float64(b.many))).plus(b.beyond)
		g = g.plus(b.sum.by(e.f)).minus(t.times(b.bend))
		return g.scaled(b.unit).minus(t.times(b.far)).over(b.divisor).float()
	}
	d, others := e.double(), b.less
	if k != b.at {
		others = b.sum.minus(t)
	}
	return d.times(others).minus(t.times(b.but(z, d))).over(b.divisor).float()
}

// soft computes value and gradient of cross-entropy of one row. grad may be nil.
func (p *Rowwise[T]) soft(grad, pred []T, t rowTarget[T], scale float64) T {
	row, ok := newSoftRow(pred)
	if !ok {
		fill(grad, T(math.NaN()))
		return T(math.NaN())
	}
	b := balance{softRow: &row}
	var gaps, vast double // Σ t_k·(top − z_k), and those that may be out of range, divided by vastScore
	infinite := false
	for k, z := range pred {
		z, weight := float64(z), t.at(k)
		b.take(k, z, weight)
		switch {
		case z == row.largest || weight.high == 0:
		case row.largest > vastScore || z < -vastScore:
			gap, lost := twoSum(row.largest/vastScore, -z/vastScore)
			if infinite = infinite || gap > math.MaxFloat64; !infinite {
				vast = vast.plus(weight.times(double{gap, lost}))
			}
		default:
			gap, lost := twoSum(row.largest, -z)
			gaps = gaps.plus(weight.times(double{gap, lost}))
		}
	}
	s := newScaling(scale, p.lifted-t.exponent-spare64)
	b.finish(t.divisor, s.mantissa)
	if grad != nil {
		for k, z := range pred {
			grad[k] = T(s.of(b.gradient(k, float64(z), t.at(k))))
		}
	}

	exponent, near := p.lifted-t.exponent-row.raised, row.near
	switch {
	case infinite:
		return T(math.Inf(1))
	case vast.high != 0:
		exponent += row.raised + vastExponent
		gaps, near = vast.plus(gaps.scaled(1/vastScore)), near/vastScore
	case row.raised != 0 && gaps.high > float64(b.sum.high*0x1p-100): // beside which near is nothing
		exponent, near = exponent+row.raised, 0
	case row.raised != 0:
		gaps = gaps.scaled(0x1p128)
	}
	value := gaps.plus(b.sum.by(near)).float() / t.divisor
	s = newScaling(1, exponent)
	return T(s.of(value * s.mantissa))
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

// softGrads are the gradients of labels.
func (p *Rowwise[T]) softGrads(grad, pred []T, label []int, scale float64) {
	n := p.classes
	for i, t := range label {
		switch row, z := grad[i*n:(i+1)*n], pred[i*n:(i+1)*n]; {
		case p.ignored(t):
			clear(row)
		case p.loss.label == nil:
			p.focalGrad(row, z, t, scale)
		default:
			p.soft(row, z, p.newTarget(nil, t), scale)
		}
	}
}
