package loss

// The losses of masks share one fraction. With p predicted and t wanted of each element,
//
//	I = Σ p·t, FP = Σ p·(1−t), FN = Σ t·(1−p)
//	N = α·FP + β·FN + (b−a), V = I + α·FP + β·FN + b, L = N/V, S = 1 − L = (I+a)/V
//
// the Tversky loss, of which dice is that with α = β = ½ and half of the smoothings, and jaccard that
// with α = β = 1. Since a ≤ b both N and V are sums of non-negative terms, so that nothing cancels however
// well the masks agree; L is never 1 − S, nor S 1 − L.
//
// An overlap holds the fraction, and how N and V change with each p.
type overlap struct {
	num, den, share wide // N, V and S
	loss            wide // L
	of              []element
	square          bool // N = Σ (p−t)² + (b−a) and V = Σ p² + Σ t² + b instead
}

// An element is one number of a mask: p and 1−p, t and 1−t.
type element struct{ p, notP, t, notT wide }

// weighting is what a fraction is made with.
type weighting struct {
	alpha, beta, a, b wide
	square, least     bool // square as in overlap; least: I = Σ min(p, t), and so on
}

// smoothings returns the parameters a and b, times a factor.
func smoothings(a Args, factor float64) (num0, den0 wide) {
	return mul(num(factor), num(a.Scalar("smooth_numerator"))), mul(num(factor), num(a.Scalar("smooth_denominator")))
}

// probabilities are the elements of an item whose predictions are probabilities.
func probabilities(r *Item) []element {
	of := make([]element, len(r.Pred))
	for k, p := range r.Pred {
		t := r.Target[k]
		of[k] = element{num(p), sub(num(1), num(p)), num(t), sub(num(1), num(t))}
	}
	return of
}

// compare makes the fraction.
func (w weighting) compare(of []element) *overlap {
	o := &overlap{of: of, square: w.square}
	var both, positive, negative wide // I, FP, FN
	for _, e := range of {
		switch order := sub(e.p, e.t).hi; {
		case w.square:
			d := sub(mul(e.notT, e.p), mul(e.t, e.notP))
			o.num = plus(o.num, mul(d, d))
			o.den = add(o.den, mul(e.p, e.p), mul(e.t, e.t))
			both = plus(both, mul(num(2), e.p, e.t))
		case !w.least:
			both = plus(both, mul(e.p, e.t))
			positive = plus(positive, mul(e.p, e.notT))
			negative = plus(negative, mul(e.t, e.notP))
		case order < 0:
			both, negative = plus(both, e.p), plus(negative, sub(e.t, e.p))
		default:
			both, positive = plus(both, e.t), plus(positive, sub(e.p, e.t))
		}
	}
	if !w.square {
		o.num = plus(mul(w.alpha, positive), mul(w.beta, negative))
		o.den = plus(both, o.num)
	}
	o.num, o.den = plus(o.num, sub(w.b, w.a)), plus(o.den, w.b)
	if o.den.zero() {
		return o
	}
	o.loss, o.share = div(o.num, o.den), div(plus(both, w.a), o.den)
	return o
}

