package oracle

import (
	"math"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// Decimals is the truth about a call in decimal, whatever the format can hold: each
// number correctly rounded to the digits asked, in the layout of Truth. At an infinite
// prediction it is the limit, and at a kink a gradient number is its hull, [low, high].
type Decimals struct {
	Value, Grad []string
}

// Digits returns value and gradient to n significant decimal digits, 1 ≤ n ≤ 10000. A
// number that is not zero but below 2^-131072 in size is written as a bound: <1e-39456.
// One of unknown sign that is below 2^-8192 is written as 0: a sum that cancels.
func Digits(c *loss.Call, n int) (*Decimals, error) {
	if n < 1 || n > 10_000 {
		panic("oracle: digits must lie between 1 and 10000")
	}
	q, err := newQuestion(c, false, nil)
	if err != nil {
		return nil, err
	}
	d := &Decimals{}
	write := func(to *[]string, instead float64, overridden bool, at func(l level) expr.Hull) error {
		if overridden {
			*to = append(*to, special(instead))
			return nil
		}
		var s string
		err := q.climb(func(l level) (ok bool) {
			s, ok = q.decimals(at(l), n, l.Prec == lastPrec)
			return ok
		})
		*to = append(*to, s)
		return err
	}
	if q.Reduction != loss.None {
		instead, overridden := q.instead()
		if err := write(&d.Value, instead, overridden, func(l level) expr.Hull { return single(q.mean(l)) }); err != nil {
			return nil, err
		}
	}
	for i, s := range q.examples {
		each := q.Values() / len(q.examples)
		for k := 0; q.Reduction == loss.None && k < each; k++ {
			instead, overridden := 0.0, true
			if s != nil {
				instead, overridden = s.overriddenValue()
			}
			err := write(&d.Value, instead, overridden, func(l level) expr.Hull {
				return single(q.scaled(l, s.evaluate(l, s.outputs[k]), i))
			})
			if err != nil {
				return nil, err
			}
		}
		for k := range len(q.Pred) / len(q.examples) {
			instead, overridden := 0.0, true
			if s != nil {
				instead, overridden = s.overridden(byPrediction, k)
				if !overridden && q.empty {
					instead, overridden = q.emptyMean(), true
				}
			}
			err := write(&d.Grad, instead, overridden, func(l level) expr.Hull {
				scaled := func(v interval.Interval) interval.Interval { return q.scaled(l, v, i) }
				return s.evaluation(l.Prec).Hull(s.slopes(byPrediction)[k], func(all interval.Interval) bool {
					_, ok := decimal(scaled(all), n)
					return ok
				}).Map(scaled)
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

const (
	// smallestDecimal is the exponent below which a number is not written out: the time
	// for that grows with the square of the exponent. 2^-131072 is below 10^-39456.
	smallestDecimal = -1 << 17
	// cancelled is the exponent below which a number of unknown sign is written as 0. Half
	// of the last precision resolves what does not cancel exactly down to there.
	cancelled = -1 << 13
)

func single(v interval.Interval) expr.Hull { return expr.Hull{Low: v, High: v} }

// decimals writes a hull with n significant digits for each end, and a number as one.
func (q *question) decimals(h expr.Hull, n int, last bool) (string, bool) {
	if (h.Undecided || h.Partial) && !last {
		return "", false
	}
	write := func(v interval.Interval) (string, bool) {
		if s, ok := q.limit(v); ok {
			return s, true
		}
		return decimal(v, n)
	}
	one := h.Low == h.High && !h.Outer
	if h.Outer {
		h.Low, h.High = bound(h.Low.Lo()), bound(h.High.Hi())
	}
	low, ok := write(h.Low)
	if one || !ok {
		return low, ok
	}
	high, ok := write(h.High)
	if low == high {
		return low, ok
	}
	return "[" + low + ", " + high + "]", ok
}

// limit writes a number that has gone to its limit, 0 or an infinity, because the
// stand-in of an infinite prediction has taken it there.
func (q *question) limit(v interval.Interval) (string, bool) {
	if !slices.ContainsFunc(q.Pred, func(x float64) bool { return math.IsInf(x, 0) }) {
		return "", false
	}
	const far = infinity / 4 // beyond every float64 by far, and short of the stand-in
	switch sign, _ := v.Sign(); {
	case sign > 0 && v.Lo().MantExp(nil) > far:
		return "+Inf", true
	case sign < 0 && v.Hi().MantExp(nil) > far:
		return "-Inf", true
	}
	return "0", exponentBelow(v.Lo(), -far) && exponentBelow(v.Hi(), -far)
}

func special(x float64) string {
	switch {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 1):
		return "+Inf"
	case math.IsInf(x, -1):
		return "-Inf"
	}
	return "0"
}

// decimal writes the number in iv with n significant digits, if iv is narrow enough
// for that.
func decimal(iv interval.Interval, n int) (string, bool) {
	if iv.Uncertain() {
		return "", false
	}
	if iv.IsPoint() {
		return written(iv.Lo(), n), true
	}
	lo, hi := iv.Lo(), iv.Hi()
	vanishing := func(x *big.Float) bool { return exponentBelow(x, smallestDecimal) }
	unsigned := lo.Sign()*hi.Sign() < 0 || iv.Closed()
	switch {
	case unsigned && exponentBelow(lo, cancelled) && exponentBelow(hi, cancelled):
		return "0", true
	case vanishing(lo) && vanishing(hi) && lo.Sign() >= 0:
		return "<1e-39456", true
	case vanishing(lo) && vanishing(hi) && hi.Sign() <= 0:
		return ">-1e-39456", true
	case lo.Sign() != hi.Sign() || vanishing(lo) || lo.IsInf() || hi.IsInf():
		return "", false
	}
	s := written(lo, n)
	return s, s == written(hi, n)
}

// written is x to n digits, in positional notation unless it is very large or small.
func written(x *big.Float, n int) string { return x.Text('g', n) }
