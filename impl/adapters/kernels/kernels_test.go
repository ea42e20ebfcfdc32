package kernels

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// TestKernel_ConformsInEveryTier holds the kernels against the real suite, in each tier that
// this processor has, and with sums of many terms.
func TestKernel_ConformsInEveryTier(t *testing.T) {
	for i, tier := range kernel.Tiers() {
		t.Run(tier.String(), func(t *testing.T) {
			config := conformance.Config{Only: conformance.Golden}
			if i > 0 { // whose bits are those of the first at any input
				config.Live = -1
			}
			r, err := config.Check(t.Context(), Subject(tier))
			require.NoError(t, err)
			require.NoError(t, r.Err(), "%v", r.Failures)
			for _, e := range kernelTable {
				for _, format := range e.capability.Formats {
					for _, output := range e.capability.Outputs {
						level, ran := r.LevelOf(e.capability.Loss, format, output)
						require.True(t, ran, "%s %s %s", e.capability.Loss, format, output)
						require.GreaterOrEqual(t, level, conformance.Accurate, "%s %s %s", e.capability.Loss, format, output)
					}
				}
			}
		})
	}
}

// TestKernel_RefusesWhatItLacks: no kernel answers what it was not asked in full.
func TestKernel_RefusesWhatItLacks(t *testing.T) {
	for name, call := range map[string]loss.Call{
		"a loss without a kernel": {Loss: "log_sum_exp", Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{0}}},
		"sample weights": {Loss: "squared_error", Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{0}, Target: []float64{1},
			Weight: []float64{2}}},
	} {
		_, err := Subject(kernel.Best()).Eval(t.Context(), &call)
		require.ErrorIs(t, err, subject.ErrUnsupported, name)
	}
	labels := loss.Call{Loss: "cross_entropy", Batch: loss.Batch{Rows: 1, Cols: 2, Pred: []float64{0, 0}, Label: []int{2}}}
	_, err := Subject(kernel.Best()).Eval(t.Context(), &labels)
	require.ErrorContains(t, err, "cross_entropy: target[0] = 2: want a class index in [0, 2)")
}

// A loss may do without a kernel; a kernel may not do without a loss.
func TestKernel_IsOfALossOfTheCatalogue(t *testing.T) {
	require.NotEmpty(t, kernelTable)
	for _, e := range kernelTable {
		_, err := loss.Named(e.capability.Loss)
		require.NoError(t, err)
	}
}
