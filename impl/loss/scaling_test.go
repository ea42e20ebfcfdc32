package loss_test

import (
	"math"
	"slices"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

// The scaling that a loss declares holds bit for bit for powers of two, where nothing leaves the
// range of normal numbers.
func TestScaling_IsExactForPowersOfTwo(t *testing.T) {
	d := draw.New(ieee.Float64, 3, 7)
	inRange := func(xs ...float64) bool {
		return !slices.ContainsFunc(xs, func(x float64) bool { return x != 0 && !(math.Abs(x) > 0x1p-900 && math.Abs(x) < 0x1p900) })
	}
	for _, l := range loss.All() {
		if l.Scaling == nil {
			continue
		}
		compared := 0
		for range 1000 {
			c := d.Call(&draw.Laws, l)
			plan, err := c.Plan()
			require.NoError(t, err)
			if when := l.Scaling.When; when != nil && !when.Holds(plan.Args, c.Pred, c.Target) {
				continue
			}
			k := d.IntN(65) - 32
			grown := *c
			times := func(xs []float64, degree int) []float64 {
				ys := slices.Clone(xs)
				for i := range ys {
					ys[i] = math.Ldexp(ys[i], k*degree)
				}
				return ys
			}
			grown.Pred, grown.Params = times(c.Pred, 1), c.AllParams()
			if l.Scaling.Target {
				grown.Target = times(c.Target, 1)
			}
			for _, name := range l.Scaling.Params {
				grown.Params[name] = times(grown.Params[name], 1)
			}
			if !inRange(slices.Concat(c.Pred, c.Target, grown.Pred, grown.Target)...) {
				continue
			}
			a, b := eval(t, c), eval(t, &grown)
			if !inRange(slices.Concat(a.Value, b.Value, a.Grad, b.Grad)...) {
				continue
			}
			requireSame(t, times(a.Value, l.Scaling.Degree), b.Value, l.Name)
			requireSame(t, times(a.Grad, l.Scaling.Degree-1), b.Grad, l.Name+" gradient")
			compared++
		}
		require.Greater(t, compared, 500, l.Name)
	}
}
