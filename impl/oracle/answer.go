package oracle

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// answers are numbers, each with the enclosure that it was rounded from, where it was.
type answers struct {
	numbers []Number
	in      []interval.Interval
	hulls   map[int]expr.Hull // for those at a kink, of its ends
}

func newAnswers(n int) *answers {
	return &answers{make([]Number, n), make([]interval.Interval, n), map[int]expr.Hull{}}
}

// firsts has the first example of each kind: those that are alike and weigh the same have the same
// answers, which are found once.
type firsts map[measure]int

// of returns the first example that is like example i.
func (f firsts) of(s *state, weight float64, i int) int {
	key := measure{s: s, weight: weight}
	first, ok := f[key]
	if !ok {
		first = i
		f[key] = i
	}
	return first
}

// copied gives example i the numbers of another, unless it is the other.
func (a *answers) copied(from, i, each int) bool {
	if from == i {
		return false
	}
	copy(a.numbers[i*each:(i+1)*each], a.numbers[from*each:])
	copy(a.in[i*each:(i+1)*each], a.in[from*each:])
	for k := range each {
		if h, ok := a.hulls[from*each+k]; ok {
			a.hulls[i*each+k] = h
		}
	}
	return true
}

// values returns the truth of the values, without condition numbers: one for each value
// of the batch, or the reduced one.
func (q *question) values() (*answers, error) {
	if q.Reduction != loss.None {
		a := newAnswers(1)
		if v, ok := q.instead(); ok {
			a.numbers[0].Rounded = v
			return a, nil
		}
		return a, q.certify(a, 0, q.mean)
	}
	a, first := newAnswers(q.Values()), firsts{}
	for i, s := range q.examples {
		if s == nil {
			continue
		}
		each := len(a.numbers) / len(q.examples)
		if a.copied(first.of(s, q.Weighting(i), i), i, each) {
			continue
		}
		for k := range each {
			at := i*each + k
			if v, ok := s.overriddenValue(); ok {
				a.numbers[at].Rounded = v
				continue
			}
			if err := q.certify(a, at, func(l level) interval.Interval { return q.scaled(l, s.evaluate(l, s.outputs[k]), i) }); err != nil {
				return nil, err
			}
		}
	}
	return a, nil
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

// gradient returns one of the gradients of a batch, without condition numbers.
func (q *question) gradient(which int) (*answers, error) {
	width := q.inputs(which)
	a, first := newAnswers(len(q.examples)*width), firsts{}
	mean, noMean := q.instead()
	for i, s := range q.examples {
		if s == nil || a.copied(first.of(s, q.Weighting(i), i), i, width) {
			continue
		}
		for k := range width {
			at := i*width + k
			n := &a.numbers[at]
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
			if which == byTarget && noMean && q.inDenominator(k) {
				n.Rounded = -mean
				continue
			}
			node := s.slopes(which)[k]
			err := q.climb(func(l level) (ok bool) {
				reduced := func(v interval.Interval) interval.Interval {
					if which == byTarget {
						v = q.throughDenominator(l, v, k)
					}
					return q.scaled(l, v, i)
				}
				h := s.evaluation(l.Prec).Hull(node, func(all interval.Interval) bool {
					_, ok := certify(reduced(all), q.format)
					return ok
				})
				h = h.Map(reduced)
				*n, ok = certifyHull(h, l.Context, q.format, l.Prec == lastPrec)
				if a.in[at] = h.Low; n.Hull != nil {
					a.hulls[at] = h
				}
				return ok
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return a, nil
}

// inputs is how many numbers of an item a gradient is taken by.
func (q *question) inputs(which int) int {
	if which == byTarget {
		return q.TargetWidth
	}
	return q.Width
}

// gradientKappa is the condition number of number i of a gradient.
func (q *question) gradientKappa(which int, a *answers, i int) float64 {
	each := q.inputs(which)
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
