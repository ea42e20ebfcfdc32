package kernel

// SmoothL1 is the smooth L1 loss of predictions x and targets y.
//
// # Formula
//
//	L(x, y) = ½·d²/β for |d| < β, |d| − β/2 for |d| ≥ β, d = x − y
//
// with β = beta. For β = 0 it is |d|, the absolute error.
//
// # Gradient
//
//	∂L/∂x = d/β for |d| < β, sgn d for |d| ≥ β
//
// and 0 for d = 0.
//
// # Domain
//
// x any number or infinity, y a finite number. SmoothL1 panics unless β is a finite number ≥ 0.
//
// # Special cases
//
//	L(+Inf, y) = +Inf, gradient 1
//	L(−Inf, y) = +Inf, gradient −1
//	L(y, y) = +0, gradient 0
//	β = 0: L = |x−y|
//
// # Accuracy
//
// The value is within 6 ulp and 4(1+κ), κ being 1 or more: of the relative errors of 2^-p, p the
// precision, that of d counts at most twice, as |d| − β/2 ≥ |d|/2; 1/β and two products are off once
// each, and the difference. The gradient is within 3 ulp: d, the quotient of the gradient from upstream
// and β, and their product. A sum of any length adds 2^-24 in float32 to the errors of its values.
//
// # Method
//
// With t = min(|d|/β, 1), a product with 1/β, the value is t·(|d| − t·β/2), and the gradient is d times
// that from upstream over β, cut off at that: nothing is chosen, and what is next to β has the same
// value by both formulas. Where β is 0 or 1/β next to the ends of the range, or that from upstream over
// β is, plain Go divides.
//
// # References
//
// Girshick, Fast R-CNN, 2015, arXiv:1504.08083, equation 3, for β = 1.
func SmoothL1[T Float](beta T) Pointwise[T] {
	demand(beta >= 0 && beta-beta == 0, smoothL132.name, "beta", beta, "a finite number that is not negative")
	return newPointwise(&smoothL132, &smoothL164, beta)
}

var (
	smoothL132 = pointwise[float32]{name: "smooth_l1", hasTarget: true, differences: true, point: smoothL1[float32], points: smoothL1s[float32], scaled: smoothL1Slope[float32], double: doubleOf(&smoothL164)}
	smoothL164 = pointwise[float64]{name: "smooth_l1", hasTarget: true, differences: true, point: smoothL1[float64], points: smoothL1s[float64], scaled: smoothL1Slope[float64]}
)

// The places of the parameters of smoothL1 that follow from β and the gradient from upstream.
const (
	inverseBeta = iota + 1 // 1/β, and 0 where that is next to the ends of the range
	halfBeta
	betaSlope // the gradient from upstream over β, and 0 where that is next to the ends of the range
	mostSlope // the size of that from upstream
	leastSlope
)

func smoothL1Slope[T Float](p *[paramCount]T) (raised bool) {
	beta, scale := p[0], p[scaleParam]
	p[inverseBeta], p[halfBeta], p[betaSlope] = 1/beta, T(beta*0.5), scale/beta
	p[mostSlope], p[leastSlope] = absolute(scale), -absolute(scale)
	if !moderate(beta) {
		p[inverseBeta] = 0
	}
	switch {
	case scale == 0:
		p[betaSlope] = 1 // times d, and cut off at 0
	case scale-scale == 0 && (!moderate(p[betaSlope]) || !moderate(beta)):
		p[betaSlope] = 0
	}
	return p[inverseBeta] == 0 || p[betaSlope] == 0
}

// moderate reports whether x > 0 or −x, and 1/x, are far from the ends of the range.
func moderate[T Float](x T) bool {
	most := T(0x1p100)
	if !single[T]() {
		most = T(powerOf[float64](1000))
	}
	size := absolute(x)
	return size <= most && size >= 1/most
}

func smoothL1[T Float](p *[paramCount]T, x, y T) (value, grad T) {
	d := x - y
	size, beta, scale := absolute(d), p[0], p[scaleParam]
	switch {
	case p[inverseBeta] != 0:
		value = partOf(p, size)
	case size < beta:
		value = T(T(size/beta) * T(size*0.5))
	case d*0 != 0 && x*0 == 0 && y*0 == 0: // β may be so large that the value is in range
		value = T(absolute(T(x*0.5)-T(y*0.5))-T(beta*0.25)) * 2
	default:
		value = size - p[halfBeta]
	}
	part := T(size / beta)
	switch {
	case p[betaSlope] != 0:
		grad = max(min(T(d*p[betaSlope]), p[mostSlope]), p[leastSlope])
	case !(size < beta):
		grad = signed(d, scale)
	case p[mostSlope] <= 1 || part >= smallest[T]():
		grad = T(T(d/beta) * scale)
	default: // a subnormal d/β has lost what the product would show
		grad = T(d*scale) / beta
	}
	return value, grad
}

// partOf is the value for a difference of that size, where 1/β is in range.
func partOf[T Float](p *[paramCount]T, size T) T {
	t := min(T(size*p[inverseBeta]), 1)
	return T(t * T(size-T(t*p[halfBeta])))
}

// smoothL1s is smoothL1 of each element, where nothing is next to the ends of the range.
func smoothL1s[T Float](p *[paramCount]T, value, grad, pred, target []T) {
	slope, most, least := p[betaSlope], p[mostSlope], p[leastSlope]
	value, target = value[:len(pred)], target[:len(pred)]
	for i, x := range pred {
		d := x - target[i]
		value[i] = partOf(p, absolute(d))
		if grad != nil {
			grad[i] = max(min(T(d*slope), most), least)
		}
	}
}

// smallest is the smallest normal number.
func smallest[T Float]() T {
	if single[T]() {
		return T(powerOf[float32](-126))
	}
	return T(powerOf[float64](-1022))
}
