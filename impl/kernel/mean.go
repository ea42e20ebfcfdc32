package kernel

import "math"

// mean is the mean of the values of pred and target, whose sum is known. Where that is out
// of the range of float64, which only float64 values can bring it to, the mean may not be:
// the values are summed again, each at 2^-64 of its size.
func (p *Pointwise[T]) mean(sum float64, pred, target []T) float64 {
	n := float64(len(pred))
	if single[T]() || !math.IsInf(sum, 0) {
		return sum / n
	}
	const small = 0x1p-64 // what it loses of a value cannot be seen beside an infinite sum
	var values [256]T
	var total accumulator
	for at := 0; at < len(pred); at += len(values) {
		end := min(at+len(values), len(pred))
		p.piece(p.forms().value, pred[at:end], part(target, at, end), values[:end-at], nil, nil)
		for _, v := range values[:end-at] {
			total.add(float64(v) * small)
		}
	}
	return total.sum() / n / small
}

// meanFirst reports whether a mean must be known before its gradient is written: mean may
// need the inputs again.
func meanFirst[T Float](grad, pred, target []T) bool {
	return !single[T]() && overlays(grad, pred, target)
}

// overlays reports whether a result is written over an input.
func overlays[T Float](result, pred, target []T) bool {
	return result != nil && (data(result) == data(pred) || data(result) == data(target))
}
