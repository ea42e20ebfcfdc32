package kernel

import "math"

// The elementary functions of the float32 kernels, in float32 alone.
//
// # Exponential
//
// e^x for x ≤ 0 is 2^n·e^r, with n the whole number nearest to x·log₂e, found by adding
// 1.5·2²³, whose neighbours are whole numbers, and r = x − n·log 2, |r| ≤ 0.3467. log 2 is
// the sum of a number of 15 bits, whose product with n is exact, and a rest; so r has an
// error below 2^-26.4. e^r is 1 + (r + r²·q(r)) with q of degree 4, fpminimax of Sollya on
// |r| ≤ 0.3471, relative error 2^-28.2. 2^n is multiplied in last, and rounds once where the
// result is subnormal. Below −104 the result is 0; a raised one (raise.go) is below −132.
//
// # Logarithm
//
// log1p takes an artanh of degree 4, fpminimax on w ≤ 1/9, which leaves its result a relative
// error of 2^-27.7.

const (
	lowestExp32 = -132 // e^-132·2^40 < 2^-150, which rounds to 0

	log2E32   = 0x1.715476p+0
	ln2High32 = 0x1.62e4p-1
	ln2Low32  = 0x1.7f7d1cp-20
	toWhole32 = 0x1.8p23
)

func exponential32(x float32) float32 {
	n, r := reduce32(x)
	return scale32(expm1Near32(r)+1, n)
}

// reduce32 is n and r, x = n·log 2 + r.
func reduce32(x float32) (n, r float32) {
	if x < lowestExp32 {
		x = lowestExp32
	}
	n = float32(x*log2E32) + toWhole32 - toWhole32
	return n, x - float32(n*ln2High32) - float32(n*ln2Low32)
}

// expm1Near32 is e^r − 1 for |r| ≤ 0.3471.
func expm1Near32(r float32) float32 { return r + float32(float32(r*r)*taylor32(r)) }

// taylor32 is (e^r − 1 − r)/r² for |r| ≤ 0.3471.
func taylor32(r float32) float32 {
	square := r * r
	low := float32(r*0x1.55549p-3) + 0x1.fffffcp-2
	middle := float32(r*0x1.123ad8p-7) + 0x1.5558a2p-5
	return float32(square*(float32(square*0x1.6a5e64p-10)+middle)) + low
}

// scale32 is p·2^n for whole n, −250 ≤ n ≤ 62, and p near 1; rounded once.
func scale32(p, n float32) float32 {
	if n >= -126 {
		return float32(p * math.Float32frombits(uint32(int32(n)+127)<<23))
	}
	if n != n {
		return n
	}
	return float32(p * 0x1p-125 * math.Float32frombits(uint32(int32(n)+125+127)<<23)) // the first product is normal
}

// artanh32 is (2·artanh s)/s − 2 for w = s² ≤ 1/9.
func artanh32(w float32) float32 {
	p := float32(w*0x1.1efe5p-2) + 0x1.1eb4bap-2
	p = float32(w*p) + 0x1.99d294p-2
	return float32(w * (float32(w*p) + 0x1.5555p-1))
}
