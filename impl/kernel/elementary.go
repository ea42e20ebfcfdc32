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

// log1p is log(1+e) for 0 ≤ e ≤ 1: 2·artanh s with s = e/(2+e), in the form e − s·(e − R), for 2s is
// e − s·e; it is e where e is tiny. With u half an ulp of 1, s has a relative error of 2u, and so s²
// of 5u and R ≤ 0.0795 of 7u. e − R is rounded by u/2 more; s·(e − R) is at most 0.307, and rounded.
// In all the result is within 1.9 ulp, of which its own rounding is 0.5 and the polynomial 0.1 at most.
func log1p[T Float](e T) T { return raisedLog1p(e, e, 1) }

// raisedLog1p is log1p(e)·unit, for a power of two and raised = e·unit.
func raisedLog1p[T Float](e, raised, unit T) T {
	s := e / (e + 2)
	return raised - T(T(s*(e-artanh(T(s*s))))*unit)
}

// artanh is (2·artanh s)/s − 2 for w = s² ≤ 1/9.
func artanh[T Float](w T) T {
	if single[T]() {
		return T(artanh32(float32(w)))
	}
	return T(artanh64(float64(w)))
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
