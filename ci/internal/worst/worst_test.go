package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/adapters/kernels"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
	"github.com/lossproof/lossproof/internal/ieee"
)

// TestSearch_EveryKernelIsOfLevel3 is the search in small.
func TestSearch_EveryKernelIsOfLevel3(t *testing.T) {
	const seed = 20
	draws := full.Count(100, 8)
	for _, e := range entries() {
		for _, f := range []ieee.Format{ieee.Float32, ieee.Float64} {
			t.Run(fmt.Sprint(e.loss, " ", f), func(t *testing.T) {
				for _, w := range search(e, f, kernel.Best(), draws, seed) {
					if !(w.ratio <= limit) {
						t.Errorf("%s: error/(1+κ) is %.4g ulp, level 3 allows %d\n%s", w.form, w.ratio, limit, w)
					}
				}
			})
		}
	}
}

func TestSearch_DoesNotDependOnTheWorkers(t *testing.T) {
	const draws = chunk + 50 // two chunks, the second one short
	e := pointwiseEntries[5]
	several := search(e, ieee.Float32, kernel.Best(), draws, 3)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	require.Equal(t, several, search(e, ieee.Float32, kernel.Best(), draws, 3))
	require.Greater(t, several[0].checked, draws)
}

// TestSearch_SeesEveryError: a search of a kernel that is right but for one form, which is so many
// ulp off, or infinite, finds that.
func TestSearch_SeesEveryError(t *testing.T) {
	const draws, off = 20, 1000
	right := pointwiseEntries[2] // squared_error, of which nothing is large for few draws
	for _, form := range []string{"value", "gradient", "sum", "mean", "gradient of mean"} {
		for _, wrong := range []func(x float64) float64{
			func(x float64) float64 { return ieee.Float32.FromOrdinal(ieee.Float32.Ordinal(x) + off) },
			func(float64) float64 { return math.Inf(1) },
			func(float64) float64 { return math.NaN() },
		} {
			e := right
			e.single = func(r *rand.Rand, tier kernel.Tier) []answer {
				all := right.single(r, tier)
				for i, a := range all {
					if a.form == form && !math.IsInf(a.got[0], 0) {
						all[i].got[0] = wrong(a.got[0])
					}
				}
				return all
			}
			for _, w := range search(e, ieee.Float32, kernel.Best(), draws, 4) {
				if w.form == form {
					require.Greater(t, w.ratio, 0.1*off, form)
				}
			}
		}
	}
}

// TestItemOf_IsTheItemAlone: number i of a batch is that of the item alone.
func TestItemOf_IsTheItemAlone(t *testing.T) {
	calls := []*loss.Call{
		{Loss: "squared_error", Format: ieee.Float64, Batch: loss.Batch{Rows: 3, Cols: 2, Pred: []float64{1, 2, 3, 4, 5, 6}, Target: []float64{1, 1, 1, 2, 2, 2}, Weight: []float64{1, 2, 3, 4, 5, 6}}},
		{Loss: "cross_entropy", Format: ieee.Float64, Batch: loss.Batch{Rows: 3, Cols: 2, Pred: []float64{1, 2, 3, 4, 5, 6}, Label: []int{1, 0, 1}, Weight: []float64{1, 2, 3}}},
		{Loss: "softmax", Format: ieee.Float64, Batch: loss.Batch{Rows: 2, Cols: 3, Pred: []float64{1, 2, 3, 4, 5, 7}, Upstream: []float64{1, 0, 1, 2, 2, 2}}},
	}
	for _, c := range calls {
		plan, err := c.Plan()
		require.NoError(t, err)
		whole := plan.Eval(nil)
		for output, want := range map[conformance.Output][]float64{conformance.Value: whole.Value, conformance.Grad: whole.Grad} {
			for i, v := range want {
				one, at := itemOf(plan, output, i)
				got, err := loss.Eval(one)
				require.NoError(t, err)
				require.Equal(t, v, map[conformance.Output][]float64{conformance.Value: got.Value, conformance.Grad: got.Grad}[output][at], "%s, %s %d", c.Loss, output, i)
			}
		}
	}
}

// TestEntries_HoldEveryKernel: every loss that package kernel computes is searched.
func TestEntries_HoldEveryKernel(t *testing.T) {
	searched := map[string]bool{}
	for _, e := range entries() {
		searched[e.loss] = true
	}
	for _, c := range kernels.Subject(kernel.Go).Describe().Capabilities {
		require.True(t, searched[c.Loss], c.Loss)
	}
}
