package oracle

import (
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
	both         expr.Node    // union
	empty, meet  bool         // the union is 0; the intersection is not
}

func (e *example) boxes() *boxes {
	b := &boxes{example: e, empty: true, meet: true}
	choose := func(i, j int, most bool) expr.Node { // of the numbers i and j of both boxes
		switch p, q := e.at[i], e.want[j]; {
		case p == q && most:
			return e.Max(e.x[i], e.y[j])
		case p == q:
			return e.Min(e.x[i], e.y[j])
		case p > q == most:
			return e.x[i]
		}
		return e.y[j]
	}
	var area [2]expr.Node
	for t := range 2 {
		low, high := t, t+2
		b.pred[t], b.target[t] = e.Sub(e.x[high], e.x[low]), e.Sub(e.y[high], e.y[low])
		b.hull[t] = e.Sub(choose(high, high, true), choose(low, low, false))
		b.apart[t] = e.Add(e.Sub(e.x[low], e.y[low]), e.Sub(e.x[high], e.y[high]))
		b.shared[t] = e.Sub(choose(high, high, false), choose(low, low, true))
		switch from, to := max(e.at[low], e.want[low]), min(e.at[high], e.want[high]); {
		case from > to:
			b.shared[t], b.meet = expr.Zero, false
		case from == to:
			b.shared[t], b.meet = e.Max(b.shared[t], expr.Zero), false
		}
	}
	area[0], area[1] = e.Mul(b.pred[0], b.pred[1]), e.Mul(b.target[0], b.target[1])
	b.both = e.Sub(e.Add(area[0], area[1]), e.Mul(b.shared[0], b.shared[1]))
	for _, box := range [][]float64{e.at, e.want} {
		b.empty = b.empty && (box[0] == box[2] || box[1] == box[3])
	}
	return b
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
	hull := b.Mul(b.hull[0], b.hull[1])
	if b.flat(0) || b.flat(1) {
		return b.sum()
	}
	return b.sum(b.Quo(b.Sub(hull, b.both), hull))
})

// flat reports whether the hull has no side along an axis.
func (b *boxes) flat(t int) bool {
	return b.at[t] == b.at[t+2] && b.want[t] == b.want[t+2] && b.at[t] == b.want[t]
}

// distance is ρ²/c².
func (b *boxes) distance() expr.Node {
	if b.flat(0) && b.flat(1) {
		return expr.Zero
	}
	squares := func(v [2]expr.Node) expr.Node { return b.Add(b.Mul(v[0], v[0]), b.Mul(v[1], v[1])) }
	return b.Quo(squares(b.apart), b.Mul(b.Const(4), squares(b.hull)))
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

// αv with tan Δθ = (Wh − wH)/(hH + wW), the tangent of a difference; the angle of a point is that of the other box. Where the
// boxes are the same α is 0/0, and αv has the value and the gradient 0.
var _ = define(loss.CIoU, func(e *example) []expr.Node {
	b := e.boxes()
	share, _ := b.share()
	point := false
	for _, box := range [][]float64{e.at, e.want} {
		point = point || box[0] == box[2] && box[1] == box[3]
	}
	if point || b.equal() {
		return b.sum(b.distance())
	}
	w, h, ww, hh := b.pred[0], b.pred[1], b.target[0], b.target[1]
	turn := b.Atan2(b.Sub(b.Mul(ww, h), b.Mul(w, hh)), b.Add(b.Mul(h, hh), b.Mul(w, ww)))
	quarter := b.Atan(expr.One)
	v := b.Quo(b.Mul(turn, turn), b.Mul(b.Const(4), b.Mul(quarter, quarter)))
	alpha := b.Quo(v, b.Add(b.Sub(expr.One, share), v))
	if e.args.Convention("ciou_alpha") == "constant" {
		alpha = b.Stop(alpha)
	}
	shape := b.Mul(alpha, v)
	if e.args.Convention("ciou_gate") != "none" {
		shape = b.If(b.Stop(b.Sub(b.Mul(b.Const(2), b.Mul(b.shared[0], b.shared[1])), b.both)), shape, expr.Zero)
	}
	return b.sum(b.distance(), shape)
})

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
				terms = append(terms, b.Mul(half, b.Neg(b.Expm1(b.Neg(b.Mul(gamma, b.Mul(r, r)))))))
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
	sum := new(big.Rat)
	for _, x := range []float64{b.at[t], b.at[t+2], -b.want[t], -b.want[t+2]} {
		sum.Add(sum, new(big.Rat).SetFloat64(x))
	}
	return sum.Sign() == 0
}
