package kernel

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
// Accuracy: level 3, 4·(1+κ) ulp, value and gradient, in float32 and float64. float32, whatever
// κ: 3 + 1.5·γ ulp, since q^γ has γ times the error of an exponential; 6.8 seen for γ = 3.7,
// 3.2 for γ = 1.
//
// Method: q is the sum of the other probabilities, never 1 − p, and log q is −log1p(p/q).
// Exponentials and sums are those of CrossEntropy. γ = 0, 1 and 2 need no power.
//
// References: impl/loss has those of the formula.
func SoftmaxFocal[T Float](classes int, gamma float64, o RowOptions) Rowwise[T] {
	return newRowwise[T](&softmaxFocal, classes, gamma, o)
}

var softmaxFocal = rowLoss{
	name: "softmax_focal", double: softmaxFocalDouble,
	label: func(f rowFacts, gamma, weight float64) (value, own, factor float64) {
		surprise, wrong, total := f.surprise(), f.wrong(), f.others+f.top
		if weight == 0 && wrong == wrong {
			return 0, 0, 0
		}
		right := f.label
		if f.isTop {
			right = f.top
		}
		p, q := right/total, wrong/total
		focus := power(right, wrong, q, gamma)
		value = weight * focus * surprise
		pull := 0.0 // γ·p·ℓ, which is 0 where p is, though ℓ is infinite
		if p != 0 {
			pull = float64(gamma * float64(p*surprise))
		}
		slope := float64(focus * (pull + q))
		if wrong == 0 {
			return value, 0 - slope, 0
		}
		return value, 0 - slope, slope / wrong
	},
}

// softmaxFocalDouble is label in double words, for float64: q² has twice the error of q, and
// nothing may be added to that.
func softmaxFocalDouble(f rowFacts, gamma, weight float64) (value, own, factor double) {
	surprise, others, top := f.surprise(), word(f.others), word(f.top)
	right, wrong, total := word(f.label), others, others.plus(top)
	if f.isTop {
		right = top
	} else {
		wrong = total.minus(right)
	}
	if weight == 0 && wrong.high == wrong.high {
		return double{}, double{}, double{}
	}
	p, q := right.over(total), wrong.over(total)
	var focus double
	switch gamma {
	case 1:
		focus = q
	case 2:
		focus = q.times(q)
	default:
		focus = word(power(right.high, wrong.high, q.high, gamma))
	}
	focus = focus.times(word(weight))
	value = focus.times(word(surprise))
	slope := q
	if p.high != 0 {
		slope = word(gamma).times(p.times(word(surprise))).plus(q)
	}
	slope = focus.times(slope)
	if wrong.high == 0 {
		return value, slope.neg(), double{}
	}
	return value, slope.neg(), slope.over(wrong)
}

// power is q^γ for q = b/(a+b), of which nothing has cancelled: log q = −log(1 + a/b).
func power(a, b, q, gamma float64) float64 {
	switch gamma {
	case 0:
		return 1
	case 1:
		return q
	case 2:
		return q * q
	}
	if b == 0 {
		return 0
	}
	return exponential64(float64(-gamma * logRatio(a, b)))
}