// slopes are ∂L/∂p and ∂L/∂t of every element, and ∂V/∂p.
//
// Of the product ∂L/∂p_k is ((I+a)·(α·(1−t_k) − β·t_k) − N·t_k)/V², in which with T = Σ t most cancels formally:
//
//	(α·(Σ p_i·(t_i−t_k) + (1−t_k)·a) − t_k·(β·(T+a) + (b−a)))/V²
//
// and ∂L/∂t_k is the same with p and t, and α and β, exchanged.
func (w weighting) slopes(o *overlap) (byP, byT, denByP []wide) {
	n := len(o.of)
	byP, byT, denByP = make([]wide, n), make([]wide, n), make([]wide, n)
	if !w.square && !w.least {
		p, t := make([]wide, n), make([]wide, n)
		for k, e := range o.of {
			p[k], t[k] = e.p, e.t
			denByP[k] = plus(e.t, sub(mul(w.alpha, e.notT), mul(w.beta, e.t)))
		}
		square := mul(o.den, o.den)
		slope := func(less, alpha, beta, whole, x, notX wide) wide {
			gain := mul(alpha, sub(mul(notX, w.a), less))
			return div(sub(gain, mul(x, plus(mul(beta, plus(whole, w.a)), sub(w.b, w.a)))), square)
		}
		byTarget, byPrediction := differences(t, p), differences(p, t)
		wholeT, wholeP := add(append(t, wide{})...), add(append(p, wide{})...)
		for k, e := range o.of {
			byP[k] = slope(byPrediction[k], w.alpha, w.beta, wholeT, e.t, e.notT)
			byT[k] = slope(byTarget[k], w.beta, w.alpha, wholeP, e.p, e.notP)
		}
		return byP, byT, denByP
	}
	for k, e := range o.of {
		byP[k], byT[k], denByP[k] = w.slope(o, e)
	}
	return byP, byT, denByP
}

// slope is slopes of squares, and of the minimum.
func (w weighting) slope(o *overlap, e element) (byP, byT, denByP wide) {
	if w.square { // S·p − t is (1−t) − (1−p) − L·p
		byP, byT = sub(mul(o.share, e.p), e.t), sub(mul(o.share, e.t), e.p)
		if half := num(0.5); sub(e.p, half).hi > 0 && sub(e.t, half).hi > 0 {
			byP = sub(sub(e.notT, e.notP), mul(o.loss, e.p))
			byT = sub(sub(e.notP, e.notT), mul(o.loss, e.t))
		}
		return div(mul(num(2), byP), o.den), div(mul(num(2), byT), o.den), mul(num(2), e.p)
	}
	lessP, moreP := neg(plus(mul(w.beta, o.share), o.loss)), mul(w.alpha, o.share) // for p below t, and above
	lessT, moreT := neg(plus(mul(w.alpha, o.share), o.loss)), mul(w.beta, o.share) // for t below p, and above
	switch order := sub(e.p, e.t).hi; {
	case order > 0:
		byP, byT, denByP = moreP, lessT, w.alpha
	case order < 0:
		byP, byT, denByP = lessP, moreT, sub(num(1), w.beta)
	default:
		byP, byT = nearestToZero(lessP, moreP), nearestToZero(lessT, moreT)
	}
	return div(byP, o.den), div(byT, o.den), denByP
}

// nearestToZero is that number from a to b, in either order, that is nearest to 0.
func nearestToZero(a, b wide) wide {
	switch {
	case a.hi*b.hi <= 0:
		return wide{}
	case sub(a, b).hi > 0 == (a.hi > 0):
		return b
	}
	return a
}

// write evaluates an item whose elements are known: chain is dp/dx of each prediction x and bend its second
// derivative, both nil where the predictions are the p.
func (w weighting) write(a Args, r *Item, of []element, chain, bend []wide) *overlap {
	o := w.compare(of)
	if o.den.zero() {
		r.empty(a)
		return o
	}
	r.Value[0] = o.loss
	byP, byT, denByP := w.slopes(o)
	for k := range of {
		r.Grad[k], r.TargetGrad[k] = byP[k], byT[k]
		if chain != nil {
			r.Grad[k] = mul(byP[k], chain[k])
		}
	}
	if r.Product == nil {
		return o
	}
	// Along v: L′ = Σ ∂L/∂p·v and V′ = Σ ∂V/∂p·v, and ∂L/∂p changes by −(L′·∂V/∂p + ∂L/∂p·V′)/V, and for
	// squares by 2·S·v/V more.
	along := make([]wide, len(of))
	var lossBy, denBy wide
	for k := range of {
		along[k] = num(r.Direction[k])
		if chain != nil {
			along[k] = mul(along[k], chain[k])
		}
		lossBy, denBy = plus(lossBy, mul(byP[k], along[k])), plus(denBy, mul(denByP[k], along[k]))
	}
	for k := range of {
		change := neg(plus(mul(lossBy, denByP[k]), mul(byP[k], denBy)))
		if w.square {
			change = plus(change, mul(num(2), o.share, along[k]))
		}
		r.Product[k] = div(change, o.den)
		if chain != nil {
			r.Product[k] = plus(mul(r.Product[k], chain[k]), mul(byP[k], bend[k], num(r.Direction[k])))
		}
	}
	return o
}

