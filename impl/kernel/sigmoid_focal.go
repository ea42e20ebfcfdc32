package kernel

import "math"

// SigmoidFocal is the focal loss of logits z and targets y.
//
// # Formula
//
//	L(z, y) = a·q^γ·B, a = α·y + (1−α)·(1−y), q = (1−y)·σ(z) + y·σ(−z), B = y·sp(−z) + (1−y)·sp(z)
//
// in nats, with α = alpha, γ = gamma and sp(x) = log(1+eˣ).
//
// # Gradient
//
//	∂L/∂z = a·q^γ·(γ·(1−2y)·r·B + d), r = σ(z)·σ(−z)/q, d = (1−y)·σ(z) − y·σ(−z)
//
// # Domain
//
// z any number or infinity, y in [0, 1]. SigmoidFocal panics unless α is in [0, 1] and γ a
// finite number ≥ 0.
//
// # Special cases
//
//	L(+Inf, 1) = +0, gradient 0
//	L(−Inf, 0) = +0, gradient 0
//	L(+Inf, y) = +Inf for y < 1, gradient a·(1−y)^(γ+1)
//	L(−Inf, y) = +Inf for y > 0, gradient −a·y^(γ+1)
//	a = 0: L = +0, gradient 0
//	γ = 0: L is a times the binary cross-entropy, 0^0 being 1
//	0 < γ < 1: the gradient is finite; no power is negative
//
// # Accuracy
//
// float32, every logit, y 0 and 1, γ 2 (ci/exhaustive): value at most 0.761 ulp, gradient 0.753,
// where a product of three has the error of e^−|z| three times; γ 1: 0.700 and 0.672, γ 0 and 1.5:
// 0.569 and 0.543; in random samples for other γ up to 10⁸ 0.58, and 0.56(1+κ) for other targets.
// float64: level 3, 4(1+κ) ulp, for γ up to 2^448, of which 3.2(1+κ) has been seen (ci/worst). Where
// |z| > 708, e^−|z| is subnormal, and for a gradient from upstream above 3 the gradient as exact as that.
//
// # Method
//
// float32 computes in float64, where a float32 result has 29 bits to spare and nothing
// underflows, with the elementary functions of rough.go. Alone, float32 misses 4(1+κ) ulp for
// γ = 2 next to z = 0, where κ is small and a dozen roundings are not. For γ = 0, 1 and 2 the
// power is a product. With s = σ(−|z|) and the weight w of the class that the sign of z is
// against, q is w + s·(1−2w), d is w − s, and r·q is s·σ(|z|): nothing cancels for y 0 and 1,
// and there is no quotient but σ(|z|) and that of the logarithm. For γ = 1 and 2, which need
// no e^−|z| below 2^-125, that comes in two parts from float32, where a vector has twice as many. The
// general formula may differ in the last bit. For float64 see sigmoid_focal64.go.
//
// # References
//
// Lin et al., Focal loss for dense object detection, 2017, arXiv:1708.02002, equation 5.
func SigmoidFocal[T Float](alpha, gamma T) Pointwise[T] {
	demand(alpha >= 0 && alpha <= 1, sigmoidFocalAny32.name, "alpha", alpha, "a number in [0, 1]")
	return sigmoidFocal(alpha, 1-alpha, gamma)
}

// SigmoidFocalUnweighted is SigmoidFocal without alpha: a = 1.
func SigmoidFocalUnweighted[T Float](gamma T) Pointwise[T] { return sigmoidFocal(1, 1, gamma) }

func sigmoidFocal[T Float](positive, negative, gamma T) Pointwise[T] {
	demandPower(sigmoidFocalAny32.name, "gamma", gamma)
	params := sigmoidFocalParams(positive, negative, gamma)
	switch gamma {
	case 0:
		return newPointwise(&sigmoidFocalZero32, &sigmoidFocalAny64, params...)
	case 1:
		return newPointwise(&sigmoidFocalOne32, &sigmoidFocalAny64, params...)
	case 2:
		return newPointwise(&sigmoidFocalTwo32, &sigmoidFocalAny64, params...)
	}
	return newPointwise(&sigmoidFocalAny32, &sigmoidFocalAny64, params...)
}

func sigmoidFocalParams[T Float](positive, negative, gamma T) []T {
	high, low := exactParts(gamma)
	return []T{positive, negative, gamma, high, low}
}

