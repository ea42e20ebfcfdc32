package kernel_test

import (
	"fmt"
	"testing"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

func focalKernels[T kernel.Float](alphas, gammas []T) []lossKernel[T] {
	var list []lossKernel[T]
	for _, gamma := range gammas {
		for _, alpha := range alphas {
			k := lossKernel[T]{name: fmt.Sprintf("alpha=%v,gamma=%v", alpha, gamma), kernel: kernel.SigmoidFocal(alpha, gamma)}
			k.call = loss.Call{Loss: "sigmoid_focal", Params: loss.Params{"alpha": {float64(alpha)}, "gamma": {float64(gamma)}}}
			list = append(list, k)
		}
		k := lossKernel[T]{name: fmt.Sprintf("no alpha,gamma=%v", gamma), kernel: kernel.SigmoidFocalUnweighted(gamma)}
		k.call = loss.Call{Loss: "sigmoid_focal", Params: loss.Params{"alpha": nil, "gamma": {float64(gamma)}}}
		list = append(list, k)
	}
	return list
}

var focusing = []float32{0, 1, 2, 0.5, 3, 0.01, 1e-30, 10, 150, 5000, 1e8}

func TestSigmoidFocal_TiersAgree(t *testing.T) {
	for _, k := range focalKernels([]float32{0.25, 0, 1, 1e-40}, focusing) {
		t.Run(k.name, k.testTiers)
	}
}

func TestSigmoidFocal_IsAccurate(t *testing.T) {
	for _, k := range focalKernels([]float32{0.25, 0}, focusing) {
		t.Run(k.name, func(t *testing.T) {
			k.testOracle(t, true)
			k.testOracle(t, false)
		})
	}
}

func TestSigmoidFocal_HardTargets(t *testing.T) {
	for _, k := range focalKernels([]float32{0.25}, focusing) {
		t.Run(k.name, func(t *testing.T) { k.testSweep(t, 100) })
	}
}

var focusing64 = []float64{0, 1, 2, 0.5, 3, 0.01, 1e-30, 10, 150, 1000, 5000, 1e8, 1e300}

func TestSigmoidFocal64_TiersAgree(t *testing.T) {
	for _, k := range focalKernels([]float64{0.25, 0, 1, 1e-310}, focusing64) {
		t.Run(k.name, k.testTiers)
	}
}

func TestSigmoidFocal64_IsAccurate(t *testing.T) {
	for _, k := range focalKernels([]float64{0.25, 0}, focusing64) {
		t.Run(k.name, func(t *testing.T) {
			k.testOracle(t, true)
			k.testOracle(t, false)
		})
	}
}
