package kernel

import "math"

// Elementary functions in float64, as exact as a float32 result needs them: with an error
// far below 2^-24, and not below that of float64 itself. The polynomials are fpminimax of
// Sollya.

const ln264 = 0x1.62e42fefa39efp-1

// roughExponential is e^x for −700 ≤ x ≤ 0, relative error 2^-34.1: 2^n·e^r as in
// exponential32, with e^r of degree 7.
func roughExponential(x float64) float64 {
	n := float64(x*log2E64) + toWhole64 - toWhole64
	r := x - float64(n*ln264)
	square := float64(r * r)
	even := float64(0x1.6d8d38c7b40d2p-10)
	even = float64(even*square) + 0x1.55548d8fa01bbp-5
	even = float64(even*square) + 0x1.0000003a3a5f8p-1
	odd := float64(0x1.9f086e9b65834p-13)
	odd = float64(odd*square) + 0x1.11127113d34ebp-7
	odd = float64(odd*square) + 0x1.55555442cbefp-3
	q := even + float64(odd*r)
	p := r + float64(square*q) + 1
	return scale64(p, n)
}

// fusedExponential is roughExponential with fused steps, which vectors have two of at a time.
func fusedExponential(x float64) float64 {
	n := float64(x*log2E64) + toWhole64 - toWhole64
	r := math.FMA(-n, ln264, x)
	square := float64(r * r)
	even := math.FMA(math.FMA(0x1.6d8d38c7b40d2p-10, square, 0x1.55548d8fa01bbp-5), square, 0x1.0000003a3a5f8p-1)
	odd := math.FMA(math.FMA(0x1.9f086e9b65834p-13, square, 0x1.11127113d34ebp-7), square, 0x1.55555442cbefp-3)
	return scale64(math.FMA(square, math.FMA(odd, r, even), r)+1, n)
}

// roughPair is e^x for −87 ≤ x ≤ 0 as the sum of two numbers of float32, which are found in
// float32: a power of 2^(1/16), and what is missing. The product of n and the upper part of
// (log 2)/16 is exact, r is at most 0.0217, and e^r − 1 is that of rowExponential32: the sum
// has a relative error of 2^-27.4, and of 2^-24 where the second is subnormal, which is below
// 2^-100.
func roughPair(x float32) (power, rest float32) {
	t := float32(x*stepsLog2E32) + pairShift
	n := t - pairShift
	r := x - float32(n*pairHigh) - float32(n*pairLow)
	p := float32(float32(r*r)*(float32(r*0x1.5555a4p-3)+0x1.000226p-1)) + r
	bits := math.Float32bits(t) // which end in n + 16·127
	power = math.Float32frombits(bits<<19 + pairPowers[bits%steps32])
	return power, float32(power * (p + pairRests[bits%steps32]))
}

const (
	pairLowest = -87 // 2^(n/16) is normal
	pairShift  = toWhole32 + steps32*127
	pairHigh   = 0x1.62ep-5 // (log 2)/16 in 12 bits, for an n of 11, and the rest
	pairLow    = 0x1.0bfbe8p-19
)

// pairPowers are what steps are, for 2^(j/16) itself, and pairRests what is missing there for
// having been rounded, as a part of it.
var (
	pairPowers = [steps32]uint32{
		0x0, 0xfffdaac3, 0xfffb95c2, 0xfff9c3d3, 0xfff837f0, 0xfff6f532, 0xfff5fed7, 0xfff5583f,
		0xfff504f3, 0xfff508a4, 0xfff5672a, 0xfff6248c, 0xfff744fd, 0xfff8ccdf, 0xfffac0c7, 0xfffd257d,
	}
	pairRests = [steps32]float32{
		0, 0x1.8d96d4p-25, -0x1.9c0c22p-27, 0x1.964904p-25, 0x1.125002p-25, 0x1.370be4p-25, -0x1.0a355p-25, -0x1.00d8acp-27,
		0x1.26055cp-26, -0x1.05cb44p-25, 0x1.67a1cap-28, 0x1.a3b5e4p-28, -0x1.f9c304p-27, -0x1.6961b4p-28, -0x1.a5217cp-28, 0x1.61428ep-28,
	}
)

// roughLog1p is log(1+e) for 0 ≤ e ≤ 1, relative error 2^-27.9: 2·artanh t, t = e/(2+e), for
// division is idle elsewhere.
func roughLog1p(e float64) float64 {
	t := e / (e + 2)
	w := float64(t * t)
	p := 0x1.208bf8fc26bf7p-2
	p = math.FMA(p, w, 0x1.1e5102fb56577p-2)
	p = math.FMA(p, w, 0x1.99dae714065d6p-2)
	p = math.FMA(p, w, 0x1.5554df38f5afbp-1)
	p = math.FMA(p, w, 0x1.0000001102d71p1)
	return float64(t * p)
}

// roughLogarithm is log x for 0 < x ≤ 1, with rest = 1 − x, relative error 2^-35.7: x is
// 2^n·(1+f) with √½ ≤ 1+f < √2, and log(1+f) is f + f²·q(f). Next to x = 1, −rest is f.
func roughLogarithm(x, rest float64) float64 {
	n, part := split(x)
	f := part - 1
	if n == 0 {
		f = -rest
	}
	square := float64(f * f)
	even := float64(-0x1.946c8f7f0d9c7p-4)
	even = float64(even*square) - 0x1.969cb8e1043cep-4
	even = float64(even*square) - 0x1.ffe4f361460d6p-4
	even = float64(even*square) - 0x1.5556b39ebf3bfp-3
	even = float64(even*square) - 0x1.fffff90c32dfbp-3
	even = float64(even*square) - 0x1.00000001da579p-1
	odd := float64(0x1.b70cff1e39a1bp-5)
	odd = float64(odd*square) + 0x1.9a41f54f722a5p-4
	odd = float64(odd*square) + 0x1.c2f28bc6beecp-4
	odd = float64(odd*square) + 0x1.24abce674471bp-3
	odd = float64(odd*square) + 0x1.9999107c9df6dp-3
	odd = float64(odd*square) + 0x1.555555cfcc485p-2
	q := even + float64(odd*f)
	return float64(n*ln264) + (f + float64(square*q))
}
