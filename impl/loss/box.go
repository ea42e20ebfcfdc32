package loss

// What the losses of two boxes are made of: the predicted one and the target.
//
// Every length is one difference of two coordinates, or a sum of such lengths that are not negative, and so is every
// numerator: with the parts of each box that lie outside of the other, 1 − I/U is (|A∖B| + |B∖A|)/(|A| + |B∖A|), and no
// 1 is subtracted. What cancels in a slope does so in truth, between the gaps from edge to edge.
//
// # Kinks
//
// The slope by an edge that is aligned with one of the other box has two sides; the reference takes their mean. Where
// boxes touch it takes that of boxes that are apart.
type boxes struct {
	axes         [2]axis
	area, only   [2]dual // of either box, and of what the other does not cover
	shared, both dual    // intersection and union
	meet         bool    // the intersection has an area
	epsilon
}

// An axis is what two boxes are along x or y. By a box, or by an end, is by index: the predicted box and the lower end
// are 0.
type axis struct {
	side         [2]dual
	beyond       [2][2]dual // by box and end: how far it reaches beyond the other there, or 0
	order        [2]float64 // by end: 1 where the predicted box reaches beyond the other, −1 where it is the other way round
	shared, hull dual       // overlap, a negative one being a gap; from the lowest edge to the highest
	moved        [2]dual    // by end: the coordinate predicted less that of the target
	apart        dual       // the sum of both, twice the distance of the centres
}

// outward is the direction, by end, in which an edge leaves its box.
var outward = [2]float64{-1, 1}

// between compares the boxes of an item.
func between(it *Item) *boxes {
	b := &boxes{}
	for t := range b.axes {
		x := &b.axes[t]
		var ends [2][2]dual
		for e := range 2 {
			k := t + 2*e
			ends[0][e], ends[1][e] = still(it.Pred[k]), still(it.Target[k])
			if it.Direction != nil {
				ends[0][e].by = num(it.Direction[k])
			}
		}
		var inner, outer [2]dual
		for e := range 2 {
			moved := ends[0][e].sub(ends[1][e])
			x.apart = x.apart.add(moved)
			i := x.move(e, moved)
			inner[e], outer[e] = ends[i][e], ends[1-i][e]
		}
		x.shared, x.hull = inner[1].sub(inner[0]), outer[1].sub(outer[0])
		for i := range x.side {
			x.side[i] = ends[i][1].sub(ends[i][0])
		}
	}
	b.measure()
	return b
}

// move sets how far an end of the predicted box is from that of the target, and returns which box ends first.
func (x *axis) move(e int, moved dual) (first int) {
	x.moved[e], x.order[e] = moved, outward[e]*sign(moved.at)
	if x.order[e] > 0 {
		first = 1
	}
	x.beyond[1-first][e] = moved.abs()
	return first
}

// measure finds the areas.
func (b *boxes) measure() {
	x, y := &b.axes[0], &b.axes[1]
	b.meet = x.shared.at.hi > 0 && y.shared.at.hi > 0
	if b.meet {
		b.shared = x.shared.mul(y.shared)
	}
	for i := range b.area {
		b.area[i] = x.side[i].mul(y.side[i])
		b.only[i] = b.area[i]
		if b.meet {
			b.only[i] = x.alone(i).mul(y.side[i]).add(x.shared.mul(y.alone(i)))
		}
	}
	b.both = b.area[0].add(b.only[1])
}

// An epsilon is what the convention box_eps makes of ε.
type epsilon struct {
	added  dual // to every denominator
	taller dual // to the sides along y, in areas and shapes
	bare   dual // what the boxes do not share, without the ε of their sides
	least  dual // what a union and a hull are at least
	raised bool // the union was less
}

// guarded is what the convention box_eps makes of the boxes.
func (b *boxes) guarded(a Args) *boxes {
	place := a.Convention(boxEps.Name)
	if place == "none" || place == "" { // of the default, or of a loss without the convention
		return b
	}
	eps := still(a.Scalar(boxEpsilon.Name))
	switch place {
	case "floor":
		b.least, b.raised = eps, sub(b.both.at, eps.at).hi < 0
		if b.raised {
			b.both = eps
		}
		return b
	case "sides":
		b.taller, b.bare = eps, b.only[0].add(b.only[1])
		for i := range b.area {
			more := eps.mul(b.axes[0].side[i])
			b.area[i], b.only[i], b.both = b.area[i].add(more), b.only[i].add(more), b.both.add(more)
		}
	}
	b.added = eps
	b.both = b.both.add(eps)
	return b
}

