package kernel

import (
	"math"
	"unsafe"
)

// rowWork is what a call computes in.
type rowWork[T Float] struct {
	rowBlock[T]
	tiles  [mostRows * fewClasses]T
	padded [16 * (fewClasses + 8)]T // rows that are not as many as a tile has, or too short

	// What is known of the chunks of a row.
	chunkTop                    [mostRows]T
	chunkRest, chunkTies, share [mostRows]float64
}

// block computes rows that lie in the cache together: a pass over their scores, one over
// what it found, and one over the exponentials that it left where the gradients belong.
func (p *Rowwise[T]) block(value, grad, pred []T, label []int, scale float64, sum *lanes, s *rowWork[T]) {
	s.scale = scale
	smooths := p.smooths()
	vector := &rowKernelsOf[T]().vector[p.tier]
	inTiles := p.classes < fewClasses && vector.tile != nil
	inPlace := grad != nil && data(grad) == data(pred)
	twice := inPlace && !inTiles && p.loss.label == nil // which may need the scores after their sums
	if inPlace && !twice {
		p.gather(pred, label, &s.rowBlock)
	}
	switch {
	case inTiles:
		s.fillTiles(vector, len(label), p.classes, pred)
	case twice:
		exponentials(p.tier, len(label), p.classes, pred, nil, &s.rowBlock)
	default:
		exponentials(p.tier, len(label), p.classes, pred, grad, &s.rowBlock)
	}
	if !inPlace || twice { // now that the scores are in the cache
		p.gather(pred, label, &s.rowBlock)
	}
	p.outcome(pred, label, &s.rowBlock)
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
	if twice {
		exponentials(p.tier, len(label), p.classes, pred, grad, &s.rowBlock)
	}
	switch {
	case inTiles:
		s.emptyTiles(vector, len(label), p.classes, grad)
	case !smooths:
		scaleRows(p.tier, len(label), p.classes, grad, &s.rowBlock)
	}
	for i, t := range label {
		row := grad[i*p.classes : (i+1)*p.classes]
		if p.ignored(t) {
			clear(row)
			continue
		}
		if smooths {
			p.smoothRow(row, i, &s.rowBlock)
		}
		row[t] = s.own[i]
	}
}

// gather takes from each row what its label says.
func (p *Rowwise[T]) gather(pred []T, label []int, s *rowBlock[T]) {
	smooths := p.smooths()
	for i, t := range label {
		if p.ignored(t) {
			continue
		}
		s.score[i] = pred[i*p.classes+t]
		s.weight[i] = p.weight(t)
		if smooths {
			s.gaps[i] = sumGaps(pred[i*p.classes : (i+1)*p.classes])
		}
	}
}

// lanesOf is how many numbers fill a block of a vector loop.
func lanesOf[T Float]() int { return blockBytes / int(unsafe.Sizeof(T(0))) }

// fillTiles is exponentials for few classes. The exponentials are left in the tiles.
func (s *rowWork[T]) fillTiles(v *rowVectors[T], rows, classes int, logits []T) {
	lanes := lanesOf[T]()
	for at := 0; at < rows; at += lanes {
		in := logits[at*classes : min(at+lanes, rows)*classes]
		if s.apart(len(in), classes) {
			copy(s.padded[:], in)
			in = s.padded[:]
		}
		tile := hidden(&s.tiles[at*fewClasses])
		v.fill(classes, data(in), tile)
		v.tile(classes, tile, hidden(&s.top[at]), hidden(&s.rest[at]), hidden(&s.ties[at]))
	}
}

// emptyTiles is scaleRows for few classes.
func (s *rowWork[T]) emptyTiles(v *rowVectors[T], rows, classes int, grad []T) {
	lanes := lanesOf[T]()
	for i := range rows {
		if s.rare(i) {
			tile := s.tiles[i/lanes*lanes*fewClasses:][i%lanes : classes*lanes]
			s.prepare(i, tile, lanes)
		}
	}
	for at := 0; at < rows; at += lanes {
		out := grad[at*classes : min(at+lanes, rows)*classes]
		to := out
		if s.apart(len(out), classes) {
			to = s.padded[:]
		}
		v.empty(classes, data(to), hidden(&s.tiles[at*fewClasses]), hidden(&s.single[at]))
		if s.apart(len(out), classes) {
			copy(out, to)
		}
	}
}

// apart reports whether rows cannot be moved to or from a tile where they lie: what moves
// them reaches beyond their end.
func (s *rowWork[T]) apart(length, classes int) bool {
	lanes := lanesOf[T]()
	return length < lanes*classes || classes < lanes/2
}

// outcome makes values and gradients of sums.
func (p *Rowwise[T]) outcome(pred []T, label []int, s *rowBlock[T]) {
	if f := rowKernelsOf[T]().vector[p.tier].crossEntropy; f != nil && p.loss == &crossEntropy && !p.smooths() {
		f(len(label), hidden(&s.top[0]))
		return
	}
	for i, t := range label {
		if p.ignored(t) {
			continue
		}
		r := newReference(s.top[i])
		f := newFacts(&r, s.top[i], s.score[i])
		f.others = s.others(i, f.top)
		p.conclude(i, f, pred[i*p.classes:(i+1)*p.classes], t, s)
	}
}

