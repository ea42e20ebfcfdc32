package interval

import "math/big"

// Square root
//
// # Method
//
// x = m·2^e with an even e and 1/4 ≤ m < 1, and b = p + 2 bits. The root of the integer N = ⌊m·4^b⌋, rounded down, is exact
// arithmetic on integers:
//
//	r² ≤ N < (r+1)²,  and so r² ≤ m·4^b < (r+1)², because (r+1)² is an integer
//	r·2^(e/2−b) ≤ √x < (r+1)·2^(e/2−b),  2^(b−1) ≤ r < 2^b
//
// √x is the lower bound if nothing was cut off N and N = r². Otherwise it lies strictly between. big.Float.Sqrt would not do:
// it does not promise to round in a direction.
//
// # Error
//
// One unit of r is a quarter of an ulp at p bits, and each end is rounded outward by less than one: a width of at most 2 ulps.
//
// # Special cases
//
//	√0 = 0, exactly; the square of a number of p bits has an exact root

// Sqrt returns √x. An x that reaches below 0 is cut off there, and the result is Uncertain. It panics with a *DomainError if
// every number in x is negative.
func (c Context) Sqrt(x Interval) Interval {
	if x.hi.Sign() < 0 {
		panic(&DomainError{"Sqrt", x})
	}
	if x.lo.Sign() < 0 {
		return Interval{zeroFloat, c.sqrtAt(x.hi).hi, x.marks | uncertain | closed}.with(0)
	}
	return c.increasing(x, c.sqrtAt)
}

// increasing returns the image of x under a function that increases, from the enclosures of its values at the ends.
func (c Context) increasing(x Interval, at func(*big.Float) Interval) Interval {
	lo := at(x.lo)
	if x.IsPoint() {
		return lo.with(x.marks)
	}
	return Interval{lo.lo, at(x.hi).hi, x.marks}
}

// sqrtAt returns an enclosure of √x for x ≥ 0.
func (c Context) sqrtAt(x *big.Float) Interval {
	switch {
	case x.Sign() == 0:
		return zero
	case x.IsInf():
		return open(largeFinite, noUpperBound)
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	b := int(c.Prec) + 2
	e := int64(x.MantExp(&s.float))
	if e&1 != 0 {
		s.float.SetMantExp(&s.float, -1)
		e++
	}
	s.scaled(&s.x, &s.float, 2*b)
	s.y.Sqrt(&s.x)
	whole := int64(x.MinPrec())+e-exponent(x) <= int64(2*b) // m·4^b is an integer
	exact := whole && s.z.Mul(&s.y, &s.y).Cmp(&s.x) == 0
	if !exact {
		return c.enclose(s, &s.y, 0, 1, e/2-int64(b))
	}
	root := c.enclose(s, &s.y, 0, 0, e/2-int64(b))
	if root.lo.Cmp(root.hi) == 0 {
		return point(root.lo)
	}
	return root
}
