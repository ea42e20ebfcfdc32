package loss

import "math"

// A wide number is (hi + lo)·2^exp: two float64 that do not overlap, about 106 bits,
// and an exponent that neither overflows nor underflows. hi is 0, an infinity, NaN, or
// in [½, 1) in size.
//
// The evaluators compute in wide numbers and round once, at the end. That is what
// makes their error bounds short, for three reasons.
//
//   - math.Exp is no sound base: on amd64 it was seen 1.64 ulp off (go1.26,
//     math.Exp(−0.34909878159871766)), although its pure Go form stays below 1.
//   - Parameters are not part of κ, so that the roundings of α, γ, ε and class weights
//     would all have to fit in the 4 ulp.
//   - A product such as pos_weight·σ(z) with z = −740 is an everyday number whose factor
//     is subnormal, and z_i − z_j can lie beyond the largest float64 while ε/K times it
//     does not.
//
// # Accuracy
//
// Relative errors, from the bounds of Joldes, Muller and Popescu, "Tight and rigorous
// error bounds for basic building blocks of double-word arithmetic" (2017): a sum
// 2^-103 and 2^-250 of the larger term, a product and a quotient 2^-102. exponential
// and expm1 2^-70, log1p and logarithm 2^-69 (see there). A result of a few dozen such
// steps without cancellation is rounded by float with at most ½ ulp + 2^-7 ulp, and one
// more ½ where it is subnormal, since it is then rounded twice.
type wide struct {
	hi, lo float64
	exp    int64 // on 32-bit processors too: a sum of exponents has no end of range there
}

// notANumber is NaN.
var notANumber = num(math.NaN())

// num returns x as a wide number, exactly. The sign of zero is dropped: a wide zero is
// +0.
func num(x float64) wide { return normal(x, 0, 0) }

// normal returns (hi+lo)·2^exp in normal form. |lo| is at most ulp(hi).
func normal(hi, lo float64, exp int64) wide {
	switch {
	case math.Float64bits(hi)&(0x7ff<<52) == 1022<<52: // in [½, 1), as most are
		return wide{hi, lo, exp}
	case hi == 0:
		return wide{}
	case special(hi):
		return wide{hi: hi}
	}
	f, e := frexp(hi)
	if e != 0 && lo != 0 {
		lo = ldexp(lo, -e)
	}
	return wide{f, lo, exp + e}
}

// frexp is math.Frexp, without a call where x is a normal number.
func frexp(x float64) (fraction float64, exp int64) {
	const mask, half = 0x7ff, 1022
	bits := math.Float64bits(x)
	e := int64(bits>>52) & mask
	if e == 0 || e == mask {
		f, e := math.Frexp(x)
		return f, int64(e)
	}
	return math.Float64frombits(bits&^(mask<<52) | half<<52), e - half
}

// ldexp is math.Ldexp, one multiplication where 2^exp is a normal number. Like it, it
// rounds once.
func ldexp(x float64, exp int64) float64 {
	const most = 1 << 12 // beyond 2^±most every x but 0 is out of range
	if exp < -1022 || exp > 1023 {
		return math.Ldexp(x, int(min(max(exp, -most), most)))
	}
	return float64(x * math.Float64frombits(uint64(exp+1023)<<52))
}

// nums are numbers as wide ones, exactly.
func nums(xs []float64) []wide {
	out := make([]wide, len(xs))
	for i, x := range xs {
		out[i] = num(x)
	}
	return out
}

// floats rounds numbers; nil stays nil.
func floats(xs []wide) []float64 {
	if xs == nil {
		return nil
	}
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = x.float()
	}
	return out
}

// float returns the float64 nearest to a.
func (a wide) float() float64 {
	if a.exp == 0 {
		return a.hi + a.lo
	}
	return ldexp(a.hi+a.lo, a.exp)
}

// atMost returns a float64 that a, which is not negative, is at most: the next one where the
// nearest is below it.
func (a wide) atMost() float64 {
	x := a.float()
	if above := sub(a, num(x)); above.hi > 0 && !math.IsInf(x, 0) {
		return math.Nextafter(x, math.Inf(1))
	}
	return x
}

func (a wide) special() bool { return special(a.hi) }

// special reports whether x is infinite or NaN.
func special(x float64) bool { return math.Float64bits(x)&(0x7ff<<52) == 0x7ff<<52 }

func (a wide) zero() bool { return a.hi == 0 }

func neg(a wide) wide {
	if a.hi == 0 {
		return a
	}
	return wide{-a.hi, -a.lo, a.exp}
}

// add returns the sum of its terms, from the left.
func add(terms ...wide) wide {
	sum := terms[0]
	for _, t := range terms[1:] {
		sum = plus(sum, t)
	}
	return sum
}

// sub returns a − b.
func sub(a, b wide) wide { return plus(a, neg(b)) }

// mul returns the product of its factors. A factor that is exactly 0 makes it 0,
// infinities included: it stands for a class or a term of no weight, or for a
// probability that vanishes faster than its logarithm grows.
func mul(factors ...wide) wide {
	product := factors[0]
	for _, f := range factors[1:] {
		product = times(product, f)
	}
	return product
}

func plus(a, b wide) wide {
	switch {
	case a.hi == 0:
		return b
	case b.hi == 0:
		return a
	case a.special() || b.special():
		return normal(a.hi+b.hi, 0, 0)
	case a.exp < b.exp:
		a, b = b, a
	}
	shift := b.exp - a.exp
	if shift < -250 {
		return a
	}
	s, e := twoSum(a.hi, ldexp(b.hi, shift))
	t, f := twoSum(a.lo, ldexp(b.lo, shift))
	s, e = quickTwoSum(s, e+t)
	s, e = quickTwoSum(s, e+f)
	return normal(s, e, a.exp)
}

func times(a, b wide) wide {
	if a.hi == 0 || b.hi == 0 {
		return wide{}
	}
	p := a.hi * b.hi
	if a.special() || b.special() {
		return normal(p, 0, 0)
	}
	e := math.FMA(a.hi, b.hi, -p)
	e += float64(a.hi*b.lo) + float64(a.lo*b.hi)
	p, e = quickTwoSum(p, e)
	return normal(p, e, a.exp+b.exp)
}

// div returns a/b. A positive or negative number over 0 is an infinity of its sign,
// 0/0 is NaN.
func div(a, b wide) wide {
	if a.special() || b.special() || b.hi == 0 {
		if math.IsInf(b.hi, 0) && !a.special() {
			return wide{}
		}
		return normal(a.hi/b.hi, 0, 0)
	}
	q := a.hi / b.hi
	p := q * b.hi
	e := math.FMA(q, b.hi, -p)
	rest := ((a.hi - p) - e) + (a.lo - float64(q*b.lo))
	q, e = quickTwoSum(q, rest/b.hi)
	return normal(q, e, a.exp-b.exp)
}

// twoSum returns the rounded sum of two numbers and its error, exactly (Knuth).
func twoSum(a, b float64) (sum, err float64) {
	sum = a + b
	t := sum - a
	return sum, (a - (sum - t)) + (b - t)
}

// quickTwoSum is twoSum for |a| ≥ |b| (Dekker).
func quickTwoSum(a, b float64) (sum, err float64) {
	sum = a + b
	return sum, b - (sum - a)
}
