package kernel

import "math"

// A modulation is a loss of logits whose cross-entropy a power of an error weighs: of how far σ(z) is
// from its target. One specification in each dtype does for all of them.
//
// With e = e^−|z|, s = σ(−|z|), the weight w of the class that the sign of z is against, and
// t = w − s, which is σ(z) − y but for the sign of z, the quality focal loss is |t|^β·B, and its
// gradient |t|^β·(t + β·s·σ(|z|)·B/t). For a target of 0 or 1 |t| is the q of the focal loss. The
// varifocal loss is that times α for y = 0 and y·B beyond; that of a heatmap has the target 1 for y = 1
// and else 0, and the weight (1−y)^γ.
type modulation int

const (
	quality modulation = iota
	varying
	heatmap
)

// The places of the parameters of a modulation.
const (
	exponentParam     = iota // of |t|,
	exponentHighParam        // and its two parts: see exactParts
	exponentLowParam         //
	pullParam                // the exponent again; 0 where the power is a constant of the gradient
	powerAtZeroParam         // 0^exponent
	slopeAtZeroParam         // the gradient at t = 0: NaN where there is none
	weightParam              // α of the varifocal loss, or γ of a heatmap,
	weightHighParam          // and its two parts
	weightLowParam           //
)

func modulationParams[T Float](exponent, pull, weight T) []T {
	p := make([]T, weightLowParam+1)
	p[exponentParam], p[pullParam], p[weightParam] = exponent, pull, weight
	p[exponentHighParam], p[exponentLowParam] = exactParts(exponent)
	p[weightHighParam], p[weightLowParam] = exactParts(weight)
	switch {
	case exponent == 0:
		p[powerAtZeroParam] = 1
	case exponent < 1:
		p[slopeAtZeroParam] = T(math.NaN())
	}
	return p
}

// exactParts gives the upper 40 bits of a power, whose products with the exponent of a float64 are
// exact, and the rest.
func exactParts[T Float](power T) (high, low T) {
	high = T(math.Float64frombits(math.Float64bits(float64(power)) &^ (1<<13 - 1)))
	return high, power - high
}

// modulationIn32 is a loss in float32, given that in float64.
func modulationIn32(name string, of modulation, squared bool, in64 *pointwise[float64]) pointwise[float32] {
	return pointwise[float32]{name: name, hasTarget: true, point: modulatedPoint32(of, squared), double: func(p *[paramCount]float32) Pointwise[float64] {
		return withParams(in64, modulationParams(float64(p[exponentParam]), float64(p[pullParam]), float64(p[weightParam])))
	}}
}

// modulationIn64 is a loss in float64.
func modulationIn64(name string, of modulation) pointwise[float64] {
	scaled := raiseAlways[float64]
	if of == varying {
		scaled = func(p *[paramCount]float64) (raised bool) {
			raiseFor(p, p[scaleParam]*max(p[weightParam], 1))
			return false
		}
	}
	return pointwise[float64]{name: name, hasTarget: true, point: modulatedPoint64(of), scaled: scaled}
}

// modulatedPoint32 is the specification in float32, which computes in float64, as sigmoid_focal does: for the
// exponent 2, where a heatmap has the exponent 4 of 1−y, or for any.
func modulatedPoint32(of modulation, squared bool) func(p *[paramCount]float32, z, y float32) (value, grad float32) {
	return func(p *[paramCount]float32, z, y float32) (value, grad float32) {
		sign, away := uint64(math.Float32bits(z))>>31, -math.Abs(float64(z))
		positive, negative := float64(y), 1-float64(y)
		if not := negative; of == heatmap {
			positive, negative = 0, 1
			if not == 0 {
				positive, negative = 1, 0
			}
		}
		wrong, right := negative, positive
		if sign != 0 {
			wrong, right = positive, negative
		}
		// e is small beside the least target. An infinite |z| is what, with any weight that there is, is infinite
		// in float32, and nothing beside e, or what modulatedAny32 has for a bound.
		lowest, most := -300.0, 0x1p1000
		if squared {
			lowest, most = -700, 0x1p600
		}
		e := fusedExponential(max(away, lowest))
		yes := -1 / (e + 1)    // −σ(|z|)
		no := float64(e * yes) // −σ(−|z|)
		entropy, t := boundedEntropy(e, away, wrong, most), wrong+no
		push := float64(float64(no*yes) * float64(p[pullParam]))
		var power, slope float64
		if squared {
			power = float64(t * t)
			slope = math.FMA(entropy, push, power) * t
		} else {
			if of == quality && t == 0 { // y is ½, and t nearly |z|/4
				t = min(float64(away*-0.25), 0x1p-56)
			}
			power, slope = modulatedAny32(of, p, t, right-no, min(wrong, right), entropy, push)
		}
		switch of {
		case varying:
			weight := float64(p[weightParam])
			if power, slope = float64(power*weight), slope*weight; y != 0 {
				power, slope = float64(y), float64(t*float64(y))
			}
		case heatmap:
			weight := heatmapWeight32(p, y, squared)
			power, slope = float64(power*weight), slope*weight
		}
		return float32(power * entropy), focalGradient(slope, sign, p)
	}
}

// modulatedAny32 is |t|^β for any β, with rest = 1−|t| where that is small, and the gradient.
func modulatedAny32(of modulation, p *[paramCount]float32, t, rest, least, entropy, push float64) (power, slope float64) {
	power = math.NaN()
	if of != quality || least >= 0 {
		power = roughExponential(max(roughLogarithm(math.Abs(t), rest)*float64(p[exponentParam]), -300))
	}
	bounded := entropy // as vectors do: the bound where it is NaN
	if !(entropy < 150) {
		bounded = 150
	}
	slope = t + float64(push*bounded)/t
	if t == 0 {
		power, slope = float64(p[powerAtZeroParam]), float64(p[slopeAtZeroParam])
	}
	return power, float64(slope * power)
}

// heatmapWeight32 is (1−y)^γ for y < 1, and 1 for y = 1.
func heatmapWeight32(p *[paramCount]float32, y float32, fourth bool) float64 {
	not := 1 - float64(y)
	switch {
	case not == 0:
		return 1
	case fourth:
		square := float64(not * not)
		return float64(square * square)
	case !(min(float64(y), not) >= 0):
		return math.NaN()
	}
	return roughExponential(max(roughLogarithm(not, float64(y))*float64(p[weightParam]), -300))
}
