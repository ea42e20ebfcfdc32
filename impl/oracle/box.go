package oracle

import (
	"math"

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
	equal := true
	for k := range b.at {
		equal = equal && b.at[k] == b.want[k]
	}
	switch convention := b.args.Convention("zero_area"); {
	case convention == "nan":
		return expr.Zero, true
	case convention == "one_if_equal" && equal:
		return expr.One, false
	}
	return expr.Zero, false
}

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
