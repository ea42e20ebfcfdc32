package kernel

import "unsafe"

// A row is taken in one of these ways, which its number of classes decides:
//
//	fewer than 32     sums run over the classes in order; in vectors a lane is a row
//	up to 16384       sums are lanes, class k in lane k mod 16 (float64: 8); up to 4096 in
//	                  float32, memory is read once where it can: see rows_near.go
//	more              the same in chunks, each relative to its own largest score, so that
//	                  memory is read once to find the sums
const (
	fewClasses = 32
	chunk      = 1 << 14 // most scores of a row that are taken together: code in assembly cannot be preempted

	mostRows   = 64      // of one block
	factorUnit = 0x1p-96 // of the factors of exponentials, which may be out of range where gradients are not

	firstCache = 16 << 10  // bytes of scores that are to be found in the L1 cache again
	blockCache = 192 << 10 // bytes of exponentials that a block should not exceed, to find them in the L2 cache
)

// A rowBlock is what is known of a block of rows, or of the chunks of a row, an entry for
// each. Code in assembly knows where its arrays lie.
type rowBlock[T Float] struct {
	top [mostRows]T // the largest score; the lowest finite number where there is none
	//lint:ignore U1000 assembly uses it
	base, floor, shift [mostRows]T // of its reference; used by assembly, which may write beyond, to value
	value              [mostRows]T
	score              [mostRows]T // the label's
	own                [mostRows]T // gradient by the label's score
	single             [mostRows]T // factor in the dtype
	//lint:ignore U1000 assembly uses it
	topExp, labelExp [mostRows]T // exponentials of the largest score and of the label

	rest   [mostRows]float64 // sum of the exponentials of what is not at the top
	ties   [mostRows]float64 // how many are at the top
	weight [mostRows]float64 // of the label's class
	factor [mostRows]float64 // of exponentials, to make gradients of them, divided by factorUnit
	scale  float64
	gaps   [mostRows]float64 // sum of what the scores are below the largest, where labels are smoothed
}

// rowFacts is what a loss of a label is made of: the scores of a row relative to the
// largest, and sums of their exponentials, all with the same factor.
type rowFacts struct {
	gap    float64 // from the label's score up to the largest
	isTop  bool    // the label has the largest
	top    float64 // exponential of the largest
	others float64 // sum of all exponentials but this
	label  float64 // exponential of the label
	fine   bool    // they are of a row of float64
}

// wrong is the sum of the exponentials of all classes but the label. Where that is at the
// top, nothing is subtracted.
func (f *rowFacts) wrong() float64 {
	if f.isTop {
		return f.others
	}
	return (f.others + f.top) - f.label
}

// surprise is −log p of the label, divided by unit, a power of two: it may be subnormal where it is
// going to be multiplied.
func (f *rowFacts) surprise() (x, unit float64) {
	const small, power = 0x1p-200, 0x1p128
	log := logRatio
	if f.fine {
		log = fineLogRatio
	}
	if f.others < float64(f.top*small) { // log(1+x) is x
		x, unit = log(f.others*power, f.top), 1/power
	} else {
		x, unit = log(f.others, f.top), 1
	}
	if !f.isTop {
		x, unit = f.gap+float64(x*unit), 1
	}
	return x, unit
}

// rowVectors are the passes over rows in vectors, in one dtype and tier. In Go they are
// exponentials and scaleRows.
type rowVectors[T Float] struct {
	exponentials, sums func(rows, classes int, logits, exps, top *T, rest *float64)
	scale              func(rows, classes int, exps, factor *T)
	subtract           func(rows, classes int, logits, out, top, value *T)
	tile               func(classes int, tile, top *T, rest, ties *float64)
	fill               func(classes int, rows, tile *T)
	empty              func(classes int, rows, tile, factor *T) // in rows each is multiplied by its factor
	crossEntropy       func(rows int, facts *T)
	near               nearVectors[T]
}

type rowKernels[T Float] struct {
	plain  func(row, out []T, top T) (rest, ties float64)
	vector [len(tierNames)]rowVectors[T]
}

var (
	rows32 = rowKernels[float32]{plain: exponentialsOfRow32}
	rows64 = rowKernels[float64]{plain: exponentialsOfRow64}
)

func rowKernelsOf[T Float]() *rowKernels[T] {
	if k, ok := any(&rows32).(*rowKernels[T]); ok {
		return k
	}
	return any(&rows64).(*rowKernels[T])
}

// rowsPerBlock is how many rows of so many classes make a block, so that a block is still
// in the cache when its gradients are made. A row in chunks is one by itself.
func rowsPerBlock[T Float](classes int) int {
	if classes > chunk {
		return 1
	}
	return max(1, min(mostRows, blockCache/(classes*int(unsafe.Sizeof(T(0))))))
}

// exponentials finds the largest scores of rows and the sums of their exponentials, and
// writes these to exps, which may be nil, or logits.
func exponentials[T Float](tier Tier, rows, classes int, logits, exps []T, s *rowBlock[T]) {
	switch {
	case !single[T]() || classes < fewClasses || classes > mostNear:
		relativeExponentials(tier, 0, rows, classes, logits, exps, s)
	case exps != nil && data(exps) == data(logits):
		besides(tier, rows, classes, logits, s)
	default:
		nearExponentials(tier, rows, classes, logits, exps, s)
	}
}

