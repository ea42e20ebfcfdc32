package kernel

import "math"

// The losses of two boxes, the predicted one A and the target B. Every length is one difference of two
// coordinates, every numerator a sum of products of such lengths that are not negative: no area is taken from
// another, and 1 − I/U is (|A∖B| + |B∖A|)/U. See impl/loss for where the formulas come from.
//
// # Scale
//
// Before, the coordinates of an axis are multiplied by the power of two that brings the side of the hull, from
// the lowest edge to the highest, to [1, 2), and to at most 8 where the side itself overflows: no
// product can overflow, and what is subnormal then is so beside 1. A gradient is multiplied by that power at its end.
//
// # Accuracy
//
// Each value and slope is a sum of terms of one sign, but where the slopes themselves cancel between the gaps
// from edge to edge, and each term has at most a dozen roundings.
//
// # Edges
//
// Each edge has two slopes, of an inner edge and of one of the hull. Where edges are aligned it is the mean of
// both: a gradient is ½ the sum of two choices, which differ there only. Boxes that touch have no intersection.

// A boxAxis is what two boxes are along x or y. By a box is by index, the predicted one is 0.
type boxAxis[T Float] struct {
	factor T    // that multiplied the coordinates
	unit   T    // 1/factor, or the least that it can be where the hull has no side
	side   [2]T // of either box
	past   [2]T // how far either reaches beyond the other, at both ends together
	low    T    // the lower coordinate of the predicted box less that of the target
	high   T    // the same of the higher ones
	shared T    // the overlap, or less than 0 a gap
	hull   T

	// low, high and shared before coordinates are multiplied, which may round: they say which case it is.
	lowGiven, highGiven, sharedGiven T
}

// larger and smaller are the second number where one is NaN or both are the same, as in vectors.
func larger[T Float](a, b T) T {
	if a > b {
		return a
	}
	return b
}

func smaller[T Float](a, b T) T {
	if a < b {
		return a
	}
	return b
}

// choose is yes where the claim holds.
func choose[T Float](claim bool, yes, no T) T {
	if claim {
		return yes
	}
	return no
}

// unitOf is the power of two that is next to a side of a hull from below, within those whose inverse is a normal
// number, and its inverse.
func unitOf[T Float](side T) (unit, inverse T) {
	if single[T]() {
		near := math.Float32frombits(math.Float32bits(float32(side)) & 0x7f800000)
		near = smaller(larger(near, 0x1p-126), 0x1p126)
		return T(near), T(math.Float32frombits(254<<23 - math.Float32bits(near)))
	}
	near := math.Float64frombits(math.Float64bits(float64(side)) & 0x7ff0000000000000)
	near = smaller(larger(near, 0x1p-1022), 0x1p1022)
	return T(near), T(math.Float64frombits(2046<<52 - math.Float64bits(near)))
}

func axisOf[T Float](low, high, low1, high1 T) (a boxAxis[T]) {
	side := larger(high, high1) - smaller(low, low1)
	a.unit, a.factor = unitOf(side)
	a.factor = choose(side == 0, 1, a.factor)
	a.lowGiven, a.highGiven, a.sharedGiven = low-low1, high-high1, smaller(high, high1)-larger(low, low1)
	low, high, low1, high1 = T(low*a.factor), T(high*a.factor), T(low1*a.factor), T(high1*a.factor)
	a.side = [2]T{high - low, high1 - low1}
	a.low, a.high = low-low1, high-high1
	a.past = [2]T{larger(a.high, 0) - smaller(a.low, 0), larger(a.low, 0) - smaller(a.high, 0)}
	a.shared = smaller(high, high1) - larger(low, low1)
	a.hull = larger(high, high1) - smaller(low, low1)
	return a
}

// An edgeSlopes is, of an axis, how the loss grows as an edge of the predicted box moves inward: of an inner edge, and of one
// of the hull, by end.
type edgeSlopes[T Float] struct{ inner, hull [2]T }

// raise is a power of two that slopes are multiplied by until the end, so that those next to 0 keep their digits where
// sides are below 1. Over it the least factor is still a number.
func raise[T Float]() T {
	if single[T]() {
		return 0x1p20
	}
	return T(powerOf[float64](52))
}

