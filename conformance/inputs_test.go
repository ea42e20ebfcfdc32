package conformance

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
)

func TestInputsOf(t *testing.T) {
	named := func(name string) *loss.Loss {
		l, err := loss.Named(name)
		require.NoError(t, err)
		return l
	}
	for _, c := range []struct {
		want   Inputs
		loss   string
		pred   []float64
		target []float64
		params loss.Params
	}{
		{Everyday, "squared_error", []float64{16, -0x1p-14, 0}, []float64{-16, 1, 0}, nil},
		{Large, "squared_error", []float64{1, math.Nextafter(16, 17)}, []float64{1, 1}, nil},
		{Large, "squared_error", []float64{1, 1}, []float64{1, 0x1p-15}, nil},
		{Extreme, "squared_error", []float64{1025}, []float64{1}, nil},
		{Extreme, "squared_error", []float64{1}, []float64{0x1p-21}, nil},
		{NonFinite, "squared_error", []float64{1025, math.NaN()}, []float64{1, 1}, nil},
		{NonFinite, "squared_error", []float64{1}, []float64{math.Inf(-1)}, nil},
		{Empty, "squared_error", []float64{}, []float64{}, nil},
		{Everyday, "iou", []float64{0, 0, 4096, 3}, []float64{1, 1, 2, 2}, nil},
		{Large, "iou", []float64{0, 0, 4097, 3}, []float64{1, 1, 2, 2}, nil},
		{Everyday, "binary_cross_entropy", []float64{0, 1, 0.25}, []float64{1, 1, 0}, nil},
		{Large, "binary_cross_entropy", []float64{1 - 0x1p-16}, []float64{1}, nil},
		{Extreme, "binary_cross_entropy", []float64{1 - 0x1p-30}, []float64{1}, nil},
		{Everyday, "cross_entropy", []float64{1, 2}, nil, loss.Params{"ignore_index": {-100000}, "weight": {1, 2}}},
		{Extreme, "cross_entropy", []float64{1, 2}, nil, loss.Params{"weight": {1, 1e30}}},
	} {
		call := &loss.Call{Loss: c.loss, Params: c.params, Batch: loss.Batch{Pred: c.pred, Target: c.target}}
		require.Equal(t, c.want, inputsOf(call, named(c.loss), nil), "%+v", c)
	}
	for reduction, want := range map[loss.Reduction]Inputs{loss.None: Everyday, loss.Sum: Everyday, loss.MeanWeight: Empty} {
		weighted := &loss.Call{Loss: "squared_error", Reduction: reduction, Batch: loss.Batch{Rows: 2, Cols: 1, Pred: []float64{1, 2}, Target: []float64{0, 0}, Weight: []float64{0, 0}}}
		require.Equal(t, want, inputsOf(weighted, named("squared_error"), nil), reduction)
		weighted.Weight[1] = 1
		require.Equal(t, Everyday, inputsOf(weighted, named("squared_error"), nil), reduction)
		labelled := &loss.Call{Loss: "cross_entropy", Reduction: reduction, Params: loss.Params{"ignore_index": {-100}},
			Batch: loss.Batch{Rows: 2, Cols: 2, Pred: []float64{1, 2, 1, 2}, Label: []int{-100, -100}}}
		require.Equal(t, want, inputsOf(labelled, named("cross_entropy"), nil), reduction)
		labelled.Label[0] = 1
		require.Equal(t, Everyday, inputsOf(labelled, named("cross_entropy"), nil), reduction)
	}
	call := &loss.Call{Loss: "squared_error", Batch: loss.Batch{Pred: []float64{1}, Target: []float64{1}}}
	require.Equal(t, NonFinite, inputsOf(call, named("squared_error"), []oracle.Number{{Rounded: math.Inf(1)}}))
}
