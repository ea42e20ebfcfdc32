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

// piece computes at most stride elements, in vectors where there are any. sum, which is 0,
// may be nil.
func (p *Pointwise[T]) piece(f vectorFunc[T], pred, target, value, grad []T, sum *lanes) {
	if !p.paired {
		p.blocks(f, blockBytes, pred, target, value, grad, sum)
		return
	}
	forms := &p.vector[p.tier]
	summed := sum != nil && value == nil
	if summed && grad != nil && (data(grad) == data(pred) || data(grad) == data(target)) {
		p.piece(forms.value, pred, target, nil, nil, sum) // which may need the inputs twice
		p.blocks(forms.grad, 2*blockBytes, pred, target, nil, grad, nil)
		return
	}
	p.blocks(f, 2*blockBytes, pred, target, value, grad, sum)
	if summed && !sum.finite() {
		*sum = lanes{}
		for i, x := range pred {
			v, _ := p.point(hidden(&p.params), x, target[i])
			sum.add(i, float64(v), false)
		}
	}
}

// blocks computes elements in vectors, so many bytes a turn: what does not fill them is
// copied to where it does.
func (p *Pointwise[T]) blocks(f vectorFunc[T], bytes int, pred, target, value, grad []T, sum *lanes) {
	if f == nil {
		p.plain(pred, target, value, grad, sum)
		return
	}
	perTurn := bytes / int(unsafe.Sizeof(T(0)))
	turns := len(pred) / perTurn
	if turns > 0 {
		f(turns*bytes/blockBytes, data(pred), data(target), data(value), data(grad), (*[16]float64)(hidden(sum)), hidden(&p.params))
	}
	whole := turns * perTurn
	if whole == len(pred) {
		return
	}
	var in, out [2][32]T
	var apart lanes // the sum of a turn that is not full
	copy(in[0][:], pred[whole:])
	copy(in[1][:], part(target, whole, len(target)))
	f(bytes/blockBytes, hidden(&in[0][0]), hidden(&in[1][0]), hidden(&out[0][0]), hidden(&out[1][0]), (*[16]float64)(hidden(&apart)), hidden(&p.params))
	copy(part(value, whole, len(value)), out[0][:])
	copy(part(grad, whole, len(grad)), out[1][:])
	if sum != nil {
		p.add(sum, whole, out[0][:len(pred)-whole])
	}
}

// add adds values to a sum, of which the first is that of element at, which begins a turn.
func (p *Pointwise[T]) add(sum *lanes, at int, values []T) {
	if p.paired && single[T]() {
		pair := pairs{lanes: sum}
		for i, v := range values {
			pair.add(i, float32(v))
		}
		pair.flush()
		return
	}
	for i, v := range values {
		sum.add(at+i, float64(v), compensated[T]())
	}
}

// plain is the loop of every vectorFunc in Go: its specification.
func (p *Pointwise[T]) plain(pred, target, value, grad []T, sum *lanes) {
	params := hidden(&p.params)
	paired := p.paired && single[T]()
	pair := pairs{lanes: sum}
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
		switch {
		case sum == nil:
		case paired:
			pair.add(i, float32(v))
		default:
			sum.add(i, float64(v), compensated[T]())
		}
	}
	if sum != nil {
		pair.flush()
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
