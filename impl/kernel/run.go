package kernel

import (
	"math"
	"unsafe"
)

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
func part[E any](xs []E, at, end int) []E {
	if xs == nil {
		return nil
	}
	return xs[at:end]
}

// piece computes at most stride elements, in vectors where there are any. sum, which is 0,
// may be nil.
//
// A sum of float32 that is too small or too large for its values is taken of those of float64. The
// sum over differences also says whether one has overflowed, where the results are computed again,
// one by one. Both need the inputs once more, and a result may lie over them.
func (p *Pointwise[T]) piece(f vectorFunc[T], pred, target, value, grad []T, sum *lanes) {
	if sum == nil && !p.differences {
		p.blocks(f, pred, target, value, grad, nil)
		return
	}
	var own lanes
	all := sum
	if all == nil {
		all = &own
	}
	sumFirst := (overlays(value, pred, target) || overlays(grad, pred, target)) && !p.sure(pred, target)
	if sumFirst {
		p.blocks(p.forms().value, pred, target, nil, nil, all)
	} else {
		p.blocks(f, pred, target, value, grad, all)
		if sum == nil && value == nil { // vectors have not watched what does not fill a turn
			for i := len(pred) / turn * turn; i < len(pred); i++ {
				d := pred[i] - target[i]
				own[0] += float64(d - d)
			}
		}
	}
	total := math.Abs(all.total(false)) // of the lanes of float64 too, to see whether it is finite
	tooLarge := p.differences && !(total < maximum[T]())
	if sum != nil && single[T]() && (tooLarge || total < p.least(len(pred))) {
		*sum = lanes{p.doubleSum(pred, target)}
	}
	switch {
	case tooLarge:
		if sum != nil && !single[T]() {
			*sum = lanes{}
		}
		for i, x := range pred {
			v, g := p.point(hidden(&p.params), x, target[i])
			if sum != nil && !single[T]() {
				sum.add(i, float64(v), true)
			}
			if value != nil {
				value[i] = v
			}
			if grad != nil {
				grad[i] = g
			}
		}
	case sumFirst:
		var unused lanes
		p.blocks(f, pred, target, value, grad, &unused)
	}
}

// least is what the size of a sum of n values of float32 is to be, for them to have lost nothing that matters
// next to 0: each at most 2^-149, which is together 2^-29 of this.
func (p *Pointwise[T]) least(n int) float64 { return float64(n) * 0x1p-120 }

// sure reports whether the first turn already says that a sum is neither too small nor too large.
func (p *Pointwise[T]) sure(pred, target []T) bool {
	switch {
	case p.differences:
		return false
	case !single[T]():
		return true
	}
	n := min(turn, len(pred))
	var sum lanes
	p.blocks(p.forms().value, pred[:n], part(target, 0, min(n, len(target))), nil, nil, &sum)
	return math.Abs(sum.total(false)) >= p.least(len(pred))
}

// doubleSum is the sum of the values in float64.
func (p *Pointwise[T]) doubleSum(pred, target []T) float64 {
	k := p.pointwise.double(hidden(&p.params)).In(p.tier)
	var x, y [8 * turn]float64
	var sum lanes
	for at := 0; at < len(pred); at += len(x) {
		end := min(at+len(x), len(pred))
		for i, v := range pred[at:end] {
			x[i] = float64(v)
		}
		var ofTargets []float64
		if target != nil {
			ofTargets = y[:end-at]
			for i, v := range target[at:end] {
				y[i] = float64(v)
			}
		}
		k.blocks(k.forms().value, x[:end-at], ofTargets, nil, nil, &sum)
	}
	var total accumulator
	total.addLanes(&sum, true)
	return total.sum()
}

// blocks computes elements in vectors: what does not fill a turn is copied to where it does.
func (p *Pointwise[T]) blocks(f vectorFunc[T], pred, target, value, grad []T, sum *lanes) {
	bytes := blockBytes
	if p.paired() {
		bytes *= 2
	}
	if f == nil {
		p.plain(pred, target, value, grad, sum)
		return
	}
	perTurn := bytes / int(unsafe.Sizeof(T(0)))
	turns := len(pred) / perTurn
	var apart lanes // of what is not summed: a form with a value always sums
	if turns > 0 {
		all := sum
		if all == nil {
			all = &apart
		}
		f(turns*bytes/blockBytes, data(pred), data(target), data(value), data(grad), (*[16]float64)(hidden(all)), hidden(&p.params))
	}
	whole := turns * perTurn
	if whole == len(pred) {
		return
	}
	var in, out [2][32]T
	copy(in[0][:perTurn], pred[whole:])
	copy(in[1][:perTurn], part(target, whole, len(target)))
	f(bytes/blockBytes, hidden(&in[0][0]), hidden(&in[1][0]), hidden(&out[0][0]), hidden(&out[1][0]), (*[16]float64)(hidden(&apart)), hidden(&p.params))
	copy(part(value, whole, len(value)), out[0][:])
	copy(part(grad, whole, len(grad)), out[1][:])
	if sum != nil {
		p.sum(sum, whole, out[0][:len(pred)-whole])
	}
}

// plain is the loop of every vectorFunc in Go: its specification.
func (p *Pointwise[T]) plain(pred, target, value, grad []T, sum *lanes) {
	params := hidden(&p.params)
	if p.turns != nil && !p.raised && sum != nil && value == nil {
		whole := len(pred) / turn * turn
		p.turns(params, hidden(sum), hiddenAll(part(grad, 0, whole)), hiddenAll(pred[:whole]), hiddenAll(target[:whole]))
		grad, pred, target = part(grad, whole, len(grad)), pred[whole:], target[whole:]
	}
	var room [8 * turn]T
	for at := 0; at < len(pred); at += len(room) {
		end := min(at+len(room), len(pred))
		values := room[:end-at]
		if value != nil {
			values = value[at:end]
		}
		p.loop(params, values, part(grad, at, end), pred[at:end], part(target, at, end))
		if sum != nil {
			p.sum(sum, at, values)
		}
	}
}

// loop computes a value for each prediction, and a gradient where grad is not nil.
func (p *Pointwise[T]) loop(params *[paramCount]T, value, grad, pred, target []T) {
	if p.points != nil && !p.raised {
		p.points(params, hiddenAll(value), hiddenAll(grad), hiddenAll(pred), hiddenAll(target))
		return
	}
	for i, x := range pred {
		var y T
		if target != nil {
			y = target[i]
		}
		v, g := p.point(params, x, y)
		value[i] = v
		if grad != nil {
			grad[i] = g
		}
	}
}

// sum adds values to lanes; the first is that of element at, which begins a turn.
func (p *Pointwise[T]) sum(to *lanes, at int, values []T) {
	if p.paired() {
		addPairs(to, values)
		return
	}
	for i, v := range values {
		to.add(at+i, float64(v), compensated[T]())
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

// hiddenAll is xs, hidden in the same way.
func hiddenAll[T Float](xs []T) []T { return unsafe.Slice(data(xs), len(xs)) }
