// Package interval computes with real numbers and proves every digit it gives.
//
// An Interval is a pair of arbitrary-precision numbers that holds one real number between them. Each operation of a
// Context takes intervals that hold x and y and returns an interval that holds the exact x∘y, whatever the operation
// rounded on the way. So an answer needs no trust: if both ends round to the same float64, that float64 is the correctly
// rounded result; if they do not, the caller computes again with more bits (Ziv's strategy).
//
// # What it refuses to do
//
// This package is opinionated.
//
//   - It never calls package math for a value: math.Log is wrong for every subnormal on amd64.
//   - It does not guess. An operation that certainly has no real value (the logarithm of a number proved ≤ 0, a quotient by
//     an exact 0) panics with a *DomainError. One that may have none marks its result Uncertain, and the mark stays on all that
//     is computed from it: t·(1/t) at a t that may be 0 is no certified 1, and 0·log t no certified 0.
//   - It knows no infinities, no NaN and no signed zero as values. An infinite end is a missing bound and nothing else, and
//     that is why an end 0 times an end +Inf is 0: the numbers behind both ends are finite.
//   - It does not notice that two operands are the same number: Sub(x, x) holds 0, and is as wide as x twice.
//
// # Error model
//
// Containment is unconditional. Tightness is a promise about points (exact inputs) at precision p = Context.Prec, where one
// ulp is that of the result at p bits:
//
//	Add Sub Mul Quo    two directed roundings: width ≤ 1 ulp, and an exact result is a point
//	Sqrt               width ≤ 2 ulps, and an exact result is a point
//	Log                width ≤ 2 ulps, for every argument that fits a big.Float, and as good next to 1 as elsewhere
//	Exp                width ≤ 2 ulps for |x| < 2^30; beyond, a bound of 2^±2^30 on one side, and 0 or none on the other
//	Expm1 Log1p        as Exp and Log, and however small the argument
//	Atan Atan2         width ≤ 2 ulps, however small or large the arguments
//	Abs Max Min        no rounding; the operand itself where the bounds tell which it is
//
// A thin interval comes out wider by the derivative times its width, plus at most 1/64 of that product.
//
// A bound is rounded outward, or it belongs to a function that does not attain it. So the number in an interval is none of the
// ends, unless the interval is Closed: what FromBounds gives, Abs, Max and Min where they can't decide, and all that is
// computed from those.
//
// The exponent range is that of big.Float, 2^±2147483647. Beyond it an upper bound becomes +Inf or the smallest positive
// number, and a lower bound the largest finite number or 0; a sign that was known stays known.
//
// The transcendental functions run on fixed-point integers. The unit is u = 2^-W, W being a multiple of 64 at least 32 bits
// above the working precision; W' = W + 64 and u' = 2^-W' belong to the tables. The bounds are proved beside the code, in
// those units, truncation by truncation.
//
// Everything here is safe for concurrent use and gives the same bits on every machine. Exponents are counted in an int: where
// that has 32 bits, numbers beyond 2^±2^29 are outside of the contract.
package interval
