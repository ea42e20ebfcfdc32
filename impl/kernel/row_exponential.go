package kernel

import (
	"math"
	"unsafe"
)

// The exponentials of a row of scores, up to a factor that the row has in common.
//
// # Method
//
// What a softmax needs of a row is e^z_k up to a common factor. With c steps to an octave,
// c = 16 in float32 and 1 in float64, and n = round(z·c·log₂e), e^z = 2^(n/c)·e^r, and the
// factor is chosen as a power of 2^(1/c) alone: the exponential of class k is
// 2^((n−N)/c+s)·e^r, where N is the n of the largest score m. So no difference z − m is
// rounded, and each exponential has the error of e^r whatever the scores are: the product of
// n and the upper part of (log 2)/c is exact, and so is its difference from z.
//
// That holds while n has few enough bits. Where |m| is above far, m is subtracted first.
// This is exact as well: what is near enough to m to count is then so large that the
// difference is a multiple of its last bit.
//
// s keeps exponentials clear of the subnormal range: they are normal, or 0 when z is below
// m − live, where they are below 2^-172 (float64: 2^-1117) of the largest and neither a
// gradient nor a sum of fewer than 2^20 of them would show it, unless weights and scale multiply
// by more than 2^22 (float64: 2^40). In float32 such rows are computed in double words.
//
// In float32, where m is near 0, N is 0 and s larger, so that exponentials do not depend on m
// and need not wait for it: see rows_near.go.
//
// # Accuracy
//
// float32: r is at most (log 2)/32 and e^r = 1 + p, p = r + r²·(c₂+c₃·r), fpminimax of Sollya
// on |r| ≤ 0.0218, relative error 2^-29.2. 2^(j/16) comes from a table, as a multiple by a
// number near 1 for which all entries are right to 2^-25.8; that number is part of the common
// factor. The sum of an entry and its product with p is rounded to ½ ulp, an entry adds 0.29 at
// most, and the rest is below 0.06: 0.85 ulp. float64: the error of e^r is that of
// exponential64, 1.2 ulp, and e^r between 0.7 and 1.42.

const (
	live32, far32, spare32 = 119.5, 184, 48
	live64, far64, spare64 = 774, 1290, 96

	steps32      = 16
	stepsLog2E32 = 0x1.715476p+4 // steps to log₂e
	stepHigh32   = 0x1.63p-5     // (log 2)/16 in 9 bits, for an n of 13, and the rest
	stepLow32    = -0x1.bd0106p-17

	rowLn2High64 = 0x1.62e42fefa3p-1 // 41 bits, for an n of 12
	rowLn2Low64  = 0x1.3de6af278ece6p-42
)

// A reference is what the exponentials of a row are taken relative to.
type reference[T Float] struct {
	base  T // that is subtracted from scores: 0, or where that is far from 0 the largest
	top   T // the largest score, less base
	floor T // below it exponentials are 0
	shift T // what brings n into the low bits of a sum, as an exponent with its bias
}

// newReference makes that of a row whose largest score is m.
func newReference[T Float](m T) reference[T] {
	if unsafe.Sizeof(m) == 4 {
		return convert[T](reference32(float32(m)))
	}
	return convert[T](reference64(float64(m)))
}

func convert[T, F Float](r reference[F]) reference[T] {
	return reference[T]{T(r.base), T(r.top), T(r.floor), T(r.shift)}
}

func reference32(m float32) (r reference[float32]) {
	if isNear(m) {
		return reference[float32]{top: m, floor: nearFloor, shift: nearShift}
	}
	r.top = m
	if m > far32 || m < -far32 {
		r.base, r.top = m, 0
	}
	r.floor = r.top - live32
	n := float32(r.top*stepsLog2E32) + toWhole32 - toWhole32
	r.shift = toWhole32 + steps32*(127+spare32) - n
	return r
}

func reference64(m float64) (r reference[float64]) {
	r.top = m
	if m > far64 || m < -far64 {
		r.base, r.top = m, 0
	}
	r.floor = r.top - live64
	n := float64(r.top*log2E64) + toWhole64 - toWhole64
	r.shift = toWhole64 + 1023 + spare64 - n
	return r
}

// rowExponential is e^z relative to r.
func rowExponential[T Float](z T, r *reference[T]) T { return exponentialAt(z-r.base, r) }

