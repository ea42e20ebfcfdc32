package kernel

import (
	"math"
	"unsafe"
)

// The elementary functions in either dtype. A type's size is known when the code is compiled,
// so that nothing is decided when it runs.

func exponential[T Float](x T) T {
	if unsafe.Sizeof(x) == 4 {
		return T(exponential32(float32(x)))
	}
	return T(exponential64(float64(x)))
}

func log1p[T Float](e T) T {
	if unsafe.Sizeof(e) == 4 {
		return T(log1p32(float32(e)))
	}
	return T(log1p64(float64(e)))
}

// weigh is w·x, and +0 where w is 0, whatever x.
func weigh[T Float](w, x T) T {
	if w == 0 {
		return 0
	}
	return w * x
}

// abs is |x|.
func abs[T Float](x T) T { return T(math.Abs(float64(x))) }

// negative reports whether the sign bit of x is set.
func negative[T Float](x T) bool { return math.Signbit(float64(x)) }
