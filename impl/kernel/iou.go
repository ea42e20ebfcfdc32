package kernel

// IoU is the loss of the intersection of two boxes over their union.
//
// # Formula
//
//	L(A, B) = (|A∖B| + |B∖A|)/U, U = |A| + |B∖A|
//
// for a predicted box A and a target B: 1 − I/U, with the intersection I.
//
// # Gradient
//
//	∂L/∂x1 = o_y·(|B| + h·(w − o_x))/U² for x1 > X1, −I·h/U² for x1 < X1
//
// where boxes overlap, with the sides w and h of A and the overlaps o_x and o_y of the axes, and 0 where they do not; the mean
// of both for x1 = X1. The other edges follow by reflection.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A and B disjoint, or touching: L = 1, gradient 0
//	A = B with an area: L = +0
//	U = 0: L = 1, gradient 0
//
// # Accuracy
//
// Level 3, 4(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, within
// the limits that the package documents: each is a sum of terms of one sign, of at most a dozen roundings each, but where slopes
// themselves cancel.
//
// # Method
//
// Every length is one difference of coordinates, of an axis that was brought to [1, 2) by a power of two, and every numerator a
// sum of products of lengths: no area is taken from another.
//
// # References
//
// Yu et al., UnitBox, 2016, arXiv:1608.01471, section 3.1.
func IoU[T Float]() Boxwise[T] { return newBoxwise[T](&iou32, &iou64) }

var (
	iou32 = boxLoss[float32]{name: "iou"}
	iou64 = boxLoss[float64]{name: "iou"}
)
