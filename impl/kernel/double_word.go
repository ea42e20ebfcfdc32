package kernel

import "math"

// A double is the sum of two float64 that do not overlap: about 106 bits. math.FMA is exact
// on every machine, and so these are the same bits on every machine.
//
// Rows with distributions are computed in it, one number after another: what their gradients
// subtract may cancel.
type double struct{ high, low float64 }

func word(x float64) double { return double{x, 0} }

func (a double) float() float64 {
	if a.high-a.high != 0 {
		return a.high
	}
	return a.high + a.low
}

func (a double) minus(b double) double { return a.plus(b.neg()) }

func (a double) neg() double { return double{-a.high, -a.low} }

func (a double) plus(b double) double {
	sum, lost := twoSum(a.high, b.high)
	if sum-sum != 0 {
		return double{sum, 0}
	}
	low, lostLow := twoSum(a.low, b.low)
	sum, lost = quickTwoSum(sum, lost+low)
	return normalized(sum, lost+lostLow)
}

func (a double) times(b double) double {
	product := float64(a.high * b.high)
	lost := math.FMA(a.high, b.high, -product)
	lost += float64(a.high*b.low) + float64(a.low*b.high)
	return normalized(product, lost)
}

func (a double) over(b double) double {
	q := a.high / b.high
	p := float64(q * b.high)
	rest := (a.high - p) - math.FMA(q, b.high, -p) + (a.low - float64(q*b.low))
	return normalized(q, rest/b.high)
}

// normalized is the sum of two numbers of which the first is the larger; an infinity and
// NaN have no second.
func normalized(high, low float64) double {
	if high-high != 0 {
		return double{high, 0}
	}
	sum, lost := quickTwoSum(high, low)
	return double{sum, lost}
}

// quickTwoSum is twoSum for |a| ≥ |b| (Dekker).
func quickTwoSum(a, b float64) (sum, lost float64) {
	a, b = float64(a), float64(b) // products of the caller's, when this is inlined
	sum = a + b
	return sum, b - (sum - a)
}

// exponentialDouble is e^(z−m)·2^spare64 for z ≤ m, to 2^-54 of e^r − 1: where z is near m,
// to 2^-54·(m−z). Below live64 it is 0.
func exponentialDouble(z, m float64) double {
	x, lost := twoSum(z, -m)
	if x < -live64 {
		return double{}
	}
	if x == 0 {
		return double{1 << spare64, 0}
	}
	const shift = toWhole64 + 1023 + spare64
	t := float64(x*log2E64) + shift
	n := t - shift
	above, below := x-float64(n*rowLn2High64), float64(n*rowLn2Low64)
	r := above - below
	lost += (above - r) - below
	s := r + float64(float64(r*r)*taylor64(r))
	high, low := quickTwoSum(1, s)
	low += float64(lost * high)
	scale := math.Float64frombits(math.Float64bits(t) << 52)
	return normalized(float64(high*scale), float64(low*scale))
}
