package kernel

import (
	"math"
	"math/rand/v2"
)

// drawShape draws numbers of rows and classes that reach every way of rows.go, most often few
// of both; at most scores, but for one row.
func drawShape[T Float](r *rand.Rand, scores int) (rows, classes int) {
	lanes := lanesOf[T]()
	switch n := r.IntN(32); {
	case n < 16:
		classes = 1 + r.IntN(fewClasses+8)
	case n < 24:
		classes = 1 + r.IntN(300)
	case n < 28:
		classes = max(1, lanes*(1+r.IntN(64))+r.IntN(3)-1)
	case n < 31:
		classes = 900 + r.IntN(300)
	default:
		classes = 1200 + r.IntN(chunk-1200)
	}
	rows = r.IntN(2*lanes + 3)
	if r.IntN(3) == 0 {
		rows = r.IntN(2*mostRows + 2)
	}
	return min(rows, scores/classes+1), classes
}

// draw fills a batch of the given shape.
func (b *rowBatch[T]) draw(r *rand.Rand, rows, classes int, ignore *int) {
	b.rows, b.classes, b.over = rows, classes, Denominator(r.IntN(3))
	n := rows * classes
	b.pred, b.other, b.label = resized(b.pred, n), resized(b.other, n), resized(b.label, rows)
	usual := r.IntN(4) == 0 // a sum that is a number
	for i := range rows {
		row, other := b.pred[i*classes:(i+1)*classes], b.other[i*classes:(i+1)*classes]
		drawRow(r, row, usual)
		drawOther(r, other, usual)
		b.label[i] = r.IntN(classes)
		switch r.IntN(8) {
		case 0: // the label has the largest score, or may share it
			for k, z := range row {
				if z > row[b.label[i]] {
					b.label[i] = k
				}
			}
		case 1:
			if ignore != nil {
				b.label[i] = *ignore
			}
		}
	}
}

// resized is a slice of n elements, that of xs where it has the capacity.
func resized[E any](xs []E, n int) []E {
	if cap(xs) < n {
		return make([]E, n)
	}
	return xs[:n]
}

// drawRow draws the scores of a row. What it adds to a product is rounded first, as all here.
func drawRow[T Float](r *rand.Rand, row []T, usual bool) {
	offset, size := T(0), magnitude[T](r, -4, 5)
	kind := r.IntN(8)
	if usual {
		kind = 7
	}
	switch kind {
	case 0: // any numbers
		for k := range row {
			row[k] = anyNumber[T](r)
		}
		return
	case 1: // few numbers, of which several are at the top, infinite or none
		var pool [3]T
		for k := range pool {
			pool[k] = anyNumber[T](r)
		}
		pool[r.IntN(3)] = []T{lowest[T](), T(math.Inf(-1)), T(math.Inf(1)), T(math.NaN()), 0, -lowest[T]()}[r.IntN(6)]
		for k := range row {
			row[k] = pool[0]
		}
		for range r.IntN(1 + []int{3, len(row)}[r.IntN(2)]) {
			row[r.IntN(len(row))] = pool[r.IntN(3)]
		}
		return
	case 2: // an offset that all have
		offset = anyNumber[T](r)
	case 3: // sizes at which exponentials are neither 1 nor 0, or next to each other
		size = magnitude[T](r, -40, 10)
	}
	for k := range row {
		row[k] = offset + T(size*T(2*r.Float64()-1))
	}
	at := func() int { return r.IntN(len(row)) }
	switch r.IntN(8) {
	case 0: // ties at the top
		top := largest(row)
		for range 1 + r.IntN(4) {
			row[at()] = top
		}
	case 1: // one dominates, and others are next to the end of the range
		row[at()] = T(thresholds[r.IntN(len(thresholds))])
	case 2:
		for range 1 + r.IntN(2) {
			row[at()] = T(math.Inf(-1))
		}
	case 3:
		if !usual {
			for range 1 + r.IntN(3) {
				row[at()] = anyNumber[T](r)
			}
		}
	case 4:
		if !usual && r.IntN(2) == 0 {
			for range 1 + r.IntN(2) {
				row[at()] = T(math.Inf(1))
			}
		}
	}
}

// drawOther draws a distribution, or numbers from upstream.
func drawOther[T Float](r *rand.Rand, row []T, usual bool) {
	clear(row)
	kind := r.IntN(8)
	if usual {
		kind %= 6
	}
	switch kind {
	case 0:
		row[r.IntN(len(row))] = 1
	case 1: // of two classes
		share := T(r.Float64())
		row[r.IntN(len(row))], row[r.IntN(len(row))] = 1-share, share
	case 2: // all equal
		even, unit := T(1/float64(len(row))), magnitude[T](r, -60, 0)
		for k := range row {
			row[k] = T(even * unit)
		}
	case 6:
		for k := range row {
			row[k] = anyNumber[T](r)
		}
	case 7:
		for k := range row {
			row[k] = anyTarget[T](r)
		}
	default:
		unit := magnitude[T](r, -8, 0)
		for k := range row {
			row[k] = T(T(r.Float64()) * unit)
		}
	}
}
