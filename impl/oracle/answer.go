package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// values returns the truth of the values, without condition numbers: one for each value
// of the batch, or the reduced one.
func (q *question) values() ([]Number, error) {
	if q.Reduction != loss.None {
		n, err := q.reduced()
		return []Number{n}, err
	}
	numbers := make([]Number, q.Values())
	for i, s := range q.examples {
		if s == nil {
			continue
		}
		each := len(numbers) / len(q.examples)
		for k := range each {
			n := &numbers[i*each+k]
			if v, ok := s.overriddenValue(); ok {
				n.Rounded = v
				continue
			}
			if err := q.certify(n, func(l level) interval.Interval { return q.scaled(l, s.evaluate(l, s.outputs[k]), i) }); err != nil {
				return nil, err
			}
		}
	}
	return numbers, nil
}

// valueKappa is the condition number of value i, whose truth is n.
func (q *question) valueKappa(n *Number, i int) float64 {
	if !finite(n.Rounded) {
		return 0
	}
	if q.Reduction != loss.None {
		if _, ok := q.instead(); ok {
			return 0
		}
		total := newSensitivity()
		for k, s := range q.examples {
			if s != nil {
				add(total, total, q.sensitivity(s, s.outputs[0], k, q.size(n)))
			}
		}
		return q.kappa(n, total)
	}
	each := q.Values() / len(q.examples)
	s := q.examples[i/each]
	if s == nil {
		return 0
	}
	return q.kappa(n, q.sensitivity(s, s.outputs[i%each], i/each, q.size(n)))
}

// certify raises the precision until the number is rounded with certainty.
func (q *question) certify(n *Number, at func(l level) interval.Interval) error {
	return q.climb(func(l level) (ok bool) {
		v := at(l)
		if *n, ok = certify(v, q.format); !ok && l.Prec == lastPrec {
			*n, ok = certifyEither(v, q.format)
		}
		return ok
	})
}

// reduced returns the truth of Σ w·L over the denominator.
func (q *question) reduced() (Number, error) {
	var n Number
	if v, ok := q.instead(); ok {
		n.Rounded = v
		return n, nil
	}
	err := q.certify(&n, q.mean)
	return n, err
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

// mean is Σ w·L over the denominator.
func (q *question) mean(l level) interval.Interval {
	sum := interval.FromInt(0)
	for i, s := range q.examples {
		if s != nil {
			sum = l.Add(sum, l.Mul(interval.FromFloat64(q.Weighting(i)), s.evaluate(l, s.outputs[0])))
		}
	}
	return l.Quo(sum, l.denominator)
}

// emptyMean is the mean over nothing under the convention of the call; where that is
// an error, the plan has refused already.
func (q *question) emptyMean() float64 {
	if q.Args.Convention(loss.EmptyMeanConvention.Name) == "zero" {
		return 0
	}
	return math.NaN()
}

// gradient returns one of the gradients of a batch, without condition numbers.
func (q *question) gradient(which int) ([]Number, error) {
	width := q.inputs(which)
	numbers := make([]Number, len(q.examples)*width)
	for i, s := range q.examples {
		if s == nil {
			continue
		}
		for k := range width {
			n := &numbers[i*width+k]
			if v, ok := s.overridden(which, k); ok {
				n.Rounded = v
				continue
			}
			if q.lost {
				n.Rounded = math.NaN()
				continue
			}
			if q.empty {
				n.Rounded = q.emptyMean()
				continue
			}
			if which == byTarget && q.inDenominator(k) {
				if v, ok := q.instead(); ok {
					n.Rounded = -v
					continue
				}
			}
			node := s.slopes(which)[k]
			err := q.climb(func(l level) (ok bool) {
				h := s.evaluation(l).Hull(node).Map(func(v interval.Interval) interval.Interval {
					if which == byTarget {
						v = q.throughDenominator(l, v, k)
					}
					return q.scaled(l, v, i)
				})
				*n, ok = certifyHull(h, l.Context, q.format, l.Prec == lastPrec)
				return ok
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return numbers, nil
}

// inputs is how many numbers of an item a gradient is taken by.
func (q *question) inputs(which int) int {
	if which == byTarget {
		return q.TargetWidth
	}
	return q.Width
}

// gradientKappa is the condition number of number i of a gradient, whose truth is n.
func (q *question) gradientKappa(which int, n *Number, i int) float64 {
	each := q.inputs(which)
	s := q.examples[i/each]
	if s == nil || !finite(n.Rounded) {
		return 0
	}
	if _, ok := s.overridden(which, i%each); ok || q.empty {
		return 0
	}
	return q.kappa(n, q.sensitivity(s, s.slopes(which)[i%each], i/each, q.size(n)))
}

// throughDenominator takes off what the k-th target number of a row adds to the
// denominator of mean/weight: with V = Σ w·L/D and D = Σ w·w_k·y_k,
// ∂V/∂y_k = (w·∂L/∂y_k − V·w·w_k)/D.
func (q *question) throughDenominator(l level, v interval.Interval, k int) interval.Interval {
	if !q.inDenominator(k) {
		return v
	}
	w := interval.FromFloat64(q.Args.Class(loss.ClassWeight.Name, k))
	return l.Sub(v, l.Mul(q.mean(l), w))
}

// inDenominator reports whether the k-th target number of a row is part of the denominator.
func (q *question) inDenominator(k int) bool {
	return q.Reduction == loss.MeanWeight && q.Target != nil && q.Args.On(loss.ClassWeight.Name) && q.Args.Class(loss.ClassWeight.Name, k) != 0
}
