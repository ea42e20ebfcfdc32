package loss

// One minus the overlap of two boxes, as a share of the sum of their areas.
//
// # Formula
//
//	L = 1 − I/S, I = max(w, 0)·max(h, 0), S = A + B
//
// where A and B are the areas of the boxes and w and h the sides of what they share.
//
// # Gradient
//
//	∂L/∂x_k      = (I·A_k − I_k·S)/S²
//	∂²L/∂x_k∂x_i = ∂_i((I·A_k − I_k·S)/S²)
//	∂L/∂y_k      = (I·B_k − J_k·S)/S²
//
// with A_k, B_k, I_k and J_k the derivatives of the areas by one coordinate.
//
// # Domain
//
// Boxes of finite coordinates in order.
//
// # Special cases
//
//	A = B = 0: L = 1, gradient 0
//
// # Accuracy
//
// 1(1+κ) ulp, with κ over the differences of coordinates.
//
// # Method
//
// As above.
//
// # References
//
// None: it is made to be thrown away.
var ThrowawayBox = declare(Loss{
	Name:     "throwaway_box",
	Title:    "one minus a share of overlap",
	Shape:    Box,
	Formula:  "L = 1 − I/S, I = max(w, 0)·max(h, 0), S = A + B",
	Gradient: "∂L/∂x_k = (I·A_k − I_k·S)/S²",
	Second:   "∂²L/∂x_k∂x_i = ∂_i((I·A_k − I_k·S)/S²)",
	ByTarget: "∂L/∂y_k = (I·B_k − J_k·S)/S²",
	Definition: `
		overlap = max(min(x2, X2) - max(x1, X1), 0) * max(min(y2, Y2) - max(y1, Y1), 0)
		total = (x2 - x1)*(y2 - y1) + (X2 - X1)*(Y2 - Y1)
		value = if(total == 0, 1, 1 - overlap/total)`,

	Prediction:   OrderedBox,
	Targets:      Targets{Corners},
	Target:       OrderedBox,
	Axes:         func(int) [][]int { return [][]int{{0, 2, 4, 6}, {1, 3, 5, 7}} },
	SpecialCases: []string{"A = B = 0: L = 1, gradient 0"},
	Accuracy:     Accuracy{Value: 1, Grad: 1, How: "products of differences"},
	Traits: []Trait{
		{Property: NonNegativeValue, Holds: true},
		{Property: Bounded, Holds: true, Low: 0.5, High: 1},
		{Property: Convex, Holds: false, Witness: &Witness{Target: []float64{0, 0, 1, 1}, A: []float64{0, 0, 1, 1}, B: []float64{10, 0, 11, 1}}},
	},
	Sources: []Source{{"none", "made to be thrown away"}},
	Kinks: func(_ Args, pred, target []float64) []float64 {
		at := func(a, b float64) float64 { return sub(num(a), num(b)).float() }
		var sides []float64
		for k := range 2 {
			sides = append(sides, at(pred[k], target[k]), at(pred[k+2], target[k+2]), at(pred[k], target[k+2]), at(pred[k+2], target[k]))
		}
		return append(sides, at(pred[2], pred[0]), at(pred[3], pred[1]))
	},

	evaluate: func(_ Args, r *Item) {
		p, q := r.Pred, r.Target
		var pred, target, shared, zero [2]wide // sides
		var ours, theirs [4]wide               // slopes of the shared sides by coordinates of either
		for k := range 2 {
			pred[k], target[k] = sub(num(p[k+2]), num(p[k])), sub(num(q[k+2]), num(q[k]))
			shared[k] = sub(num(min(p[k+2], q[k+2])), num(max(p[k], q[k])))
			if shared[k].hi <= 0 {
				shared[k] = zero[k]
				continue
			}
			ours[k], theirs[k] = num(-one(p[k] > q[k])), num(-one(q[k] > p[k]))
			ours[k+2], theirs[k+2] = num(one(p[k+2] < q[k+2])), num(one(q[k+2] < p[k+2]))
		}
		overlap := mul(shared[0], shared[1])
		total := plus(mul(pred[0], pred[1]), mul(target[0], target[1]))
		if total.zero() {
			r.Value[0] = num(1)
			return
		}
		r.Value[0] = sub(num(1), div(overlap, total))
		square := mul(total, total)
		ends := [4]wide{num(-1), num(-1), num(1), num(1)}
		slope := func(area [2]wide, by [4]wide, k int) wide { return mul(by[k], area[1-k%2]) }
		numerator := func(k int, sides [2]wide, by [4]wide) wide {
			return sub(mul(overlap, slope(sides, ends, k)), mul(slope(shared, by, k), total))
		}
		for k := range 4 {
			r.Grad[k] = div(numerator(k, pred, ours), square)
			r.TargetGrad[k] = div(numerator(k, target, theirs), square)
		}
		if r.Direction == nil {
			return
		}
		along := func(by [4]wide) (sides [2]wide) {
			for k := range 4 {
				sides[k%2] = plus(sides[k%2], mul(by[k], num(r.Direction[k])))
			}
			return sides
		}
		area := func(sides, by [2]wide) wide { return plus(mul(sides[0], by[1]), mul(sides[1], by[0])) }
		predBy, sharedBy := along(ends), along(ours)
		totalBy, overlapBy := area(pred, predBy), area(shared, sharedBy)
		for k := range 4 {
			change := add(mul(overlapBy, slope(pred, ends, k)), mul(overlap, slope(predBy, ends, k)),
				neg(mul(slope(sharedBy, ours, k), total)), neg(mul(slope(shared, ours, k), totalBy)))
			r.Product[k] = sub(div(change, square), div(mul(num(2), r.Grad[k], totalBy), total))
		}
	},
})
