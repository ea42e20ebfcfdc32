package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// answers are numbers of a kind, found as they are asked for, each with the enclosure that it was rounded from, where it was.
type answers struct {
	kind    int
	numbers []Number
	in      []interval.Interval
	hulls   map[int]expr.Hull // for those at a kink, of its ends
	found   []bool
	first   map[measure]int // of those that are alike
}

// answers are those of a kind, of which nothing is known yet.
func (q *question) answers(kind int) *answers {
	n := q.Values()
	switch {
	case kind != ofValue:
		n = len(q.examples) * q.inputs(kind)
	case q.Reduction != loss.None:
		n = 1
	}
	return &answers{kind, make([]Number, n), make([]interval.Interval, n), map[int]expr.Hull{}, make([]bool, n), map[measure]int{}}
}

// all finds every number.
func (q *question) all(a *answers) error {
	for i := range a.numbers {
		if err := q.find(a, i); err != nil {
			return err
		}
	}
	return nil
}

// find finds number i, without its condition number. Examples that are alike and weigh the same have the same numbers, which
// are found once.
func (q *question) find(a *answers, i int) (err error) {
	if a.found[i] {
		return nil
	}
	n := &a.numbers[i]
	if a.kind == ofValue && q.Reduction != loss.None {
		if v, ok := q.instead(); ok {
			n.Rounded = v
		} else if err := q.certify(a, i, q.mean); err != nil {
			return err
		}
	} else {
		each := len(a.numbers) / len(q.examples)
		at, k := i/each, i%each
		s := q.examples[at]
		key := measure{s, a.kind, k, q.Weighting(at)}
		first, ok := a.first[key]
		switch {
		case s == nil:
		case ok:
			*n, a.in[i] = a.numbers[first], a.in[first]
			if h, ok := a.hulls[first]; ok {
				a.hulls[i] = h
			}
		case a.kind == ofValue:
			if v, ok := s.overriddenValue(); ok {
				n.Rounded = v
			} else {
				err = q.certify(a, i, func(l level) interval.Interval { return q.scaled(l, s.evaluate(l, s.outputs[k]), at) })
			}
		default:
			err = q.slope(a, i, s, at, k)
		}
		if err != nil {
			return err
		}
		a.first[key] = i
	}
	a.found[i] = true
	n.Kappa = math.NaN() // it has not been computed
	if n.Hull != nil {
		n.Hull.Low.Kappa, n.Hull.High.Kappa = math.NaN(), math.NaN()
	}
	return nil
}

// valueKappa is the condition number of value i.
func (q *question) valueKappa(a *answers, i int) float64 {
	if !finite(a.numbers[i].Rounded) {
		return 0
	}
	if q.Reduction == loss.None {
		each := q.Values() / len(q.examples)
		s := q.examples[i/each]
		if s == nil {
			return 0
		}
		size := q.size(a.in[i])
		return kappa(q.sensitivity(s, ofValue, i%each, i/each, size), size)
	}
	if _, ok := q.instead(); ok {
		return 0
	}
	total, size := nothing, q.size(a.in[i])
	for k, s := range q.examples {
		if s != nil {
			total = interval.Context{Prec: kappaPrec}.Add(total, q.sensitivity(s, ofValue, 0, k, size))
		}
	}
	return kappa(total, size)
}

// certify raises the precision until number i is rounded with certainty.
func (q *question) certify(a *answers, i int, at func(l level) interval.Interval) error {
	return q.climb(func(l level) (ok bool) {
		v := at(l)
		n, ok := certify(v, q.format)
		if !ok && l.Prec == lastPrec {
			n, ok = certifyEither(v, q.format)
		}
		a.numbers[i], a.in[i] = n, v
		return ok
	})
}

// instead returns the NaN or infinity that the reduced value is without evaluation.
func (q *question) instead() (float64, bool) {
	if q.lost {
		return math.NaN(), true
	}
	if q.empty {
		return q.emptyMean(), true
	}
	sum, any := 0.0, false
	for _, s := range q.examples {
		if s != nil {
			if v, ok := s.overriddenValue(); ok {
				sum, any = sum+v, true // infinities of one sign, and NaN
			}
		}
	}
	return sum, any
}

