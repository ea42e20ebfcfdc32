package main

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

// TestSweep_EveryBoundHoldsAtAFewInputs is the sweep in small: the full one takes an hour.
func TestSweep_EveryBoundHoldsAtAFewInputs(t *testing.T) {
	const seed = 20
	inputs := full.Count(400, 4)
	for _, l := range loss.All() {
		t.Run(l.Name, func(t *testing.T) {
			found := sweep(l, inputs, seed)
			if found.undecided > 0 {
				t.Errorf("the oracle is undecided at %d inputs, first %s", found.undecided, command(found.first))
			}
			for o, w := range found.worst {
				if limit, ok := o.bound(l.Accuracy); ok && !(w.ratio <= limit) {
					t.Errorf("%s: error/(1+κ) is %v ulp, beyond the documented %v\n%s", o, w.ratio, limit, w)
				}
			}
		})
	}
}

func TestSweep_DoesNotDependOnTheWorkers(t *testing.T) {
	const inputs = 1200 // several chunks, the last one short
	l := loss.BinaryCrossEntropyWithLogits
	several := sweep(l, inputs, 3)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	require.Equal(t, several, sweep(l, inputs, 3))
	require.Equal(t, inputs, several.worst[value].checked)
}
