// Package oracle holds the truth about every loss of the catalogue: its definition,
// evaluated to any precision with a proven bound on the error.
//
// A definition is the textbook formula: a text in the declaration of the loss (package formula), or a
// few lines over exact inputs in a file of its own. The gradient and every second derivative come from automatic
// differentiation of that definition (package expr), never from a formula typed in by
// hand, so that this package and package loss cannot share a mistake. Numbers are
// intervals with outward rounding (package interval, on math/big); the precision is
// raised until the correctly rounded result in the asked format is certain (Ziv 1991).
//
// Inputs are exact: a float32 0.1 is the number that it is, and so is a parameter.
//
// # Limits
//
// An infinite logit stands for a limit. It is replaced by ±2^(2^28), which lies so far
// beyond the largest float64 that every loss of the catalogue is, after rounding,
// at its limit there: what decays exponentially is far below half the smallest
// subnormal, what grows linearly is above the largest number, even after
// multiplication by several subnormal factors. Where the limit depends on how
// infinity is approached (all scores −Inf) the definition says so, and the truth is
// NaN. A probability of exactly 0 under a logarithm gives the infinity that the
// definition names. A logarithm or a repeated root of what stands for an infinity, which
// would bring it back among the numbers, has no bound instead, and the answer is
// ErrUndecided: a loss that takes one of an unbounded input names its limits itself.
//
// # Kinks
//
// A value at a kink is a value like others. Its gradient is a set there, and the truth is
// the least and the greatest of the limits beside the kink (Number.Hull), each certified
// by itself. Which side an input is on is decided exactly where numbers are exact, and else
// by raising the precision. What no precision decides is marked (Number.Either), and so is
// a side without a slope.
//
// # What it refuses to do
//
// It gives no number that it cannot certify. Where 16384 bits do not tell a true value
// from the middle between two numbers of the format, from which it is at most 2^-40 ulp
// away, or where it is a zero whose sign they do not tell, the answer says so
// (Number.Either); ErrUndecided says that the precision
// ran out in any other way. It never calls package math on data, and it is not fast: tens
// of microseconds for a number.
package oracle
