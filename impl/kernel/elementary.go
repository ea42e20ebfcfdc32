package kernel

import (
	"math"
	"unsafe"
)

// What formulas are made of, in either dtype. A formula is one function for both: an
// explicit conversion to T rounds as one to float32 or float64 does.

// single reports whether T is float32; a compiler knows the answer.
func single[T Float]() bool { return unsafe.Sizeof(T(0)) == 4 }

// exponential is e^x for x ≤ 0.
func exponential[T Float](x T) T {
	if single[T]() {
		return T(exponential32(float32(x)))
	}
	return T(exponential64(float64(x)))
}

// log1p is log(1+e) for 0 ≤ e ≤ 1.
func log1p[T Float](e T) T {
	if single[T]() {
		return T(log1p32(float32(e)))
	}
	return T(log1p64(float64(e)))
}

// negative reports whether the sign bit of x is set.
func negative[T Float](x T) bool {
	if single[T]() {
		return math.Float32bits(float32(x))>>31 != 0
	}
	return math.Float64bits(float64(x))>>63 != 0
}

// absolute is |x|.
func absolute[T Float](x T) T {
	if single[T]() {
		return T(math.Float32frombits(math.Float32bits(float32(x)) &^ (1 << 31)))
	}
	return T(math.Float64frombits(math.Float64bits(float64(x)) &^ (1 << 63)))
}

// weigh is w·x, and +0 where w is 0, whatever x.
func weigh[T Float](w, x T) T {
	if w == 0 {
		return 0
	}
	return T(w * x)
}

// sides is e^−|z| and σ(z) = up/(1+e), σ(−z) = down/(1+e).
func sides[T Float](z T) (e, up, down T) {
	e = exponential(-absolute(z))
	if negative(z) {
		return e, e, 1
	}
	return e, 1, e
}
