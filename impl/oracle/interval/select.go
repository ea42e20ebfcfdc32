package interval

import "math/big"

// Absolute value, minimum and maximum
//
// None of them needs to know which operand it is: the least of two numbers lies between the least of the lower and the least
// of the upper bounds. Where the bounds tell, the result is the operand itself.
//
// Where they do not, the ends are ends of the operands, and so the number may be one of them if an operand is a point or
// closed: min(x, 1) of an x in (0, 2) lies in (0, 1] and is 1 for half of them. |x| may be 0 if x changes sign.

// Abs returns |x|, exactly.
func (c Context) Abs(x Interval) Interval {
	switch {
	case x.lo.Sign() >= 0:
		return x
	case x.hi.Sign() <= 0:
		return c.Neg(x)
	}
	return Interval{zeroFloat, greatest(negated(x.lo), x.hi), x.marks | closed}
}

// Max returns the greater of x and y, exactly.
func (c Context) Max(x, y Interval) Interval {
	marks := x.marks | y.marks
	switch {
	case x.lo.Cmp(y.hi) >= 0:
		return x.with(y.marks & uncertain)
	case y.lo.Cmp(x.hi) >= 0:
		return y.with(x.marks & uncertain)
	case x.IsPoint() || y.IsPoint():
		marks |= closed
	}
	return Interval{greatest(x.lo, y.lo), greatest(x.hi, y.hi), marks}
}

// Min returns the lesser of x and y, exactly.
func (c Context) Min(x, y Interval) Interval {
	marks := x.marks | y.marks
	switch {
	case x.hi.Cmp(y.lo) <= 0:
		return x.with(y.marks & uncertain)
	case y.hi.Cmp(x.lo) <= 0:
		return y.with(x.marks & uncertain)
	case x.IsPoint() || y.IsPoint():
		marks |= closed
	}
	return Interval{least(x.lo, y.lo), least(x.hi, y.hi), marks}
}

func least(a, b *big.Float) *big.Float {
	if a.Cmp(b) > 0 {
		return b
	}
	return a
}

func greatest(a, b *big.Float) *big.Float {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

// Hull returns the least interval that holds both the number in x and the number in y.
func (c Context) Hull(x, y Interval) Interval {
	if x.IsPoint() && y.IsPoint() && x.lo.Cmp(y.lo) == 0 {
		return x.with(y.marks)
	}
	return Interval{least(x.lo, y.lo), greatest(x.hi, y.hi), x.marks | y.marks | closed}
}
