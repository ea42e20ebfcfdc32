package kernel

import "math/bits"

// Rows of float32 whose largest score is near 0, which most rows are, are read once, and so are
// chunks of rows: their exponentials are relative to 0. Both the largest score and the sum are
// known at the end of that pass. What a loss wants is the sum of all exponentials but the
// largest, and that is their difference, unless it has cancelled.
//
// # Accuracy
//
// Of 4096 scores at most, each of 16 lanes sums 256, and what they are rounded to, in float64,
// is within 262·2^-53 of the sum. The difference is taken where it is at least 2^-20 of what
// is subtracted, and is then right to 2^-24.9 of itself. Where it is less, where the largest
// score is not near 0, and where there is NaN, the row is taken once more, in two passes.

const (
	nearLow, nearHigh = -10, 20 // of the largest score
	nearSpare         = 62      // as spare32, for −10 is where a gradient needs it
	nearFloor         = -130    // 2^62·e^-130 is normal
	nearShift         = toWhole32 + steps32*(127+nearSpare)

	mostNear      = 4096    // scores of a row
	leastOfOthers = 0x1p-20 // of the largest exponential
	mostOfOthers  = 0x1p120 // which 4096 times 2^62·e^20 is not, and NaN in a vector is
)

func isNear(top float32) bool { return top >= nearLow && top <= nearHigh }

// nearVectors are the passes over rows near 0 in a tier.
type nearVectors[T Float] struct {
	// exponentials writes exponentials of rows relative to 0, largest scores and sums; sums
	// writes no exponentials.
	exponentials, sums func(rows, classes int, logits, exps, top *T, total *float64)

	// others makes of the totals of a rowBlock those of the others, and says in a bit for each
	// row which it could not.
	others func(rows int, facts *T) (failed uint64)
}

// nearExponentials is exponentials for rows of at most mostNear scores, not in place.
func nearExponentials[T Float](tier Tier, rows, classes int, logits, exps []T, s *rowBlock[T]) {
	vector := &rowKernelsOf[T]().vector[tier].near
	var failed uint64
	if f := vector.exponentials; f != nil {
		if exps == nil {
			f = vector.sums
		}
		f(rows, classes, data(logits), data(exps), hidden(&s.top[0]), hidden(&s.rest[0]))
		failed = vector.others(rows, hidden(&s.top[0]))
	} else {
		for i := range rows {
			lo, hi := i*classes, (i+1)*classes
			s.top[i], s.rest[i] = nearRow(logits[lo:hi], part(exps, lo, hi))
		}
		failed = others(rows, s)
	}
	for failed &= 1<<rows - 1; failed != 0; failed &= failed - 1 {
		i := bits.TrailingZeros64(failed)
		lo, hi := i*classes, (i+1)*classes
		relativeExponentials(tier, i, 1, classes, logits[lo:hi], part(exps, lo, hi), s)
	}
}

// nearRow is the specification of the passes.
func nearRow[T Float](row, out []T) (top T, total float64) {
	var sum lanes
	top = lowest[T]()
	for k, z := range row {
		if z > top {
			top = z
		}
		var e T
		if !(z < nearFloor) {
			e = T(rowExponential32(float32(z), nearShift))
		}
		if out != nil {
			out[k] = e
		}
		sum[k%16] += float64(e)
	}
	for i := range 8 { // as two registers of every second lane are added
		sum[i] = sum[2*i] + sum[2*i+1]
	}
	for n := 4; n > 0; n /= 2 {
		for i := range n {
			sum[i] += sum[i+n]
		}
	}
	return top, sum[0]
}

// others is the specification of that of nearVectors.
func others[T Float](rows int, s *rowBlock[T]) (failed uint64) {
	for i := range rows {
		r := newReference(s.top[i])
		top := float64(exponentialAt(r.top, &r))
		s.rest[i] -= top
		s.ties[i] = 1
		if !(isNear(float32(s.top[i])) && s.rest[i] >= leastOfOthers*top && s.rest[i] <= mostOfOthers) {
			failed |= 1 << i
		}
	}
	return failed
}

// besides is nearExponentials where exponentials are written over the scores, of which it
// takes a copy, a row at a time.
func besides[T Float](tier Tier, rows, classes int, logits []T, s *rowBlock[T]) {
	var (
		copied [mostNear]T
		own    rowBlock[T]
	)
	for i := range rows {
		row := logits[i*classes : (i+1)*classes]
		copy(copied[:], row)
		nearExponentials(tier, 1, classes, copied[:classes], row, &own)
		s.top[i], s.rest[i], s.ties[i] = own.top[0], own.rest[0], own.ties[0]
	}
}
