package kernel_test

import (
	"testing"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

// entropyKernels runs a test for the kernels of a dtype.
func entropyKernels[T kernel.Float](t *testing.T, test func(t *testing.T, k kernel.Pointwise[T], call loss.Call)) {
	call := loss.Call{Loss: "binary_cross_entropy"}
	t.Run(format[T]().String()+"/plain", func(t *testing.T) { test(t, kernel.BinaryCrossEntropy[T](), call) })
	call.Conventions = loss.Conventions{"probability_clip": "1e-7"}
	t.Run(format[T]().String()+"/clipped", func(t *testing.T) { test(t, kernel.BinaryCrossEntropyClipped[T](), call) })
}

func TestBinaryCrossEntropy_TiersAgree(t *testing.T) {
	entropyKernels(t, testEntropyTiers[float32])
	entropyKernels(t, testEntropyTiers[float64])
}

func testEntropyTiers[T kernel.Float](t *testing.T, k kernel.Pointwise[T], _ loss.Call) {
	testTiers(t, k, ofProbabilities, full.Count(40_003, 4))
}

func TestBinaryCrossEntropy_IsAccurate(t *testing.T) {
	entropyKernels(t, testEntropyAccuracy[float32])
	entropyKernels(t, testEntropyAccuracy[float64])
}

func testEntropyAccuracy[T kernel.Float](t *testing.T, k kernel.Pointwise[T], call loss.Call) {
	testAccuracy(t, k, call, ofProbabilities, 2000, 2)
}

func TestBinaryCrossEntropy_HardTargets(t *testing.T) {
	entropyKernels(t, testEntropySweep[float32])
	entropyKernels(t, testEntropySweep[float64])
}

func testEntropySweep[T kernel.Float](t *testing.T, k kernel.Pointwise[T], call loss.Call) {
	testSweep(t, k, call, ofProbabilities, 2)
}
