package kernel

import "math"

// A double is the sum of two float64 that do not overlap: about 106 bits. math.FMA is exact
// on every machine, and so these are the same bits on every machine. Infinities become NaN.
type double struct{ high, low float64 }

func word(x float64) double { return double{x, 0} }

// float is the number, rounded. An infinite sum is infinite.
func (a double) float() float64 {
	if a.high-a.high != 0 {
		return a.high
	}
	return a.high + a.low
}

func (a double) neg() double { return double{-a.high, -a.low} }

func (a double) minus(b double) double { return a.plus(b.neg()) }

func (a double) plus(b double) double {
	sum, lost := twoSum(a.high, b.high)
	low, lostLow := twoSum(a.low, b.low)
	sum, lost = quickTwoSum(sum, lost+low)
	return normalized(sum, lost+lostLow)
}

// add is plus for one number.
func (a double) add(x float64) double {
	sum, lost := twoSum(a.high, x)
	return normalized(sum, lost+a.low)
}

func (a double) times(b double) double {
	product := float64(a.high * b.high)
	lost := math.FMA(a.high, b.high, -product)
	lost += float64(a.high*b.low) + float64(a.low*b.high)
	return normalized(product, lost)
}

// by is times for one number.
func (a double) by(x float64) double {
	product := float64(a.high * x)
	return normalized(product, math.FMA(a.high, x, -product)+float64(a.low*x))
}

// scaled is times for a power of two.
func (a double) scaled(power float64) double {
	return double{float64(a.high * power), float64(a.low * power)}
}

func (a double) over(b double) double {
	q := a.high / b.high
	p := float64(q * b.high)
	rest := (a.high - p) - math.FMA(q, b.high, -p) + (a.low - float64(q*b.low))
	return normalized(q, rest/b.high)
}

// normalized is the sum of two numbers of which the first is the larger.
func normalized(high, low float64) double {
	sum, lost := quickTwoSum(high, low)
	return double{sum, lost}
}

// quickTwoSum is twoSum for |a| ≥ |b| (Dekker).
func quickTwoSum(a, b float64) (sum, lost float64) {
	a, b = float64(a), float64(b) // products of the caller's, when this is inlined
	sum = a + b
	return sum, b - (sum - a)
}

// logOfSum is log(1+a/b) for a ≥ 0 and b > 0, to 2^-66: with 1 + a/b = 2^k·(1+g)/(1−g) it is
// k·log 2 + 2·artanh g, |g| ≤ ⅓.
func logOfSum(a, b double) double {
	total := a.plus(b)
	upper, lower, k := a, total, 0.0
	if a.high >= b.high {
		_, m := math.Frexp(total.high)
		_, n := math.Frexp(b.high)
		k = float64(m - n)
		half := (m - n) / 2 // 2^(m−n) may be out of range
		lower = total.scaled(math.Ldexp(1, -half)).scaled(math.Ldexp(1, half-(m-n)))
		upper = lower.minus(b)
	}
	g := upper.over(lower.plus(b))
	w := g.times(g)
	q := 0.0 // Σ w^(i−4)/(2i+1) from i = 4
	for i := 21; i >= 4; i-- {
		q = float64(q*w.high) + 1/float64(2*i+1)
	}
	series := w.by(q)
	for _, c := range [...]double{{1.0 / 7, seventhRest}, {0.2, fifthRest}, {1.0 / 3, thirdRest}, {1, 0}} {
		series = series.plus(c)
		if c.high != 1 {
			series = series.times(w)
		}
	}
	near := series.times(g).scaled(2)
	return near.plus(word(rowLn2Low64).by(k)).plus(word(float64(k * rowLn2High64)))
}

// What is missing of ⅐, ⅕ and ⅓ where they are rounded.
const (
	seventhRest = 0x1.2492492492492p-57
	fifthRest   = -0x1.999999999999ap-57
	thirdRest   = 0x1.5555555555555p-56
)

// exponentialOf is e^x for x ≤ 0 as a double near 1 times a power of two, which is 0 for x far
// beyond where a float64 would be.
func exponentialOf(x double) (e double, power int) {
	if x.high < -4000 {
		return double{}, 0
	}
	n := math.RoundToEven(x.high * log2E64)
	r := x.minus(word(n * rowLn2High64)).minus(word(rowLn2Low64).by(n))
	high, low := quickTwoSum(1, expm1Near64(r.high))
	return normalized(high, low+float64(r.low*high)), int(n)
}
