package oracle

import (
	"math"
	"math/big"

	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ieee"
)

// roundTo rounds x correctly to a format: to nearest, ties to even, to an infinity
// from half an ulp above the largest number on. The sign of zero is that of x.
func roundTo(x *big.Float, f ieee.Format) float64 {
	if x.Sign() == 0 || x.IsInf() {
		v, _ := x.Float64()
		return v
	}
	// Below the normal range the format has fewer digits: its last place stays at the
	// smallest subnormal, 2^(MinExp − Precision + 1).
	digits := f.Precision
	if e := binade(x); e < f.MinExp() {
		digits -= f.MinExp() - e
	}
	if digits < 0 { // below half of the smallest subnormal
		return math.Copysign(0, float64(x.Sign()))
	}
	if digits == 0 { // at least half of the smallest subnormal; exactly half is a tie with 0
		if new(big.Float).Abs(x).Cmp(big.NewFloat(1).SetMantExp(big.NewFloat(1), f.MinExp()-f.Precision)) == 0 {
			return math.Copysign(0, float64(x.Sign()))
		}
		return math.Copysign(f.MinSubnormal(), float64(x.Sign()))
	}
	r := new(big.Float).SetPrec(uint(digits)).SetMode(big.ToNearestEven).Set(x)
	v, _ := r.Float64() // exact: every format is a subset of float64; overflow gives ±Inf
	if math.Abs(v) > f.MaxFinite() {
		return math.Copysign(math.Inf(1), v)
	}
	return v
}

// binade returns e with 2^e ≤ |x| < 2^(e+1).
func binade(x *big.Float) int {
	return max(x.MantExp(nil), math.MinInt32+1) - 1 // the last one less, which nothing tells apart, for an int of 32 bits
}

// exponent returns e with 2^(e−1) ≤ |x| < 2^e, whose sums and differences need more than 32 bits.
func exponent(x *big.Float) int64 { return int64(x.MantExp(nil)) }

// nearZero is the size below which a residual counts as zero: an exponential that has
// long vanished next to the number that it is added to.
const nearZero = -200

// residualBits is how many bits of a residual are certain.
const residualBits = 36

// unseen is the size below which a number rounds to a zero in every format, with a
// residual that counts as zero.
const unseen = -1280

// certify rounds the number in iv to a format, with its residual. It reports false
// where iv is too wide for that, or where it is not certain that there is a number.
func certify(iv interval.Interval, f ieee.Format) (n Number, ok bool) {
	if iv.Uncertain() {
		return n, false
	}
	if iv.IsPoint() {
		n.Rounded = roundTo(iv.Lo(), f)
		n.Residual, _ = residualOf(iv.Lo(), n.Rounded, f).Float64()
		return n, true
	}
	if iv.Lo().Sign()*iv.Hi().Sign() < 0 &&
		exponentBelow(iv.Lo(), unseen) && exponentBelow(iv.Hi(), unseen) {
		return Number{Either: true}, true
	}
	// A bound is not the number itself unless the interval is closed. So a tie, or a zero,
	// as a bound is decided by the side on which the number lies.
	least, most := iv.Lo(), iv.Hi()
	if !iv.Closed() {
		least, most = beyond(least, 1, f), beyond(most, -1, f)
	}
	lo, hi := roundTo(least, f), roundTo(most, f)
	if math.Float64bits(lo) != math.Float64bits(hi) {
		return n, false
	}
	n.Rounded = lo
	if math.IsInf(lo, 0) {
		return n, true
	}
	low, high := residualOf(iv.Lo(), lo, f), residualOf(iv.Hi(), lo, f)
	switch width := add(new(big.Float), high, new(big.Float).Neg(low)); {
	case exponentBelow(low, nearZero) && exponentBelow(high, nearZero):
		return n, true
	case low.Sign() != high.Sign() || !exponentBelow(width, exponent(high)-residualBits):
		return n, false
	}
	n.Residual, _ = high.Float64()
	return n, true
}

