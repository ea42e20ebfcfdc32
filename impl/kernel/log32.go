package kernel

import "math"

// The logarithm of the float32 kernels, in float32 alone.
//
// x = 2^n·(1+f) with √½ ≤ 1+f < √2, from the bits of x. log(1+f) is f + f²·q(f) with q of
// degree 8, fpminimax of Sollya on |f| within these bounds, relative error 2^-27.8. log 2
// is taken in two parts as in exponential32. f is exact, and so log x has a small relative
// error next to x = 1 too.

// logarithm32 is log p and log(1−p) for 0 ≤ p ≤ 1, and finite for no number outside.
func logarithms32(p float32) (log, log1m float32) {
	// Subnormal numbers become normal where all are multiplied.
	n, part := split32(p * 0x1p24)
	log = addLog32(n-24, part-1)
	if p == 0 {
		log = float32(math.Inf(-1))
	}

	// 1−p is rounded where p < ½. There, −p and 1−2p are exact.
	rest := 1 - p
	n, part = split32(rest)
	f := part - 1
	if p < 0.5 {
		f = 1 - (p + p)
	}
	if n == 0 {
		f = -p
	}
	log1m = addLog32(n, f)
	if rest == 0 {
		log1m = float32(math.Inf(-1))
	}
	return log, log1m
}

// addLog32 is n·log 2 + log(1+f).
func addLog32(n, f float32) float32 {
	q := float32(-0x1.384788p-4)
	q = float32(q*f) + 0x1.0862acp-3
	q = float32(q*f) - 0x1.0f4068p-3
	q = float32(q*f) + 0x1.226ddep-3
	q = float32(q*f) - 0x1.5425b6p-3
	q = float32(q*f) + 0x1.99a41ap-3
	q = float32(q*f) - 0x1.000432p-2
	q = float32(q*f) + 0x1.55555p-2
	q = float32(q*f) - 0x1.fffff8p-2
	return float32(n*ln2High32) + (f + (float32(n*ln2Low32) + float32(float32(f*f)*q)))
}

// split32 takes a positive normal number apart: x = 2^n·part, √½ ≤ part < √2.
func split32(x float32) (n, part float32) {
	const root, one = 0x3f3504f3, 0x3f800000
	moved := math.Float32bits(x) + (one - root)
	return float32(int32(moved>>23) - 127), math.Float32frombits(moved&(1<<23-1) + root)
}