// conclude makes value and gradient of the facts of row i.
func (p *Rowwise[T]) conclude(i int, f rowFacts, row []T, label int, s *rowBlock[T]) {
	if p.loss.label == nil {
		p.focal(i, f, row, label, s)
		return
	}
	value, own, factor := p.loss.label(f, s.weight[i], s.scale)
	if p.smooths() {
		value, own = p.smooth(f, value, own, s.gaps[i], s.scale)
	}
	s.value[i], s.own[i] = T(value), T(own)
	s.factor[i], s.single[i] = factor, T(factor*factorUnit)
	if p.smooths() {
		s.single[i] = 1 // see smoothRow
	}
}

// others is the sum of the exponentials of all but one largest. It is NaN where the row has
// no limit.
func (s *rowBlock[T]) others(i int, top float64) float64 {
	if s.ties[i] == 0 || s.ties[i] > 1 && s.top[i]-s.top[i] != 0 {
		return math.NaN()
	}
	return s.rest[i] + float64((s.ties[i]-1)*top)
}

// newFacts is what is known of a row but the sum.
func newFacts[T Float](r *reference[T], top, label T) rowFacts {
	return rowFacts{
		gap:   float64(top) - float64(label),
		isTop: label == top,
		top:   float64(exponentialAt(r.top, r)),
		label: float64(rowExponential(label, r)),
		fine:  !single[T](),
	}
}

// chunks computes one row of more than chunk classes.
func (p *Rowwise[T]) chunks(value, grad, pred []T, label int, scale float64, sum *lanes, s *rowWork[T]) {
	if p.ignored(label) {
		clear(value)
		clear(grad)
		return
	}
	s.score[0], s.weight[0], s.scale = pred[label], p.weight(label), scale
	exps := grad
	twice := grad != nil && data(grad) == data(pred) && p.loss.label == nil
	if twice {
		exps = nil
	}
	top, _, others := s.sumChunks(p.tier, pred, exps)
	r := newReference(top)
	f := newFacts(&r, top, s.score[0])
	f.others = others
	p.conclude(0, f, pred, label, &s.rowBlock)
	if value != nil {
		value[0] = s.value[0]
	}
	sum.add(0, float64(s.value[0]), compensated[T]())
	if grad != nil {
		if twice {
			s.sumChunks(p.tier, pred, grad)
		}
		s.scaleChunks(p.tier, grad, s.factor[0])
		grad[label] = s.own[0]
	}
}

// chunkLength is how many classes of a row are taken together: about as many each time, and
// at most chunk, or as many as may be near 0, or more where they would be too many.
func chunkLength[T Float](classes int) int {
	most := chunk
	if single[T]() {
		most = mostNear
	}
	count := min((classes+most-1)/most, mostRows)
	return ((classes+count-1)/count + blockBytes - 1) / blockBytes * blockBytes
}

// sumChunks is exponentials for one row of many classes. Each chunk of it has a largest score
// and exponentials of its own, which are joined at the end relative to the largest of all. It
// leaves what they are multiplied by for that.
func (s *rowWork[T]) sumChunks(tier Tier, pred, exps []T) (top T, one, others float64) {
	count, length := 0, chunkLength[T](len(pred))
	for at := 0; at < len(pred); at += length {
		end := min(at+length, len(pred))
		exponentials(tier, 1, end-at, pred[at:end], part(exps, at, end), &s.rowBlock)
		s.chunkTop[count], s.chunkRest[count], s.chunkTies[count] = s.top[0], s.rest[0], s.ties[0]
		count++
	}
	top = largest(s.chunkTop[:count])
	all := newReference(top)
	one = float64(exponentialAt(all.top, &all))
	ties := 0.0
	for i, each := range s.chunkTop[:count] {
		r := newReference(each)
		largest := float64(exponentialAt(r.top, &r))
		s.share[i] = share(&r, &all, each, top, largest, one)
		sum := s.chunkRest[i]
		if each == top {
			ties += s.chunkTies[i]
		} else {
			sum += float64(s.chunkTies[i] * largest)
		}
		others += float64(float64(s.share[i]*sum) * factorUnit)
	}
	if ties == 0 || ties > 1 && top-top != 0 {
		return top, one, math.NaN()
	}
	return top, one, others + float64((ties-1)*one)
}

// share is what exponentials relative to r are multiplied by to be relative to all, whose top is not
// below, divided by factorUnit. Where both are relative to 0, as scores are where κ is small, it is a
// power of 2^(1/c) that both are multiplied by.
func share[T Float](r, all *reference[T], top, topOfAll T, one, oneOfAll float64) float64 {
	switch x := float64(top) - float64(topOfAll); {
	case x < -live64:
		return 0
	case r.base != all.base:
		return float64(rowExponential64(x, toWhole64+1023+spare64) * (oneOfAll / one))
	case single[T]():
		return exponential64(float64(float64(all.shift-r.shift)*(ln264/steps32))) / factorUnit
	default:
		return math.Float64frombits(uint64(int64(all.shift)-int64(r.shift)+1023+spare64) << 52)
	}
}

// scaleChunks multiplies the exponentials that sumChunks left by a factor.
func (s *rowWork[T]) scaleChunks(tier Tier, exps []T, factor float64) {
	length := chunkLength[T](len(exps))
	for at := 0; at < len(exps); at += length {
		i, end := at/length, min(at+length, len(exps))
		s.top[0], s.factor[0] = s.chunkTop[i], float64(factor*s.share[i])*factorUnit
		s.single[0] = T(s.factor[0] * factorUnit)
		scaleRows(tier, 1, end-at, exps[at:end], &s.rowBlock)
	}
}
