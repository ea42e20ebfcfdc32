package kernel

import "math"

// SoftmaxFocal is the focal loss of the softmax of a row of K logits, for class indices.
// ClassWeight is its α; it has no label smoothing.
//
// Formula: L = α_t·q^γ·ℓ, ℓ = lse(z) − z_t, q = 1 − p, p = softmax(z)_t, in nats.
//
// Gradient: ∂L/∂z_t = −G, ∂L/∂z_k = G·r_k for k ≠ t, G = α_t·q^γ·(γ·p·ℓ + q), r = softmax
// over the classes k ≠ t.
//
// Domain: z any numbers or infinities, t a label in [0, K), α_k ≥ 0, γ ≥ 0.
//
// Special cases:
//
//	a single +Inf logit is a point mass: L = +0 and gradient 0 for its label
//	L = +Inf for any other label, gradient −α_t at t and α_t at the +Inf
//	L = +Inf for a label at a −Inf logit, gradient −α_t at t and α_t·r_k at k
//	two or more +Inf logits, or all −Inf, have no limit: value NaN, gradient NaN
//	a NaN logit makes value and gradient of its row NaN
//	K = 1: L = +0, gradient 0
//	α_t = 0: L = +0, gradient 0
//
// Accuracy: level 3, 4·(1+κ) ulp, value and gradient, in float32 and float64, for any γ; in float64 as
// far as α and the scale multiply by 2^40 at most and 2^-1000 at least, or by 0, for an exponential below
// e^-774 of the largest counts as 0. Seen: 0.75·(1+κ) of values and 1.9 of gradients (ci/worst).
//
// Method: q is the sum of the other probabilities, never 1 − p, and log q is −log1p(p/q).
// Exponentials and sums are those of CrossEntropy. An error of them counts γ·p times in q^γ: where that
// is more than ⅛ and the label's score is next to 0, a row has exponentials and sums of its own for it, in
// float64 for float32 and in double words for float64. γ = 0, 1 and 2 need no power.
//
// References: impl/loss has those of the formula.
func SoftmaxFocal[T Float](classes int, gamma float64, o RowOptions) Rowwise[T] {
	return newRowwise[T](&softmaxFocal, classes, gamma, o)
}

var softmaxFocal = rowLoss{name: "softmax_focal"}

func softmaxFocalLabel(f rowFacts, gamma, weight, scale float64) (value, own, slope float64) {
	surprise, unit := f.surprise()
	surprise *= unit
	wrong, total := f.wrong(), f.others+f.top
	if weight == 0 && wrong == wrong {
		return 0, 0, 0
	}
	right := f.label
	if f.isTop {
		right = f.top
	}
	p, q := right/total, wrong/total
	focus := 1.0
	switch gamma {
	case 0:
	case 1:
		focus = q
	case 2:
		focus = q * q
	default:
		if focus = 0; wrong != 0 {
			focus = exponential64(float64(-gamma * logRatio(right, wrong)))
		}
	}
	value = float64(weight*focus) * surprise
	pull := 0.0 // γ·p·ℓ, which is 0 where p is, though ℓ is infinite
	if p != 0 {
		pull = float64(gamma * float64(p*surprise))
	}
	slope = float64(float64(float64(weight*scale)*focus) * (pull + q))
	return value, 0 - slope, slope
}

// softmaxFocalDouble is softmaxFocalLabel in double words, for float64. What may leave the range
// where the result does not is multiplied by a power of two.
func softmaxFocalDouble(f *softFacts, gamma, weight, scale float64) (value, own, factor float64) {
	switch {
	case f.wrong.high != f.wrong.high:
		return math.NaN(), math.NaN(), math.NaN()
	case weight == 0 || f.wrong.high == 0:
		return 0, 0, 0
	}
	log := logOfSum
	if f.rough {
		log = roughLogOfSum
	}
	wrong, raised := f.wrong, 0
	if wrong.high < float64(f.right.high*0x1p-200) {
		wrong, raised = wrong.scaled(0x1p128), 128
	}
	p, q := f.right.over(f.total), wrong.over(f.total)
	surprise := log(wrong, f.right)
	if raised == 0 && f.gap.high > 0 { // 1/p may be out of range
		surprise = f.gap.plus(log(f.others, f.one))
	}
	slope := q
	if p.high != 0 {
		slope = p.times(surprise).by(gamma).plus(q)
	}

	focus, exponent := word(1), 0
	switch gamma {
	case 0:
	case 1:
		focus, exponent = q, -raised
	case 2:
		focus, exponent = q.times(q), -2*raised
	default:
		focus, exponent = exponentialOf(log(f.right, f.wrong).by(-gamma))
	}
	if focus.high == 0 {
		return 0, 0, 0
	}
	mantissa, e := math.Frexp(weight)
	focus, exponent = focus.by(mantissa), exponent+e
	s := newScaling(1, exponent-raised)
	value = s.of(focus.times(surprise).by(s.mantissa).float())
	if f.gap.high > math.MaxFloat64 {
		value = math.Inf(1)
	}
	s = newScaling(scale, exponent-raised)
	slope = focus.times(slope).by(s.mantissa)
	own = 0 - s.of(slope.float())
	s = newScaling(scale, exponent+spare64) // which factorUnit is the inverse of
	return value, own, s.of(slope.over(wrong).float())
}

