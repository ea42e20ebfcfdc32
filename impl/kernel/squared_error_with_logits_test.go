package kernel_test

import (
	"testing"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

func TestSquaredErrorWithLogits_TiersAgree(t *testing.T) {
	for _, f := range []float64{1, 0.5} {
		testTiers(t, kernel.SquaredErrorWithLogits(float32(f)), ofLogits, full.Count(50_003, 4))
		testTiers(t, kernel.SquaredErrorWithLogits(f), ofLogits, full.Count(50_003, 4))
	}
}

func TestSquaredErrorWithLogits_IsAccurate(t *testing.T) {
	for name, f := range factors {
		call := loss.Call{Loss: "squared_error_with_logits", Conventions: loss.Conventions{"squared_error_factor": name}}
		testAccuracy(t, kernel.SquaredErrorWithLogits(float32(f)), call, ofLogits, 8000, 2)
		testAccuracy(t, kernel.SquaredErrorWithLogits(f), call, ofLogits, 8000, 2)
	}
}

func TestSquaredErrorWithLogits_SumsToTheLastPlace(t *testing.T) {
	testSum(t, kernel.SquaredErrorWithLogits[float32](1), true, 1)
	testSum(t, kernel.SquaredErrorWithLogits[float64](1), true, 1)
}
