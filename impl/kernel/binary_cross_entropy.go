package kernel

import "math"

func BinaryCrossEntropy[T Float]() Pointwise[T] {
	return newPointwise(&binaryCrossEntropy32, &binaryCrossEntropy64, T(math.Inf(-1)), T(math.Inf(1)))
}

func BinaryCrossEntropyClipped[T Float]() Pointwise[T] {
	const least = 1e-7
	return newPointwise[T](&binaryCrossEntropy32, &binaryCrossEntropy64, least, 1-least)
}

var binaryCrossEntropy32 = pointwise[float32]{
	name: "binary_cross_entropy", hasTarget: true,
	point: func(param *[paramCount]float32, given, y float32) (value, grad float32) {
		p := given
		if p < param[0] {
			p = param[0]
		}
		if p > param[1] {
			p = param[1]
		}
		not, rest := 1-y, 1-p
		log, log1m := logarithms32(p)
		value = 0 - (weigh32(y, log) + weigh32(not, log1m))
		if !(p >= 0 && rest >= 0) {
			value = float32(math.NaN())
		}
		switch {
		case p < given || p > given:
			grad = 0
		case y == 0:
			grad = 1 / (rest + 0)
		case y == 1:
			grad = -1 / (p + 0)
		default:
			grad = (p - y) / (float32(p*rest) + 0)
		}
		return value, grad * param[scaleParam]
	},
}

var binaryCrossEntropy64 = pointwise[float64]{name: "binary_cross_entropy", hasTarget: true}
