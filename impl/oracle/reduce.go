package oracle

import (
	"fmt"
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// denominator is what the reduction divides by; 1 where it does not divide.
func (q *question) denominatorAt(c interval.Context) interval.Interval {
	count := func(n int) interval.Interval { return interval.FromInt(int64(n)) }
	switch q.Reduction {
	case loss.MeanElements:
		return count(len(q.examples))
	case loss.MeanSamples:
		return count(q.Rows)
	case loss.MeanCounted:
		counted := 0
		for i := range q.examples {
			if !q.Ignored(i) {
				counted++
			}
		}
		return count(counted)
	case loss.MeanWeight:
		sum := count(0)
		for i := range q.examples {
			if !q.Ignored(i) {
				w := interval.FromFloat64(q.Weighting(i))
				sum = c.Add(sum, c.Mul(w, q.classShare(c, i)))
			}
		}
		return sum
	}
	return count(1)
}

// losesDenominator reports whether a target number that is part of the denominator is NaN.
func (q *question) losesDenominator() bool {
	for i, s := range q.examples {
		for k := 0; s != nil && s.nan && k < q.TargetWidth; k++ {
			if q.inDenominator(k) && math.IsNaN(q.Target[i*q.TargetWidth+k]) {
				return true
			}
		}
	}
	return false
}

// classShare is the factor that class weights give example i in the denominator: w_t
// for a label, Σ w_k·y_k for a distribution, and 1 without class weights.
func (q *question) classShare(c interval.Context, i int) interval.Interval {
	name := loss.ClassWeight.Name
	if !q.Args.On(name) {
		return interval.FromInt(1)
	}
	if q.Label != nil {
		return interval.FromFloat64(q.Args.Class(name, q.Label[i]))
	}
	sum := interval.FromInt(0)
	for k, y := range q.Target[i*q.TargetWidth : (i+1)*q.TargetWidth] {
		w := q.Args.Class(name, k)
		if w != 0 && y == y {
			sum = c.Add(sum, c.Mul(interval.FromFloat64(w), interval.FromFloat64(y)))
		}
	}
	return sum
}

// A level is one precision of Ziv's strategy, with what all examples share at it.
type level struct {
	interval.Context
	step        int // the number of the level, from 0
	denominator interval.Interval
}

// level returns level number step; its precision is firstPrec·2^step.
func (q *question) level(step int) level {
	for len(q.levels) <= step {
		c := interval.Context{Prec: firstPrec << len(q.levels)}
		q.levels = append(q.levels, level{c, len(q.levels), q.denominatorAt(c)})
	}
	return q.levels[step]
}

// climb calls try at rising levels until it reports that all is certain. An operation that has no
// value is an error too: a definition that a person writes can have one.
func (q *question) climb(try func(l level) (done bool)) (err error) {
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case *interval.DomainError:
			err = fmt.Errorf("%w: %w", ErrUndecided, problem)
		default:
			panic(problem)
		}
	}()
	for step := 0; firstPrec<<step <= lastPrec; step++ {
		if try(q.level(step)) {
			return nil
		}
	}
	return ErrUndecided
}

// evaluate returns the value of a node of the state at a level.
func (s *state) evaluate(l level, n expr.Node) interval.Interval {
	return s.evaluation(l.Prec).Value(n)
}

// evaluation returns the values of the state's nodes with prec bits.
func (s *state) evaluation(prec uint) *expr.Evaluation {
	if s.evaluations[prec] == nil {
		s.evaluations[prec] = s.Evaluate(prec)
	}
	return s.evaluations[prec]
}

// scaled is v times what the reduction multiplies example i by: its weight over the
// denominator.
func (q *question) scaled(l level, v interval.Interval, i int) interval.Interval {
	if w := q.Weighting(i); w != 1 {
		v = l.Mul(v, interval.FromFloat64(w))
	}
	if q.Reduction.Mean() {
		v = l.Quo(v, l.denominator)
	}
	return v
}
