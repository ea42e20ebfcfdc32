package kernel_test

import (
	"testing"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

// The links of the chain from a logit to a loss.

func TestLinks_TiersAgree(t *testing.T) {
	for _, k := range []kernel.Pointwise[float32]{kernel.Sigmoid[float32](), kernel.Softplus[float32](), kernel.LogSigmoid[float32]()} {
		testTiers(t, k, ofScores, full.Count(50_003, 4))
	}
	for _, k := range []kernel.Pointwise[float64]{kernel.Sigmoid[float64](), kernel.Softplus[float64](), kernel.LogSigmoid[float64]()} {
		testTiers(t, k, ofScores, full.Count(50_003, 4))
	}
}

func TestLinks_AreAccurate(t *testing.T) {
	const ulps = 4 // whatever κ: they have no targets that are labels
	testAccuracy(t, kernel.Sigmoid[float32](), loss.Call{Loss: "sigmoid"}, ofScores, 8000, ulps)
	testAccuracy(t, kernel.Sigmoid[float64](), loss.Call{Loss: "sigmoid"}, ofScores, 8000, ulps)
	testAccuracy(t, kernel.Softplus[float32](), loss.Call{Loss: "softplus"}, ofScores, 8000, ulps)
	testAccuracy(t, kernel.Softplus[float64](), loss.Call{Loss: "softplus"}, ofScores, 8000, ulps)
	testAccuracy(t, kernel.LogSigmoid[float32](), loss.Call{Loss: "log_sigmoid"}, ofScores, 8000, ulps)
	testAccuracy(t, kernel.LogSigmoid[float64](), loss.Call{Loss: "log_sigmoid"}, ofScores, 8000, ulps)
}