// empty writes what the convention empty_set says of two masks of which neither has anything.
func (r *Item) empty(a Args) {
	switch a.Convention(emptySet.Name) {
	case "nan":
		r.noLimit()
	case "one":
		r.Value[0] = num(1)
	}
}

// What the losses of masks declare alike.
var (
	emptySet = Convention{"empty_set", []string{"nan", "zero", "one"},
		"where the denominator is 0, since both masks are empty and nothing smooths, the loss is NaN, 0 or 1; its gradient is NaN for NaN, and else 0"}
	diceDenominator = Convention{"dice_denominator", []string{"sum", "squares"},
		"the denominator sums the numbers of both masks, or their squares"}
	intersection = Convention{"intersection", []string{"product", "minimum"},
		"what two masks share is Σ p·t or, which is 0 apart at p = t for soft masks too, Σ min(p, t)"}
	smoothNumerator = Param{Name: "smooth_numerator", Kind: Scalar, Domain: NonNegative, Default: []float64{1}, AtMost: "smooth_denominator",
		Meaning: "what is added to the numerator of the share in common"}
	smoothDenominator = Param{Name: "smooth_denominator", Kind: Scalar, Domain: NonNegative, Default: []float64{1},
		Meaning: "what is added to its denominator"}

	perfectMask = &Condition{"for smoothings a = b > 0 and masks of 0 and 1", func(a Args, _, target []float64) bool {
		return hardMask(target) && a.Scalar("smooth_numerator") == a.Scalar("smooth_denominator") && a.Scalar("smooth_denominator") > 0
	}}
	leastMask = &Condition{"for b > 0 and masks of 0 and 1", func(a Args, _, target []float64) bool {
		return hardMask(target) && a.Scalar("smooth_denominator") > 0
	}}
	smoothProduct = &Condition{"for b > 0, and the product as intersection", func(a Args, _, _ []float64) bool {
		return a.Scalar("smooth_denominator") > 0 && a.Convention(intersection.Name) != "minimum"
	}}
	fractional = &Condition{"for the product as intersection", func(a Args, _, _ []float64) bool {
		return a.Convention(intersection.Name) != "minimum" && a.Convention(diceDenominator.Name) != "squares"
	}}
	unsmoothedMask = &Condition{"without smoothing", func(a Args, _, _ []float64) bool {
		return a.Scalar("smooth_numerator") == 0 && a.Scalar("smooth_denominator") == 0
	}}
)

// hardMask reports whether a mask has no numbers but 0 and 1.
func hardMask(t []float64) bool {
	for _, y := range t {
		if !zeroOrOne(y) {
			return false
		}
	}
	return true
}

// minimumKinks are the differences p − t, at which the minimum of both has its kinks.
func minimumKinks(a Args, pred, target []float64) []float64 {
	if a.Convention(intersection.Name) != "minimum" || a.Convention(diceDenominator.Name) == "squares" {
		return nil
	}
	sides := make([]float64, len(pred))
	for k := range pred {
		sides[k] = sub(num(pred[k]), num(target[k])).float()
	}
	return sides
}

// total is the sum of a mask.
func totalOf(t []float64) (sum wide) {
	for _, y := range t {
		sum = plus(sum, num(y))
	}
	return sum
}