// exponentialAt is the exponential of base + x.
func exponentialAt[T Float](x T, r *reference[T]) T {
	if x < r.floor {
		return 0
	}
	if unsafe.Sizeof(x) == 4 {
		return T(rowExponential32(float32(x), float32(r.shift)))
	}
	return T(rowExponential64(float64(x), float64(r.shift)))
}

func rowExponential32(x, shift float32) float32 {
	t := float32(x*stepsLog2E32) + shift
	n := t - shift
	r := x - float32(n*stepHigh32) - float32(n*stepLow32)
	p := float32(float32(r*r)*(float32(r*0x1.5555a4p-3)+0x1.000226p-1)) + r
	bits := math.Float32bits(t) // which end in n and what shift adds to it
	power := math.Float32frombits(bits<<19 + steps[bits%steps32])
	return power + float32(power*p)
}

// steps are what is added to the bits of 2^⌊n/16⌋, which 16 times n has at its end and moves
// on by its last four bits j, to make them those of c·2^(n/16): c·2^(j/16) less 1 and less
// j/16. For c = (8395991−0.14)/2²³ all sixteen are within 2^-25.8 of numbers of float32.
var steps = [steps32]uint32{
	0x1cd7, 0xfffdc8e1, 0xfffbb535, 0xfff9e4ab, 0xfff85a3c, 0xfff71903, 0xfff6243d, 0xfff57f4d,
	0xfff52dbc, 0xfff5333b, 0xfff593a4, 0xfff652fe, 0xfff7757d, 0xfff8ff85, 0xfffaf5ab, 0xfffd5cb9,
}

func rowExponential64(x, shift float64) float64 {
	t := float64(x*log2E64) + shift
	n := t - shift
	r := x - float64(n*rowLn2High64) - float64(n*rowLn2Low64)
	p := r + float64(float64(r*r)*taylor64(r)) + 1
	return float64(p * math.Float64frombits(math.Float64bits(t)<<52))
}

// one is the exponential of base itself.
func one[T Float]() T {
	if single[T]() {
		return T(0x1.0039aep48)
	}
	return T(0x1p96)
}

// lowest is the lowest finite number.
func lowest[T Float]() T {
	if unsafe.Sizeof(T(0)) == 4 {
		return T(-math.MaxFloat32)
	}
	x := -math.MaxFloat64
	return T(x)
}

// logRatio is log(1+a/b) for a ≥ 0 and b > 0: with 1 + a/b = 2^k·(1+g)/(1−g) it is
// k·log 2 + 2·artanh g, |g| ≤ ⅓, by artanh64. Where a is below b, k is 0
// and 1 is not added to a/b. g has 1.5 ulp, and the whole below 2.2.
func logRatio(a, b float64) float64 {
	total := a + b
	if !(total <= math.MaxFloat64) {
		return total
	}
	upper, lower, k := ratio(a, b, total)
	g := upper / (lower + b)
	near := g + g
	near += float64(g * artanh64(float64(g*g)))
	return float64(k*rowLn2High64) + (near + float64(k*rowLn2Low64))
}

// ratio makes of 1 + a/b a power of two, 2^k, and lower/b = (b+upper)/b, between ½ and 2.
func ratio(a, b, total float64) (upper, lower, k float64) {
	if a < b {
		return a, total, 0
	}
	const exponent = 0x7ff << 52
	t, u := math.Float64bits(total), math.Float64bits(b)
	lower = math.Float64frombits(t&^exponent | u&exponent)
	return lower - b, lower, float64(int64(t>>52) - int64(u>>52))
}

// fineLogRatio is logRatio within 1 ulp, for results in float64: what sums and the quotient have lost
// is added to it.
func fineLogRatio(a, b float64) float64 {
	total, lost := twoSum(a, b)
	if !(total <= math.MaxFloat64) {
		return total
	}
	upper, lower, k := ratio(a, b, total)
	under, lostUnder := twoSum(lower, b)
	g := upper / under
	if a < b {
		lostUnder += lost // upper has lost nothing
		lost = 0
	}
	rest := (math.FMA(-g, under, upper) - float64(g*lostUnder)) / under
	small := float64(g*artanh64(float64(g*g))) + ((rest + rest) + lost/total)
	return float64(k*rowLn2High64) + (g + g + (small + float64(k*rowLn2Low64)))
}

// logRatioFor is the one of the two that a dtype wants.
func logRatioFor[T Float](a, b float64) float64 {
	if single[T]() {
		return logRatio(a, b)
	}
	return fineLogRatio(a, b)
}
