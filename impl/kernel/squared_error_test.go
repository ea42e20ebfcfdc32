package kernel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

func TestSquaredError_TiersAgree(t *testing.T) {
	for _, f := range []float64{1, 0.5} {
		testTiers(t, kernel.SquaredError(float32(f)), true, realLine)
		testTiers(t, kernel.SquaredError(f), true, realLine)
	}
}

func TestSquaredError_IsAccurate(t *testing.T) {
	for name, f := range factors {
		call := loss.Call{Loss: "squared_error", Conventions: loss.Conventions{"squared_error_factor": name}}
		testAccuracy(t, kernel.SquaredError(float32(f)), call, realLine, 4000, 1.92)
		testAccuracy(t, kernel.SquaredError(f), call, realLine, 4000, 1.92)
	}
}

func TestSquaredError_SumsToTheLastPlace(t *testing.T) {
	testSum(t, kernel.SquaredError[float32](1), true, 1)
	testSum(t, kernel.SquaredError[float64](1), true, 1)
}

// factors are the values of the convention squared_error_factor.
var factors = map[string]float64{"1": 1, "1/2": 0.5}

func TestSquaredError_RefusesAnotherFactor(t *testing.T) {
	require.PanicsWithValue(t, "kernel: squared_error: squared_error_factor = 2: want 1 or 1/2", func() { kernel.SquaredError(2.0) })
	require.Panics(t, func() { kernel.SquaredErrorWithLogits(float32(0)) })
}