// sided is a side of box i in areas and shapes.
func (b *boxes) sided(t, i int) dual {
	if t == 1 {
		return b.axes[t].side[i].add(b.taller)
	}
	return b.axes[t].side[i]
}

// past is how far box i reaches beyond the other, at both ends together: the hull less the other's side.
func (x *axis) past(i int) dual { return x.beyond[i][0].add(x.beyond[i][1]) }

// alone is how much of the side of box i the other does not have.
func (x *axis) alone(i int) dual {
	if x.shared.at.hi > 0 {
		return x.past(i)
	}
	return x.side[i]
}

// larger is by how much the side of box i is larger than the other's.
func (x *axis) larger(i int) dual { return x.alone(i).sub(x.alone(1 - i)) }

// short is the hull less |apart|, and long is both together.
func (x *axis) short() dual {
	if x.order[0]*x.order[1] < 0 { // one box is ahead of the other
		return x.shared
	}
	i, least := x.container()
	return x.side[1-i].add(least.scale(2))
}

// container is the box that has the other within, and how far it reaches beyond that at least.
func (x *axis) container() (i int, least dual) {
	if x.order[0]+x.order[1] < 0 {
		i = 1
	}
	least = x.beyond[i][0]
	if sub(x.beyond[i][1].at, least.at).hi < 0 {
		least = x.beyond[i][1]
	}
	return i, least
}

func (x *axis) long() dual { return x.hull.add(x.apart.abs()) }

// ahead is the sign of the difference of the centres.
func (x *axis) ahead() float64 { return sign(x.apart.at) }

// An edge is one of the eight, on one of its sides: moved outward it carries the hull with it, or not.
type edge struct {
	box, axis, end int
	hull           bool
}

// apart is ∂apart of its axis.
func (e edge) apart() float64 { return outward[e.end] * [2]float64{1, -1}[e.box] }

// A summand is a part of a loss: its value, and its slope as an edge moves outward.
type summand struct {
	value dual
	slope func(e edge) dual
}

// write makes an item of the sum of parts.
func (b *boxes) write(it *Item, parts ...summand) {
	for _, t := range parts {
		it.Value[0] = plus(it.Value[0], t.value.at)
	}
	for i, grad := range [2][]wide{it.Grad, it.TargetGrad} {
		for k := range grad {
			e := edge{box: i, axis: k % 2, end: k / 2}
			e.hull = b.order(e) > 0
			slope := slopes(e, parts)
			if b.order(e) == 0 {
				e.hull = true
				slope = slope.add(slopes(e, parts)).scale(0.5)
			}
			slope = slope.scale(outward[e.end])
			grad[k] = slope.at
			if i == 0 && it.Product != nil {
				it.Product[k] = slope.by
			}
		}
	}
}

// order is 1 for an edge beyond that of the other box, −1 for one that is not, and 0 where they are aligned.
func (b *boxes) order(e edge) float64 {
	return b.axes[e.axis].order[e.end] * [2]float64{1, -1}[e.box]
}

func slopes(e edge, parts []summand) (sum dual) {
	for _, t := range parts {
		sum = sum.add(t.slope(e))
	}
	return sum
}

// along is the slope of what grows with |d|, by axis: of an inner edge that takes the centres apart, and of one of the hull that
// takes them apart or brings them nearer.
func (b *boxes) along(e edge, inner, away, nearer *[2]dual) dual {
	switch side := b.axes[e.axis].ahead() * e.apart(); {
	case !e.hull:
		return inner[e.axis].scale(side)
	case side > 0:
		return away[e.axis]
	}
	return nearer[e.axis]
}

// through is a function of a summand: its value, and its slope by that.
func (s summand) through(value, slope dual) summand {
	return summand{value, func(e edge) dual { return s.slope(e).mul(slope) }}
}

