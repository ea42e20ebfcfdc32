package kernel

// GaussianFocalWithLogits is the focal loss of logits z and a heatmap y of bumps around each object's
// centre.
//
// # Formula
//
//	L(z, y) = σ(−z)^α·sp(−z) for y = 1, (1−y)^γ·σ(z)^α·sp(z) for y < 1
//
// in nats, with α = alpha, γ = gamma and sp(x) = log(1+eˣ).
//
// # Gradient
//
//	∂L/∂z = −σ(−z)^α·(σ(−z) + α·σ(z)·sp(−z)) for y = 1, (1−y)^γ·σ(z)^α·(σ(z) + α·σ(−z)·sp(z)) for y < 1
//
// # Domain
//
// z any number or infinity, y in [0, 1]. y = 1 is meant exactly: the number below it is a negative.
// GaussianFocalWithLogits panics unless α and γ are finite numbers ≥ 0.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 1) = +Inf, gradient −1
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, 0) = +Inf, gradient 1
//
// # Accuracy
//
// Level 3, 4(1+κ) ulp, value and gradient; 0.57(1+κ) and 1.1(1+κ) seen in float32, 2.9(1+κ) in float64, for α and γ from 0 up
// to what is representable, 2^448 in float64 (ci/worst). In float64, where |z| > 708, a gradient from upstream above 2
// is as exact as e^−|z|.
//
// # Method
//
// See modulated.go, and modulated64.go for float64. For α = 2 and γ = 4 the powers are products.
//
// # References
//
// Law and Deng, CornerNet: detecting objects as paired keypoints, 2018, arXiv:1808.01244, equation 1, of which β is γ here.
func GaussianFocalWithLogits[T Float](alpha, gamma T) Pointwise[T] {
	demandPower("gaussian_focal_with_logits", "alpha", alpha)
	demandPower("gaussian_focal_with_logits", "gamma", gamma)
	params := modulationParams(alpha, alpha, gamma)
	if alpha == 2 && gamma == 4 {
		return newPointwise(&gaussianFocalWithLogitsTwo32, &gaussianFocalWithLogitsAny64, params...)
	}
	return newPointwise(&gaussianFocalWithLogitsAny32, &gaussianFocalWithLogitsAny64, params...)
}

var (
	gaussianFocalWithLogitsTwo32 = modulationIn32("gaussian_focal_with_logits", heatmap, true, &gaussianFocalWithLogitsAny64)
	gaussianFocalWithLogitsAny32 = modulationIn32("gaussian_focal_with_logits", heatmap, false, &gaussianFocalWithLogitsAny64)
	gaussianFocalWithLogitsAny64 = modulationIn64("gaussian_focal_with_logits", heatmap)
)