// certifyHull rounds what a gradient number can be. Where all of it has the same rounding
// and residual it is a number like others. It reports false where more precision is
// wanted, which last says there is not.
func certifyHull(h expr.Hull, c interval.Context, f ieee.Format, last bool) (n Number, ok bool) {
	end := func(v interval.Interval) (Number, bool) {
		n, ok := certify(v, f)
		if !ok && last {
			n, ok = certifyEither(v, f)
		}
		return n, ok
	}
	if h.Low == h.High && !h.Outer && !h.Partial {
		return end(h.Low)
	}
	if n, ok = certify(c.Hull(h.Low, h.High), f); ok && !h.Partial {
		return n, true
	}
	doubtful := h.Undecided || h.Partial
	if doubtful && !last {
		return n, false
	}
	if h.Outer {
		h.Low, h.High = bound(h.Low.Lo()), bound(h.High.Hi())
	}
	low, lowOK := end(h.Low)
	high, highOK := end(h.High)
	return Number{
		Rounded: math.NaN(), Either: doubtful,
		Hull: &Hull{Low: low, High: high, Outer: h.Outer || h.Undecided, Partial: h.Partial},
	}, lowOK && highOK
}

// bound returns the interval that rounds as x does: that of x, or of what is beyond every
// number.
func bound(x *big.Float) interval.Interval {
	if !x.IsInf() {
		return interval.FromBig(x)
	}
	beyond := new(big.Float).SetMantExp(big.NewFloat(0.5), infinity)
	if x.Signbit() {
		beyond.Neg(beyond)
	}
	return interval.FromBig(beyond)
}

// certifyEither does what is left at the last level: it finds the two neighbours that
// the number is midway between, as nearly as iv tells, and takes the even one.
func certifyEither(iv interval.Interval, f ieee.Format) (n Number, ok bool) {
	if iv.Lo().IsInf() || iv.Hi().IsInf() || iv.Uncertain() {
		return n, false
	}
	lo, hi := roundTo(iv.Lo(), f), roundTo(iv.Hi(), f)
	if math.IsInf(lo, 0) || math.IsInf(hi, 0) || f.Next(lo) != hi {
		return n, false
	}
	n = Number{Rounded: lo, Residual: 0.5, Either: true}
	if f.Bits(hi)&1 == 0 {
		n.Rounded, n.Residual = hi, -0.5
	}
	const tooFar = -40 // bits: a tie is at ±½ in either way of counting
	for _, end := range []*big.Float{iv.Lo(), iv.Hi()} {
		off := residualOf(end, n.Rounded, f)
		if off.Sub(off, big.NewFloat(n.Residual)); !exponentBelow(off, tooFar) {
			return n, false
		}
	}
	return n, true
}

// beyond returns a number next to x, on the side of +Inf or of −Inf, so close that no
// number and no tie of the format lies between.
//
// With 2^b ≤ |x| < 2^(b+1), both x and the numbers and ties around it are multiples of
// 2^s, s = min(b − bits + 1, max(b − 1, MinExp) − Precision), so a step of 2^(s−1) meets
// none.
func beyond(x *big.Float, side float64, f ieee.Format) *big.Float {
	tiny := f.MinExp() - f.Precision - 2 // an exponent below every tie
	switch {
	case x.Sign() == 0:
		return new(big.Float).SetMantExp(big.NewFloat(side), tiny)
	case x.IsInf() || binade(x) < tiny:
		return x
	}
	b, bits := binade(x), int(x.MinPrec())
	s := min(b-bits+1, max(b-1, f.MinExp())-f.Precision)
	step := new(big.Float).SetMantExp(big.NewFloat(side), s-1)
	return new(big.Float).SetPrec(uint(b-s+4)).Add(x, step)
}

// exponentBelow reports whether |x| < 2^e.
func exponentBelow(x *big.Float, e int64) bool {
	return x.Sign() == 0 || !x.IsInf() && exponent(x) <= e
}

// residualOf returns (x − rounded)/ulp, with the ulp of the binade that holds |x|. It
// is 0 where rounded is infinite.
func residualOf(x *big.Float, rounded float64, f ieee.Format) *big.Float {
	if math.IsInf(rounded, 0) || x.IsInf() {
		return new(big.Float)
	}
	e := f.MinExp()
	if x.Sign() != 0 {
		e = max(e, binade(x))
	}
	// The difference of numbers that agree to Precision bits is exact at the precision
	// of x plus that of a float64.
	d := new(big.Float).SetPrec(x.Prec()+64).Sub(x, big.NewFloat(rounded))
	return d.SetMantExp(d, f.Precision-1-e)
}
