package interval

import (
	"fmt"
	"math"
	"math/big"
)

// An Interval holds one unknown real number between two bounds, which it includes. It is immutable. The zero Interval is
// not a number and is fit only to be compared with.
//
// A point, an interval that holds exactly one number, shares one *big.Float as both ends. Zero is never negative.
//
// Beside its bounds an interval says two things about its number, which every operation passes on:
//
//   - The number is none of the ends. That is so of nearly every result, since a bound is either rounded outward or belongs to
//     a function that does not attain it, as eˣ > 0. An interval of which it is not known is Closed.
//   - The number exists. Where an operand may lie outside of the domain of an operation, the result is Uncertain: it holds the
//     number if there is one. A product with 0 is then an uncertain 0.
type Interval struct {
	lo, hi *big.Float
	marks  marks
}

type marks uint8

const (
	uncertain marks = 1 << iota
	closed          // never set on a point, which is both of its ends
)

// Points that need no allocation, and the two ends of the exponent range. None of them is ever written to.
var (
	zeroFloat = new(big.Float)
	oneFloat  = big.NewFloat(1)
	zero      = point(zeroFloat)
	one       = point(oneFloat)

	minPositive   = new(big.Float).SetMantExp(big.NewFloat(0.5), big.MinExp) // the smallest big.Float above 0
	minNegative   = new(big.Float).Neg(minPositive)
	largeFinite   = new(big.Float).SetMantExp(big.NewFloat(0.5), big.MaxExp) // a power of two that every overflow exceeds
	largeNegative = new(big.Float).Neg(largeFinite)
	noUpperBound  = new(big.Float).SetInf(false)
	noLowerBound  = new(big.Float).SetInf(true)
)

func point(x *big.Float) Interval { return Interval{lo: x, hi: x} }

// open returns the interval of a number that lies strictly between two bounds.
func open(lo, hi *big.Float) Interval { return Interval{lo: lo, hi: hi} }

// with returns x with further marks, those of operands as a rule.
func (x Interval) with(m marks) Interval {
	if x.marks |= m; x.lo == x.hi {
		x.marks &^= closed
	}
	return x
}

// FromFloat64 returns the point x. It panics if x is NaN or infinite, which no real number is.
func FromFloat64(x float64) Interval {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		panic(fmt.Sprintf("interval: %v is not a real number", x))
	}
	switch x {
	case 0: // −0 as well: the reals have one zero
		return zero
	case 1:
		return one
	}
	return point(big.NewFloat(x))
}

// FromInt returns the point n.
func FromInt(n int64) Interval {
	return point(new(big.Float).SetInt64(n))
}

// FromBig returns the point x, all of its bits, and keeps no reference to x. It panics if x is infinite.
func FromBig(x *big.Float) Interval {
	if x.IsInf() {
		panic("interval: " + text(x) + " is not a real number")
	}
	if x.Sign() == 0 {
		return zero
	}
	return point(new(big.Float).Copy(x))
}

// FromBounds returns the interval [lo, hi] and keeps no reference to either. A lower bound −Inf and an upper bound +Inf
// mean that there is none. The ends belong to it: it is Closed. It panics if lo > hi, and if no real number lies between them.
func FromBounds(lo, hi *big.Float) Interval {
	if lo.Cmp(hi) > 0 || lo.IsInf() && !lo.Signbit() || hi.IsInf() && hi.Signbit() {
		panic("interval: no real number lies in [" + text(lo) + ", " + text(hi) + "]")
	}
	if lo.Cmp(hi) == 0 {
		return FromBig(lo)
	}
	end := func(x *big.Float) *big.Float {
		if x.Sign() == 0 {
			return zeroFloat
		}
		return new(big.Float).Copy(x)
	}
	return Interval{end(lo), end(hi), closed}
}

// Lo returns the lower bound, −Inf if there is none. The caller must not modify it.
func (x Interval) Lo() *big.Float { return x.lo }

// Hi returns the upper bound, +Inf if there is none. The caller must not modify it.
func (x Interval) Hi() *big.Float { return x.hi }