func sigmoidFocalDouble(p *[paramCount]float32) Pointwise[float64] {
	return withParams(&sigmoidFocalAny64, sigmoidFocalParams(float64(p[0]), float64(p[1]), float64(p[2])))
}

var (
	sigmoidFocalZero32 = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalWhole32(0), double: sigmoidFocalDouble}
	sigmoidFocalOne32  = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalWhole32(1), double: sigmoidFocalDouble}
	sigmoidFocalTwo32  = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalWhole32(2), double: sigmoidFocalDouble}
	sigmoidFocalAny32  = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalAnyPoint32, double: sigmoidFocalDouble}
)

// focalClasses is what both specifications begin with, in float64: the sign bit of z, −|z|, a,
// and the weights of the class that the sign of z is against and of the other. They are
// chosen by bits, for half of all branches would be foretold wrong.
func focalClasses(p *[paramCount]float32, z, y float32) (sign uint64, away, a, wrong, right float64) {
	sign = uint64(math.Float32bits(z)) >> 31
	x, not := float64(y), 1-float64(y)
	a = math.FMA(x, float64(p[0]), not*float64(p[1]))
	other := (math.Float64bits(x) ^ math.Float64bits(not)) & -sign
	wrong = math.Float64frombits(math.Float64bits(not) ^ other)
	right = math.Float64frombits(math.Float64bits(x) ^ other)
	return sign, -math.Abs(float64(z)), a, wrong, right
}

// focalEntropy is B. A logit that is infinite counts as −2^1000, which has no weight where
// its class has none, and is infinite in float32 where it has.
func focalEntropy(e, away, wrong float64) float64 {
	return boundedEntropy(e, away, wrong, 0x1p1000)
}

// boundedEntropy is focalEntropy with another number for infinity.
func boundedEntropy(e, away, wrong, most float64) float64 {
	return math.FMA(-max(away, -most), wrong, roughLog1p(e))
}

// focalGradient is the gradient of z, given what it is for z ≥ 0.
func focalGradient(g float64, sign uint64, p *[paramCount]float32) float32 {
	return float32(math.Float64frombits(math.Float64bits(g)^sign<<63) * float64(p[scaleParam]))
}

// sigmoidFocalWhole32 is the specification for γ = 0, 1 or 2.
func sigmoidFocalWhole32(gamma int) func(p *[paramCount]float32, z, y float32) (value, grad float32) {
	return func(p *[paramCount]float32, z, y float32) (value, grad float32) {
		sign, away, a, wrong, right := focalClasses(p, z, y)
		e := 0.0 // which it is for an infinite logit, however much that weighs
		switch {
		case gamma > 0 && !(away < pairLowest): // else it counts for nothing
			power, rest := roughPair(float32(away))
			e = float64(power) + float64(rest)
		case gamma == 0 && !(away < -700):
			e = roughExponential(away)
		}
		yes := -1 / (e + 1)    // −σ(|z|)
		no := float64(e * yes) // −σ(−|z|)
		entropy, slope, weight, q := focalEntropy(e, away, wrong), wrong+no, a, 1.0
		if gamma > 0 {
			side := wrong - right
			q = math.FMA(no, side, wrong)
			if gamma == 2 {
				side += side
				weight *= q
			}
			slope = math.FMA(entropy, no*yes*side, slope*q)
		}
		return float32(weight * entropy * q), focalGradient(slope*weight, sign, p)
	}
}

// sigmoidFocalAnyPoint32 is the specification for any γ.
func sigmoidFocalAnyPoint32(p *[paramCount]float32, z, y float32) (value, grad float32) {
	sign, away, a, wrong, right := focalClasses(p, z, y)
	gamma := float64(p[2])
	e := roughExponential(max(away, -300)) // which is small beside the least target
	entropy := focalEntropy(e, away, wrong)
	part := float64(right * e)
	top, other := wrong+part, right+float64(wrong*e)
	quotient := 1 / (top * (e + 1))
	inverse := quotient * top
	modulator := math.NaN()
	if q, p := top*inverse, other*inverse; q > 0 && p > 0 {
		modulator = roughExponential(max(roughLogarithm(q, p)*gamma, -300))
	}
	least := entropy // as vectors do: the bound where it is NaN
	if !(entropy < 150) {
		least = 150
	}
	slope := float64((wrong-right)*gamma*quotient*e*least) + float64((wrong-part)*inverse)
	return float32(entropy * a * modulator), focalGradient(slope*a*modulator, sign, p)
}
