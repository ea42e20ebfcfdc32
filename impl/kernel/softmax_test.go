package kernel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

func TestSoftmax_Conforms(t *testing.T) {
	for _, name := range []string{"softmax", "log_softmax"} {
		t.Run(name+"/float32", func(t *testing.T) { testConforms[float32](t, name) })
		t.Run(name+"/float64", func(t *testing.T) { testConforms[float64](t, name) })
	}
}

// A gradient is in range though its probability is not.
func TestSoftmax_GradientBelowTheRangeOfProbabilities(t *testing.T) {
	grad := make([]float64, 2)
	kernel.Softmax[float64](2).Grad(grad, []float64{746, 0}, []float64{0, 27})
	require.LessOrEqual(t, math.Abs(grad[1]-0x6p-1074), 0x1p-1074) // 27·e^-746 is 5.67·2^-1074
}

func linkOf[T kernel.Float](name string, classes int) kernel.RowLink[T] {
	if name == "softmax" {
		return kernel.Softmax[T](classes)
	}
	return kernel.LogSoftmax[T](classes)
}

// linkSubject is a link as a subject of conformance.
func linkSubject[T kernel.Float](tier kernel.Tier, name string) conformance.Subject {
	f := func(b *conformance.Batch[T]) (value, grad []T, err error) {
		k := linkOf[T](name, b.Cols).In(tier)
		value, grad = make([]T, len(b.Pred)), make([]T, len(b.Pred))
		if b.Upstream == nil {
			b.Upstream = make([]T, len(b.Pred))
			for i := range b.Upstream {
				b.Upstream[i] = 1
			}
		}
		k.Value(value, b.Pred)
		k.Grad(grad, b.Pred, b.Upstream)
		return value, grad, nil
	}
	switch f := any(f).(type) {
	case func(b *conformance.Batch[float32]) ([]float32, []float32, error):
		return conformance.Reduced(name, loss.None, f)
	case func(b *conformance.Batch[float64]) ([]float64, []float64, error):
		return conformance.Reduced(name, loss.None, f)
	}
	panic("neither")
}

func testLinkTiers[T kernel.Float](t *testing.T, name string) {
	classes := []int{255, 257, 1000, 16385, 50257}
	for k := range 70 {
		classes = append(classes, k+1)
	}
	for _, k := range classes {
		r := rand.New(rand.NewPCG(6, uint64(k)))
		rows := min(max(3, 5000/k), 100)
		pred, _ := drawRows[T](r, rows, k)
		for _, n := range []int{rows, 0, 1, min(rows, 17)} {
			var want []T
			for i := range kernel.Tiers() {
				tier := kernel.Tiers()[len(kernel.Tiers())-1-i] // the specification first
				link := linkOf[T](name, k).In(tier)
				got := make([]T, n*k)
				link.Value(got, pred[:n*k])
				over := make([]T, n*k)
				copy(over, pred)
				link.Value(over, over)
				if want == nil {
					want = got
				}
				for j := range want {
					if !sameBits(got[j], want[j]) || !sameBits(over[j], want[j]) {
						require.Failf(t, "values differ", "%s %s %v, K=%d, %d of %d: %v, over the scores %v, want %v", name, format[T](), tier, k, j, len(got), got[j], over[j], want[j])
					}
				}
			}
		}
	}
}

func TestSoftmax_SameBitsInEveryTier(t *testing.T) {
	for _, name := range []string{"softmax", "log_softmax"} {
		testLinkTiers[float32](t, name)
		testLinkTiers[float64](t, name)
	}
}
