package loss

import (
	"math/bits"
	"slices"
)

// The Lovász losses interpolate the Jaccard loss of a set of elements, J(M) = |M|/|T∪M|, with T the elements of the target and M
// those that are wrong: with e_i how wrong element i is, in falling order,
//
//	L = Σ e_i·g_i, g_i = J({1, …, i}) − J({1, …, i−1})
//
// With b elements of the background before i and f of T, and T also the size of T, g_i is 1/(T+b) for an element of T, and
// (T−f)/((T+b)·(T+b+1)) for one of the background, 1 where T+b = 0: nothing is subtracted but whole numbers.
//
// Of elements that are equally wrong every order is right, and gives a subgradient. The reference takes the mean over all
// orders, which treats them alike and is a subgradient, too.

// A mistake is an element of a set with how wrong it is.
type mistake struct {
	of    int // its index
	wrong bool
	hit   bool // it is of T
	size  wide
}

// lovasz writes the loss of mistakes, of which those that are not wrong at all count for nothing. compare orders two of them.
func (r *Item) lovasz(all []mistake, compare func(a, b mistake) int) {
	slices.SortFunc(all, func(a, b mistake) int { return compare(b, a) })
	var wanted, hits, misses float64 // |T|, f, b
	for _, m := range all {
		if m.hit {
			wanted++
		}
	}
	for len(all) > 0 {
		n := 1
		for n < len(all) && compare(all[0], all[n]) == 0 {
			n++
		}
		var in float64 // of T, among those that are equally wrong
		for _, m := range all[:n] {
			if m.hit {
				in++
			}
		}
		ofHit, ofMiss := increments(wanted, hits, misses, in, float64(n)-in)
		for _, m := range all[:n] {
			if !m.wrong {
				continue
			}
			if m.hit {
				r.Grad[m.of] = neg(ofHit)
				r.Value[0] = plus(r.Value[0], mul(m.size, ofHit))
			} else {
				r.Grad[m.of] = ofMiss
				r.Value[0] = plus(r.Value[0], mul(m.size, ofMiss))
			}
		}
		hits, misses, all = hits+in, misses+float64(n)-in, all[n:]
	}
}

// increments are the means of g over all orders of so many elements of T and of the background, for one of either kind.
func increments(wanted, hits, misses, in, out float64) (ofHit, ofMiss wide) {
	union := func(b float64) wide { return num(wanted + misses + b) }
	for b := 0.0; b <= out && in > 0; b++ { // as many of the background come first, each number as often
		ofHit = plus(ofHit, div(num(1), union(b)))
	}
	for b := 0.0; b < out; b++ { // and here, with (b+1)/(out+1) of those of T
		if union(b).zero() {
			ofMiss = num(1)
			continue
		}
		left := num((wanted-hits)*(out+1) - in*(b+1))
		ofMiss = plus(ofMiss, div(left, mul(union(b), union(b+1), num(out+1))))
	}
	return div(ofHit, num(out+1)), div(ofMiss, num(max(out, 1)))
}

// orderKinks are the places of elements in the order of their mistakes, bit by bit, as signs; 0 where several are equally wrong.
func orderKinks(all []mistake, compare func(a, b mistake) int) []float64 {
	slices.SortFunc(all, func(a, b mistake) int { return compare(b, a) })
	width := bits.Len(uint(len(all)))
	sides := make([]float64, width*len(all))
	for k, m := range all {
		if k > 0 && compare(m, all[k-1]) == 0 || k+1 < len(all) && compare(m, all[k+1]) == 0 {
			continue
		}
		for bit := range width {
			sides[m.of*width+bit] = float64(2*(k>>bit&1) - 1)
		}
	}
	return sides
}

// distinct reports whether no side of a kink is 0.
func distinct(sides []float64) bool { return !slices.Contains(sides, 0) }
