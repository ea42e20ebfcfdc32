package interval

import (
	"math/big"
	"math/bits"
	"sync"
)

// Fixed point
//
// A fixed-point number is an integer N that stands for N·u, u = 2^-W. W is a whole number of machine words, so that dividing
// by 2^W, after each product, drops words and moves no bit. Products of magnitudes are truncated: the stored value is never
// above the exact one and less than one u below it. An error bound therefore counts truncations.

// guardBits is how many bits the fixed point has, at least, below the last bit of the result. Every kernel errs by less than
// 16 u, and the least result in its fixed point is 2^-9 (log.go), so a result of Prec bits carries an error of less than
// 2^(4+9−32) = 2^-19 ulp from the kernel. A second ulp of width is therefore rare.
const guardBits = 32

// wordsFor returns the number of 64-bit units in W for results of prec bits.
func wordsFor(prec uint) uint { return (prec + guardBits + 63) / 64 }

// scratch holds the integers and numbers that one kernel evaluation writes to, so that it allocates only its result.
type scratch struct {
	product, remainder, shifted big.Int
	x, y, z, acc, sum, small    big.Int
	float, shiftedFloat         big.Float
	view                        big.Int // drops words of another integer: read it at once, and never write to it
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// mul returns ⌊|a|·|b|·2^-W⌋. The result is valid until the next mul.
func (s *scratch) mul(a, b *big.Int, t *tables) *big.Int {
	s.product.Mul(a, b)
	return s.drop(&s.product, t.words)
}

// drop returns |a| without its lowest words, which is ⌊|a|·2^-(words·UintSize)⌋. The result shares the storage of a and is
// valid until a changes or drop is called again.
func (s *scratch) drop(a *big.Int, words int) *big.Int {
	w := a.Bits()
	if len(w) < words {
		words = len(w)
	}
	return s.view.SetBits(w[words:])
}

// scaled sets z to x·2^n, truncated toward 0.
func (s *scratch) scaled(z *big.Int, x *big.Float, n int) {
	s.shiftedFloat.Copy(x)
	s.shiftedFloat.SetMantExp(&s.shiftedFloat, n)
	s.shiftedFloat.Int(z)
}

// seriesTerms returns an n such that x^n ≤ 2^-W for every x < (X + 1)·u, where X is the fixed-point number x of t.
func seriesTerms(x *big.Int, t *tables) int {
	q := t.frac - uint(x.BitLen()) // x < 2^-q
	return int(t.frac/q) + 1
}

// enclose returns the interval [N − below, N + above]·2^exp rounded outward to c.Prec bits.
func (c Context) enclose(s *scratch, n *big.Int, below, above, exp int64) Interval {
	lo := c.down().SetInt(s.shifted.Sub(n, s.small.SetInt64(below)))
	hi := c.up().SetInt(s.shifted.Add(n, s.small.SetInt64(above)))
	// SetInt has rounded; the scaling is exact, or leaves the exponent range and is settled.
	return open(settle(Scale(lo, lo, exp)), settle(Scale(hi, hi, exp)))
}

const wordBits = bits.UintSize
