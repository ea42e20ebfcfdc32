package kernel

import "math"

// What the means of rows divide by. A mean over class weights does not change where all
// weights, or all distributions, are multiplied by one number. Where they are so small or so
// large that products, sums or 1 over the denominator would leave the range, it is computed
// from multiples near 1.

// inRange is the kernel for a mean over rows, and the denominator. A label that is no class
// is an error.
func (p Rowwise[T]) inRange(over Denominator, label []int) (Rowwise[T], float64, error) {
	over.check()
	if err := p.checkLabels(label); err != nil {
		return p, 0, err
	}
	d := p.denominator(over, label)
	if over != Weight || !p.loss.weighs || p.options.ClassWeight == nil || usual(d, len(label)) {
		return p, d, nil
	}
	largest := 0.0
	for _, t := range label {
		if !p.ignored(t) {
			largest = max(largest, p.weight(t))
		}
	}
	if largest == 0 { // a mean over nothing
		return p, d, nil
	}
	p.raise(largest)
	return p, p.denominator(over, label), nil
}

// inRangeSoft is inRange for distributions.
func (p Rowwise[T]) inRangeSoft(over Denominator, target []T) (Rowwise[T], float64) {
	over.check()
	d := p.denominatorSoft(over, target)
	if over != Weight || p.options.ClassWeight == nil || usual(d, len(target)/p.classes) {
		return p, d
	}
	largest := 0.0
	for i, y := range target {
		if y > 0 {
			largest = max(largest, p.weight(i%p.classes))
		}
	}
	if largest == 0 { // a mean over nothing
		return p, d
	}
	p.raise(largest)
	lift := 1000 // at most, so that a y of 1 stays in range
	for i, y := range target {
		if w := p.weight(i % p.classes); y > 0 && w > 0 {
			lift = min(lift, -exponent(w)-exponent(float64(y)))
		}
	}
	lift = max(lift, 0)
	p.lift = math.Ldexp(1, lift)
	p.lifted += lift
	return p, p.denominatorSoft(over, target)
}

// usual reports whether the weight of a row in the mean is so near 1 that no step leaves the range
// because of it, and so little below that a subnormal value is divided by no less than ¼.
func usual(denominator float64, rows int) bool {
	const little, much = 0.25, 0x1p20
	return denominator >= little*float64(rows) && denominator <= much*float64(rows)
}

// raise multiplies class weights by the power of two that brings the largest that counts near 1.
func (p *Rowwise[T]) raise(largest float64) {
	p.lifted = min(-exponent(largest), 1000) // or 2^lifted is out of range
	p.unit = math.Ldexp(1, p.lifted)
}

func exponent(x float64) int {
	_, e := math.Frexp(x)
	return e
}

// denominator is what a mean over rows of valid labels divides by.
func (p *Rowwise[T]) denominator(over Denominator, label []int) float64 {
	if over == Elements {
		return float64(len(label))
	}
	var sum accumulator
	for _, t := range label {
		switch {
		case p.ignored(t):
		case over == Weight && p.loss.weighs:
			sum.add(p.weight(t))
		default:
			sum.add(1)
		}
	}
	return sum.sum()
}

func (p *Rowwise[T]) denominatorSoft(over Denominator, target []T) float64 {
	if over != Weight || p.options.ClassWeight == nil {
		return float64(len(target) / p.classes)
	}
	var sum double
	for i, y := range target {
		sum = sum.plus(word(p.weight(i % p.classes)).by(float64(p.lift * float64(y))))
	}
	return sum.float()
}
