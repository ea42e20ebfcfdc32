package kernel

import "math"

// A cut says how the rows of a call are cut into pieces, the tasks of a pool. Where they are
// cut does not depend on who does which, and the sum of a piece is taken apart, so that a sum
// has the same bits for any number of workers.
type cut struct {
	rows  int
	block int // rows of a block
	piece int // rows of a piece; the last may have fewer
	alone int // pieces that take less time than to wake somebody
}

// cutRows cuts rows between blocks into pieces that are about as much work as stride elements
// of a pointwise kernel. In double words, which take a hundred times as long, that is a block.
func cutRows[T Float](rows, classes int, inDoubleWords bool) cut {
	block := rowsPerBlock[T](classes)
	if inDoubleWords {
		return cut{rows, block, block, 1}
	}
	scores := stride
	if classes < fewClasses {
		scores /= 4 // each takes four times as long
	}
	c := cut{rows, block, block * max(1, scores/(block*classes)), alone}
	if c.piece*classes > 2*scores {
		c.alone = 1
	}
	return c
}

func (c cut) pieces() int { return (c.rows + c.piece - 1) / c.piece }

// bounds are the first row of a piece, and the first after it.
func (c cut) bounds(piece int) (first, end int) {
	first = piece * c.piece
	return first, min(first+c.piece, c.rows)
}

// A rowJob is one call of a Rowwise: what it reads and writes.
type rowJob[T Float] struct {
	kernel      Rowwise[T]
	value, grad []T // nil where there is none
	pred        []T
	target      []T // distributions; nil for labels
	label       []int
	scale       float64
}

func (j *rowJob[T]) cut() cut {
	return cutRows[T](len(j.pred)/j.kernel.classes, j.kernel.classes, j.inDoubleWords())
}

// inDoubleWords reports whether the rows are those of rows_soft.go.
func (j *rowJob[T]) inDoubleWords() bool {
	p := &j.kernel
	return j.target != nil || p.options.LabelSmoothing != 0 && !p.smooths() || p.loss.soft && p.extreme(1)
}

// extreme reports whether values or gradients of float32 are multiplied by so much that exponentials
// which are 0 in vectors would show. They are then computed in double words. It depends on nothing that
// is of one row.
func (p *Rowwise[T]) extreme(scale float64) bool {
	return single[T]() && math.Abs(scale)*(p.heaviest*p.unit) > mostScaled
}

const mostScaled = 0x1p22

// mean is the mean of a job, and NaN over nothing. ParallelRows.mean is the same in a pool.
func (j rowJob[T]) mean(d float64) float64 {
	first, then := j.split(d)
	sum, lowered := first.run(), 0
	if first.outOfRange(sum) {
		lowered = first.lower()
		sum = first.run()
	}
	if then.grad != nil {
		then.run()
	}
	return quotient(sum, d, lowered)
}

// split is a job of a mean whose sum is over d, and what is to be done after it: the gradients, where
// they are written over scores that the mean may need twice. In float32 only large weights bring
// a value out of range.
func (j rowJob[T]) split(d float64) (first, then rowJob[T]) {
	if j.scale = 1 / d; d == 0 {
		j.scale = math.NaN()
	}
	first = j
	if j.inPlace() && (!single[T]() || j.kernel.heaviest > 0x1p60) {
		first.grad, then = nil, j
	}
	return first, then
}

func (j *rowJob[T]) inPlace() bool {
	return j.grad != nil && overlays(j.grad, j.pred, j.target)
}

// outOfRange reports whether a mean is wanted of values whose sum is out of range, as its quotient
// may not be.
func (j *rowJob[T]) outOfRange(sum float64) bool { return math.IsInf(sum, 0) && !j.inPlace() }

// lower makes of a job one of values alone, each multiplied by a power of two, and says of which.
func (j *rowJob[T]) lower() (exponent int) {
	exponent = 64
	j.grad = nil
	j.kernel.unit, j.kernel.lifted = math.Ldexp(j.kernel.unit, -exponent), j.kernel.lifted-exponent
	return exponent
}

func quotient(sum, d float64, exponent int) float64 {
	if d == 0 {
		return math.NaN()
	}
	if exponent == 0 {
		return sum / d
	}
	return math.Ldexp(sum/d, exponent)
}

// run does the pieces of a job, one after the other, and returns the sum.
func (j *rowJob[T]) run() float64 {
	if j.inDoubleWords() {
		return j.runWith(nil)
	}
	var work rowWork[T]
	return j.runWith(&work)
}

func (j *rowJob[T]) runWith(work *rowWork[T]) float64 {
	var total accumulator
	c := j.cut()
	for piece := range c.pieces() {
		first, end := c.bounds(piece)
		var sum accumulator
		j.compute(first, end, c.block, &sum, work)
		total.merge(sum)
	}
	return total.sum()
}

// do does a piece, and adds to sum.
func (j *rowJob[T]) do(piece int, sum *accumulator) {
	var work rowWork[T]
	c := j.cut()
	first, end := c.bounds(piece)
	j.compute(first, end, c.block, sum, &work)
}

// compute computes rows, a block at a time, and adds to sum. work may be nil in double words.
func (j *rowJob[T]) compute(first, end, block int, sum *accumulator, work *rowWork[T]) {
	p, inDoubleWords := &j.kernel, j.inDoubleWords()
	for at := first; at < end; at += block {
		next := min(at+block, end)
		lo, hi := at*p.classes, next*p.classes
		value, grad, pred, label := part(j.value, at, next), part(j.grad, lo, hi), j.pred[lo:hi], part(j.label, at, next)
		var all lanes
		switch {
		case inDoubleWords:
			p.softBlock(value, grad, pred, part(j.target, lo, hi), label, j.scale, &all)
		default:
			fast, extreme := grad, grad != nil && p.extreme(j.scale)
			if extreme {
				fast = nil
			}
			if p.classes > chunk {
				p.chunks(value, fast, pred, label[0], j.scale, &all, work)
			} else {
				p.block(value, fast, pred, label, j.scale, &all, work)
			}
			if extreme {
				p.softGrads(grad, pred, label, j.scale)
			}
		}
		sum.addLanes(&all, compensated[T]())
	}
}

// A linkJob is one call of a RowLink in a pool.
type linkJob[T Float] struct {
	kernel         RowLink[T]
	out            []T // values, or gradients where there is upstream
	pred, upstream []T
}

func (j *linkJob[T]) cut() cut {
	return cutRows[T](len(j.pred)/j.kernel.classes, j.kernel.classes, j.upstream != nil)
}

// do does a piece. A link has no sum.
func (j *linkJob[T]) do(piece int, _ *accumulator) {
	first, end := j.cut().bounds(piece)
	lo, hi := first*j.kernel.classes, end*j.kernel.classes
	if j.upstream != nil {
		j.kernel.grads(j.out[lo:hi], j.pred[lo:hi], j.upstream[lo:hi])
		return
	}
	var work rowWork[T]
	j.kernel.values(j.out[lo:hi], j.pred[lo:hi], &work)
}
