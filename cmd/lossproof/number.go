package main

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/internal/ieee"
)

// A number is a float64 that JSON can carry: NaN and the infinities are strings.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	x := float64(n)
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return json.Marshal(n.String())
	}
	return json.Marshal(x)
}

// String is the shortest decimal that reads back as the same number.
func (n number) String() string {
	x := float64(n)
	if math.IsInf(x, 0) {
		return map[bool]string{true: "-Inf", false: "+Inf"}[x < 0]
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// in is the shortest decimal that a float32 reads back as the same number where the dtype is one, and
// that of a float64 elsewhere.
func (n number) in(dtype string) string {
	if dtype == ieee.Float32.Name && !math.IsInf(float64(n), 0) {
		return strconv.FormatFloat(float64(n), 'g', -1, 32)
	}
	return n.String()
}

// exact is the number in full, or its first 25 digits and a sign that there are more.
func (n number) exact() string {
	const digits = 25
	text := strconv.FormatFloat(float64(n), 'g', digits, 64)
	if exactly(text, float64(n)) {
		return text
	}
	significand, exponent, ok := strings.Cut(text, "e")
	if ok {
		exponent = "e" + exponent
	}
	return significand + "…" + exponent
}

// numbers converts a slice.
func numbers(xs []float64) []number {
	ns := make([]number, len(xs))
	for i, x := range xs {
		ns[i] = number(x)
	}
	return ns
}

// fixed prints a number with a few decimals, and zero without a sign.
func fixed(x float64, decimals int) string {
	text := strconv.FormatFloat(x, 'f', decimals, 64)
	if zero := strconv.FormatFloat(0, 'f', decimals, 64); text == "-"+zero {
		return zero
	}
	return text
}

// short prints a number with three significant digits.
func short(x float64) string { return strconv.FormatFloat(x, 'g', 3, 64) }