// pair is the value of a pair, and its gradient times 2·factor.
func (l *boxLoss[T]) pair(a, b *[boxSize]T, factor T) (value T, grad [boxSize]T) {
	x, y := axisOf(a[0], a[2], b[0], b[2]), axisOf(a[1], a[3], b[1], b[3])
	meet := smaller(x.sharedGiven, y.sharedGiven) > 0
	area := T(y.side[1] * x.side[1])
	only := [2]T{T(x.past[0]*y.side[0]) + T(y.past[0]*x.shared), T(x.past[1]*y.side[1]) + T(y.past[1]*x.shared)}
	rest := only[0] + only[1]
	inverse := choose(meet, 1/(rest+T(x.shared*y.shared)), 0)
	value = choose(meet, T(rest*inverse), 1)

	raised := T(inverse * raise[T]())
	rows, columns := T(y.shared*raised), T(x.shared*raised)
	share := T(x.shared * -rows) // −I/U
	along := func(own, other *boxAxis[T], part T) (inner, hull T) {
		inner = T(T(T(own.past[0]*other.side[0])+area) * inverse)
		return T(inner * part), T(T(other.side[0]*inverse) * share)
	}
	var slopes [2]edgeSlopes[T]
	for t, part := range [2]T{rows, columns} {
		own, other := &x, &y
		if t == 1 {
			own, other = other, own
		}
		inner, hull := along(own, other, part)
		slopes[t] = edgeSlopes[T]{[2]T{inner, inner}, [2]T{hull, hull}}
	}
	if l.waste {
		value += wasteOf(&x, &y, meet, &slopes)
	}
	if l.distance {
		value += distanceOf(&x, &y, &slopes)
	}

	// NaN where a coordinate is none or infinite, else 0.
	poison := T(((x.side[0] + x.side[1]) + (y.side[0] + y.side[1])) * 0)
	value += poison
	factor += poison
	for t, own := range [2]*boxAxis[T]{&x, &y} {
		s := &slopes[t]
		lowered := T(own.factor / raise[T]()) // exactly
		low := choose(own.lowGiven > 0, s.inner[0], s.hull[0]) + choose(own.lowGiven >= 0, s.inner[0], s.hull[0])
		high := choose(own.highGiven < 0, s.inner[1], s.hull[1]) + choose(own.highGiven <= 0, s.inner[1], s.hull[1])
		grad[t], grad[2+t] = T(T(low*factor)*lowered), T(T(high*-factor)*lowered)
	}
	return value, grad
}

// wasteOf is (C−U)/C, the strips of the hull that neither box has, and adds its slopes.
func wasteOf[T Float](x, y *boxAxis[T], meet bool, slopes *[2]edgeSlopes[T]) (value T) {
	hull := T(x.hull * y.hull)
	inverse := choose(hull != 0, 1/hull, 0)
	aside := x.sharedGiven > 0
	gap := T(choose(aside, smaller(y.shared, 0), y.hull) * x.shared) // not positive
	rest := (T(choose(aside, x.past[0], x.side[0])*y.past[1]) + T(choose(aside, x.past[1], x.side[1])*y.past[0])) - gap
	value = T(rest * inverse)
	for t := range slopes {
		own, other := x, y
		if t == 1 {
			own, other = y, x
		}
		alone := [2]T{T(choose(meet, other.past[0], other.side[0]) * raise[T]()), T(choose(meet, other.past[1], other.side[1]) * raise[T]())}
		grown := T(own.past[1]*alone[0]) - T(own.side[1]*alone[1])
		beside := T(T((other.past[0]-other.past[1])*raise[T]())*own.side[1]) - T(alone[0]*own.shared) // the rows are shared, the columns not
		grown = choose(meet, grown, choose(other.sharedGiven > 0, beside, grown))
		inner, outer := T(alone[0]*inverse), T(T(grown*inverse)*T(other.hull*inverse))
		for e := range 2 {
			slopes[t].inner[e] += inner
			slopes[t].hull[e] += outer
		}
	}
	return value
}

// distanceOf is ρ²/c², and adds its slopes.
func distanceOf[T Float](x, y *boxAxis[T], slopes *[2]edgeSlopes[T]) (value T) {
	least := smaller(choose(x.hull == 0, 1/x.unit, x.factor), choose(y.hull == 0, 1/y.unit, y.factor)) // of both factors: that of the larger side
	var ratio, moved, size, hull, short, rest [2]T
	for t, own := range [2]*boxAxis[T]{x, y} {
		ratio[t] = T(own.unit * least)
		moved[t], hull[t] = T(T((own.high+own.low)*0.5)*ratio[t]), T(own.hull*ratio[t])
		size[t] = absolute(moved[t])
		ahead := T(own.low*own.high) > 0 // one box is, or else one has the other within
		within := T(smaller(absolute(own.low), absolute(own.high))*2) + smaller(own.side[0], own.side[1])
		short[t] = T(choose(ahead, own.shared, within) * ratio[t])                             // hull − 2·size
		rest[t] = choose(ahead, T(T((own.side[0]+own.side[1])*0.5)*ratio[t]), hull[t]-size[t]) // hull − size
	}
	square := T(hull[0]*hull[0]) + T(hull[1]*hull[1])
	inverse := choose(square != 0, 1/square, 0)
	raised := T(inverse * raise[T]())
	total := func(p, q, r, s T) T { return T((T(p*q) + T(r*s)) * inverse) }
	value = total(moved[0], moved[0], moved[1], moved[1])
	fromQuarter := T(total(short[0], size[0]+size[0]+hull[0], short[1], size[1]+size[1]+hull[1]) * 0.25)
	fromOne := total(rest[0], size[0]+hull[0], rest[1], size[1]+hull[1])
	// Of the three forms of 2·value·hull − size the one that loses least.
	nearQuarter, large := absolute(value-0x17p-6) < 0x11p-6, value > 0.5
	for t := range slopes {
		by, twice := T(ratio[t]*raised), hull[t]+hull[t]
		grown := T(twice * value)
		nearer := T((grown + size[t]) * by)
		away := choose(large, (rest[t]+hull[t])-T(twice*fromOne), grown-size[t])
		away = T(choose(nearQuarter, T(short[t]*0.5)-T(twice*fromQuarter), away) * by)
		inner := T(moved[t] * by)
		slopes[t].inner[0] += inner
		slopes[t].inner[1] -= inner
		slopes[t].hull[0] += choose(moved[t] < 0, away, nearer)
		slopes[t].hull[1] += choose(moved[t] > 0, away, nearer)
	}
	return value
}
