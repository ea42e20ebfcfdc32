package kernel

import "unsafe"

// run computes the form that has a value, and the gradient where grad is not nil, and
// returns the sum. value may be nil.
func (p *Pointwise[T]) run(pred, target, value, grad []T) float64 {
	f := p.vector[p.tier].value
	if grad != nil {
		f = p.vector[p.tier].valueGrad
	}
	var total accumulator
	for at := 0; at < len(pred); at += stride {
		var sum lanes
		end := min(at+stride, len(pred))
		p.piece(f, part(pred, at, end), part(target, at, end), part(value, at, end), part(grad, at, end), &sum)
		total.addLanes(&sum, compensated[T]())
	}
	return total.sum()
}

func (p *Pointwise[T]) runGrad(pred, target, grad []T) {
	for at := 0; at < len(pred); at += stride {
		end := min(at+stride, len(pred))
		p.piece(p.vector[p.tier].grad, part(pred, at, end), part(target, at, end), nil, part(grad, at, end), nil)
	}
}

// part is xs[at:end], and nil where there is no xs.
func part[T Float](xs []T, at, end int) []T {
	if xs == nil {
		return nil
	}
	return xs[at:end]
}

// piece computes at most stride elements, in vectors where there are any: what does not
// fill a block is copied into one.
func (p *Pointwise[T]) piece(f vectorFunc[T], pred, target, value, grad []T, sum *lanes) {
	if f == nil {
		p.plain(pred, target, value, grad, sum)
		return
	}
	perBlock := blockBytes / int(unsafe.Sizeof(T(0)))
	blocks := len(pred) / perBlock
	if blocks > 0 {
		f(blocks, data(pred), data(target), data(value), data(grad), (*[16]float64)(hidden(sum)), hidden(&p.params))
	}
	whole := blocks * perBlock
	if whole == len(pred) {
		return
	}
	var in, out [2][16]T
	var apart lanes // the sum of a block that is not full
	copy(in[0][:perBlock], pred[whole:])
	copy(in[1][:perBlock], part(target, whole, len(target)))
	f(1, hidden(&in[0][0]), hidden(&in[1][0]), hidden(&out[0][0]), hidden(&out[1][0]), (*[16]float64)(hidden(&apart)), hidden(&p.params))
	copy(part(value, whole, len(value)), out[0][:])
	copy(part(grad, whole, len(grad)), out[1][:])
	if sum != nil {
		for i, v := range out[0][:len(pred)-whole] {
			sum.add(whole+i, float64(v), compensated[T]())
		}
	}
}

// plain is the loop of every vectorFunc in Go: its specification.
func (p *Pointwise[T]) plain(pred, target, value, grad []T, sum *lanes) {
	params := hidden(&p.params)
	for i, x := range pred {
		var y T
		if target != nil {
			y = target[i]
		}
		v, g := p.point(params, x, y)
		if value != nil {
			value[i] = v
		}
		if grad != nil {
			grad[i] = g
		}
		if sum != nil {
			sum.add(i, float64(v), compensated[T]())
		}
	}
}

// data is the first element of a slice for a vectorFunc, which keeps no pointer.
func data[T Float](xs []T) *T { return hidden(unsafe.SliceData(xs)) }

// hidden is p, hidden from escape analysis: a function that is called through a variable
// would otherwise move what p points to into the heap.
//
//go:nosplit
func hidden[E any](p *E) *E {
	x := uintptr(unsafe.Pointer(p))
	return *(**E)(unsafe.Pointer(&x))
}
