package kernel

// QualityFocal is the quality focal loss of logits z and qualities y.
//
// # Formula
//
//	L(z, y) = |u|^β·B, u = (1−y)·σ(z) − y·σ(−z), B = y·sp(−z) + (1−y)·sp(z)
//
// in nats, with β = beta and sp(x) = log(1+eˣ). u is σ(z) − y.
//
// # Gradient
//
//	∂L/∂z = |u|^β·(u + β·sgn u·σ(z)·σ(−z)·B/|u|)
//
// # Domain
//
// z any number or infinity, y in [0, 1]. QualityFocal panics unless β is a finite number ≥ 0.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, y) = +Inf for y < 1, gradient (1−y)^(β+1)
//	L(−Inf, y) = +Inf for y > 0, gradient −y^(β+1)
//	L(0, ½) = +0 for β > 0, gradient 0 for β ≥ 1, and NaN for β < 1
//	β = 0: L is the binary cross-entropy, 0^0 being 1
//
// # Accuracy
//
// Level 3, 4(1+κ) ulp, value and gradient; 0.57(1+κ) and 1.3(1+κ) seen in float32, 2.6(1+κ) and 2.9(1+κ) in float64, for
// β from 0 up to what is representable, 2^448 in float64 (ci/worst). In float64 not where |z| > 708 and y is neither
// 0 nor 1, nor where y = ½ and 0 < |z| < 2^-490; and where |z| > 708 a gradient from upstream above 2 is as exact as e^−|z|.
//
// # Method
//
// See modulated.go, and modulated64.go for float64. For β = 2 the power is a product.
//
// # References
//
// Li et al., Generalized focal loss, 2020, arXiv:2006.04388, equation 5.
func QualityFocal[T Float](beta T) Pointwise[T] {
	demandPower("quality_focal", "beta", beta)
	params := modulationParams(beta, beta, 0)
	if beta == 2 {
		return newPointwise(&qualityFocalTwo32, &qualityFocalAny64, params...)
	}
	return newPointwise(&qualityFocalAny32, &qualityFocalAny64, params...)
}

var (
	qualityFocalTwo32 = modulationIn32("quality_focal", quality, true, &qualityFocalAny64)
	qualityFocalAny32 = modulationIn32("quality_focal", quality, false, &qualityFocalAny64)
	qualityFocalAny64 = modulationIn64("quality_focal", quality)
)

// demandPower panics unless an exponent is in its domain.
func demandPower[T Float](loss, param string, power T) {
	demand(power >= 0 && power-power == 0, loss, param, power, "a finite number that is not negative")
}
