package ieee

import (
	"fmt"
	"math"
	"strconv"
)

// A Format is one IEEE 754 style binary interchange format: a sign, an exponent
// of Width − Precision bits, and Precision − 1 stored significand bits.
type Format struct {
	Name      string // the short name: f64, f32, bf16, f16
	Title     string // the name in prose
	Precision int    // significand bits, the hidden one included
	MaxExp    int    // the largest e with 2^e finite
	Width     int    // bits of the encoding
}

// The formats of the project, the widest first.
var (
	Float64  = Format{Name: "f64", Title: "float64", Precision: 53, MaxExp: 1023, Width: 64}
	Float32  = Format{Name: "f32", Title: "float32", Precision: 24, MaxExp: 127, Width: 32}
	BFloat16 = Format{Name: "bf16", Title: "bfloat16", Precision: 8, MaxExp: 127, Width: 16}
	Float16  = Format{Name: "f16", Title: "float16", Precision: 11, MaxExp: 15, Width: 16}
)

// Formats lists every format, the widest first.
func Formats() []Format { return []Format{Float64, Float32, BFloat16, Float16} }

// FormatNamed returns the format with the given short name or title.
func FormatNamed(name string) (Format, error) {
	for _, f := range Formats() {
		if name == f.Name || name == f.Title {
			return f, nil
		}
	}
	return Format{}, fmt.Errorf("ieee: no format %q: want f64, f32, bf16 or f16", name)
}

func (f Format) String() string { return f.Name }

// MinExp is the exponent of the smallest normal number.
func (f Format) MinExp() int { return 1 - f.MaxExp }

// MinNormal is the smallest positive normal number, 2^MinExp.
func (f Format) MinNormal() float64 { return pow2(f.MinExp()) }

// MinSubnormal is the smallest positive number, and the unit in the last place
// of zero.
func (f Format) MinSubnormal() float64 { return pow2(f.MinExp() - f.Precision + 1) }

// MaxFinite is the largest finite number.
func (f Format) MaxFinite() float64 {
	return math.Float64frombits(uint64(f.MaxExp+1+bias)<<stored - uint64(1)<<f.cut())
}

// The encoding of float64: how many bits of the significand it stores, and what it adds to an exponent.
const (
	stored = 52
	bias   = 1023
)

// cut is how many of the stored bits of a float64 the format has no place for.
func (f Format) cut() int { return stored + 1 - f.Precision }

// exponent is math.Ilogb, without a call where x is a normal float64.
func exponent(x float64) int {
	if e := int(math.Float64bits(x)>>stored) & (2*bias + 1); e != 0 && e != 2*bias+1 {
		return e - bias
	}
	return math.Ilogb(x)
}

// pow2 is 2^e, without a call where that is a normal float64.
func pow2(e int) float64 {
	if e > -bias && e <= bias {
		return math.Float64frombits(uint64(e+bias) << stored)
	}
	return math.Ldexp(1, e)
}

// Round rounds x to the nearest number of the format, ties to even, beyond
// MaxFinite to an infinity as IEEE 754 does. NaN and the sign of zero are kept.
func (f Format) Round(x float64) float64 {
	switch {
	case f.Width == 64 || x == 0 || math.IsNaN(x) || math.IsInf(x, 0):
		return x
	case f.Width == 32:
		return float64(float32(x))
	}
	if e := exponent(x); e >= f.MinExp() && e <= f.MaxExp {
		bits, half := math.Float64bits(x), uint64(1)<<(f.cut()-1)
		bits += half - 1 + bits>>f.cut()&1 // a carry leads to the next binade
		r := math.Float64frombits(bits &^ (2*half - 1))
		if math.Abs(r) > f.MaxFinite() {
			return math.Copysign(math.Inf(1), x)
		}
		return r
	}
	// Scaling by the power of two ulp is exact: |x|/ulp < 2^54, and where x is a
	// float64 far below the format's smallest subnormal the quotient is below one
	// half and may only underflow towards the zero that it rounds to.
	ulp := f.Ulp(x)
	r := math.RoundToEven(x/ulp) * ulp
	if math.Abs(r) > f.MaxFinite() {
		return math.Copysign(math.Inf(1), x)
	}
	return r // RoundToEven keeps the sign of zero
}

// Holds reports whether x is a number of the format, an infinity or NaN.
func (f Format) Holds(x float64) bool { return math.IsNaN(x) || f.Round(x) == x }

// Ulp is the unit in the last place of the binade that holds |x|: with
// 2^e ≤ |x| < 2^(e+1) it is 2^(max(e, MinExp) − Precision + 1). Ulp(0) is the
// smallest subnormal; the ulp of an infinity is that of MaxFinite; that of NaN
// is NaN.
func (f Format) Ulp(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case math.IsInf(x, 0):
		x = f.MaxFinite()
	case x == 0:
		return f.MinSubnormal()
	}
	return pow2(min(max(exponent(x), f.MinExp()), f.MaxExp) - f.Precision + 1)
}

