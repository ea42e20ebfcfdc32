package kernel

import (
	"fmt"
	"math"
)

func SigmoidFocal[T Float](alpha, gamma T) Pointwise[T] {
	if !(alpha >= 0 && alpha <= 1) {
		panic(fmt.Sprintf("kernel: sigmoid_focal: alpha %v is not in [0, 1]", alpha))
	}
	return sigmoidFocal(alpha, 1-alpha, gamma)
}

func SigmoidFocalUnweighted[T Float](gamma T) Pointwise[T] { return sigmoidFocal(1, 1, gamma) }

func sigmoidFocal[T Float](positive, negative, gamma T) Pointwise[T] {
	if !(gamma >= 0 && gamma-gamma == 0) {
		panic(fmt.Sprintf("kernel: sigmoid_focal: gamma %v is not a finite number ≥ 0", gamma))
	}
	// The upper 40 bits of γ, whose products with the exponent of a float64 are exact.
	high := T(math.Float64frombits(math.Float64bits(float64(gamma)) &^ (1<<13 - 1)))
	params := []T{positive, negative, gamma, high, gamma - high}
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

var (
	sigmoidFocalZero32 = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalWhole32(0)}
	sigmoidFocalOne32  = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalWhole32(1)}
	sigmoidFocalTwo32  = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalWhole32(2)}
	sigmoidFocalAny32  = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalAnyPoint32}
)

// A focal is what both specifications begin with, in float64.
type focal struct {
	sign         uint64 // bit of z
	away, a      float64
	wrong, right float64 // weight of the class that the sign of z is against, and of the other
}

func newFocal(p *[paramCount]float32, z, y float32) focal {
	x, not := float64(y), 1-float64(y)
	t := focal{sign: uint64(math.Float32bits(z)) >> 31, away: -math.Abs(float64(z)), wrong: not, right: x}
	t.a = float64(x*float64(p[0])) + float64(not*float64(p[1]))
	if t.sign != 0 {
		t.wrong, t.right = x, not
	}
	return t
}

// entropy is B. A logit that is infinite counts as −2^1000, which has no weight where its
// class has none, and is infinite in float32 where it has.
func (t *focal) entropy(e float64) float64 {
	return roughLog1p(e) - float64(t.wrong*max(-0x1p1000, t.away))
}

// gradient is the gradient, given what it is for z ≥ 0.
func (t *focal) gradient(g float64, p *[paramCount]float32) float32 {
	if t.sign != 0 {
		g = -g
	}
	return float32(g) * p[scaleParam]
}

// sigmoidFocalWhole32 is the specification for γ = 0, 1 or 2.
func sigmoidFocalWhole32(gamma int) func(p *[paramCount]float32, z, y float32) (value, grad float32) {
	return func(p *[paramCount]float32, z, y float32) (value, grad float32) {
		t := newFocal(p, z, y)
		e := roughExponential(max(-800, t.away))
		share, part := t.a, float64(t.right*e)
		inverse := 1 / (e + 1)
		entropy, q := t.entropy(e), (t.wrong+part)*inverse
		if gamma == 2 {
			share *= q
		}
		v, slope := entropy*share, t.wrong-part
		if gamma > 0 {
			v *= q
			side := t.wrong - t.right
			if gamma == 2 {
				side += side
			}
			slope = float64(entropy*(e*inverse)*side) + float64(slope*q)
		}
		return float32(v), t.gradient(slope*inverse*share, p)
	}
}

// sigmoidFocalAny32 is the specification for any γ.
func sigmoidFocalAnyPoint32(p *[paramCount]float32, z, y float32) (value, grad float32) {
	t, gamma := newFocal(p, z, y), float64(p[2])
	e := roughExponential(max(-200, t.away))
	entropy := t.entropy(e)
	part := float64(t.right * e)
	top, other := t.wrong+part, t.right+float64(t.wrong*e)
	quotient := 1 / (top * (e + 1))
	inverse := quotient * top
	modulator := math.NaN()
	if q, p := top*inverse, other*inverse; q > 0 && p > 0 {
		modulator = roughExponential(max(-300, roughLogarithm(q, p)*gamma))
	}
	least := entropy // as vectors do: the bound where it is NaN
	if !(entropy < 150) {
		least = 150
	}
	slope := float64((t.wrong-t.right)*gamma*quotient*e*least) + float64((t.wrong-part)*inverse)
	return float32(entropy * t.a * modulator), t.gradient(slope*t.a*modulator, p)
}
