package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestPoints_AreThoseOfPoint: a kernel that has a loop of its own gives what its point gives,
// bit by bit, in every form, at every length, and over its inputs.
func TestPoints_AreThoseOfPoint(t *testing.T) {
	tested := testPoints[float32](t) + testPoints[float64](t)
	if tested == 0 {
		t.Error("no kernel has a loop of its own")
	}
}

func testPoints[T Float](t *testing.T) (tested int) {
	for _, c := range pointwiseKernels[T]() {
		if c.kernel.points == nil {
			continue
		}
		tested++
		k := c.kernel.In(Go)
		specification, without := k, *k.pointwise
		without.points = nil
		specification.pointwise = &without
		lengths := []int{255, 256, 257, 999, stride - 1, stride, stride + 301, 2*stride + 77}
		for n := range 100 {
			lengths = append(lengths, n)
		}
		for i, n := range lengths {
			pred, target := inputs(k, n, uint64(i))
			if i%2 == 0 { // a sum that is a number
				moderateAll(pred)
				moderateAll(target)
			}
			for _, form := range pointwiseForms[T]() {
				wantValue, wantGrad := make([]T, n), make([]T, n)
				want := form.run(specification, wantValue, wantGrad, pred, target)
				for over := range 3 { // nothing, gradients over predictions, and over targets
					p, y, value, grad := slices.Clone(pred), slices.Clone(target), make([]T, n), make([]T, n)
					switch over {
					case 1:
						value, grad = y, p
					case 2:
						value, grad = p, y
					}
					got := form.run(k, value, grad, p, y)
					if form.value && firstDifference(value, wantValue) >= 0 || form.grad && firstDifference(grad, wantGrad) >= 0 || !same(got, want) {
						t.Errorf("%s: %s of %d elements differs from its specification (case %d of what the results lie over)", c.name, form.name, n, over)
					}
				}
			}
		}
	}
	return tested
}

// TestAddPairs_AddsInTheOrderOfTurns: value i of a turn of 32 is added to value i+16, where
// there is one, and their sum to lane i.
func TestAddPairs_AddsInTheOrderOfTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	for n := range 200 {
		values := make([]float32, n)
		for i := range values {
			values[i] = r.Float32()
		}
		var got, want lanes
		addPairs(&got, values)
		for i, v := range values {
			if i%32 >= 16 {
				continue
			}
			pair := v
			if i+16 < n {
				pair = v + values[i+16]
			}
			want[i%16] += float64(pair)
		}
		if got != want {
			t.Errorf("%d values: %v, want %v", n, got, want)
		}
	}
}