// softFacts is rowFacts in double words.
type softFacts struct {
	row                              softRow
	rough                            bool   // they are of exponentials in float64, and so may logarithms be
	gap                              double // from the label's score up to the largest
	one, others, right, wrong, total double
}

// newSoftFacts is that of a row, and not ok where that has no limit.
func newSoftFacts[T Float](z []T, label int) (f softFacts, ok bool) {
	if f.row, ok = newSoftRow(z); !ok {
		return f, false
	}
	r := &f.row
	for _, x := range z {
		r.add(float64(x))
	}
	r.finish()
	score := float64(z[label])
	e := r.exponential(score)
	f.one, f.total, f.right = r.one, r.total, e.double()
	f.others, f.wrong = r.total.minus(r.one), r.but(score, f.right)
	if r.ties == 1 {
		f.others = r.rest
	}
	if score != r.largest {
		gap, lost := twoSum(r.largest, -score)
		if f.gap = (double{gap, lost}); gap > math.MaxFloat64 {
			f.gap = word(gap)
		}
	}
	return f, true
}

// roughLogOfSum is logOfSum in float64.
func roughLogOfSum(a, b double) double { return word(fineLogRatio(a.high, b.high)) }

// wideFacts is rowFacts with exponentials in float64, for a loss of float32.
func wideFacts[T Float](z []T, label int) rowFacts {
	r, ok := newSoftRow(z)
	if !ok {
		return rowFacts{others: math.NaN()}
	}
	wide := func(x T) float64 {
		e := r.exponential(float64(x))
		return e.power + float64(e.power*e.f)
	}
	score := z[label]
	f := rowFacts{isTop: float64(score) == r.largest, top: wide(T(r.largest)), label: wide(score)}
	if !f.isTop {
		f.gap = r.largest - float64(score)
	}
	var sum [8]float64
	for k, x := range z {
		if float64(x) != r.largest {
			sum[k&7] += wide(x)
		}
	}
	f.others = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]))
	f.others += float64(float64(r.ties-1) * f.top)
	return f
}

// focal is conclude for focal loss.
//
// An error of the exponentials counts γ·p times in the logarithm of q^γ, and so does a change of the
// label's score, which κ counts. So the facts of the row do, unless the label has a share in q^γ and a
// score next to 0.
func (p *Rowwise[T]) focal(i int, f rowFacts, row []T, label int, s *rowBlock[T]) {
	const share, far = 8, 2
	right := f.label
	if f.isTop {
		right = f.top
	}
	near := p.gamma*right*share > f.others+f.top && absolute(s.score[i]) < far || p.extreme(1)
	var value, own float64
	if single[T]() {
		wide := f
		if near {
			wide = wideFacts(row, label)
		}
		var slope float64
		value, own, slope = softmaxFocalLabel(wide, p.gamma, s.weight[i], s.scale)
		if s.factor[i] = slope; f.wrong() != 0 {
			s.factor[i] = slope / f.wrong() * (1 / factorUnit)
		}
	} else {
		facts := softFacts{
			gap: word(f.gap), one: word(f.top), others: word(f.others), right: word(right),
			wrong: word(f.others), total: word(f.others).plus(word(f.top)), rough: true,
		}
		if !f.isTop {
			facts.wrong = facts.total.minus(facts.right)
		}
		if near {
			facts, _ = newSoftFacts(row, label)
		}
		value, own, s.factor[i] = softmaxFocalDouble(&facts, p.gamma, s.weight[i], s.scale)
	}
	s.value[i], s.own[i], s.single[i] = T(value), T(own), T(s.factor[i]*factorUnit)
}

// focalGrad is the gradient of a row in double words.
func (p *Rowwise[T]) focalGrad(grad, z []T, label int, scale float64) {
	f, ok := newSoftFacts(z, label)
	if !ok {
		fill(grad, T(math.NaN()))
		return
	}
	_, own, factor := softmaxFocalDouble(&f, p.gamma, p.weight(label), scale)
	for k, x := range z {
		e := f.row.exponential(float64(x))
		grad[k] = T(float64(e.double().high*factorUnit) * factor)
	}
	grad[label] = T(own)
}
