package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/adapters/kernels"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// boxEntries are the kernels of pairs of boxes.
var boxEntries = []entry{boxwise(loss.IoU), boxwise(loss.GIoU), boxwise(loss.DIoU)}

func boxwise(l *loss.Loss) entry {
	return entry{l.Name, boxAsk[float32](l, ieee.Float32), boxAsk[float64](l, ieee.Float64)}
}

// boxAsk draws pairs, weights and a gradient from upstream, and gives them to the kernel.
func boxAsk[T kernel.Float](l *loss.Loss, f ieee.Format) func(*rand.Rand, kernel.Tier) []answer {
	return func(r *rand.Rand, tier kernel.Tier) (all []answer) {
		d := draw.From(r, f)
		k, ok := kernels.Boxwise[T](l.Name)
		if !ok {
			panic("no kernel of " + l.Name)
		}
		k = k.In(tier)
		call := d.Items(&draw.Laws, l, 1+r.IntN(40), 4)
		for i := call.Rows - 1; i >= 0; i-- {
			if !ordinary(f, call.Pred[4*i:4*i+4], call.Target[4*i:4*i+4]) {
				call.Rows, call.Pred, call.Target = call.Rows-1, slices.Delete(call.Pred, 4*i, 4*i+4), slices.Delete(call.Target, 4*i, 4*i+4)
			}
		}
		if call.Rows == 0 {
			return nil
		}
		pred, target := narrow[T](call.Pred), narrow[T](call.Target)
		value, grad := make([]T, call.Rows), make([]T, len(pred))
		scale := math.Ldexp(1+r.Float64(), r.IntN(40)-20) // of gradients, which are far from the ends of the range
		k.ValueGrad(value, grad, pred, target, nil, T(scale))
		scaled := call
		scaled.Weight = slices.Repeat([]float64{float64(T(scale))}, call.Rows)
		sum := call
		sum.Reduction = loss.Sum
		return []answer{
			{"value", &call, conformance.Value, wide(value), 1},
			{"gradient", &scaled, conformance.Grad, wide(grad), 1},
			{"sum", &sum, conformance.Value, []float64{f.Round(k.Sum(pred, target, nil))}, call.Rows},
		}
	}
}

// ordinary reports whether a pair is within the limits that package kernel documents: no length between two edges is next to
// 0 beside the hull, which is not 2^60 times as long as it is wide. So that gradients, which are one over a length,
// are in range, lengths are.
func ordinary(f ieee.Format, a, b []float64) bool {
	most := math.Sqrt(f.MaxFinite())
	var hull [2]float64
	for axis := range hull {
		edges := []float64{a[axis], a[axis+2], b[axis], b[axis+2]}
		slices.Sort(edges)
		hull[axis] = edges[3] - edges[0]
		for i, x := range edges[1:] {
			if gap := x - edges[i]; gap > 0 && gap < hull[axis]*f.MinNormal() {
				return false
			}
		}
		if !(hull[axis] < most && hull[axis] > 1/most) {
			return false
		}
	}
	return hull[0] < 0x1p60*hull[1] && hull[1] < 0x1p60*hull[0]
}
