package kernel

import (
	"fmt"
	"unsafe"
)

// A Boxwise is a kernel of a loss of pairs of boxes: predicted ones and their targets. The zero
// Boxwise is not one; constructors are named for their losses.
//
// A box is four numbers x1, y1, x2, y2 that follow one another, with x1 ≤ x2 and y1 ≤ y2: its corners, in
// any unit. Boxes lie one after the other, and so do their gradients, by the predicted box, which may be
// written over predictions or targets but must not overlap them otherwise. Each value and gradient is multiplied by
// the weight of its pair, where there are weights and not nil, and is 0 where that is 0, whatever the
// boxes; a gradient is also multiplied by scale, the gradient from upstream. A mean over d has the
// gradient of scale 1/d, and is the sum over d.
//
// A box that has a NaN or an infinity has NaN for value and gradient. That sides are in order is not
// checked.
type Boxwise[T Float] struct {
	*boxLoss[T]
	tier Tier
	pool *Pool // nil for none
}

// A boxLoss is what there is of a kernel in one dtype.
type boxLoss[T Float] struct {
	name            string
	waste, distance bool // what is added to 1 − I/U: (C−U)/C, ρ²/c²
	vector          [len(tierNames)]boxForms[T]
}

// A boxFunc covers blocks of 64 bytes of values, and as many pairs. weight goes on by step bytes a block, 64 or
// 0. Vectors for which there is no register lie in room, boxRoom bytes from the start of a cache line. It adds to sum lane by lane; value may be nil, and a form without gradients looks at no grad. half is ½ the
// gradient from upstream.
type boxFunc[T Float] func(blocks int, pred, target, weight *T, step int, value, grad *T, sum *[16]float64, half *T, room *byte)

type boxForms[T Float] struct{ value, valueGrad boxFunc[T] }

const (
	boxSize = 4 // numbers
	boxRoom = 6 << 10
)

func newBoxwise[T Float](single *boxLoss[float32], double *boxLoss[float64]) Boxwise[T] {
	if l, ok := any(single).(*boxLoss[T]); ok {
		return Boxwise[T]{boxLoss: l, tier: best}
	}
	return Boxwise[T]{boxLoss: any(double).(*boxLoss[T]), tier: best}
}

// In is the kernel in a tier. It panics where the processor has no such tier.
func (p Boxwise[T]) In(t Tier) Boxwise[T] {
	t.check()
	p.tier = t
	return p
}

// On is the kernel with its calls shared by the workers of a pool, which give the same bits.
func (p Boxwise[T]) On(pool *Pool) Boxwise[T] {
	pool.check()
	p.pool = pool
	return p
}

// Value writes the value of each pair.
func (p Boxwise[T]) Value(value, pred, target, weight []T) {
	p.run(boxJob[T]{value: value, pred: pred, target: target, weight: weight}, true, false)
}

// Sum is the sum of the values.
func (p Boxwise[T]) Sum(pred, target, weight []T) float64 {
	return p.run(boxJob[T]{pred: pred, target: target, weight: weight}, false, false)
}

// Grad writes the derivative of each value by its predicted box.
func (p Boxwise[T]) Grad(grad, pred, target, weight []T, scale T) {
	p.run(boxJob[T]{grad: grad, pred: pred, target: target, weight: weight, half: T(scale * 0.5)}, false, true)
}

// ValueGrad is Value and Grad in one pass.
func (p Boxwise[T]) ValueGrad(value, grad, pred, target, weight []T, scale T) {
	p.run(boxJob[T]{value: value, grad: grad, pred: pred, target: target, weight: weight, half: T(scale * 0.5)}, true, true)
}

// SumGrad is Sum and Grad in one pass: a training step.
func (p Boxwise[T]) SumGrad(grad, pred, target, weight []T, scale T) float64 {
	return p.run(boxJob[T]{grad: grad, pred: pred, target: target, weight: weight, half: T(scale * 0.5)}, false, true)
}

