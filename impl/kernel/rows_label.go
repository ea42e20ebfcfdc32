package kernel

import (
	"math"
	"unsafe"
)

// run computes the form that has values, where value is not nil, and gradients, where grad
// is not, and returns the sum.
func (p *Rowwise[T]) run(value, grad, pred []T, label []int, scale float64) (float64, error) {
	if err := p.checkLabels(label); err != nil {
		return 0, err
	}
	var total accumulator
	block := rowsPerBlock[T](p.classes)
	for at := 0; at < len(label); at += block {
		end := min(at+block, len(label))
		lo, hi := at*p.classes, end*p.classes
		var sum lanes
		if p.classes > chunk {
			p.chunks(part(value, at, end), part(grad, lo, hi), pred[lo:hi], label[at], scale, &sum)
		} else {
			p.block(part(value, at, end), part(grad, lo, hi), pred[lo:hi], label[at:end], scale, &sum)
		}
		total.addLanes(&sum, compensated[T]())
	}
	return total.sum(), nil
}

// block computes rows that lie in the cache together: a pass over their scores, one over
// what it found, and one over the exponentials that it left where the gradients belong.
func (p *Rowwise[T]) block(value, grad, pred []T, label []int, scale float64, sum *lanes) {
	var s rowBlock[T]
	s.scale = scale
	for i, t := range label {
		if !p.ignored(t) {
			s.score[i] = pred[i*p.classes+t] // before a gradient is written over it
			s.weight[i] = p.weight(t)
		}
	}
	exponentials(p.tier, len(label), p.classes, pred, grad, &s)
	if grad != nil {
		for i, top := range s.top[:len(label)] {
			if top-top != 0 {
				pointMass(grad[i*p.classes : (i+1)*p.classes])
			}
		}
	}
	p.outcome(len(label), &s)
	for i, t := range label {
		if p.ignored(t) {
			s.value[i] = 0
		}
		sum.add(i, float64(s.value[i]), compensated[T]())
	}
	copy(value, s.value[:])
	if grad == nil {
		return
	}
	scaleRows(p.tier, len(label), p.classes, grad, &s.factor)
	for i, t := range label {
		if p.ignored(t) {
			clear(grad[i*p.classes : (i+1)*p.classes])
		} else {
			grad[i*p.classes+t] = s.own[i]
		}
	}
}

// outcome makes values and gradients of sums.
func (p *Rowwise[T]) outcome(rows int, s *rowBlock[T]) {
	if f := rowKernelsOf[T]().vector[p.tier].crossEntropy; f != nil && p.loss == &crossEntropy {
		lanes := blockBytes / int(unsafe.Sizeof(T(0)))
		f((rows+lanes-1)/lanes*lanes, hidden(&s.top[0]))
		return
	}
	for i := range rows {
		r, unit := s.unit(i)
		f := newFacts(&r, s.top[i], s.score[i], unit, s.others(i, unit))
		v, g, c := p.loss.label(&f, p.gamma, s.weight[i])
		s.value[i] = T(v)
		s.own[i] = T(g * (s.weight[i] * s.scale))
		s.factor[i] = c * unit * (s.weight[i] * s.scale)
	}
}

// unit is the reference of row i, and what makes its largest exponential 1.
func (s *rowBlock[T]) unit(i int) (r reference[T], unit float64) {
	r = newReference(s.top[i])
	return r, 1 / float64(exponentialAt(r.top, &r))
}

// others is the sum of the exponentials of all but one largest, which is 1. It is NaN where
// the row has no limit.
func (s *rowBlock[T]) others(i int, unit float64) float64 {
	if s.ties[i] == 0 || s.ties[i] > 1 && s.top[i]-s.top[i] != 0 {
		return math.NaN()
	}
	return float64(s.rest[i]*unit) + (s.ties[i] - 1)
}

// exponentialAt is the exponential of base + x.
func exponentialAt[T Float](x T, r *reference[T]) T {
	at := *r
	at.base = 0
	return exponential(x, &at)
}

// pointMass gives the only +∞ of a row the exponential of the largest score; the pass over
// the row found NaN for it.
func pointMass[T Float](exps []T) {
	for k, e := range exps {
		if e != e {
			exps[k] = one[T]()
		}
	}
}

func newFacts[T Float](r *reference[T], top, label T, unit, others float64) rowFacts {
	return rowFacts{
		gap:    float64(top) - float64(label),
		isTop:  label == top,
		others: others,
		label:  float64(exponential(label, r)) * unit,
	}
}

// chunks computes one row of more than chunk classes. Each part of it has a largest score
// and exponentials of its own, which are joined at the end.
func (p *Rowwise[T]) chunks(value, grad, pred []T, label int, scale float64, sum *lanes) {
	if p.ignored(label) {
		clear(value)
		clear(grad)
		return
	}
	var (
		s      rowBlock[T]
		factor [mostRows]float64
		score  = pred[label]
		length = max(chunk, (p.classes+mostRows*blockBytes-1)/(mostRows*blockBytes)*blockBytes)
		count  = 0
	)
	for at := 0; at < p.classes; at += length {
		end := min(at+length, p.classes)
		var one rowBlock[T]
		exponentials(p.tier, 1, end-at, pred[at:end], part(grad, at, end), &one)
		s.top[count], s.rest[count], s.ties[count] = one.top[0], one.rest[0], one.ties[0]
		count++
	}
	top := largest(s.top[:count])
	others, ties := 0.0, 0.0
	for i := range count {
		_, unit := s.unit(i)
		factor[i] = 1
		if s.top[i] != top {
			factor[i] = exponential64(float64(s.top[i]) - float64(top))
			others += factor[i] * float64(float64(s.rest[i]*unit)+s.ties[i])
		} else {
			others += float64(s.rest[i] * unit)
			ties += s.ties[i]
		}
		factor[i] *= unit
	}
	if ties == 0 || ties > 1 && top-top != 0 {
		others = math.NaN()
	}
	others += ties - 1
	r := newReference(top)
	f := newFacts(&r, top, score, 1/float64(exponentialAt(r.top, &r)), others)
	w := p.weight(label)
	v, g, c := p.loss.label(&f, p.gamma, w)
	if value != nil {
		value[0] = T(v)
	}
	sum.add(0, float64(T(v)), compensated[T]())
	if grad == nil {
		return
	}
	for i := range count {
		lo, hi := i*length, min((i+1)*length, p.classes)
		if s.top[i]-s.top[i] != 0 {
			pointMass(grad[lo:hi])
		}
		one := [mostRows]float64{factor[i] * c * (w * scale)}
		scaleRows(p.tier, 1, hi-lo, grad[lo:hi], &one)
	}
	grad[label] = T(g * (w * scale))
}
