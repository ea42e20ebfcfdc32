package kernel

import "math"

// A gradient is multiplied by the gradient from upstream, and a term by a weight. Where e^−|z| is
// subnormal, it has been rounded before, and what that loses is multiplied as well. So where the
// factor is large, the exponential is raised: a power of two is added to its exponent first, and
// taken from the factor. Nothing else changes, and no bit of a result that had lost none.
//
// Most factors are not large, and those formulas that are hurried have two forms.

// unraised is how large a factor may be that is not raised: half an ulp of the least number times
// this, and half an ulp of the result, are within 4 ulp.
const unraised = 3

// mostRaise is what may be added to an exponent: a factor up to 2^mostRaise is as good as 1.
func mostRaise[T Float]() int {
	if single[T]() {
		return 40
	}
	return 448
}

// raiseOf is the exponent that a factor asks for, after which at most half of it is left.
func raiseOf[T Float](factor T) int {
	if size := absolute(factor); size > unraised {
		return min(exponentOf(size)+2, mostRaise[T]())
	}
	return 0
}

// exponentOf is n, 2^n ≤ x < 2^(n+1), for a positive normal number, and no less for an infinity or NaN.
func exponentOf[T Float](x T) int { return int(math.Float64bits(float64(x))>>52) - 1023 }

// powerOf is 2^n for a normal number.
func powerOf[T Float](n int) T { return T(math.Float64frombits(uint64(n+1023) << 52)) }

// raiseScale raises e^−|z| by the gradient from upstream.
func raiseScale[T Float](p *[paramCount]T) (raised bool) { return raiseFor(p, p[scaleParam]) }

// raiseFor raises it by a factor, of which the gradient from upstream is a part.
func raiseFor[T Float](p *[paramCount]T, factor T) (raised bool) {
	raise := raiseOf(factor)
	p[raiseParam], p[unitParam] = T(raise), powerOf[T](raise)
	p[scaleParam] *= powerOf[T](-raise)
	return raise > 0
}

// raiseAlways is raiseScale for a kernel whose only form is raised: by 0, mostly.
func raiseAlways[T Float](p *[paramCount]T) (raised bool) {
	raiseScale(p)
	return false
}

// raisedExponential is e^x·2^raise for x ≤ 0, given e = e^x.
func raisedExponential[T Float](x, e, raise T) T {
	switch {
	case raise == 0:
		return e
	case single[T]():
		n, r := reduce32(float32(x))
		return T(scale32(expm1Near32(r)+1, n+float32(raise)))
	}
	n, r := reduce64(float64(x))
	return T(scale64(expm1Near64(r)+1, n+float64(raise)))
}
