package draw

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// TestPairs_LieInEveryWay: two boxes are the same, within ulps, nested either way, across, apart
// in one direction and in both, touching along a side and in a corner; with an area and without,
// in every scale.
func TestPairs_LieInEveryWay(t *testing.T) {
	l := &loss.Loss{Name: "a box", Shape: loss.Box, Prediction: loss.OrderedBox, Targets: loss.Targets{loss.Corners}, Target: loss.OrderedBox}
	for _, f := range ieee.Formats() {
		d := New(f, 1, Seed(f.Name))
		seen := map[string]int{}
		for range 8_000 {
			c := d.Items(&Laws, l, 1, 4)
			a, b := c.Pred, c.Target
			ulps := int64(0)
			for k := range a {
				if o := f.Ordinal(a[k]) - f.Ordinal(b[k]); max(o, -o) > ulps {
					ulps = max(o, -o)
				}
			}
			overlap := func(k int) float64 { return min(a[k+2], b[k+2]) - max(a[k], b[k]) }
			x, y := overlap(0), overlap(1)
			area := func(b []float64) float64 { return (b[2] - b[0]) * (b[3] - b[1]) }
			for name, is := range map[string]bool{
				"the same":              ulps == 0,
				"an ulp apart":          ulps == 1,
				"some ulps apart":       ulps > 1 && ulps < 100,
				"nested":                a[0] < b[0] && b[2] < a[2] && a[1] < b[1] && b[3] < a[3],
				"around":                b[0] < a[0] && a[2] < b[2] && b[1] < a[1] && a[3] < b[3],
				"across":                b[0] < a[0] && a[2] < b[2] && a[1] < b[1] && b[3] < a[3],
				"an edge on an edge":    ulps > 0 && (a[0] == b[0] || a[2] == b[2]) && x > 0 && y > 0,
				"apart":                 x < 0 && y > 0,
				"apart in both":         x < 0 && y < 0,
				"touching along a side": x == 0 && y > 0 && area(a) > 0 && area(b) > 0,
				"touching in a corner":  x == 0 && y == 0 && area(a) > 0 && area(b) > 0,
				"without an area":       area(a) == 0 && area(b) > 0,
				"both without":          area(a) == 0 && area(b) == 0,
				"a point":               a[0] == a[2] && a[1] == a[3],
				"in pixels":             a[2] > 100 && a[2] <= 1333 && a[0] >= 0,
				"in shares":             a[0] > 0 && a[2] < 1 && area(a) > 0,
				"thin":                  area(a) > 0 && (a[2]-a[0])*1000 < a[3]-a[1],
				"far":                   a[0] > 8*(a[2]-a[0]) && a[2] > a[0] && a[1] > 8*(a[3]-a[1]) && a[3] > a[1],
				"tiny":                  area(a) > 0 && a[2] > 0 && max(a[2], a[3]) < 0.05,
				"vast":                  max(a[2], a[3]) > 3000 || f == ieee.Float16 && max(a[2], a[3]) > 14, // a quarter of its exponents
			} {
				if is {
					seen[name]++
				}
				if seen[name] == 0 {
					seen[name] = 0
				}
			}
		}
		for name, n := range seen {
			require.Greater(t, n, 8, "%s: %s, of %v", f, name, seen)
		}
	}
}

// TestMasks_AreOfEveryKind: empty, full, one element, soft, and what is predicted but for up to two
// elements.
func TestMasks_AreOfEveryKind(t *testing.T) {
	for _, prediction := range []loss.Domain{loss.UnitInterval, loss.Extended} {
		l := &loss.Loss{Name: "a set", Shape: loss.Set, Prediction: prediction, Targets: loss.Targets{loss.Numbers}, Target: loss.UnitInterval}
		d := New(ieee.Float32, 1, Seed(prediction.Name))
		seen := map[string]int{}
		for range 2000 {
			c := d.Items(&Laws, l, 1, 16+d.IntN(5))
			sum, soft, same := 0.0, false, 0
			for i, y := range c.Target {
				sum += y
				soft = soft || y != 0 && y != 1
				if y == 1 == (c.Pred[i] > (prediction.Low+prediction.High)/2 || prediction == loss.Extended && c.Pred[i] > 0) {
					same++
				}
			}
			for name, is := range map[string]bool{
				"empty": sum == 0, "full": sum == float64(c.Cols), "one element": sum == 1 && !soft,
				"soft": soft, "nearly predicted": !soft && same >= c.Cols-2 && same < c.Cols, "predicted": !soft && same == c.Cols,
			} {
				if is {
					seen[name]++
				}
			}
		}
		require.Len(t, seen, 6)
		for name, n := range seen {
			require.Greater(t, n, 20, name)
		}
	}
}

// TestDyadic_SumsToOne exactly, whatever the order of the sum.
func TestDyadic_SumsToOne(t *testing.T) {
	d := New(ieee.BFloat16, 1, 1)
	for n := 1; n < 40; n++ {
		sum := 0.0
		for _, x := range d.Dyadic(n) {
			require.True(t, d.Format.Holds(x))
			sum += x
		}
		require.True(t, sum == 1)
	}
}

// TestAlike_MakesBatchesOfOneKind: targets that are all 0 or all 1, predictions that all look like
// probabilities, or are in one binade.
func TestAlike_MakesBatchesOfOneKind(t *testing.T) {
	l := loss.BinaryCrossEntropyWithLogits
	d := New(ieee.Float64, 1, 1)
	seen := map[string]int{}
	for range 500 {
		c := d.Items(&Laws, l, 8, 1)
		d.Alike(l, &c)
		all := func(is func(i int) bool) bool {
			for i := range c.Pred {
				if !is(i) {
					return false
				}
			}
			return true
		}
		for name, is := range map[string]bool{
			"targets 0":     all(func(i int) bool { return c.Target[i] == 0 }),
			"targets 1":     all(func(i int) bool { return c.Target[i] == 1 }),
			"the same":      all(func(i int) bool { return c.Pred[i] == c.Pred[0] && c.Target[i] == c.Target[0] }),
			"probabilities": all(func(i int) bool { return c.Pred[i] >= 0 && c.Pred[i] < 1 }),
			"negative":      all(func(i int) bool { return c.Pred[i] <= 0 }),
		} {
			if is {
				seen[name]++
			}
		}
	}
	require.Len(t, seen, 5)
	for name, n := range seen {
		require.Greater(t, n, 20, name)
	}
}
