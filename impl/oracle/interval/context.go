package interval

import (
	"fmt"
	"math/big"
)

// MaxPrec is the highest working precision in bits. The error bounds of the tables are proved up to here.
const MaxPrec = 1 << 16

// A Context holds the working precision, in bits, of the operations that are its methods. Operands may have any precision
// and enter exactly; results have ends of at most Prec bits. Prec must lie in [2, MaxPrec].
type Context struct{ Prec uint }

// A DomainError is what an operation panics with when its operand certainly lies outside of its domain. One that may lie
// outside makes the result Uncertain.
type DomainError struct {
	Op string   // the operation, as its method is called
	X  Interval // the operand at fault
}

func (e *DomainError) Error() string {
	return fmt.Sprintf("interval: %s has no real value at %v", e.Op, e.X)
}

// down and up make a number that the operation to come rounds toward −Inf and toward +Inf.
func (c Context) down() *big.Float {
	return new(big.Float).SetPrec(c.Prec).SetMode(big.ToNegativeInf)
}

func (c Context) up() *big.Float {
	return new(big.Float).SetPrec(c.Prec).SetMode(big.ToPositiveInf)
}

// ends returns both, of one allocation.
func (c Context) ends() (lo, hi *big.Float) {
	both := new([2]big.Float)
	return both[0].SetPrec(c.Prec).SetMode(big.ToNegativeInf), both[1].SetPrec(c.Prec).SetMode(big.ToPositiveInf)
}

// settle makes a bound of z, the result of one rounding toward −Inf (a lower bound) or +Inf (an upper bound). math/big
// rounds in the asked direction only inside of its exponent range:
//
//   - below the range the result is 0 in every mode, and only the accuracy tells it from an exact 0. The bound that points
//     away from 0 becomes the smallest number of that sign; the bound that points toward 0 is right as it is.
//   - above the range the result is an infinity. The bound that points toward 0 becomes a large finite number;
//     0.5·2^MaxExp will do, since only magnitudes of 2^MaxExp and more overflow.
//   - an exact zero sum rounded toward −Inf is −0, which compares equal to 0 but must not leak.
func settle(z *big.Float) *big.Float {
	switch {
	case z.Sign() == 0:
		switch {
		case z.Acc() == big.Below && z.Mode() == big.ToPositiveInf:
			return minPositive
		case z.Acc() == big.Above && z.Mode() == big.ToNegativeInf:
			return minNegative
		}
		return zeroFloat
	case z.IsInf():
		switch {
		case !z.Signbit() && z.Mode() == big.ToNegativeInf:
			return largeFinite
		case z.Signbit() && z.Mode() == big.ToPositiveInf:
			return largeNegative
		}
	}
	return z
}

// Neg returns −x, exactly.
func (c Context) Neg(x Interval) Interval {
	if x.isZero() {
		return x
	}
	lo := negated(x.hi)
	if x.IsPoint() {
		return point(lo).with(x.marks)
	}
	return Interval{lo, negated(x.lo), x.marks}
}

func negated(x *big.Float) *big.Float {
	if x.Sign() == 0 {
		return zeroFloat
	}
	return new(big.Float).Neg(x)
}
