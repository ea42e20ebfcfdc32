package kernel

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

// roughLog1p is log(1+e) for 0 ≤ e ≤ 1, relative error 2^-27.5.
func roughLog1p(e float64) float64 {
	square := float64(e * e)
	even := float64(-0x1.b2f587a18b778p-9)
	even = float64(even*square) - 0x1.d863241d35226p-5
	even = float64(even*square) - 0x1.3a7a817e00621p-3
	even = float64(even*square) - 0x1.ff26e117292dep-3
	even = float64(even*square) - 0x1.ffffd2e0f0f88p-2
	odd := float64(0x1.4b0835c695ea9p-6)
	odd = float64(odd*square) + 0x1.b579c2b021baep-4
	odd = float64(odd*square) + 0x1.935c9fa6f916ap-3
	odd = float64(odd*square) + 0x1.554def84c3ef8p-2
	q := even + float64(odd*e)
	return e + float64(square*q)
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