// share is I/U, of which s is the rest: 1 too where that is 0/0 and counts as 1.
func (b *boxes) share(s summand) dual {
	if s.value.at.zero() {
		return still(1)
	}
	return b.shared.div(b.both)
}

// logarithm is −log(I/U), for I > 0.
func (s summand) logarithm(share dual) dual {
	if s.value.at.exp < 0 { // I/U > ½
		return dual{neg(log1p(neg(s.value.at))), div(s.value.by, share.at)}
	}
	return dual{neg(logarithm(share.at)), neg(div(share.by, share.at))}
}

// flat is the slope of what does not change.
func flat(edge) dual { return dual{} }

// overlap is s = 1 − I/U. For an inner edge of box A, with w its side and h that of the other axis,
//
//	∂s = −o_y·(|B| + h·(w − o_x) + ε)/U², and for an edge of the hull I·h/U²
//
// with the ε that U has; where U is ε for being less it is 1 − I/ε.
func (b *boxes) overlap(a Args) summand {
	if b.both.at.zero() {
		switch a.Convention(zeroArea.Name) {
		case "nan":
			return summand{dual{at: notANumber}, func(edge) dual { return dual{notANumber, notANumber} }}
		case "one_if_equal":
			if b.equal() {
				return summand{dual{}, flat}
			}
		}
	}
	if !b.meet {
		return summand{still(1), flat}
	}
	if b.raised {
		return summand{b.least.sub(b.shared).div(b.least), func(e edge) dual {
			if e.hull {
				return dual{}
			}
			return b.axes[1-e.axis].shared.neg().div(b.least)
		}}
	}
	square := b.both.square()
	return summand{b.only[0].add(b.only[1]).add(b.added).div(b.both), func(e edge) dual {
		x, y, side := &b.axes[e.axis], &b.axes[1-e.axis], b.sided(1-e.axis, e.box)
		if e.hull {
			return b.shared.mul(side).div(square)
		}
		alone := x.alone(e.box)
		if e.axis == 1 {
			alone = alone.add(b.taller)
		}
		return y.shared.neg().mul(b.area[1-e.box].add(side.mul(alone)).add(b.added)).div(square)
	}}
}

// waste is the share of the hull that neither box has, (C−U)/C, and 0 where that is 0/0. For an inner edge of box A
//
//	∂ = −(h − o_y)/C, or −h/C for boxes that are apart, and for an edge of the hull −((c_x − w)·h − |B∖A|)·c_y/C²
//
// With an ε in the denominators C is C + ε there, and c_y − h times ε is added to the last numerator. With one in the sides, too,
// C − U is less by ε·(w+W), −h by ε, and what is added is ε·(c_y − h + c_y·o_x − ε), or for an edge along y ε·(c_x − w + c_x·(w+W)).
// Where U is ε for being less it does not change.
func (b *boxes) waste() summand {
	x, y := &b.axes[0], &b.axes[1]
	hull := x.hull.mul(y.hull).add(b.added)
	if hull.at.zero() || sub(hull.at, b.least.at).hi < 0 {
		return summand{dual{}, flat}
	}
	if b.raised {
		return summand{hull.sub(b.least).div(hull), func(e edge) dual {
			if !e.hull {
				return dual{}
			}
			return b.least.mul(b.axes[1-e.axis].hull).div(hull.square())
		}}
	}
	wide := x.side[0].add(x.side[1])
	return summand{b.spare().sub(b.taller.mul(wide)).div(hull), func(e edge) dual {
		x, y, i, j := &b.axes[e.axis], &b.axes[1-e.axis], e.box, 1-e.box
		more := b.added.mul(y.past(j))
		taller := dual{}
		if e.axis == 0 {
			taller = b.taller
			more = more.add(b.taller.mul(y.hull.mul(x.shared).sub(b.added)))
		} else {
			more = more.add(b.taller.mul(y.hull.mul(wide)))
		}
		switch {
		case !e.hull && b.meet:
			return y.past(i).add(taller).neg().div(hull)
		case !e.hull:
			return y.side[i].add(taller).neg().div(hull)
		}
		var grown dual
		switch {
		case b.meet:
			grown = x.past(j).mul(y.past(i)).sub(x.side[j].mul(y.past(j)))
		case x.shared.at.hi <= 0 && y.shared.at.hi > 0:
			grown = x.side[j].mul(y.larger(i)).sub(x.shared.mul(y.side[i]))
		default:
			grown = x.past(j).mul(y.side[i]).sub(x.side[j].mul(y.side[j]))
		}
		return more.sub(grown.mul(y.hull)).div(hull.square())
	}}
}

