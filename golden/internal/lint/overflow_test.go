package lint

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

func TestCheckOverflow_KeepsAwayFromTheEdge(t *testing.T) {
	vector := func(f ieee.Format, pred, rounded float64) *golden.Vector {
		return &golden.Vector{
			Call: loss.Call{Loss: "squared_error", Format: f,
				Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{pred}, Target: []float64{0}}},
			Truth: oracle.Truth{Value: []oracle.Number{{Rounded: rounded, Kappa: 2}}},
		}
	}
	for _, f := range ieee.Formats() {
		require.NoError(t, CheckOverflow(vector(f, 1, 1)))
		require.NoError(t, CheckOverflow(vector(f, 1, f.MaxFinite()/2)))
		require.Error(t, CheckOverflow(vector(f, 1, f.MaxFinite())))
		require.Error(t, CheckOverflow(vector(f, 1, -f.MaxFinite())))
	}
	f := ieee.Float32
	edge := f.Round(math.Sqrt(f.MaxFinite()))
	require.Error(t, CheckOverflow(vector(f, f.Next(edge), math.Inf(1))), "infinite only just")
	require.NoError(t, CheckOverflow(vector(f, 2*edge, math.Inf(1))))
}
