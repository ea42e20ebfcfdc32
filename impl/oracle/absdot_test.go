package oracle

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/stretchr/testify/require"
)

// uncertain draws an enclosure of 64 bits or so: of a number of any size, of a 0, or of a
// number of unknown sign that is small.
func uncertain(r *rand.Rand) interval.Interval {
	c := interval.Context{Prec: 64}
	third := c.Quo(interval.FromInt(1), interval.FromInt(3))
	switch r.IntN(8) {
	case 0:
		return nothing
	case 1:
		return c.Mul(c.Sub(third, third), interval.FromFloat64(r.Float64()))
	case 2:
		return c.Mul(third, interval.FromFloat64(math.Ldexp(r.Float64()-0.5, r.IntN(2000)-1000)))
	case 3:
		return interval.FromFloat64(float64(r.IntN(5) - 2))
	}
	return c.Mul(third, interval.FromFloat64(r.NormFloat64()))
}

// The sums against every product added by itself: both are enclosures. Vectors come with all
// signs and sizes, many along the same line, and queries at a right angle to some of them.
func TestAbsDot_IsTheSumOfAllProducts(t *testing.T) {
	random := rand.New(rand.NewPCG(32, 1))
	c := interval.Context{Prec: 64}
	narrowed := 0
	const rounds, queries = 300, 8
	for range rounds {
		r, n := 1+random.IntN(5), 1+random.IntN(40)
		columns := make([][]interval.Interval, r)
		for k := range columns {
			columns[k] = make([]interval.Interval, n)
		}
		for j := range n {
			same, factor := random.IntN(n), interval.FromFloat64(float64(random.IntN(7)-3))
			for _, column := range columns {
				if column[j] = uncertain(random); j > 0 && same < j && same%2 == 0 {
					column[j] = c.Mul(column[same], factor)
				}
			}
		}
		dot := newAbsDot(c, columns)
		for range queries {
			a := make([]interval.Interval, r)
			for k := range a {
				a[k] = uncertain(random)
			}
			if j := random.IntN(n); r == 2 && random.IntN(2) == 0 { // at a right angle to v_j
				a[0], a[1] = c.Neg(columns[1][j]), columns[0][j]
			}
			low := random.IntN(n + 1)
			high := low + random.IntN(min(4, n-low+1))
			want := nothing
			for j := range n {
				product := nothing
				for k := range a {
					product = c.Add(product, c.Mul(a[k], columns[k][j]))
				}
				if j < low || j >= high {
					want = c.Add(want, c.Abs(product))
				}
			}
			got := dot.sum(a, low, high)
			require.True(t, got.Overlaps(want), "r = %d, n = %d, without [%d, %d): %v, and one by one %v", r, n, low, high, got, want)
			if narrow(want, kappaBits) && narrow(got, kappaBits) || !narrow(want, kappaBits) {
				narrowed++
			}
		}
	}
	require.Greater(t, narrowed, rounds*queries*9/10, "nearly all are as good as one by one")
}

// An end that is missing gives no upper bound, and no wrong one.
func TestAbsDot_WithoutABound(t *testing.T) {
	c := interval.Context{Prec: 64}
	zero := c.Sub(c.Quo(interval.FromInt(1), interval.FromInt(3)), c.Quo(interval.FromInt(1), interval.FromInt(3)))
	line := c.Quo(interval.FromInt(1), zero)
	for r := 1; r <= 4; r++ {
		columns := make([][]interval.Interval, r)
		a := make([]interval.Interval, r)
		for k := range columns {
			columns[k] = []interval.Interval{interval.FromInt(1), interval.FromInt(2)}
			a[k] = interval.FromInt(1)
		}
		columns[r-1] = []interval.Interval{line, interval.FromInt(2)}
		require.True(t, newAbsDot(c, columns).sum(a, 0, 0).Hi().IsInf(), "%d columns", r)
	}
}