// IsPoint reports whether x holds exactly one number, which is then known exactly.
func (x Interval) IsPoint() bool { return x.lo == x.hi }

// Uncertain reports whether some operation that led to x may have no real value at its operands.
func (x Interval) Uncertain() bool { return x.marks&uncertain != 0 }

// Closed reports whether the number in x may be one of its ends.
func (x Interval) Closed() bool { return x.marks&closed != 0 || x.IsPoint() }

// Sign returns the sign of the number in x. It is certain if every number that x may hold has that sign (a point 0 has the
// sign 0); otherwise the sign is returned as 0.
func (x Interval) Sign() (sign int, certain bool) {
	switch {
	case x.above(zeroFloat):
		return 1, true
	case x.below(zeroFloat):
		return -1, true
	}
	return 0, x.isZero()
}

// above reports whether the number in x certainly exceeds v.
func (x Interval) above(v *big.Float) bool {
	order := x.lo.Cmp(v)
	return order > 0 || order == 0 && !x.Closed()
}

// below reports whether the number in x is certainly less than v.
func (x Interval) below(v *big.Float) bool {
	order := x.hi.Cmp(v)
	return order < 0 || order == 0 && !x.Closed()
}

// Compare returns the sign of x − y for the numbers in x and y. It is certain if they are points or their bounds tell it, and
// neither is Uncertain.
func (x Interval) Compare(y Interval) (order int, certain bool) {
	if x.Uncertain() || y.Uncertain() {
		return 0, false
	}
	if x.IsPoint() && y.IsPoint() {
		return x.lo.Cmp(y.lo), true
	}
	apart := !x.Closed() || !y.Closed() // they differ though an end of one is an end of the other
	if order := x.lo.Cmp(y.hi); order > 0 || order == 0 && apart {
		return 1, true
	}
	if order := x.hi.Cmp(y.lo); order < 0 || order == 0 && apart {
		return -1, true
	}
	return 0, false
}

// ContainsZero reports whether the number in x may be 0.
func (x Interval) ContainsZero() bool { return x.lo.Sign() <= 0 && x.hi.Sign() >= 0 }

// Contains reports whether the number in x may be v.
func (x Interval) Contains(v *big.Float) bool { return x.lo.Cmp(v) <= 0 && v.Cmp(x.hi) <= 0 }

// Overlaps reports whether x and y may be the same number.
func (x Interval) Overlaps(y Interval) bool { return x.lo.Cmp(y.hi) <= 0 && y.lo.Cmp(x.hi) <= 0 }

// String formats x as [lo, hi], or as one number if x is a point. It is meant for messages: the digits are rounded to the
// nearest, so the text is no certificate.
func (x Interval) String() string {
	if x.lo == nil {
		return "[]"
	}
	if x.IsPoint() {
		return text(x.lo)
	}
	return "[" + text(x.lo) + ", " + text(x.hi) + "]"
}

// decimalRange is the largest binary exponent that is written in decimal.
const decimalRange = 1 << 14

// text formats x with 20 decimal digits, or as 0x.mantissap±exponent where big.Float would spend minutes on decimals:
// 2^(2^30) is an integer of 323 million digits.
func text(x *big.Float) string {
	if e := exponent(x); e > decimalRange || e < -decimalRange {
		return new(big.Float).SetPrec(64).Set(x).Text('p', 0)
	}
	return x.Text('g', 20)
}

func (x Interval) isZero() bool { return x.IsPoint() && x.lo.Sign() == 0 }

// exponent returns e with 2^(e−1) ≤ |x| < 2^e for a finite x ≠ 0, and 0 otherwise. Exponents have 32 bits and so may an int:
// their sums and differences need more.
func exponent(x *big.Float) int64 { return int64(x.MantExp(nil)) }

// Scale sets z to x·2^exp, to 0 or to an infinity where that leaves the range of exponents.
func Scale(z, x *big.Float, exp int64) *big.Float {
	z.SetMantExp(x, int(min(max(exp, math.MinInt32), math.MaxInt32)))
	if rest := exp - min(max(exp, math.MinInt32), math.MaxInt32); rest != 0 {
		return Scale(z, z, rest)
	}
	return z
}
