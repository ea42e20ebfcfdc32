package kernel

import (
	"math"
	"unsafe"
)

// Labels that are smoothed a little, in float32 and without class weights, are computed from
// the sums of the label alone:
//
//	L       = (1−ε)·nll_t + ε·(near + Σ (z_j−z_k)/K)
//	∂L/∂z_k = p_k − ε/K, and for the label ε·(K−1)/K − Σ_{i≠t} p_i
//
// p_k is not rounded before ε/K is subtracted, but has the error of the exponentials, 1.7 ulp. Where
// little remains of it, z_k is at least log 1/ε below the mean of the scores, weighted with p; κ is then
// at least p_k·log(1/ε)/|p_k − ε/K|, and that error is within 4·(1+κ). Otherwise a row is one of
// rows_soft.go.

// smooths reports whether labels are smoothed in this way.
func (p *Rowwise[T]) smooths() bool {
	o := &p.options
	return o.LabelSmoothing != 0 && o.LabelSmoothing <= mostSmoothed && o.ClassWeight == nil && p.classes <= chunk && unsafe.Sizeof(T(0)) == 4
}

const mostSmoothed = 0.25

// smooth makes of the value and the label's gradient of a row those of its smoothed label.
func (p *Rowwise[T]) smooth(f rowFacts, value, own, gaps, scale float64) (smoothedValue, smoothedOwn float64) {
	epsilon, classes := p.options.LabelSmoothing, float64(p.classes)
	even := logRatio(f.others, f.top) + gaps/classes
	return float64((1-epsilon)*value) + float64(epsilon*even), own + float64(scale*(float64(epsilon*(classes-1))/classes))
}

// smoothRow makes gradients of the exponentials of a row: nothing is rounded before ε/K is
// subtracted.
func (p *Rowwise[T]) smoothRow(row []T, i int, s *rowBlock[T]) {
	factor := s.factor[i] * factorUnit
	even := float64(p.options.LabelSmoothing*s.scale) / float64(p.classes)
	if s.top[i]-s.top[i] != 0 { // the only +∞: see prepare
		for k, e := range row {
			if e != e {
				row[k] = one[T]()
			}
		}
	}
	for k, e := range row {
		row[k] = T(float64(float64(e)*factor) - even)
	}
}

// sumGaps is Σ (z_j−z_k), with j the largest score: in four sums, of which none waits for
// another.
func sumGaps[T Float](row []T) float64 {
	top := largest(row)
	var sum [4]float64
	high := float64(top)
	if high > math.MaxFloat64 { // of which nothing is subtracted from itself
		for k, z := range row {
			if z != top {
				sum[k&3] += high
			}
		}
	} else {
		for len(row) >= 4 {
			four := (*[4]T)(row)
			sum[0] += high - float64(four[0])
			sum[1] += high - float64(four[1])
			sum[2] += high - float64(four[2])
			sum[3] += high - float64(four[3])
			row = row[4:]
		}
		for k, z := range row {
			sum[k] += high - float64(z)
		}
	}
	return (sum[0] + sum[1]) + (sum[2] + sum[3])
}
