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
	switch gamma {
	case 0:
		return newPointwise(&sigmoidFocalZero32, nil, positive, negative, gamma)
	case 1:
		return newPointwise(&sigmoidFocalOne32, nil, positive, negative, gamma)
	case 2:
		return newPointwise(&sigmoidFocalTwo32, nil, positive, negative, gamma)
	}
	return newPointwise(&sigmoidFocalAny32, nil, positive, negative, gamma)
}

var (
	sigmoidFocalZero32 = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalWhole32(0)}
	sigmoidFocalOne32  = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalWhole32(1)}
	sigmoidFocalTwo32  = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalWhole32(2)}
	sigmoidFocalAny32  = pointwise[float32]{name: "sigmoid_focal", hasTarget: true, point: sigmoidFocalAnyPoint32}
)

// A focal is what both specifications begin with, in float64.
type focal struct {
	sign         uint64  // bit of z
	size, x, e   float64 // |z|, −|z| where that is not too far away, e^x
	y, not, a    float64
	wrong, right float64 // weight of the class that the sign of z is against, and of the other
}

func newFocal(p *[paramCount]float32, z32, y32 float32) focal {
	z, y := float64(z32), float64(y32)
	t := focal{sign: math.Float64bits(z) & (1 << 63), size: math.Abs(z), y: y, not: 1 - y}
	t.x = max(-200, -t.size)
	t.e = roughExponential(t.x)
	t.a = float64(y*float64(p[0])) + float64(t.not*float64(p[1]))
	t.wrong, t.right = t.not, y
	if t.sign != 0 {
		t.wrong, t.right = y, t.not
	}
	return t
}

// turn is x with the sign turned where z is negative.
func (t *focal) turn(x float64) float64 { return math.Float64frombits(math.Float64bits(x) ^ t.sign) }

// entropy is B, given log(1+e).
func (t *focal) entropy(near float64) float64 {
	if t.wrong == 0 {
		return near + 0
	}
	return near + float64(t.wrong*t.size)
}

// share is a·x, and +0 where a is 0 and x infinite.
func (t *focal) share(x float64) float64 {
	if t.a == 0 {
		return t.a * t.e // NaN where z is
	}
	return t.a * x
}

// sigmoidFocalWhole32 is the specification for γ = 0, 1 or 2.
func sigmoidFocalWhole32(gamma int) func(p *[paramCount]float32, z, y float32) (value, grad float32) {
	return func(p *[paramCount]float32, z, y float32) (value, grad float32) {
		t := newFocal(p, z, y)
		entropy := t.entropy(roughLog1p(t.e))
		part := float64(t.right * t.e)
		inverse := 1 / (t.e + 1)
		q := (t.wrong + part) * inverse
		v := t.share(entropy)
		for range gamma {
			v *= q
		}
		slope := t.wrong - part
		if gamma > 0 {
			if !(entropy < math.MaxFloat32) {
				entropy = math.MaxFloat32
			}
			push := float64(entropy*float64(t.e*inverse)) * t.turn(float64(gamma)-float64(t.y*float64(2*gamma)))
			slope = float64(push) + float64(slope*q)
		}
		slope = float64(slope*inverse) * t.a
		if gamma == 2 {
			slope *= q
		}
		return float32(v), float32(t.turn(slope)) * p[scaleParam]
	}
}

// sigmoidFocalAny32Point is the specification for any γ.
func sigmoidFocalAnyPoint32(p *[paramCount]float32, z, y float32) (value, grad float32) {
	t, gamma := newFocal(p, z, y), float64(p[2])
	near := roughLog1p(t.e)
	part := float64(t.right * t.e)
	top, other := t.wrong+part, t.right+float64(t.wrong*t.e)
	quotient := 1 / float64(top*(t.e+1))
	inverse := quotient * top
	modulator := math.NaN()
	if right, wrong := other*inverse, top*inverse; wrong > 0 && right > 0 {
		modulator = roughExponential(max(-300, gamma*roughLogarithm(wrong, right)))
	}
	push := float64(float64(float64(t.turn(1-(t.y+t.y))*gamma)*quotient)*t.e) * (near - float64(t.wrong*t.x))
	slope := float64(push) + float64((t.wrong-part)*inverse)
	return float32(t.share(t.entropy(near)) * modulator), float32(t.turn(slope*t.a)*modulator) * p[scaleParam]
}
