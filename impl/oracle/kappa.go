package oracle

import (
	"math"
	"math/big"

	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// kappaPrec is the precision, in bits, of condition numbers, of which two digits are
// wanted.
const kappaPrec = 64

func (q *question) newSensitivity() *big.Float { return new(big.Float).SetPrec(kappaPrec) }

// sensitivity returns Σ |x·∂out/∂x| over the finite predictions of an example and its
// soft targets, times the example's weight over the denominator. Infinite predictions
// are limits, and a target of exactly 0 or 1 is a label: neither has digits to lose.
// The denominator is taken as given.
func (q *question) sensitivity(s *state, out expr.Node, i int) *big.Float {
	total := q.newSensitivity()
	if len(s.measured) == 0 {
		return total
	}
	mark := s.Len()
	ev := s.low
	if ev == nil {
		ev = s.Evaluate(kappaPrec)
		s.low = ev
	}
	for j, slope := range s.Grad(out, s.measured...) {
		d := middle(ev.Value(slope))
		d.Mul(d, middle(ev.Value(s.measured[j])))
		total.Add(total, d.Abs(d))
	}
	ev.Forget(mark)
	s.Truncate(mark)
	c := level{Context: interval.Context{Prec: kappaPrec}, denominator: q.level(0).denominator}
	return middle(q.scaled(c, interval.FromBig(total), i))
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
	return m.Quo(m.Add(x.Lo(), x.Hi()), big.NewFloat(2))
}

// kappa returns the sensitivity over max(|V|, smallest normal number), at most
// MaxFloat64.
func (q *question) kappa(n *Number, sensitivity *big.Float) float64 {
	if sensitivity.Sign() == 0 || math.IsNaN(n.Rounded) || math.IsInf(n.Rounded, 0) {
		return 0
	}
	size := math.Max(math.Abs(n.Rounded), q.format.MinNormal())
	k, _ := new(big.Float).Quo(sensitivity, big.NewFloat(size)).Float64()
	return math.Min(k, math.MaxFloat64)
}
