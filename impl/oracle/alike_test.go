package oracle_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Items that are alike are found out about once; what is said of each is what is said of it alone.
func TestEval_OfAlikeItemsIsThatOfEach(t *testing.T) {
	for _, l := range loss.All() {
		d := draw.New(ieee.Float32, draw.Seed(l.Name), 1)
		each := d.Items(&draw.Laws, l, 3, l.Shape.Width(4))
		batch, order := each, []int{0, 1, 0, 2, 2, 1, 0}
		batch.Rows, batch.Pred, batch.Target, batch.Label, batch.Upstream = 0, nil, nil, nil, nil
		weights := []float64{1, 2, 2, 0.5, 1, 2, 1}
		for _, i := range order {
			row := rowOf(&each, i)
			batch.Rows++
			batch.Pred, batch.Label = append(batch.Pred, row.Pred...), append(batch.Label, row.Label...)
			batch.Target, batch.Upstream = append(batch.Target, row.Target...), append(batch.Upstream, row.Upstream...)
		}
		if !l.VectorValued {
			batch.Weight = weights
		}
		got, err := oracle.Eval(&batch)
		require.NoError(t, err)
		for i := range order {
			row := rowOf(&batch, i)
			want, err := oracle.Eval(&row)
			require.NoError(t, err)
			equal(t, l.Name, want.Value, got.Value[i*len(want.Value):])
			equal(t, l.Name, want.Grad, got.Grad[i*len(want.Grad):])
		}
	}
}

func equal(t *testing.T, name string, want, got []oracle.Number) {
	t.Helper()
	for k, n := range want {
		if math.IsNaN(n.Rounded) {
			require.True(t, math.IsNaN(got[k].Rounded), name)
			continue
		}
		require.Equal(t, n, got[k], name)
	}
}

func rowOf(c *loss.Call, i int) loss.Call {
	row := *c
	cut := func(xs []float64) []float64 {
		of := len(xs) / c.Rows
		if of == 0 {
			return nil
		}
		return xs[i*of : (i+1)*of]
	}
	row.Rows, row.Pred, row.Target, row.Weight, row.Upstream = 1, cut(c.Pred), cut(c.Target), cut(c.Weight), cut(c.Upstream)
	if len(c.Label) > 0 {
		row.Label = c.Label[i : i+1]
	}
	return row
}
