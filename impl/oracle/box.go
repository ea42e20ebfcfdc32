package oracle

import (
	"cmp"
	"math"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// What the losses of boxes are made of. Which edge lies further is a comparison of inputs, decided exactly, so that there is a
// node for it only where edges are aligned: there it has a kink.
type boxes struct {
	*example
	pred, target [2]expr.Node // sides
	shared, hull [2]expr.Node // the first 0 where there is a gap
	apart        [2]expr.Node // twice the distance of the centres
	both         expr.Node    // union, with the ε that it has
	empty, meet  bool         // the union is 0/0; the intersection is not
	place        string       // where the convention box_eps has its ε
	eps          expr.Node
}

func (e *example) boxes() *boxes {
	return e.boxesOf(e.x, e.y, func(i, j int) int { return cmp.Compare(e.at[i], e.want[j]) })
}

// boxesOf is boxes with the edges x and y, whose order is that of the given ones along each axis; compare compares edge i of x
// with edge j of y.
func (e *example) boxesOf(x, y []expr.Node, compare func(i, j int) int) *boxes {
	b := &boxes{example: e, empty: true, meet: true}
	choose := func(i, j int, most bool) expr.Node { // of the numbers i and j of both boxes
		switch order := compare(i, j); {
		case order == 0 && most:
			return e.Max(x[i], y[j])
		case order == 0:
			return e.Min(x[i], y[j])
		case order > 0 == most:
			return x[i]
		}
		return y[j]
	}
	var area [2]expr.Node
	for t := range 2 {
		low, high := t, t+2
		b.pred[t], b.target[t] = e.Sub(x[high], x[low]), e.Sub(y[high], y[low])
		b.hull[t] = e.Sub(choose(high, high, true), choose(low, low, false))
		b.apart[t] = e.Add(e.Sub(x[low], y[low]), e.Sub(x[high], y[high]))
		b.shared[t] = e.Sub(choose(high, high, false), choose(low, low, true))
		switch min(compare(high, low), -compare(low, high), cmp.Compare(e.at[high], e.at[low]), cmp.Compare(e.want[high], e.want[low])) {
		case -1: // a gap
			b.shared[t], b.meet = expr.Zero, false
		case 0:
			b.shared[t], b.meet = e.Max(b.shared[t], expr.Zero), false
		}
	}
	b.place, b.eps = e.args.Convention("box_eps"), expr.Zero
	if b.place != "" && b.place != "none" {
		b.eps, b.empty = e.param("box_epsilon"), false
	}
	area[0], area[1] = e.Mul(b.pred[0], b.tall(b.pred)), e.Mul(b.target[0], b.tall(b.target))
	b.both = e.Sub(e.Add(area[0], area[1]), e.Mul(b.shared[0], b.shared[1]))
	if b.place == "floor" {
		b.both = e.Max(b.both, b.eps)
	} else {
		b.both = e.Add(b.both, b.eps)
	}
	for _, box := range [][]float64{e.at, e.want} {
		b.empty = b.empty && (box[0] == box[2] || box[1] == box[3])
	}
	return b
}

// tall is the side along y in areas and shapes.
func (b *boxes) tall(sides [2]expr.Node) expr.Node {
	if b.place == "sides" {
		return b.Add(sides[1], b.eps)
	}
	return sides[1]
}

// share is I/U, and where that is 0/0 what the convention zero_area says; lost reports that there is no number.
func (b *boxes) share() (share expr.Node, lost bool) {
	if !b.empty {
		return b.Quo(b.Mul(b.shared[0], b.shared[1]), b.both), false
	}
	switch convention := b.args.Convention("zero_area"); {
	case convention == "nan":
		return expr.Zero, true
	case convention == "one_if_equal" && b.equal():
		return expr.One, false
	}
	return expr.Zero, false
}

// equal reports whether the boxes are the same.
func (b *boxes) equal() bool { return slices.Equal(b.at, b.want) }

// sum is 1 − I/U and other terms.
func (b *boxes) sum(terms ...expr.Node) []expr.Node {
	share, lost := b.share()
	if lost {
		return b.undefined()
	}
	return []expr.Node{b.Sum(append(terms, b.Sub(expr.One, share))...)}
}

var _ = define(loss.IoU, func(e *example) []expr.Node {
	b := e.boxes()
	share, lost := b.share()
	switch {
	case lost:
		return e.undefined()
	case e.args.Convention("iou_transform") == "square":
		return []expr.Node{e.Sub(expr.One, e.Mul(share, share))}
	case e.args.Convention("iou_transform") == "linear":
		return []expr.Node{e.Sub(expr.One, share)}
	}
	if floor := e.args.LogFloor(); floor > 0 {
		return []expr.Node{e.Neg(e.Log(e.Max(share, e.Const(floor))))}
	}
	if !b.meet && share != expr.One {
		e.undefined()
		e.diverges(math.Inf(1))
		return []expr.Node{expr.Zero}
	}
	return []expr.Node{e.Neg(e.Log(share))}
})

var _ = define(loss.GIoU, func(e *example) []expr.Node {
	b := e.boxes()
	return b.sum(b.waste())
})

// waste is (C−U)/C.
func (b *boxes) waste() expr.Node {
	hull := b.Mul(b.hull[0], b.hull[1])
	switch b.place {
	case "denominators":
		return b.Quo(b.Sub(b.Add(hull, b.eps), b.both), b.Add(hull, b.eps))
	case "sides":
		hull = b.Add(hull, b.eps)
	case "floor":
		hull = b.Max(hull, b.eps)
	default:
		if b.flat(0) || b.flat(1) {
			return expr.Zero
		}
	}
	return b.Quo(b.Sub(hull, b.both), hull)
}

// flat reports whether the hull has no side along an axis.
func (b *boxes) flat(t int) bool {
	return b.at[t] == b.at[t+2] && b.want[t] == b.want[t+2] && b.at[t] == b.want[t]
}

// distance is ρ²/c².
func (b *boxes) distance() expr.Node { return b.distanceIn(func(n expr.Node) expr.Node { return n }) }

// distanceIn is ρ²/c² with c² held.
func (b *boxes) distanceIn(held func(expr.Node) expr.Node) expr.Node {
	if b.flat(0) && b.flat(1) && b.eps == expr.Zero {
		return expr.Zero
	}
	squares := func(v [2]expr.Node) expr.Node { return b.Add(b.Mul(v[0], v[0]), b.Mul(v[1], v[1])) }
	return b.Quo(squares(b.apart), held(b.Mul(b.Const(4), b.Add(squares(b.hull), b.eps))))
}

var _ = define(loss.DIoU, func(e *example) []expr.Node {
	b := e.boxes()
	return b.sum(b.distance())
})

var _ = define(loss.EIoU, func(e *example) []expr.Node {
	b := e.boxes()
	terms := []expr.Node{b.distance()}
	for t := range 2 {
		if !b.flat(t) {
			r := b.Quo(b.Sub(b.pred[t], b.target[t]), b.hull[t])
			terms = append(terms, b.Mul(r, r))
		}
	}
	return b.sum(terms...)
})

var _ = define(loss.CIoU, func(e *example) []expr.Node {
	b := e.boxes()
	share, lost := b.share()
	total := b.sum(b.distance(), b.shape(share))
	if !lost && e.args.Convention("ciou_clamp") != "none" {
		total[0] = e.Min(total[0], e.Const(2))
	}
	return total
})

// shape is αv with tan Δθ = (Wh − wH)/(hH + wW), the tangent of a difference; the angle of a point is that of the other box. Where
// the boxes are the same α is 0/0, and αv has the value and the gradient 0.
func (b *boxes) shape(share expr.Node) expr.Node {
	for _, box := range [][]float64{b.at, b.want} {
		if box[0] == box[2] && box[1] == box[3] && b.place != "sides" {
			return expr.Zero
		}
	}
	if b.equal() {
		return expr.Zero
	}
	own, other := [2]expr.Node{b.pred[0], b.tall(b.pred)}, [2]expr.Node{b.target[0], b.tall(b.target)}
	v := b.turned(own, other)
	if b.args.Convention("ciou_aspect_gradient") == "times_w2_plus_h2" {
		v = b.lifted(own, other)
	}
	alpha := b.Quo(v, b.Add(b.Add(b.Sub(expr.One, share), v), b.eps))
	if b.args.Convention("ciou_alpha") != "differentiated" {
		alpha = b.Stop(alpha)
	}
	shape := b.Mul(alpha, v)
	if b.args.Convention("ciou_gate") == "iou>0.5" {
		shape = b.If(b.Stop(b.Sub(b.Mul(b.Const(2), b.Mul(b.shared[0], b.shared[1])), b.both)), shape, expr.Zero)
	}
	return shape
}

// turned is v, for two boxes of such sides.
func (b *boxes) turned(p, q [2]expr.Node) expr.Node {
	turn := b.Atan2(b.Sub(b.Mul(q[0], p[1]), b.Mul(p[0], q[1])), b.Add(b.Mul(p[1], q[1]), b.Mul(p[0], q[0])))
	quarter := b.Atan(expr.One)
	return b.Quo(b.Mul(turn, turn), b.Mul(b.Const(4), b.Mul(quarter, quarter)))
}

// lifted is v with a gradient by each box that is w² + h² times its own: v is held, and its changes, which are 0 here, are multiplied.
func (b *boxes) lifted(p, q [2]expr.Node) expr.Node {
	held := func(s [2]expr.Node) [2]expr.Node { return [2]expr.Node{b.Stop(s[0]), b.Stop(s[1])} }
	v := b.Stop(b.turned(p, q))
	change := func(s [2]expr.Node, moving expr.Node) expr.Node {
		return b.Mul(b.Stop(b.Add(b.Mul(s[0], s[0]), b.Mul(s[1], s[1]))), b.Sub(moving, v))
	}
	return b.Sum(v, change(p, b.turned(p, held(q))), change(q, b.turned(held(p), q)))
}

var _ = define(loss.SIoU, func(e *example) []expr.Node {
	b := e.boxes()
	var terms []expr.Node
	half := b.Const(0.5)
	moved := [2]expr.Node{b.Abs(b.apart[0]), b.Abs(b.apart[1])}
	if !b.concentric(0) || !b.concentric(1) {
		squares := b.Add(b.Mul(moved[0], moved[0]), b.Mul(moved[1], moved[1]))
		two := b.Const(2)
		gamma := b.Sub(two, b.Quo(b.Mul(two, b.Mul(moved[0], moved[1])), squares))
		for t := range 2 {
			if !b.flat(t) {
				r := b.Quo(b.apart[t], b.Mul(two, b.hull[t]))
				exponent := b.Mul(gamma, b.Mul(r, r))
				if e.args.Convention("siou_gamma") != "positive" {
					exponent = b.Neg(exponent)
				}
				terms = append(terms, b.Mul(half, b.Neg(b.Expm1(exponent))))
			}
		}
	}
	for t := range 2 {
		if e.at[t] == e.at[t+2] && e.want[t] == e.want[t+2] {
			continue
		}
		omega := b.Quo(b.Abs(b.Sub(b.pred[t], b.target[t])), b.Max(b.pred[t], b.target[t]))
		x := b.Expm1(b.Neg(omega))
		terms = append(terms, b.Mul(half, b.Mul(b.Mul(x, x), b.Mul(x, x))))
	}
	return b.sum(terms...)
})

// concentric reports whether the boxes have the same centre along an axis.
func (b *boxes) concentric(t int) bool {
	return exactSum(b.at[t], b.at[t+2], -b.want[t], -b.want[t+2]).Sign() == 0
}

// similar reports whether wH = Wh.
func (b *boxes) similar() bool {
	side := func(box []float64, t int) *big.Rat { return exactSum(box[t+2], -box[t]) }
	one := new(big.Rat).Mul(side(b.at, 0), side(b.want, 1))
	return one.Cmp(new(big.Rat).Mul(side(b.want, 0), side(b.at, 1))) == 0
}

// filled reports whether the hull is the union: a box within the other, or the same rows or columns and no gap.
func (b *boxes) filled() bool {
	within := func(p, q []float64, t int) bool { return q[t] <= p[t] && p[t+2] <= q[t+2] }
	touch := func(t int) bool { return b.at[t] <= b.want[t+2] && b.want[t] <= b.at[t+2] }
	same := func(t int) bool { return within(b.at, b.want, t) && within(b.want, b.at, t) }
	return within(b.at, b.want, 0) && within(b.at, b.want, 1) || within(b.want, b.at, 0) && within(b.want, b.at, 1) ||
		same(0) && touch(1) || same(1) && touch(0)
}

func exactSum(terms ...float64) *big.Rat {
	sum := new(big.Rat)
	for _, x := range terms {
		sum.Add(sum, new(big.Rat).SetFloat64(x))
	}
	return sum
}

// A power of 0 is 0: of what is wasted where the hull is the union, of the distance where the centres are the same, of the
// shapes where they are.
var _ = define(loss.AlphaIoU, func(e *example) []expr.Node {
	b := e.boxes()
	share, lost := b.share()
	if lost {
		return b.undefined()
	}
	raised := func(x expr.Node, zero bool) expr.Node {
		switch a := e.args.Scalar("power"); {
		case a == 1:
			return x
		case zero || x == expr.Zero || x == expr.One:
			return x
		case a == 2:
			return b.Mul(x, x)
		case a == 3:
			return b.Mul(x, b.Mul(x, x))
		}
		return b.Exp(b.Mul(e.param("power"), b.Log(x)))
	}
	terms := []expr.Node{b.Sub(expr.One, raised(share, !b.meet))}
	power := func(x expr.Node, zero bool) {
		if x = raised(x, zero); !zero || e.args.Scalar("power") == 1 {
			terms = append(terms, x)
		}
	}
	switch e.args.Convention("iou_penalty") {
	case "giou":
		power(b.waste(), b.filled())
	case "ciou":
		power(b.shape(share), b.similar())
		fallthrough
	case "diou":
		power(b.distance(), b.concentric(0) && b.concentric(1))
	}
	return []expr.Node{b.Sum(terms...)}
})

var _ = define(loss.MPDIoU, func(e *example) []expr.Node {
	b := e.boxes()
	var squares []expr.Node
	for k := range e.x {
		d := b.Sub(e.x[k], e.y[k])
		squares = append(squares, b.Mul(d, d))
	}
	width, height := e.param("image_width"), e.param("image_height")
	return b.sum(b.Quo(b.Sum(squares...), b.Add(b.Mul(width, width), b.Mul(height, height))))
})

var _ = define(loss.WIoU, func(e *example) []expr.Node {
	b := e.boxes()
	share, lost := b.share()
	if lost {
		return b.undefined()
	}
	hold := b.Stop
	if e.args.Convention("wiou_hull") != "constant" {
		hold = func(n expr.Node) expr.Node { return n }
	}
	return []expr.Node{b.Mul(b.Exp(b.distanceIn(hold)), b.Sub(expr.One, share))}
})

// An edge of a box with sides that are r times as long is (1+r)/2 times its own coordinate and (1−r)/2 times the opposite one. Which
// of two lies further is decided exactly.
var _ = define(loss.InnerIoU, func(e *example) []expr.Node {
	half := func(sign float64) expr.Node { // (1 ± r)/2
		sum := new(big.Float).SetPrec(2200).Add(big.NewFloat(1), big.NewFloat(sign*e.args.Scalar("ratio")))
		return e.ConstBig(sum.Mul(sum, big.NewFloat(0.5)))
	}
	own, opposite := half(1), half(-1)
	scaled := func(x []expr.Node) []expr.Node {
		edges := make([]expr.Node, 4)
		for k := range edges {
			edges[k] = e.Add(e.Mul(own, x[k]), e.Mul(opposite, x[(k+2)%4]))
		}
		return edges
	}
	ratio := new(big.Rat).SetFloat64(e.args.Scalar("ratio"))
	twice := func(box []float64, k int) *big.Rat { // an edge, times 2
		side := exactSum(box[k], -box[(k+2)%4])
		return side.Mul(side, ratio).Add(side, exactSum(box[k], box[(k+2)%4]))
	}
	b := e.boxesOf(scaled(e.x), scaled(e.y), func(i, j int) int { return twice(e.at, i).Cmp(twice(e.want, j)) })
	return b.sum()
})

// The distance has a kink where the boxes are the same, at which its slope by a coordinate is between those of that coordinate's
// difference alone: those of the sum of all |x − X|/√2.
var _ = define(loss.NWD, func(e *example) []expr.Node {
	half, scale := e.Const(0.5), e.param("scale")
	var apart, squares []expr.Node
	for k := range e.x {
		d := e.Sub(e.x[k], e.y[k])
		apart, squares = append(apart, e.Abs(d)), append(squares, e.Mul(d, d))
	}
	if slices.Equal(e.at, e.want) {
		return []expr.Node{e.Quo(e.Mul(e.Sqrt(half), e.Sum(apart...)), scale)}
	}
	distance := e.Sqrt(e.Mul(half, e.Sum(squares...)))
	return []expr.Node{e.Neg(e.Expm1(e.Neg(e.Quo(distance, scale))))}
})

var _ = define(loss.BoundedIoU, func(e *example) []expr.Node {
	beta := e.param("beta")
	bent := func(t expr.Node) expr.Node {
		if beta == expr.Zero {
			return t
		}
		return e.If(e.Sub(beta, t), e.Quo(e.Mul(t, t), e.Mul(e.Const(2), beta)), e.Sub(t, e.Mul(e.Const(0.5), beta)))
	}
	b := e.boxes()
	var parts []expr.Node
	for t := range 2 {
		centres, sides := expr.One, expr.One
		w, ww := exactSum(e.at[t+2], -e.at[t]), exactSum(e.want[t+2], -e.want[t])
		apart := b.Abs(b.apart[t])
		if ww.Sign() > 0 {
			if moved := exactSum(e.at[t], e.at[t+2], -e.want[t], -e.want[t+2]); moved.Abs(moved).Cmp(ww) <= 0 {
				centres = e.Sub(expr.One, e.Quo(e.Max(e.Sub(b.target[t], apart), expr.Zero), e.Add(b.target[t], apart)))
			}
			switch w.Cmp(ww) {
			case -1:
				sides = e.Sub(expr.One, e.Quo(b.pred[t], b.target[t]))
			case 0:
				sides = e.Sub(expr.One, e.Min(e.Quo(b.pred[t], b.target[t]), e.Quo(b.target[t], b.pred[t])))
			case 1:
				sides = e.Sub(expr.One, e.Quo(b.target[t], b.pred[t]))
			}
		}
		parts = append(parts, bent(centres), bent(sides))
	}
	return []expr.Node{e.Sum(parts...)}
})
