package kernel

import "unsafe"

// A job is one call of a kernel: a form, and what it reads and writes.
type job[T Float] struct {
	kernel                    Pointwise[T]
	form                      vectorFunc[T] // nil in plain Go
	pred, target, value, grad []T           // nil where there is none
	summed                    bool
}

// blocks is how many blocks n elements are worked on in.
func blocks(n int) int { return (n + stride - 1) / stride }

// run does the blocks of a job, one after the other, and returns the sum.
func (j *job[T]) run() float64 {
	var total accumulator
	for block := range blocks(len(j.pred)) {
		var sum accumulator
		j.do(block, &sum)
		total.merge(sum)
	}
	return total.sum()
}

// do does a block, and adds to sum where the job is summed.
func (j *job[T]) do(block int, sum *accumulator) {
	at := block * stride
	end := min(at+stride, len(j.pred))
	pred, target, value, grad := part(j.pred, at, end), part(j.target, at, end), part(j.value, at, end), part(j.grad, at, end)
	if !j.summed {
		j.kernel.piece(j.form, pred, target, value, grad, nil)
		return
	}
	var all lanes
	j.kernel.piece(j.form, pred, target, value, grad, &all)
	sum.addLanes(&all, compensated[T]())
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
	var apart lanes // of what is not summed: a form with a value always sums
	if blocks > 0 {
		all := sum
		if all == nil {
			all = &apart
		}
		f(blocks, data(pred), data(target), data(value), data(grad), (*[16]float64)(hidden(all)), hidden(&p.params))
	}
	whole := blocks * perBlock
	if whole == len(pred) {
		return
	}
	var in, out [2][16]T
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