// spare is C − U.
func (b *boxes) spare() dual {
	x, y := &b.axes[0], &b.axes[1]
	gap := x.shared.neg().mul(y.hull) // between the columns of the boxes, or between the rows within the shared columns
	if x.shared.at.hi > 0 {
		gap = dual{}
		if y.shared.at.hi < 0 {
			gap = x.shared.mul(y.shared.neg())
		}
	}
	return x.alone(0).mul(y.past(1)).add(x.alone(1).mul(y.past(0))).add(gap)
}

// wasted is the sum of overlap and waste. Where sides are longer by ε each has a term ε·(w+W)/U or so that the other takes away:
// the sum is (N·D + (C−U)·(U' + ε·S) + ε·(D − ε·S²))/(U'·D) with N what the boxes do not share, S = w+W, D = C+ε, and U' their
// union with ε.
func (b *boxes) wasted(a Args) []summand {
	s, t := b.overlap(a), b.waste()
	if !b.taller.at.zero() {
		wide, hull := b.taller.mul(b.axes[0].side[0].add(b.axes[0].side[1])), b.axes[0].hull.mul(b.axes[1].hull).add(b.added)
		sum := b.bare.mul(hull).add(b.spare().mul(b.both.add(wide))).add(hull.mul(b.added)).sub(wide.square())
		s.value, t.value = sum.div(b.both.mul(hull)), dual{}
	}
	return []summand{s, t}
}

// distance is ρ²/c², that of the centres in diagonals of the hull, and 0 where that is 0/0. For an inner edge
//
//	∂ = d_x/c², and for an edge of the hull (−m/2 + 2·(¼ − ρ²/c²)·c_x)/c²
//
// where the centres move apart and ρ²/c² is above ⅛, with m = c_x − 2|d_x|: at a corner of the hull it is nearly ¼, and
// |d_x| − 2·(ρ²/c²)·c_x, which it is else, has no digit. Where they come nearer it is −(|d_x| + 2·(ρ²/c²)·c_x)/c². An ε in the
// denominators is a part of c².
func (b *boxes) distance() summand { return b.distanceIn(false) }

// distanceIn is ρ²/c², with c held or not.
func (b *boxes) distanceIn(held bool) summand {
	x, y := &b.axes[0], &b.axes[1]
	square := x.hull.square().add(y.hull.square()).add(b.added)
	if square.at.zero() {
		return summand{dual{}, flat}
	}
	if held {
		square.by = wide{}
	}
	share := x.apart.square().add(y.apart.square()).div(square).scale(0.25)
	left := x.short().mul(x.long()).add(y.short().mul(y.long())).add(b.added).div(square).scale(0.25)
	var inner, away, nearer [2]dual // slopes by axis
	for t := range b.axes {
		x := &b.axes[t]
		size, grown := x.apart.abs().scale(0.5), share.mul(x.hull).scale(2)
		inner[t], away[t], nearer[t] = size.div(square), size.sub(grown).div(square), size.add(grown).neg().div(square)
		if sub(share.at, num(0.125)).hi > 0 {
			away[t] = left.mul(x.hull).scale(2).sub(x.short().scale(0.5)).div(square)
		}
	}
	return summand{share, func(e edge) dual {
		e.hull = e.hull && !held
		return b.along(e, &inner, &away, &nearer)
	}}
}

// equal reports whether the boxes are the same.
func (b *boxes) equal() bool {
	return b.axes[0].order == [2]float64{} && b.axes[1].order == [2]float64{}
}

