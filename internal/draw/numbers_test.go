package draw

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ieee"
)

// TestLaws_ReachEveryPartOfAFormat: subnormals, every binade near 1, every leading pattern,
// extremes, both zeros, and the neighbourhood of every landmark of the format.
func TestLaws_ReachEveryPartOfAFormat(t *testing.T) {
	for _, f := range ieee.Formats() {
		d := New(f, 1, Seed(f.Name))
		var subnormals, extremes, zeros, minusZeros, infinities int
		binades, patterns, near := map[int]bool{}, map[uint64]bool{}, map[int]bool{}
		var places []int64
		for _, m := range landmarks {
			places = append(places, f.Ordinal(d.Fit(math.Abs(m.At(f)))))
		}
		for range 30_000 {
			x := d.Number(&Laws, loss.SquaredError, loss.Finite)
			if math.IsInf(x, 0) || math.IsNaN(x) {
				t.Fatal(x)
			}
			if math.IsInf(d.Number(&Wide, loss.SquaredError, loss.Extended), 0) {
				infinities++
			}
			size := math.Abs(x)
			switch {
			case x == 0 && math.Signbit(x):
				minusZeros++
			case x == 0:
				zeros++
			case size < f.MinNormal():
				subnormals++
			case size > f.MaxFinite()/2:
				extremes++
			default:
				binades[math.Ilogb(x)] = true
				patterns[math.Float64bits(x)<<12>>(64-min(8, f.Precision-1))] = true
			}
			here := f.Ordinal(size)
			for i, at := range places {
				if max(here-at, at-here) <= 4 {
					near[i] = true
				}
			}
		}
		for _, n := range []int{subnormals, extremes, zeros, minusZeros, infinities} {
			require.Greater(t, n, 50, f.Name)
		}
		for e := max(-30, f.MinExp()); e < 10; e++ {
			require.True(t, binades[e], "%s: 2^%d", f, e)
		}
		require.Len(t, patterns, 1<<min(8, f.Precision-1), f.Name)
		require.Len(t, near, len(landmarks), f.Name)
	}
}

func TestProbability_ReachesBothEndsAndTheirNeighbours(t *testing.T) {
	for _, f := range ieee.Formats() {
		d := New(f, 2, Seed(f.Name))
		seen := map[float64]bool{}
		for range 20_000 {
			seen[d.Probability()] = true
		}
		for _, x := range []float64{0, 1, 0.5, f.MinSubnormal(), f.Prev(1), f.Prev(f.Prev(1))} {
			require.True(t, seen[x], "%s: %v", f, x)
		}
	}
}

func TestLandmarks_SayWhyAndHaveOneName(t *testing.T) {
	names := map[string]bool{}
	for _, m := range Landmarks() {
		require.NotEmpty(t, m.Why)
		if m.Name != "" {
			require.False(t, names[m.Name], m.Name)
			names[m.Name] = true
			found, ok := LandmarkNamed(m.Name)
			require.True(t, ok)
			require.Equal(t, m.Why, found.Why)
		}
	}
	_, ok := LandmarkNamed("")
	require.False(t, ok, "most have no name")
}

// TestExp_IsNearlyRight: what is drawn next to a probability must be next to it. (math.Exp is +Inf
// from 709.4 on, on some machines.)
func TestExp_IsNearlyRight(t *testing.T) {
	d := New(ieee.Float64, 3, 3)
	for range 3000 {
		x := d.Float64()*1454 - 745
		want, _ := interval.Context{Prec: 80}.Exp(interval.FromFloat64(x)).Lo().Float64()
		require.LessOrEqual(t, math.Abs(exp(x)-want), 2*ieee.Float64.Ulp(want), "%v", x)
	}
	require.Zero(t, exp(math.Inf(-1)))
	require.True(t, math.IsInf(exp(math.Inf(1)), 1))
	require.True(t, exp(0) == 1)
}

func TestSoftmax_OfInfinitiesIsADistribution(t *testing.T) {
	require.Equal(t, []float64{1, 0}, Softmax([]float64{math.Inf(1), 3}))
	require.Equal(t, []float64{0.5, 0.5}, Softmax([]float64{math.Inf(-1), math.Inf(-1)}))
}

func TestEvery_HasEachRemainderAndLargeIsBeyondEachCut(t *testing.T) {
	d := New(ieee.Float64, 4, 4)
	sizes, beyond := map[int]bool{}, map[int]bool{}
	for range 5000 {
		sizes[d.Count(Every)] = true
		n := d.Count(Large)
		for _, cut := range []int{1024, 2048, 4096} {
			if n > cut && n <= cut+64 {
				beyond[cut+n%32] = true
			}
		}
	}
	require.Len(t, sizes, 130)
	require.Len(t, beyond, 3*32)
}
