package kernel

import "math"

// lanes are the sums of one piece of work, element i in lane i mod 16 for float32. For
// float64 it is lane i mod 8, and what rounding lost from it lies eight further on. Every
// tier adds in this order.
type lanes [16]float64

// addPairs adds the values of turns of a kernel of float32 whose values are not negative and
// so soon computed that conversions to float64 would take most of the time. A value of the
// first sixteen of a turn is added in float32 to the one below it in the second, and their
// sum in float64. That rounds once, by 2^-24 at most of what is summed, however long the sum
// is; but a sum of two may be out of the range of float32.
func addPairs[T Float](l *lanes, values []T) {
	for len(values) >= turn {
		whole := (*[turn]T)(values)
		for i := range 4 { // four at a time, for the loop costs as much as an addition
			l[i] += float64(whole[i] + whole[16+i])
			l[4+i] += float64(whole[4+i] + whole[20+i])
			l[8+i] += float64(whole[8+i] + whole[24+i])
			l[12+i] += float64(whole[12+i] + whole[28+i])
		}
		values = values[turn:]
	}
	for i, v := range values[:min(len(l), len(values))] {
		if len(l)+i < len(values) {
			v += values[len(l)+i]
		}
		l[i] += float64(v)
	}
}

// maximum is the first power of two that is out of the range of T. Lanes of pairs, of which one is
// infinite or NaN, add up to as much, since vectors sum their bits.
func maximum[T Float]() float64 {
	if single[T]() {
		return 0x1p128
	}
	return math.Inf(1)
}

// compensated reports whether the lanes of a type are those of float64. Sums of float32 in
// float64 lose nothing that matters: 2^10 terms in a lane, 2^-43 of the sum.
func compensated[T Float]() bool { return !single[T]() }

// add adds the value of element i.
func (l *lanes) add(i int, v float64, compensated bool) {
	if compensated {
		sum, lost := twoSum(l[i%8], v)
		l[i%8] = sum
		l[8+i%8] += lost
	} else {
		l[i%16] += v
	}
}

// total adds lanes in the order in which the vectors do.
func (l *lanes) total(compensated bool) float64 {
	if !compensated {
		a, b, c, d := l[0]+l[8], l[1]+l[9], l[2]+l[10], l[3]+l[11]
		e, f, g, h := l[4]+l[12], l[5]+l[13], l[6]+l[14], l[7]+l[15]
		return ((a + e) + (c + g)) + ((b + f) + (d + h))
	}
	for n := 4; n > 0; n /= 2 {
		for i := range n {
			sum, lost := twoSum(l[i], l[i+n])
			l[i] = sum
			l[8+i] = (l[8+i] + l[8+i+n]) + lost
		}
	}
	return l[0] + l[8]
}

// twoSum is a + b, rounded, and what rounding lost (Knuth): exact unless a sum is infinite.
func twoSum(a, b float64) (sum, lost float64) {
	a, b = float64(a), float64(b) // products of the caller's, when this is inlined
	sum = a + b
	taken := sum - a
	return sum, (a - (sum - taken)) + (b - taken)
}

// An accumulator sums in about 106 bits.
type accumulator struct{ high, low float64 }

func (a *accumulator) add(v float64) {
	sum, lost := twoSum(a.high, v)
	a.high = sum
	a.low += lost
}

// merge adds what another has summed.
func (a *accumulator) merge(b accumulator) {
	a.add(b.high)
	a.low += b.low
}

// addLanes adds lanes in a fixed order.
func (a *accumulator) addLanes(l *lanes, compensated bool) {
	if compensated {
		for i := range 8 {
			a.add(l[i])
		}
		for i := range 8 {
			a.low += l[8+i]
		}
		return
	}
	a.add(l.total(false))
}

// sum is the sum, which is infinite or NaN where a term is, or where it is out of range.
func (a *accumulator) sum() float64 { return double(*a).float() }
