package kernel

// Varifocal is the varifocal loss of logits z and qualities y.
//
// # Formula
//
//	L(z, y) = y·B for y > 0, α·σ(z)^γ·sp(z) for y = 0, B = y·sp(−z) + (1−y)·sp(z)
//
// in nats, with α = alpha, γ = gamma and sp(x) = log(1+eˣ).
//
// # Gradient
//
//	∂L/∂z = y·((1−y)·σ(z) − y·σ(−z)) for y > 0, α·σ(z)^γ·(σ(z) + γ·σ(−z)·sp(z)) for y = 0
//
// # Domain
//
// z any number or infinity, y in [0, 1]. Varifocal panics unless α and γ are finite numbers ≥ 0.
//
// # Special cases
//
//	L(+Inf, 0) = +Inf, gradient α
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 1) = +Inf, gradient −1
//
// # Accuracy
//
// Level 3, 4(1+κ) ulp, value and gradient; 0.57(1+κ) and 1.3(1+κ) seen in float32, 2.3(1+κ) in float64, for γ from 0 up to
// what is representable, 2^448 in float64 (ci/worst). In float64, where |z| > 708, an α or a gradient from upstream
// above 2 is as exact as e^−|z|.
//
// # Method
//
// See modulated.go, and modulated64.go for float64. For γ = 2 the power is a product.
//
// # References
//
// Zhang et al., VarifocalNet: an IoU-aware dense object detector, 2021, arXiv:2008.13367, equation 2.
func Varifocal[T Float](alpha, gamma T) Pointwise[T] { return varifocal(alpha, gamma, gamma) }

// VarifocalHeld is Varifocal where σ(z)^γ is a constant of the gradient, which for y = 0 is
// α·σ(z)^(γ+1).
func VarifocalHeld[T Float](alpha, gamma T) Pointwise[T] { return varifocal(alpha, gamma, 0) }

func varifocal[T Float](alpha, gamma, pull T) Pointwise[T] {
	demandPower("varifocal", "alpha", alpha)
	demandPower("varifocal", "gamma", gamma)
	params := modulationParams(gamma, pull, alpha)
	if gamma == 2 {
		return newPointwise(&varifocalTwo32, &varifocalAny64, params...)
	}
	return newPointwise(&varifocalAny32, &varifocalAny64, params...)
}

var (
	varifocalTwo32 = modulationIn32("varifocal", varying, true, &varifocalAny64)
	varifocalAny32 = modulationIn32("varifocal", varying, false, &varifocalAny64)
	varifocalAny64 = modulationIn64("varifocal", varying)
)
