package loss_test

import (
	"math"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

var (
	inf = math.Inf(1)
	nan = math.NaN()
)

// same reports whether two floats have the same bits, all NaNs being one.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

func requireSame(t *testing.T, want, got []float64, what string) {
	t.Helper()
	require.Len(t, got, len(want), what)
	for i := range want {
		require.True(t, same(want[i], got[i]), "%s[%d]: want %v, got %v", what, i, want[i], got[i])
	}
}

// near reports whether got lies within so many ulp of want, in ulp of want.
func near(want, got, ulps float64) bool {
	return same(want, got) || math.Abs(got-want) <= ulps*ieee.Float64.Ulp(want)
}

func eval(t *testing.T, c *loss.Call) *loss.Result {
	t.Helper()
	res, err := loss.Eval(c)
	require.NoError(t, err)
	return res
}

// points is a call of n examples of a pointwise loss.
func points(name string, pred, target []float64, params loss.Params) *loss.Call {
	return &loss.Call{Loss: name, Params: params, Batch: loss.Batch{Rows: len(pred), Cols: 1, Pred: pred, Target: target}}
}

// labelled is a call of one row with a label.
func labelled(name string, pred []float64, label int, params loss.Params) *loss.Call {
	return &loss.Call{Loss: name, Params: params, Batch: loss.Batch{Rows: 1, Cols: len(pred), Pred: pred, Label: []int{label}}}
}

// distributed is a call of one row with a distribution, or with no target.
func distributed(name string, pred, target []float64, params loss.Params) *loss.Call {
	return &loss.Call{Loss: name, Params: params, Batch: loss.Batch{Rows: 1, Cols: len(pred), Pred: pred, Target: target}}
}

// fitting draws the numbers of an item until they lie in a domain.
func fitting(d loss.Domain, n int, number func() float64) []float64 {
	xs := make([]float64, n)
	for {
		for i := range xs {
			xs[i] = number()
		}
		if d.HoldsItem(xs) < 0 {
			return xs
		}
	}
}
