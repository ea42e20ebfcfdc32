package kernel_test

import (
	"testing"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

func entropyKernels[T kernel.Float]() []lossKernel[T] {
	call := loss.Call{Loss: "binary_cross_entropy"}
	clipped := call
	clipped.Conventions = loss.Conventions{"probability_clip": "1e-7"}
	return []lossKernel[T]{
		{name: "plain", kernel: kernel.BinaryCrossEntropy[T](), call: call, inUnit: true},
		{name: "clipped", kernel: kernel.BinaryCrossEntropyClipped[T](), call: clipped, inUnit: true},
	}
}

func TestBinaryCrossEntropy_TiersAgree(t *testing.T) {
	for _, k := range entropyKernels[float32]() {
		t.Run("float32/"+k.name, k.testTiers)
	}
	for _, k := range entropyKernels[float64]() {
		t.Run("float64/"+k.name, k.testTiers)
	}
}

func TestBinaryCrossEntropy_IsAccurate(t *testing.T) {
	for _, k := range entropyKernels[float32]() {
		t.Run("float32/"+k.name, func(t *testing.T) {
			k.testOracle(t, true)
			k.testOracle(t, false)
		})
	}
	for _, k := range entropyKernels[float64]() {
		t.Run("float64/"+k.name, func(t *testing.T) {
			k.testOracle(t, true)
			k.testOracle(t, false)
		})
	}
}

func TestBinaryCrossEntropy_HardTargets(t *testing.T) {
	for _, k := range entropyKernels[float32]() {
		t.Run("float32/"+k.name, func(t *testing.T) { k.testSweep(t, 2) })
	}
	for _, k := range entropyKernels[float64]() {
		t.Run("float64/"+k.name, func(t *testing.T) { k.testSweep(t, 2) })
	}
}
