package kernel

import "math"

// The elementary functions of the float64 kernels, in float64 alone.
//
// # Exponential
//
// e^x for x ≤ 0 is 2^n·e^r, with n the whole number nearest to x·log₂e, found by adding
// 1.5·2⁵², whose neighbours are whole numbers, and r = x − n·log 2, |r| ≤ 0.3466. log 2 is
// the sum of a number of 42 bits, whose product with n is exact, as is its difference from
// x, and a rest, whose subtraction rounds once: r has an error below 2^-54.9. e^r is
// 1 + (r + r²·q(r)) with q of degree 9, fpminimax of Sollya on |r| ≤ 0.3471, relative error
// 2^-57.6. In units of 2^-53, for e^r ≥ ½√2: r carries 0.27, r + r²·q its rounding, at most
// 0.25, and less than 0.1 from its second term, and the last sum 0.5 below 1 and 1 above;
// together below 1.13 ulp. 2^n is multiplied in last, and rounds once more where the result
// is subnormal. Below −746 the result is 0; a raised one (raise.go) is below −1056.
//
// # Logarithm
//
// log1p takes an artanh of degree 10, fpminimax on w ≤ 1/9, which leaves its result a relative
// error of 2^-59.4.

const (
	lowestExp64 = -1056 // e^-1056·2^448 < 2^-1075, which rounds to 0

	log2E64   = 0x1.71547652b82fep+0
	ln2High64 = 0x1.62e42fefa38p-1
	ln2Low64  = 0x1.ef35793c7673p-45
	toWhole64 = 0x1.8p52
)

func exponential64(x float64) float64 {
	n, r := reduce64(x)
	return scale64(expm1Near64(r)+1, n)
}

// reduce64 is n and r, x = n·log 2 + r.
func reduce64(x float64) (n, r float64) {
	if x < lowestExp64 {
		x = lowestExp64
	}
	n = float64(x*log2E64) + toWhole64 - toWhole64
	return n, x - float64(n*ln2High64) - float64(n*ln2Low64)
}

// expm1Near64 is e^r − 1 for |r| ≤ 0.3471.
func expm1Near64(r float64) float64 { return r + float64(float64(r*r)*taylor64(r)) }

// taylor64 is (e^r − 1 − r)/r² for |r| ≤ 0.3471.
func taylor64(r float64) float64 {
	square := r * r
	q := float64(r*taylor9) + taylor8
	q = float64(square*q) + (float64(r*taylor7) + taylor6)
	q = float64(square*q) + (float64(r*taylor5) + taylor4)
	q = float64(square*q) + (float64(r*taylor3) + taylor2)
	return float64(square*q) + (float64(r*taylor1) + taylor0)
}

// fusedTaylor64 is taylor64 by Horner's rule, each step rounded once.
func fusedTaylor64(r float64) float64 {
	q := math.FMA(taylor9, r, taylor8)
	q = math.FMA(q, r, taylor7)
	q = math.FMA(q, r, taylor6)
	q = math.FMA(q, r, taylor5)
	q = math.FMA(q, r, taylor4)
	q = math.FMA(q, r, taylor3)
	q = math.FMA(q, r, taylor2)
	q = math.FMA(q, r, taylor1)
	return math.FMA(q, r, taylor0)
}

const (
	taylor0 = 0x1.000000000000cp-1
	taylor1 = 0x1.5555555555516p-3
	taylor2 = 0x1.555555554fe21p-5
	taylor3 = 0x1.1111111120d14p-7
	taylor4 = 0x1.6c16c18601f63p-10
	taylor5 = 0x1.a01a014f6e0d3p-13
	taylor6 = 0x1.a01995c0ceca4p-16
	taylor7 = 0x1.71ded30338b6cp-19
	taylor8 = 0x1.28b0f9e15ee1dp-22
	taylor9 = 0x1.ae0149e69064fp-26
)

// scale64 is p·2^n for whole n, −2000 ≤ n ≤ 510, and p near 1, rounded once.
func scale64(p, n float64) float64 {
	if n >= -1022 {
		return float64(p * math.Float64frombits(uint64(int64(n)+1023)<<52))
	}
	if n != n {
		return n
	}
	return float64(p * 0x1p-1021 * math.Float64frombits(uint64(int64(n)+1021+1023)<<52)) // the first product is normal
}

// artanh64 is (2·artanh s)/s − 2 for w = s² ≤ 1/9.
func artanh64(w float64) float64 {
	square := w * w
	p := float64(w*0x1.5c622437940f7p-3) + 0x1.55c870d8e04afp-4
	p = float64(square*p) + (float64(w*0x1.efd33f5353e1ap-4) + 0x1.10681127011f7p-3)
	p = float64(square*p) + (float64(w*0x1.3b1dd626314c5p-3) + 0x1.745cb438b4abbp-3)
	p = float64(square*p) + (float64(w*0x1.c71c741b15a33p-3) + 0x1.249249208e892p-2)
	p = float64(square*p) + (float64(w*0x1.99999999a0725p-2) + 0x1.5555555555535p-1)
	return float64(w * p)
}
