package kernel

import "math"

// The losses of modulated.go in float64, for any powers.
//
// The power is that of sigmoid_focal64.go, of |t| = N/(1+e) with N = |w − (1−w)·e|. That difference cancels
// where σ(z) is next to y, and is the one of squared_error_with_logits, in pairs. log |t| comes from 2|t| − 1
// next to ½ and, where N is next to 1, from 1 − N = (1−w)·(1+e). The two terms of the gradient by |t| are of
// one sign.
//
// A heatmap multiplies by (1−y)^γ in the same way. What is to be multiplied in last is so that no factor is 0
// where another may be infinite.

// modulatedPoint64 is the specification.
func modulatedPoint64(of modulation) func(p *[paramCount]float64, z, y float64) (value, grad float64) {
	return func(p *[paramCount]float64, z, y float64) (value, grad float64) {
		label := y
		if of == heatmap {
			label = 0
			if y == 1 {
				label = 1
			}
		}
		e, eRest, _, _ := exponentialPair(-absolute(z), 0)
		above, _ := residual(e, eRest, z, label)
		lack := (1 - e) - eRest
		n, r := reduce64(-absolute(z))
		wrong, right := 1-label, label
		if negative(z) {
			wrong, right = right, wrong
		}

		k, f := 0.0, e
		if e > rootLess1 {
			k, f = 1, lack*-0.5
		}
		bend := logBend64(f)
		near := float64(k*ln2High64) + (f + (float64(k*ln2Low64) + bend))
		entropy := near + weigh(wrong, absolute(z))
		d := f + bend

		size, below := absolute(above), e+1
		inverse := 1 / below
		kTop, fraction := split(float64(size * 0x1p54)) // of which none is subnormal
		kTop -= 54
		f = fraction - 1
		beyond, side := float64(lack*inverse), right
		if above > 0 && kTop == 0 {
			f = -float64(right * below)
		}
		if !(above > 0) {
			beyond, side = -beyond, wrong
		}
		beyond -= side + side // 2|t| − 1
		isHalf := math.Abs(beyond) < 0.25
		if isHalf {
			f = beyond
		}
		dTop, ratio := f+logBend64(f), e/size
		if ratio > 0x1p500 {
			ratio = 0x1p500 // which any power can be multiplied by
		}
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
		whole, fine := powerOf64(k, d, p, exponentParam)
		finite := entropy
		if !(entropy < math.MaxFloat64) {
			finite = math.MaxFloat64
		}
		push, a, last := float64(ratio*finite), 1.0, 1.0
		switch of {
		case varying:
			a = p[weightParam]
			if y != 0 {
				a, push, whole, fine = y, 0, 0, 0
			}
		case heatmap:
			a, last = heatmapWeight64(p, y)
		}
		if !(y >= 0 && 1-y >= 0) {
			a = math.NaN()
		}
		modulator, raised, lastOfPower := power64(whole, fine, p[raiseParam])

		value = float64(a * entropy)
		if a == 0 {
			value = float64(a * e) // NaN where z is
		}
		value = float64(float64(float64(value*modulator)*lastOfPower) * last)

		grad, left := keptQuotient(push, p[pullParam], size, e, inverse)
		grad = keptProduct(grad, left, raised)
		if negative(z) != negative(above) {
			a = -a
		}
		grad = float64(float64(float64(grad*a)*lastOfPower) * last)
		if of == quality && above == 0 && wrong != 0 {
			value, grad = float64(entropy*p[powerAtZeroParam]), 0
			if z == 0 { // else σ(z) is nearly y
				grad = p[slopeAtZeroParam]
			}
		}
		return value, float64(grad * p[scaleParam])
	}
}

// powerOf64 is the exponent of 2^(k + d/log 2) to a power, for power64: the power, its upper part and its
// lower one follow one another among the parameters.
func powerOf64(k, d float64, p *[paramCount]float64, power int) (whole, fine float64) {
	return float64(p[power+1] * k), float64(float64(d*p[power])*log2E64) + float64(p[power+2]*k)
}

// heatmapWeight64 is (1−y)^γ for y < 1 and 1 for y = 1, as a normal number and the power of two that is to be
// multiplied in last.
func heatmapWeight64(p *[paramCount]float64, y float64) (normal, last float64) {
	k, part := split(1 - y)
	f := part - 1
	if y < 0.5 {
		f = 1 - (y + y)
	}
	if k == 0 {
		f = -y
	}
	whole, fine := powerOf64(k, f+logBend64(f), p, weightParam)
	if y == 1 {
		whole, fine = 0, 0
	}
	_, normal, last = power64(whole, fine, 0)
	return normal, last
}