// relativeExponentials is exponentials in two passes over each row, the first of which finds
// the largest score. What it finds is that of rows first and on.
func relativeExponentials[T Float](tier Tier, first, rows, classes int, logits, exps []T, s *rowBlock[T]) {
	k := rowKernelsOf[T]()
	vector := &k.vector[tier]
	f := vector.exponentials
	if exps == nil {
		f = vector.sums
	}
	if f != nil {
		group := max(1, firstCache/(classes*int(unsafe.Sizeof(T(0)))))
		for at := 0; at < rows; at += group {
			n := min(group, rows-at)
			f(n, classes, data(logits[at*classes:]), data(part(exps, at*classes, len(exps))), hidden(&s.top[first+at]), hidden(&s.rest[first+at]))
		}
		return
	}
	for i := range rows {
		row := logits[i*classes : (i+1)*classes]
		top := largest(row)
		rest, ties := k.plain(hiddenAll(row), hiddenAll(part(exps, i*classes, (i+1)*classes)), top)
		s.top[first+i], s.rest[first+i], s.ties[first+i] = top, rest, ties
	}
}

// largest is the largest score of a row; NaN and −∞ are passed over.
func largest[T Float](row []T) T {
	top := lowest[T]()
	for _, z := range row {
		if z > top {
			top = z
		}
	}
	return top
}

// exponentialsOfRow32 is the specification of the vectors in float32.
func exponentialsOfRow32(row, out []float32, top float32) (rest, ties float64) {
	var sum lanes
	r := reference32(top)
	lane := 15
	if len(row) < fewClasses {
		lane = 0 // all in one
	}
	for k, z := range row {
		var e float32
		if x := z - r.base; !(x < r.floor) {
			e = rowExponential32(x, r.shift)
		}
		if out != nil {
			out[k] = e
		}
		if z == top {
			ties++
		} else {
			sum[k&lane] += float64(e)
		}
	}
	if lane == 0 {
		return sum[0], ties
	}
	return sum.total(false), ties
}

// exponentialsOfRow64 is the same in float64, with compensated sums.
func exponentialsOfRow64(row, out []float64, top float64) (rest, ties float64) {
	var sum lanes
	r := reference64(top)
	lane := 7
	if len(row) < fewClasses {
		lane = 0
	}
	for k, z := range row {
		var e float64
		if x := z - r.base; !(x < r.floor) {
			e = rowExponential64(x, r.shift)
		}
		if out != nil {
			out[k] = e
		}
		if z == top {
			ties++
		} else {
			sum.add(k&lane, e, true)
		}
	}
	if lane == 0 {
		return sum[0] + sum[8], ties
	}
	return sum.total(true), ties
}

// scaleRows multiplies each row by its factor.
func scaleRows[T Float](tier Tier, rows, classes int, exps []T, s *rowBlock[T]) {
	for i, top := range s.top[:rows] {
		x := s.single[i]
		if (x < minNormal[T]() && x > -minNormal[T]() || top-top != 0) && s.rare(i) { // not called for most
			s.prepare(i, exps[i*classes:(i+1)*classes], 1)
		}
	}
	if f := rowKernelsOf[T]().vector[tier].scale; f != nil {
		f(rows, classes, data(exps), hidden(&s.single[0]))
		return
	}
	for i := range rows {
		row, factor := exps[i*classes:(i+1)*classes], s.single[i]
		for k := range row {
			row[k] *= factor
		}
	}
}

// rare reports whether row i must be prepared before it is scaled.
func (s *rowBlock[T]) rare(i int) bool {
	return s.tiny(i) || s.top[i]-s.top[i] != 0
}

// tiny reports whether the factor of row i is subnormal in the dtype.
func (s *rowBlock[T]) tiny(i int) bool {
	x := s.single[i]
	return x < minNormal[T]() && x > -minNormal[T]() && s.factor[i] != 0
}

// prepare gives the only +∞ of a row the exponential of the largest score; the pass over
// the row found NaN for it. Where the factor is subnormal in the dtype and has lost digits,
// a power of two goes from it into the exponentials, every step of exps, first: what those lose
// then is below the least number.
func (s *rowBlock[T]) prepare(i int, exps []T, step int) {
	divisor := T(1)
	if s.tiny(i) {
		divisor = mostOf[T]()
		s.single[i] = T(s.factor[i] * (float64(divisor) * factorUnit))
	}
	for k := 0; k < len(exps); k += step {
		if s.top[i]-s.top[i] != 0 && exps[k] != exps[k] {
			exps[k] = one[T]()
		}
		exps[k] /= divisor
	}
}

// mostOf is the power of two that exponentials are at most, or little more.
func mostOf[T Float]() T {
	if single[T]() {
		return 0x1p91 // 2^62·e^20
	}
	return T(0x1p96)
}

func minNormal[T Float]() T {
	if unsafe.Sizeof(T(0)) == 4 {
		return 0x1p-126
	}
	x := 0x1p-1022
	return T(x)
}
