package kernel

import "math"

// The logarithm of a probability and that of its complement, in either dtype.
//
// x = 2^n·(1+f) with √½ ≤ 1+f < √2, from the bits of x, and log x = n·log 2 + log(1+f), with
// log 2 in the two parts that the exponential has. f is exact, and so the logarithm has a
// small relative error next to 1 too. log(1+f) is f + b(f):
//
// float32: b is f²·q(f), q of degree 8, fpminimax of Sollya, relative error of the logarithm
// 2^-27.8.
//
// float64: b is −s·(f − w·p(w)), s = f/(2+f), w = s², as in log1p, and p of degree 6,
// fpminimax on w ≤ 0.02945, relative error of the logarithm 2^-57.6.

// logarithms is log p and log(1−p) for 0 ≤ p ≤ 1, with rest = 1−p.
func logarithms[T Float](p, rest T) (log, log1m T) {
	raise := 24
	if !single[T]() {
		raise = 54
	}
	n, part := split(T(p * T(uint64(1)<<raise))) // of which none is subnormal
	log = addLog(n-T(raise), part-1)
	if p == 0 {
		log = T(math.Inf(-1))
	}

	// 1−p is rounded where p < ½. There, −p and 1−2p are exact.
	n, part = split(rest)
	f := part - 1
	if p < 0.5 {
		f = 1 - (p + p)
	}
	if n == 0 {
		f = -p
	}
	log1m = addLog(n, f)
	if rest == 0 {
		log1m = T(math.Inf(-1))
	}
	return log, log1m
}

// addLog is n·log 2 + log(1+f).
func addLog[T Float](n, f T) T {
	if single[T]() {
		n, f := float32(n), float32(f)
		return T(float32(n*ln2High32) + (f + (float32(n*ln2Low32) + logBend32(f))))
	}
	m, g := float64(n), float64(f)
	return T(float64(m*ln2High64) + (g + (float64(m*ln2Low64) + logBend64(g))))
}

// logBend32 is log(1+f) − f.
func logBend32(f float32) float32 {
	q := float32(-0x1.384788p-4)
	q = float32(q*f) + 0x1.0862acp-3
	q = float32(q*f) - 0x1.0f4068p-3
	q = float32(q*f) + 0x1.226ddep-3
	q = float32(q*f) - 0x1.5425b6p-3
	q = float32(q*f) + 0x1.99a41ap-3
	q = float32(q*f) - 0x1.000432p-2
	q = float32(q*f) + 0x1.55555p-2
	q = float32(q*f) - 0x1.fffff8p-2
	return float32(float32(f*f) * q)
}

// logBend64 is log(1+f) − f.
func logBend64(f float64) float64 {
	s := f / (f + 2)
	w := float64(s * s)
	p := 0x1.2b5f5b2f7190cp-3
	p = math.FMA(p, w, 0x1.39fdcbbcee0e7p-3)
	p = math.FMA(p, w, 0x1.7462b925f9f72p-3)
	p = math.FMA(p, w, 0x1.c71c62d649d8dp-3)
	p = math.FMA(p, w, 0x1.2492492dfb9b8p-2)
	p = math.FMA(p, w, 0x1.99999999952b9p-2)
	p = math.FMA(p, w, 0x1.5555555555558p-1)
	return float64(s * (float64(p*w) - f))
}

// split takes a positive normal number apart: x = 2^n·part, √½ ≤ part < √2.
func split[T Float](x T) (n, part T) {
	if single[T]() {
		const root, one = 0x3f3504f3, 0x3f800000
		moved := math.Float32bits(float32(x)) + (one - root)
		return T(int32(moved>>23) - 127), T(math.Float32frombits(moved&(1<<23-1) + root))
	}
	const root, one = 0x3fe6a09e667f3bcd, 0x3ff0000000000000
	moved := math.Float64bits(float64(x)) + (one - root)
	return T(int64(moved>>52) - 1023), T(math.Float64frombits(moved&(1<<52-1) + root))
}
