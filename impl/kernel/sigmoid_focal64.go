package kernel

import "math"

// The focal loss in float64, for any γ.
//
// log q = k·log 2 + d with whole k and |d| < 0.7, so that q^γ = 2^(γ·k + γ·d/log 2), where
// γ·k is exact: γ has two parts. What is wrong with d is small beside d itself, and γ·d
// is a part of the condition number. So
//
//   - log q = log N − log(1+e), e = e^−|z|, N = w + (1−w)·e with the weight w of the class
//     that the sign of z is against;
//   - both logarithms come from k and f, x = 2^k·(1+f), in which f is found from
//     1 − e where x is next to a power of two as z is next to 0;
//   - for w = 0, log N is −|z|, whose k and d the exponential has found.
//
// The gradient is a product of several numbers, each rounded: what the sum in it and the quotient by
// 1+e lose is kept until the power has been multiplied in.

var sigmoidFocalAny64 = pointwise[float64]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalPoint64, scaled: raiseAlways[float64]}

// rootLess1 is √2 − 1, about.
const rootLess1 = 0.41421356237309503

func sigmoidFocalPoint64(p *[paramCount]float64, z, y float64) (value, grad float64) {
	gamma := p[2]
	wrong, right := 1-y, y
	a := float64(y*p[0]) + float64(wrong*p[1])
	if !(y >= 0 && wrong >= 0) {
		a = math.NaN()
	}
	if negative(z) {
		wrong, right = right, wrong
	}

	n, r := reduce64(-absolute(z))
	s := expm1Near64(r)
	e, power := scale64(s+1, n), scale64(1, n)
	lack := (1 - power) - float64(power*s) // 1 − e

	k, f := 0.0, e
	if e > rootLess1 {
		k, f = 1, lack*-0.5
	}
	bend := logBend64(f)
	near := float64(k*ln2High64) + (f + (float64(k*ln2Low64) + bend))
	entropy := near + weigh(wrong, absolute(z))
	d := f + bend

	part := float64(right * e)
	top := wrong + part
	kTop, fraction := split(float64(top * 0x1p54)) // of which none is subnormal
	kTop -= 54
	f = fraction - 1
	if kTop == 0 {
		f = -float64(right * lack)
	}
	below := e + 1
	inverse := 1 / below
	beyond := float64(float64((wrong-right)*lack) * inverse) // 2q − 1
	isHalf := math.Abs(beyond) < 0.25
	if isHalf {
		f = beyond
	}
	dTop, ratio := f+logBend64(f), e/top
	if wrong == 0 {
		ratio = 1
	}
	switch {
	case isHalf:
		k, d = -1, dTop
	case wrong == 0:
		k, d = n-k, r-d
	default:
		k, d = kTop-k, dTop-d
	}

	whole, fine := powerOf64(k, d, p, 2)
	modulator, raised, last := power64(whole, fine, p[raiseParam])

	value = float64(a * entropy)
	if a == 0 {
		value = float64(a * e) // NaN where z is
	}
	value = float64(float64(value*modulator) * last)

	if negative(z) { // the rest is as for z ≥ 0
		a = -a
	}
	if !(entropy < math.MaxFloat64) {
		entropy = math.MaxFloat64
	}
	push := float64(float64(ratio*entropy) * (wrong - right)) // at most 1.1
	grad, left := keptQuotient(push, gamma, wrong-part, e, inverse)
	grad = keptProduct(grad, left, raised)
	grad = float64(float64(grad*a) * last)
	return value, float64(grad * p[scaleParam])
}

// keptQuotient is (push·power + slope)/(1+e), and what rounding lost of it.
func keptQuotient(push, power, slope, e, inverse float64) (quotient, left float64) {
	pushes, below := float64(push*power), e+1
	total, rest := twoSum(pushes, slope)
	rest -= math.FMA(-push, power, pushes)
	quotient = float64(total * inverse)
	left = math.FMA(-quotient, e-(below-1), math.FMA(-quotient, below, total)) + rest
	return quotient, float64(left * inverse)
}

// keptProduct is (a + rest)·b, rounded once but for what is far below.
func keptProduct(a, rest, b float64) float64 {
	product := float64(a * b)
	return product - math.FMA(-rest, b, math.FMA(-a, b, product))
}

// power64 is 2^(whole + rest), at most 1, where the sum loses digits of rest alone: a normal
// number, the same times 2^raise, and the power of two that is to be multiplied in last, so that
// a small power of a large number keeps its digits.
func power64(whole, rest, raise float64) (normal, raised, last float64) {
	sum := whole + rest
	if !(sum > -2095) {
		sum = -2095
	}
	if !(sum < 0) {
		sum = 0
	}
	n := sum + toWhole64 - toWhole64
	r := (whole - n) + rest
	if !(r > -4) { // out of range, where 2^−4 is small enough
		r = -4
	}
	if !(r < 1) {
		r = 1
	}
	first := max(n, -1021)
	x := float64(r * ln264)
	beyond := math.FMA(-r, ln264, x) // what rounding x has added
	normal = x + (float64(float64(x*x)*fusedTaylor64(x)) - beyond) + 1
	return scale64(normal, first), scale64(normal, first+raise), scale64(1, n-first)
}
