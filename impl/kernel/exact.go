package kernel

import "math"

// Arithmetic that keeps what rounding loses, in T alone and without fused operations
// (Dekker, 1971). A pair is a number and a rest far below it.

// upperHalf is x without the lower half of its significant bits, so that the product of two
// such numbers is exact.
func upperHalf[T Float](x T) T {
	if single[T]() {
		return T(math.Float32frombits(math.Float32bits(float32(x)) &^ (1<<12 - 1)))
	}
	return T(math.Float64frombits(math.Float64bits(float64(x)) &^ (1<<27 - 1)))
}

// sumOf is a + b, rounded, and the rest, exactly, where |a| ≥ |b| or a is 0.
func sumOf[T Float](a, b T) (sum, rest T) {
	sum = a + b
	return sum, (a - sum) + b
}

// productRest is a·b − p, for p = a·b rounded; aUp and bUp are the upper halves.
func productRest[T Float](a, aUp, b, bUp, p T) T {
	aLow, bLow := a-aUp, b-bUp
	return T(T(aUp*bUp)-p) + T(aUp*bLow) + T(aLow*bUp) + T(aLow*bLow)
}

// exponentialPair is e^x for x ≤ 0 as a pair, and e^x·2^raise.
//
// It is the method of exponential with r a pair and ½r² exact, as the square of the upper
// half of r and a product with the lower one. r³·g(r), at most 0.0072, and its rounding make
// the error: 2^-31 in float32, with g of degree 4 (2^-33.2), and 2^-60 in float64, of degree
// 9 (2^-63.7). 2^n is a factor that rounds only where the result is next to 0.
func exponentialPair[T Float](x, raise T) (e, rest, raised, raisedRest T) {
	if single[T]() {
		p, low, n := exponentialPair32(float32(x))
		factor, up := T(scale32(1, n)), T(scale32(1, n+float32(raise)))
		return T(T(p) * factor), T(T(low) * factor), T(T(p) * up), T(T(low) * up)
	}
	p, low, n := exponentialPair64(float64(x))
	factor, up := T(scale64(1, n)), T(scale64(1, n+float64(raise)))
	return T(T(p) * factor), T(T(low) * factor), T(T(p) * up), T(T(low) * up)
}

// exponentialPair32 is e^x as a pair times 2^n.
func exponentialPair32(x float32) (p, low, n float32) {
	if x < lowestExp32 {
		x = lowestExp32
	}
	n = float32(x*log2E32) + toWhole32 - toWhole32
	r, rRest := sumOf(x-float32(n*ln2High32), -float32(n*ln2Low32))
	g := float32(0x1.9e1c54p-13)
	g = float32(g*r) + 0x1.6d4f2cp-10
	g = float32(g*r) + 0x1.1113p-7
	g = float32(g*r) + 0x1.5554e6p-5
	g = float32(g*r) + 0x1.555554p-3
	p, low = onePlus(r, rRest, g)
	return p, low, n
}

// exponentialPair64 is e^x as a pair times 2^n.
func exponentialPair64(x float64) (p, low, n float64) {
	if x < lowestExp64 {
		x = lowestExp64
	}
	n = float64(x*log2E64) + toWhole64 - toWhole64
	r, rRest := sumOf(x-float64(n*ln2High64), -float64(n*ln2Low64))
	g := 0x1.1e882f287ca5fp-29
	g = float64(g*r) + 0x1.af6ae47f01504p-26
	g = float64(g*r) + 0x1.27e57758efc4fp-22
	g = float64(g*r) + 0x1.71ddf0dc5c6c3p-19
	g = float64(g*r) + 0x1.a01a015ca011ep-16
	g = float64(g*r) + 0x1.a01a01b31e36dp-13
	g = float64(g*r) + 0x1.6c16c16c24fbap-10
	g = float64(g*r) + 0x1.111111110eda3p-7
	g = float64(g*r) + 0x1.5555555555535p-5
	g = float64(g*r) + 0x1.555555555555bp-3
	p, low = onePlus(r, rRest, g)
	return p, low, n
}

// onePlus is 1 + r + ½r² + r³·g, times 1 + rRest.
func onePlus[T Float](r, rRest, g T) (p, rest T) {
	up := upperHalf(r)
	half := T(up * 0.5)
	u, uRest := sumOf(r, T(half*up))
	low := T((r - up) * T(T(r+up)*0.5))
	w, wRest := sumOf(u, low+T(T(T(r*r)*r)*g))
	p, rest = sumOf(1, w)
	return p, rest + (uRest + wRest + T(rRest*p))
}