// mean is Σ w·L over the denominator, once for each level.
func (q *question) mean(l level) interval.Interval {
	for len(q.means) <= l.step {
		q.means = append(q.means, interval.Interval{})
	}
	if mean := q.means[l.step]; mean != (interval.Interval{}) {
		return mean
	}
	sum := interval.FromInt(0)
	for i, s := range q.examples {
		if s != nil {
			sum = l.Add(sum, l.Mul(interval.FromFloat64(q.Weighting(i)), s.evaluate(l, s.outputs[0])))
		}
	}
	q.means[l.step] = l.Quo(sum, l.denominator)
	return q.means[l.step]
}

// emptyMean is the mean over nothing under the convention of the call; where that is
// an error, the plan has refused already.
func (q *question) emptyMean() float64 {
	if q.Args.Convention(loss.EmptyMeanConvention.Name) == "zero" {
		return 0
	}
	return math.NaN()
}

// slope finds number i of a gradient, the k-th of an example.
func (q *question) slope(a *answers, i int, s *state, at, k int) error {
	n := &a.numbers[i]
	if v, ok := s.overridden(a.kind, k); ok {
		n.Rounded = v
		return nil
	}
	if q.lost {
		n.Rounded = math.NaN()
		return nil
	}
	if q.empty {
		n.Rounded = q.emptyMean()
		return nil
	}
	through := a.kind == byTarget && q.inDenominator(k)
	if through {
		if mean, ok := q.instead(); ok {
			n.Rounded = -mean
			return nil
		}
	}
	node := s.slopes(a.kind)[k]
	return q.climb(func(l level) (ok bool) {
		reduced := func(v interval.Interval) interval.Interval {
			if through {
				v = q.throughDenominator(l, v, k)
			}
			return q.scaled(l, v, at)
		}
		h := s.evaluation(l.Prec).Hull(node, func(all interval.Interval) bool {
			_, ok := certify(reduced(all), q.format)
			return ok
		})
		h = h.Map(reduced)
		*n, ok = certifyHull(h, l.Context, q.format, l.Prec == lastPrec)
		if a.in[i] = h.Low; n.Hull != nil {
			a.hulls[i] = h
		}
		return ok
	})
}

// inputs is how many numbers of an item a gradient is taken by.
func (q *question) inputs(which int) int {
	if which == byTarget {
		return q.TargetWidth
	}
	return q.Width
}

// gradientKappa is the condition number of number i of a gradient.
func (q *question) gradientKappa(a *answers, i int) float64 {
	which, each := a.kind, q.inputs(a.kind)
	s := q.examples[i/each]
	if s == nil {
		return 0
	}
	if hull := a.numbers[i].Hull; hull != nil {
		low, high := q.size(a.hulls[i].Low), q.size(a.hulls[i].High)
		size := low
		if high.Cmp(low) < 0 {
			size = high
		}
		total := q.sensitivity(s, which, i%each, i/each, size)
		hull.Low.Kappa, hull.High.Kappa = kappa(total, low), kappa(total, high)
		return 0
	}
	if !finite(a.numbers[i].Rounded) {
		return 0
	}
	if _, ok := s.overridden(which, i%each); ok || q.empty {
		return 0
	}
	size := q.size(a.in[i])
	return kappa(q.sensitivity(s, which, i%each, i/each, size), size)
}

// throughDenominator takes off what the k-th target number of a row adds to the
// denominator of mean/weight: with V = Σ w·L/D and D = Σ w·w_k·y_k,
// ∂V/∂y_k = (w·∂L/∂y_k − V·w·w_k)/D.
func (q *question) throughDenominator(l level, v interval.Interval, k int) interval.Interval {
	w := interval.FromFloat64(q.Args.Class(loss.ClassWeight.Name, k))
	return l.Sub(v, l.Mul(q.mean(l), w))
}

// inDenominator reports whether the k-th target number of a row is part of the denominator.
func (q *question) inDenominator(k int) bool {
	return q.Reduction == loss.MeanWeight && q.Target != nil && q.Args.On(loss.ClassWeight.Name) && q.Args.Class(loss.ClassWeight.Name, k) != 0
}