// What the losses of boxes declare alike.
var (
	zeroArea = Convention{"zero_area", []string{"zero", "one_if_equal", "nan"},
		"of two boxes without an area I/U is 0, or 1 if they are equal, both with the gradient 0, or the loss is NaN and its gradient too"}

	boxEps = Convention{"box_eps", []string{"none", "denominators", "sides", "floor"},
		"there is no ε = box_epsilon; it is added to U, C, c² and s + v; to these and, in areas and shapes, to the sides h and H of the boxes along y; or U and C are ε where they are less"}
	// boxEpsAdded is that of losses that have more denominators than areas.
	boxEpsAdded = Convention{boxEps.Name, boxEps.Values[:3], "there is no ε; it is added to U, c² and s + v; or to these and, in areas and shapes, to the sides h and H of the boxes along y"}
	boxEpsilon  = Param{Name: "box_epsilon", Kind: Scalar, Domain: Positive, Default: []float64{1e-7}, Meaning: "ε of the convention box_eps"}

	withoutEps = &Condition{"without ε", func(a Args, _, _ []float64) bool { return a.Convention(boxEps.Name) == "none" }}
	sidesAsAre = &Condition{"unless ε is added to sides", func(a Args, _, _ []float64) bool { return a.Convention(boxEps.Name) != "sides" }}

	withArea = &Condition{"for a target with an area", func(_ Args, _, target []float64) bool { return target[0] < target[2] && target[1] < target[3] }}
)

// boxTraits are those of 1 − I/U and what is added to it, and others.
func boxTraits(high float64, statement string, when *Condition, others ...Trait) []Trait {
	return append([]Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: ZeroAttained, Holds: true, When: withArea, Statement: "at A = B"},
		{Property: Minimum, Holds: true, When: withArea, Statement: "at A = B"},
		{Property: Bounded, Holds: true, Low: 0, High: high, Statement: statement, When: when},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{2.5, 0, 4.5, 2}, A: []float64{-1.5, 0, 0.5, 2}, B: []float64{2.5, 0, 4.5, 2}, Note: "a box comes to touch midway, and the loss falls faster from there"}},
		{Property: Lipschitz, Holds: false, Norm: Maximum, Witness: &Witness{Target: []float64{0, 0, 1e-120, 1}, A: []float64{0, 0, 1e-120, 1}, B: []float64{1e-120, 0, 2e-120, 1}, Note: "1 over the side"}},
		{Property: Symmetric, Holds: true, Statement: "L(A, B) = L(B, A)"},
		{Property: Isometric, Holds: true},
	}, others...)
}

// withEps are the traits of a loss that has the convention box_eps: with an ε no two boxes are right, and there is a scale; with
// one in the sides the axes are not alike, nor is true what else is named.
func withEps(traits []Trait, others ...Property) []Trait {
	traits = withoutEps.of(traits, ZeroAttained, Minimum, Homogeneous, AxisScaled, Metric)
	return sidesAsAre.of(traits, append(others, Isometric)...)
}

// growsApart and axisScaled are what some of them claim.
var (
	growsApart  = Trait{Property: GrowsApart, Holds: true}
	homogeneous = Trait{Property: Homogeneous, Holds: true}
	axisScaled  = Trait{Property: AxisScaled, Holds: true}
)

// boxAxes says that a loss of boxes is a function of the gaps between neighbouring edges.
func boxAxes(int) [][]int { return [][]int{{0, 2, 4, 6}, {1, 3, 5, 7}} }

// boxKinks are how far edges lie from being aligned and boxes from touching, the sides, and how far areas lie above ε.
func boxKinks(a Args, pred, target []float64) (sides []float64) {
	for t := range 2 {
		p, q := [2]float64{pred[t], pred[t+2]}, [2]float64{target[t], target[t+2]}
		sides = append(sides, p[0]-q[0], p[1]-q[1], p[1]-q[0], q[1]-p[0], p[1]-p[0], q[1]-q[0])
	}
	if a.Convention(boxEps.Name) == "floor" {
		b, least := between(&Item{Pred: pred, Target: target}), num(a.Scalar(boxEpsilon.Name))
		sides = append(sides, sub(b.both.at, least).float(), sub(times(b.axes[0].hull.at, b.axes[1].hull.at), least).float())
	}
	return sides
}
