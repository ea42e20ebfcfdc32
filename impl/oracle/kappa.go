package oracle

import (
	"math"
	"math/big"

	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// kappaPrec is the precision, in bits, at which condition numbers are tried first; two
// digits of them are wanted.
const kappaPrec = 64

// kappaBits is how many bits of a condition number are certain.
const kappaBits = 7

func newSensitivity() *big.Float { return new(big.Float).SetPrec(kappaPrec) }

// sensitivity returns Σ |x·∂out/∂x| over the finite predictions of an example and its
// soft targets, times the example's weight over the denominator. Infinite predictions
// are limits, and a target of exactly 0 or 1 is a label: neither has digits to lose.
// The denominator is taken as given.
//
// The slopes may cancel as their function does, so the precision is raised until the sum
// is certain to kappaBits, or too small to matter beside size, by which it is going to be
// divided.
func (q *question) sensitivity(s *state, out expr.Node, i int, size float64) *big.Float {
	if len(s.measured) == 0 || out == expr.Zero || out == expr.One {
		return newSensitivity()
	}
	if s.low == nil {
		s.low = s.Evaluate(kappaPrec)
	}
	mark := s.Len()
	slopes := s.Grad(out, s.measured...)
	defer func() {
		s.low.Forget(mark)
		s.Truncate(mark)
	}()
	c := level{Context: interval.Context{Prec: kappaPrec}, denominator: q.level(0).denominator}
	negligible := big.NewFloat(size).MantExp(nil) - kappaBits
	ev := s.low
	for prec := uint(kappaPrec); ; prec *= 2 {
		total := interval.FromInt(0)
		for j, slope := range slopes {
			total = c.Add(total, c.Abs(c.Mul(ev.Value(s.measured[j]), ev.Value(slope))))
		}
		total = q.scaled(c, total, i)
		width := add(newSensitivity(), total.Hi(), new(big.Float).Neg(total.Lo()))
		if exponentBelow(width, total.Hi().MantExp(nil)-kappaBits) || exponentBelow(total.Hi(), negligible) || prec >= lastPrec {
			return middle(total)
		}
		ev = s.Evaluate(2 * prec)
	}
}

// add sets z to x + y, or to the larger of the two where the other is below its last
// place by far: math/big would write out every bit between the two, of which there may
// be 2^32.
func add(z, x, y *big.Float) *big.Float {
	const far = 1 << 14
	if x.Sign() != 0 && y.Sign() != 0 && !x.IsInf() && !y.IsInf() {
		switch gap := x.MantExp(nil) - y.MantExp(nil); {
		case gap > far:
			return z.Set(x)
		case gap < -far:
			return z.Set(y)
		}
	}
	return z.Add(x, y)
}

// middle returns the midpoint of an interval; where there is no upper bound, the
// lower one.
func middle(x interval.Interval) *big.Float {
	m := new(big.Float).SetPrec(kappaPrec)
	switch {
	case x.Hi().IsInf():
		return m.Set(x.Lo())
	case x.Lo().IsInf():
		return m.Set(x.Hi())
	}
	return m.Quo(add(m, x.Lo(), x.Hi()), big.NewFloat(2))
}

// kappa returns the sensitivity over max(|V|, smallest normal number), at most
// MaxFloat64.
func (q *question) kappa(n *Number, sensitivity *big.Float) float64 {
	if sensitivity.Sign() == 0 || math.IsNaN(n.Rounded) || math.IsInf(n.Rounded, 0) {
		return 0
	}
	size := q.size(n)
	k, _ := new(big.Float).Quo(sensitivity, big.NewFloat(size)).Float64()
	return math.Min(k, math.MaxFloat64)
}

// size is what a sensitivity is divided by: max(|V|, smallest normal number).
func (q *question) size(n *Number) float64 {
	return math.Max(math.Abs(n.Rounded), q.format.MinNormal())
}