func (p Boxwise[T]) run(j boxJob[T], hasValue, hasGrad bool) float64 {
	n := len(j.pred) / boxSize
	if len(j.pred) != boxSize*n || len(j.target) != len(j.pred) || j.weight != nil && len(j.weight) != n ||
		hasValue && len(j.value) != n || hasGrad && len(j.grad) != len(j.pred) {
		panic(fmt.Sprintf("kernel: %s: lengths do not fit: %d numbers of predicted boxes, %d of targets, %d weights, %d values, %d numbers of gradients", p.name,
			len(j.pred), len(j.target), len(j.weight), len(j.value), len(j.grad)))
	}
	j.kernel, j.hasGrad = p, hasGrad
	if p.pool != nil {
		return runIn(p.pool, &jobsOf[T](p.pool).boxes, j, j.blocks(), alone)
	}
	var total accumulator
	for block := range j.blocks() {
		var sum accumulator
		j.do(block, &sum)
		total.merge(sum)
	}
	return total.sum()
}

// A boxJob is one call of a Boxwise: what it reads and writes.
type boxJob[T Float] struct {
	kernel                            Boxwise[T]
	pred, target, weight, value, grad []T // the last three nil where there is none
	hasGrad                           bool
	half                              T // of the gradient from upstream
}

// boxStride is how many pairs one call covers: about as much work as stride elements.
const boxStride = stride / 16

func (j *boxJob[T]) blocks() int { return (len(j.pred)/boxSize + boxStride - 1) / boxStride }

// do does a block, and adds to sum.
func (j *boxJob[T]) do(block int, sum *accumulator) {
	at := block * boxStride
	end := min(at+boxStride, len(j.pred)/boxSize)
	var all lanes
	b := *j
	b.pred, b.target, b.grad = part(j.pred, boxSize*at, boxSize*end), part(j.target, boxSize*at, boxSize*end), part(j.grad, boxSize*at, boxSize*end)
	b.weight, b.value = part(j.weight, at, end), part(j.value, at, end)
	b.piece(&all)
	sum.addLanes(&all, compensated[T]())
}

// piece computes at most boxStride pairs. Those that do not fill a block are copied to where they do.
func (j *boxJob[T]) piece(sum *lanes) {
	n := len(j.pred) / boxSize
	f := j.kernel.vector[j.kernel.tier].value
	if j.hasGrad {
		f = j.kernel.vector[j.kernel.tier].valueGrad
	}
	if f == nil {
		j.plain(sum)
		return
	}
	perBlock := blockBytes / int(unsafe.Sizeof(T(0)))
	whole := n / perBlock * perBlock
	half := j.half
	var space [boxRoom + blockBytes]byte
	room := (*byte)(unsafe.Add(unsafe.Pointer(hidden(&space[0])), -uintptr(unsafe.Pointer(&space[0]))%blockBytes))
	var one [16]T
	for i := range one {
		one[i] = 1
	}
	weight, step := hidden(&one[0]), 0
	if j.weight != nil {
		weight, step = data(j.weight), blockBytes
	}
	if whole > 0 {
		f(whole/perBlock, data(j.pred), data(j.target), weight, step, data(j.value), data(j.grad), (*[16]float64)(hidden(sum)), hidden(&half), room)
	}
	if whole == n {
		return
	}
	var pred, target, grad [16 * boxSize]T
	var value [16]T
	var apart lanes
	copy(pred[:], j.pred[boxSize*whole:])
	copy(target[:], j.target[boxSize*whole:])
	if j.weight != nil {
		copy(one[:], j.weight[whole:])
	}
	f(1, hidden(&pred[0]), hidden(&target[0]), hidden(&one[0]), 0, hidden(&value[0]), hidden(&grad[0]), (*[16]float64)(hidden(&apart)), hidden(&half), room)
	copy(part(j.value, whole, len(j.value)), value[:])
	copy(part(j.grad, boxSize*whole, len(j.grad)), grad[:])
	for i := range n - whole {
		sum.add(i, float64(value[i]), compensated[T]())
	}
}

// plain is the loop of every boxFunc in Go: its specification.
func (j *boxJob[T]) plain(sum *lanes) {
	for i := range len(j.pred) / boxSize {
		weight := T(1)
		if j.weight != nil {
			weight = j.weight[i]
		}
		value, grad := j.kernel.pair((*[boxSize]T)(j.pred[boxSize*i:]), (*[boxSize]T)(j.target[boxSize*i:]), T(weight*j.half))
		value = weigh(weight, value)
		sum.add(i, float64(value), compensated[T]())
		if j.value != nil {
			j.value[i] = value
		}
		if j.hasGrad {
			if weight == 0 {
				grad = [boxSize]T{}
			}
			copy(j.grad[boxSize*i:], grad[:])
		}
	}
}
