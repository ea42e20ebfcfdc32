package kernel

// GIoU is the loss of IoU and the share of the hull of two boxes that neither has.
//
// # Formula
//
//	L(A, B) = (1 − I/U) + (C−U)/C
//
// with the intersection I and the union U of a predicted box A and a target B, and the area C of the smallest box around both.
//
// # Gradient
//
//	∂L/∂x1 = ∂(1 − I/U)/∂x1 + (h − o_y)/C for x1 > X1, ∂(1 − I/U)/∂x1 + ((c_x − w)·h − |B∖A|)/(c_x·C) for x1 < X1
//
// with the side c_x of the hull, and an overlap o_y of 0 for boxes that are apart; see IoU.
//
// # Domain
//
// Boxes of finite coordinates in order, x1 ≤ x2 and y1 ≤ y2.
//
// # Special cases
//
//	A = B with an area: L = +0
//	one box within the other, or the same rows or columns and no gap: L = 1 − I/U
//	C = 0: L = 1 − I/U
//
// # Accuracy
//
// Level 3, 4(1+κ) ulp, value and gradient, with κ over the gaps between neighbouring edges, within
// the limits that the package documents: each is a sum of terms of one sign, of at most a dozen roundings each, but where slopes
// themselves cancel.
//
// # Method
//
// C − U is the sum of the strips of the hull, of which each is a product.
//
// # References
//
// Rezatofighi et al., Generalized intersection over union, 2019, arXiv:1902.09630, algorithm 2.
func GIoU[T Float]() Boxwise[T] { return newBoxwise[T](&giou32, &giou64) }

var (
	giou32 = boxLoss[float32]{name: "giou", waste: true}
	giou64 = boxLoss[float64]{name: "giou", waste: true}
)
