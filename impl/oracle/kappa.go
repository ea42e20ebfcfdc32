package oracle

import (
	"cmp"
	"math"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// kappaPrec is the precision, in bits, at which condition numbers are tried first.
const kappaPrec = 64

// kappaBits is how many bits of a condition number are certain. Exact ones are powers of
// two, as the 2 of a square: exactBits of what may be one are certain, so that whoever
// writes its logarithm with few digits does not write that of the next number.
const (
	kappaBits = 16
	exactBits = 52
)

// negligible is how many bits below the number itself a sensitivity may lie without being
// known any better: what a bound makes of κ is 1+κ.
const negligible = 100

// sensitivity returns Σ |x·∂out/∂x| over the finite predictions of an example and its
// soft targets, or over the gaps between them, times the example's weight over the
// denominator, with out the k-th node of a kind. Infinite predictions are limits, and a target
// of exactly 0 or 1 is a label: neither has digits to lose. The denominator is taken as given.
//
// The slopes may cancel as their function does, so the precision is raised until the sum
// is certain to kappaBits, or too small to matter beside size, by which it is going to be
// divided, or no better known than before: where inputs are tied, slopes are all that they
// can be beside the tie. It is the upper end that counts.
func (q *question) sensitivity(s *state, kind, k, i int, size *big.Float) interval.Interval {
	key := measure{s, kind, k, q.Weighting(i)}
	known, ok := q.measures[key]
	if !ok {
		known = q.measured(s, kind, k, i, size)
		if q.measures == nil {
			q.measures = map[measure]interval.Interval{}
		}
		q.measures[key] = known
	}
	return known
}

// A measure is what a sensitivity is of: examples that are alike and weigh the same have the same.
type measure struct {
	s       *state
	kind, k int
	weight  float64
}

func (q *question) measured(s *state, kind, k, i int, size *big.Float) interval.Interval {
	out := s.nodesOf(kind)[k]
	if len(s.measured) == 0 || out == expr.Zero || out == expr.One {
		return nothing
	}
	c := level{Context: interval.Context{Prec: kappaPrec}, denominator: q.level(0).denominator}
	var total interval.Interval
	certain := func(sum interval.Interval) bool {
		before := total
		total = q.scaled(c, sum, i)
		switch {
		case total.Uncertain() || total.Hi().IsInf():
			return false
		case exponentBelow(total.Hi(), exponent(size)-negligible):
			return true
		case !narrow(total, kappaBits):
			return settled(before, total)
		}
		return quotientExponent(total.Lo(), size) == quotientExponent(total.Hi(), size) || narrow(total, exactBits)
	}
	// An example of another weight has the same sums, which are found once.
	sums := s.sums[[2]int{kind, k}]
	for _, sum := range sums {
		if certain(sum) {
			return total
		}
	}
	met := 0
	next := func(sum interval.Interval) bool {
		if met++; met <= len(sums) {
			return false
		}
		s.sums[[2]int{kind, k}] = append(s.sums[[2]int{kind, k}], sum)
		return certain(sum)
	}
	if sep := s.separated(kind); sep != nil && s.gaps == nil {
		for step := range separatedSteps {
			sum, ok := sep.sensitivity(k, step)
			if !ok {
				break
			}
			if next(sum) {
				return total
			}
		}
	}
	s.sensitivities(out, next)
	return total
}

// A gap is the difference between two numbers next to each other on an axis. It grows by moving
// all that lies above it, so that the slope by a gap is the sum of theirs. Of a loss that is a
// function of gaps κ is taken over these: over the numbers themselves it would grow with their
// distance from 0, which has no effect, and excuse every error.
type gap struct {
	size  expr.Node
	above []int // indices of measured
}

// measureGaps measures the gaps of the axes, which are given by indices of the numbers at: the
// predictions, and then the targets. What is infinite has no gaps, and a gap of 0 counts for nothing.
func (s *state) measureGaps(axes [][]int, at []float64) {
	s.measured = slices.Concat(s.x, s.y)
	for _, axis := range axes {
		if slices.ContainsFunc(axis, func(j int) bool { return math.IsInf(at[j], 0) }) {
			continue
		}
		sorted := slices.Clone(axis)
		slices.SortStableFunc(sorted, func(i, j int) int { return cmp.Compare(at[i], at[j]) })
		for k := 1; k < len(sorted); k++ {
			if low, high := sorted[k-1], sorted[k]; at[low] != at[high] {
				s.gaps = append(s.gaps, gap{s.Sub(s.measured[high], s.measured[low]), sorted[k:]})
			}
		}
	}
	if s.gaps == nil {
		s.measured = nil // nothing to be sensitive to
	}
}

// byGaps returns the gaps and the slopes by them, given those by all that is measured.
func (s *state) byGaps(slopes []expr.Node) (by, of []expr.Node) {
	for _, g := range s.gaps {
		var sum []expr.Node
		for _, j := range g.above {
			sum = append(sum, slopes[j])
		}
		by, of = append(by, g.size), append(of, s.Sum(sum...))
	}
	return by, of
}

// narrow reports whether so many bits of a number are certain.
func narrow(x interval.Interval, bits int) bool {
	width := add(new(big.Float).SetPrec(kappaPrec), x.Hi(), new(big.Float).Neg(x.Lo()))
	return !x.Uncertain() && !x.Hi().IsInf() && exponentBelow(width, exponent(x.Hi())-int64(bits))
}

// settled reports whether more precision has left an enclosure as it was.
func settled(before, after interval.Interval) bool {
	if before == (interval.Interval{}) || before.Hi().IsInf() {
		return false
	}
	same := func(x, y *big.Float) bool {
		apart := add(new(big.Float).SetPrec(kappaPrec), x, new(big.Float).Neg(y))
		return exponentBelow(apart, exponent(after.Hi())-kappaBits)
	}
	return same(before.Lo(), after.Lo()) && same(before.Hi(), after.Hi())
}

// quotientExponent is the exponent of x/y.
func quotientExponent(x, y *big.Float) int {
	return new(big.Float).SetPrec(2*kappaPrec).Quo(x, y).MantExp(nil)
}

// sensitivities calls certain with Σ |x·∂out/∂x| at rising precisions, until it says so.
// It differentiates by every x. At a kink it is the greatest sum over the limits beside it,
// and without a bound where there is no slope at all.
func (s *state) sensitivities(out expr.Node, certain func(interval.Interval) bool) {
	mark := s.Len()
	by, slopes := s.measured, s.GradThroughStops(out, s.measured...)
	defer s.Truncate(mark)
	if s.gaps != nil {
		by, slopes = s.byGaps(slopes)
	}
	var terms []expr.Node
	if s.Compares() {
		for j, slope := range slopes {
			terms = append(terms, s.Abs(s.Mul(by[j], slope)))
		}
	}
	sum := s.Sum(terms...)
	c := interval.Context{Prec: kappaPrec}
	for step := 0; ; step++ {
		ev := s.evaluation(kappaPrec << step)
		total := unbounded
		s.scratch(ev, func() {
			if terms != nil {
				total = greatest(ev.Hull(sum, func(all interval.Interval) bool { return narrow(all, kappaBits) }))
				return
			}
			added := nothing
			for j, slope := range slopes {
				added = c.Add(added, c.Abs(c.Mul(ev.Value(by[j]), ev.Value(slope))))
			}
			total = added
		})
		ev.Forget(mark)
		if certain(total) || kappaPrec<<step >= lastPrec {
			return
		}
	}
}

// unbounded is a sum of which nothing is known.
var unbounded = interval.FromBounds(new(big.Float), new(big.Float).SetInf(false))

// greatest returns the upper end of a hull.
func greatest(h expr.Hull) interval.Interval {
	if top := h.High.Hi(); h.Outer && !top.IsInf() {
		return interval.FromBig(top)
	}
	return h.High
}

// add sets z to x + y, or to the larger of the two where the other is below its last
// place by far: math/big would write out every bit between the two, of which there may
// be 2^32.
func add(z, x, y *big.Float) *big.Float {
	const far = 1 << 14
	if x.Sign() != 0 && y.Sign() != 0 && !x.IsInf() && !y.IsInf() {
		switch gap := exponent(x) - exponent(y); {
		case gap > far:
			return z.Set(x)
		case gap < -far:
			return z.Set(y)
		}
	}
	return z.Add(x, y)
}

// kappa returns an upper bound of the sensitivity over max(|V|, smallest normal number),
// as size returns that; +Inf where there is none, or none in float64.
func kappa(sensitivity interval.Interval, size *big.Float) float64 {
	switch {
	case sensitivity.Uncertain() || sensitivity.Hi().IsInf():
		return math.Inf(1)
	case sensitivity.Hi().Sign() == 0:
		return 0
	}
	k := new(big.Float).SetPrec(53).SetMode(big.ToPositiveInf).Quo(sensitivity.Hi(), size)
	rounded, accuracy := k.Float64()
	if accuracy == big.Below {
		rounded = math.Nextafter(rounded, math.Inf(1))
	}
	return rounded
}

// size is what a sensitivity is divided by: max(|V|, smallest normal number), from below.
func (q *question) size(v interval.Interval) *big.Float {
	normal := big.NewFloat(q.format.MinNormal())
	if least := (interval.Context{Prec: kappaPrec}).Abs(v).Lo(); least.Cmp(normal) > 0 {
		return least
	}
	return normal
}
