package kernel_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

// Classes of a later chunk of a row, far below the top, have probabilities of level 3 down to the last
// subnormal one, and so have gradients.
func TestRows_ChunksFarBelowTheTop(t *testing.T) {
	t.Parallel()
	testChunksFarBelow[float32](t, 16, 30, 80, 95, 102)
	testChunksFarBelow[float64](t, 36, 300, 640, 700, 720, 740)
}

func testChunksFarBelow[T kernel.Float](t *testing.T, gaps ...float64) {
	const classes, label = 1<<14 + 3000, 5
	f := format[T]()
	for _, gap := range gaps {
		for _, base := range []float64{0, 3, -500} {
			t.Run(fmt.Sprintf("%s/gap=%v/top=%v", f, gap, base), func(t *testing.T) {
				r := rand.New(rand.NewPCG(31, uint64(gap)))
				pred := make([]T, classes)
				for k := range pred {
					pred[k] = T(base + 0.1*r.NormFloat64())
					if k >= classes/2 {
						pred[k] = T(base - gap + 0.1*r.NormFloat64())
					}
				}
				for name, got := range map[string][]T{"softmax": make([]T, classes), "cross_entropy": make([]T, classes)} {
					if name == "softmax" {
						kernel.Softmax[T](classes).Value(got, pred)
					} else {
						k := kernel.CrossEntropy[T](classes, kernel.RowOptions{})
						require.NoError(t, k.Grad(got, pred, []int{label}, 1))
					}
					call := &loss.Call{Loss: name, Format: f, Batch: loss.Batch{Rows: 1, Cols: classes, Pred: wide(pred)}}
					if name == "cross_entropy" {
						call.Label = []int{label}
					}
					truth, err := loss.Eval(call)
					require.NoError(t, err)
					want := truth.Value
					if name == "cross_entropy" {
						want = truth.Grad
					}
					for k, v := range want {
						kappa := math.Abs(float64(pred[k])) // of p_k, and of its gradient: less than that of others, too
						if math.Abs(v) < f.MinNormal() {
							kappa *= math.Abs(v) / f.MinNormal()
						}
						const doubt = 0.5 // of the reference, in float64
						if e := math.Abs((float64(got[k]) - v) / f.Ulp(f.Round(v))); k != label && !(e <= 4*(1+kappa)+doubt) {
							require.Failf(t, "beyond level 3", "%s of class %d, score %v: %v, want %v: %.3g ulp", name, k, pred[k], got[k], v, e)
						}
					}
				}
			})
		}
	}
}

// A mean over labels without weight is over nothing, though smoothing gives their rows values.
func TestRows_MeanOverWeightsOfNothing(t *testing.T) {
	pool := kernel.NewPool(2)
	defer pool.Close()
	for _, epsilon := range []float64{0, 0.1} {
		k := kernel.CrossEntropy[float64](3, kernel.RowOptions{ClassWeight: []float64{0, 1, 2}, LabelSmoothing: epsilon, IgnoreIndex: new(-1)})
		pred, label := []float64{1, 2, 3, 0, 0, 1, 9, 9, 9}, []int{0, 0, -1}
		for _, mean := range []func(grad []float64) (float64, error){
			func([]float64) (float64, error) { return k.Mean(kernel.Weight, pred, label) },
			func(grad []float64) (float64, error) { return k.MeanGrad(grad, kernel.Weight, pred, label) },
			func(grad []float64) (float64, error) { return k.On(pool).MeanGrad(grad, kernel.Weight, pred, label) },
		} {
			grad := []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), 0, 0, 0}
			got, err := mean(grad)
			require.NoError(t, err)
			require.True(t, math.IsNaN(got), "ε=%v: %v", epsilon, got)
			for i, g := range grad {
				require.Equal(t, i < 6, math.IsNaN(g), "ε=%v: gradient %d is %v", epsilon, i, g)
			}
		}
	}
}

// A mean is in range though the sum of the values is not, and though a value is not, alone, in a pool, and
// where its gradient is written over its scores.
func TestRows_MeansWhoseSumIsOutOfRange(t *testing.T) {
	pool := kernel.NewPool(2)
	defer pool.Close()
	testMeanOutOfRange[float64](t, pool, []float64{1e308, 0, -1e308, 0}, 1)
	testMeanOutOfRange[float64](t, pool, []float64{1e306, 0, -1e306, 0}, 150)
	testMeanOutOfRange[float32](t, pool, []float32{1e36, 0, -1e36, 0}, 0x1p70)
}

func testMeanOutOfRange[T kernel.Float](t *testing.T, pool *kernel.Pool, pred []T, weight float64) {
	t.Helper()
	label := []int{1, 0}
	over := kernel.Counted
	if weight != 1 {
		over = kernel.Weight
	}
	k := kernel.CrossEntropy[T](2, kernel.RowOptions{ClassWeight: []float64{weight, weight}})
	want := math.Abs(float64(pred[0]))/2 + math.Abs(float64(pred[2]))/2
	target := []T{0, 1, 1, 0}
	grad := make([]T, 4)
	results := map[string]float64{}
	var err error
	results["Mean"], err = k.Mean(over, pred, label)
	require.NoError(t, err)
	results["MeanGrad"], err = k.MeanGrad(grad, over, pred, label)
	require.NoError(t, err)
	results["MeanGrad in a pool"], err = k.On(pool).MeanGrad(grad, over, pred, label)
	require.NoError(t, err)
	again := append([]T(nil), pred...)
	results["MeanGrad in place"], err = k.MeanGrad(again, over, again, label)
	require.NoError(t, err)
	require.Equal(t, grad, again)
	results["MeanSoft"] = k.MeanSoft(over, pred, target)
	results["MeanGradSoft"] = k.MeanGradSoft(again, over, pred, target)
	for form, got := range results {
		require.InEpsilon(t, want, got, 1e-6, "%s of %v, weight %v", form, pred, weight)
	}
}