// Bits returns the encoding of x. It panics when the format does not hold x.
func (f Format) Bits(x float64) uint64 {
	if f.Width == 64 {
		return math.Float64bits(x)
	}
	fraction := f.Precision - 1
	var sign uint64
	if math.Signbit(x) {
		sign = 1 << (f.Width - 1)
	}
	top := uint64(2*f.MaxExp+1) << fraction // the exponent field of all ones
	switch {
	case math.IsNaN(x):
		return sign | top | 1<<(fraction-1)
	case math.IsInf(x, 0):
		return sign | top
	case !f.Holds(x):
		panic(fmt.Sprintf("ieee: %v is not a %s", x, f.Title))
	}
	// In units of the smallest subnormal within a binade, the encoding counts the
	// numbers from zero up.
	magnitude := math.Abs(x)
	if magnitude < f.MinNormal() {
		return sign | uint64(magnitude/f.MinSubnormal())
	}
	return sign | (math.Float64bits(magnitude)>>f.cut() - uint64(bias-f.MaxExp)<<fraction)
}

// FromBits returns the number that the lowest Width bits of b encode.
func (f Format) FromBits(b uint64) float64 {
	if f.Width == 64 {
		return math.Float64frombits(b)
	}
	fraction := f.Precision - 1
	sign := 1.0
	if b>>(f.Width-1)&1 == 1 {
		sign = -1
	}
	significand := b & (1<<fraction - 1)
	exponent := int(b>>fraction) & (2*f.MaxExp + 1)
	switch {
	case exponent == 2*f.MaxExp+1 && significand != 0:
		return math.NaN()
	case exponent == 2*f.MaxExp+1:
		return sign * math.Inf(1)
	case exponent == 0:
		return math.Copysign(float64(significand)*f.MinSubnormal(), sign)
	}
	return sign * math.Float64frombits(uint64(exponent+bias-f.MaxExp)<<stored|significand<<f.cut())
}

// Hex is the encoding of x as Width/4 lowercase hexadecimal digits: the form in
// which vectors and reports carry numbers.
func (f Format) Hex(x float64) string { return fmt.Sprintf("%0*x", f.Width/4, f.Bits(x)) }

// ParseHex is the inverse of Hex. It demands exactly Width/4 digits.
func (f Format) ParseHex(s string) (float64, error) {
	b, err := strconv.ParseUint(s, 16, 64)
	if err != nil || len(s) != f.Width/4 {
		return 0, fmt.Errorf("ieee: %q is not the bits of a %s: want %d hexadecimal digits", s, f.Title, f.Width/4)
	}
	return f.FromBits(b), nil
}

// Parse reads a decimal (or Go hexadecimal) number and rounds it once to the
// format. Inf, +Inf, -Inf and NaN are read as such.
func (f Format) Parse(s string) (float64, error) {
	width := 64
	if f.Width == 32 {
		width = 32
	}
	x, err := strconv.ParseFloat(s, width)
	if err != nil && !math.IsInf(x, 0) { // out of range is the infinity it rounds to
		return 0, fmt.Errorf("ieee: %q is not a number", s)
	}
	if f.Width < 32 {
		x = f.roundParsed(s, x)
	}
	return x, nil
}

// Next returns the neighbour of x towards +Inf, and Prev towards −Inf. Both zeros
// count as one: the neighbours of either are the smallest subnormals.
func (f Format) Next(x float64) float64 { return f.step(x, 1) }

// Prev returns the neighbour of x towards −Inf.
func (f Format) Prev(x float64) float64 { return f.step(x, -1) }

func (f Format) step(x float64, by int64) float64 {
	if math.IsNaN(x) || math.IsInf(x, int(by)) {
		return x
	}
	return f.FromOrdinal(f.Ordinal(x) + by)
}

// Ordinal numbers the values of the format in their order: 0 for both zeros, 1
// for the smallest subnormal, −1 for its negative. Neighbours differ by one. NaN
// has no ordinal and panics.
func (f Format) Ordinal(x float64) int64 {
	if math.IsNaN(x) {
		panic("ieee: NaN has no ordinal")
	}
	magnitude := int64(f.Bits(math.Abs(x)))
	if x < 0 {
		return -magnitude
	}
	return magnitude
}

// FromOrdinal is the inverse of Ordinal. An ordinal beyond the infinities gives
// the infinity.
func (f Format) FromOrdinal(n int64) float64 {
	top := f.Ordinal(math.Inf(1))
	if n < 0 {
		return -f.FromBits(uint64(min(-n, top)))
	}
	return f.FromBits(uint64(min(n, top)))
}
