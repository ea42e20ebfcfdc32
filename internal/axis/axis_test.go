package axis

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A scale keeps the order of numbers, stays from 0 to 1, and finds a number again by its place.
func TestScale_KeepsTheOrder(t *testing.T) {
	for _, f := range ieee.Formats() {
		for _, s := range []*Scale{reals, positive, unit} {
			low, high := math.Inf(-1), math.Inf(1)
			if !s.below {
				low = 0
			}
			if s.toOne {
				high = 1
			}
			last, from, to := -1.0, f.Ordinal(low), f.Ordinal(high)
			for k := range 1001 {
				x := f.FromOrdinal(from + int64(float64(k)/1000*float64(to-from)))
				at := s.At(f, x)
				require.True(t, last <= at && 0 <= at && at <= 1, "%s %s at %v: %v after %v", s.Name, f, x, at, last)
				last = at
				if again := s.Number(f, at); !math.IsInf(x, 0) {
					require.InDelta(t, at, s.At(f, again), 1e-9, "%s %s: %v is found as %v", s.Name, f, x, again)
				}
			}
			for k := range len(s.Labels) - 1 {
				require.Less(t, s.At(f, s.Labels[k]), s.At(f, s.Labels[k+1]), "%s %s", s.Name, f)
			}
		}
	}
}

// Every line of every loss gives cases that the loss takes, and that have an input on the axis of the loss.
func TestLinesOf_GiveCases(t *testing.T) {
	for _, l := range loss.All() {
		over := Of(l)
		for _, at := range LinesOf(l) {
			for _, f := range ieee.Formats() {
				seen := map[float64]bool{}
				for k := range 21 {
					c := loss.Call{Loss: l.Name, Format: f, Batch: at.Batch(f, at.Sample(f, float64(k)/20))}
					p, err := c.Plan()
					require.NoError(t, err, "%s %s: %v", l.Name, at.Says, c.Pred)
					x, ok := over.Of(p)
					require.True(t, ok, "%s %s: %v", l.Name, at.Says, c.Pred)
					seen[x] = true
				}
				require.Greater(t, len(seen), 4, "%s %s %s", l.Name, f, at.Says)
			}
		}
	}
}
