package kernel

// DIoU is the loss of IoU and the distance of the centres of two boxes.
//
// # Formula
//
//	L(A, B) = (1 − I/U) + ρ²/c²
//
// with the intersection I and the union U of a predicted box A and a target B, the distance ρ of their centres, and the diagonal
// c of the smallest box around both.
//
// # Gradient
//
//	∂L/∂x1 = ∂(1 − I/U)/∂x1 + d_x/c² for x1 > X1, ∂(1 − I/U)/∂x1 + (d_x + 2·(ρ²/c²)·c_x)/c² for x1 < X1
//
// with the difference d_x of the centres and the side c_x of the hull; see IoU.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A = B with an area: L = +0
//	the same centre: L = 1 − I/U
//	c = 0: L = 1
//
// # Accuracy
//
// Level 3, 4(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, within
// the limits that the package documents: each is a sum of terms of one sign, of at most a dozen roundings each, but where slopes
// themselves cancel.
//
// # Method
//
// At a corner of the hull ρ²/c² is nearly ¼, and d_x + 2·(ρ²/c²)·c_x has no digit: it is computed from what the hull
// is longer than the distance.
//
// # References
//
// Zheng et al., Distance-IoU loss, 2020, arXiv:1911.08287, equation 7.
func DIoU[T Float]() Boxwise[T] { return newBoxwise[T](&diou32, &diou64) }

var (
	diou32 = boxLoss[float32]{name: "diou", distance: true}
	diou64 = boxLoss[float64]{name: "diou", distance: true}
)
