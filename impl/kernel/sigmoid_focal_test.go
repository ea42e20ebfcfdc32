package kernel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

// focalKernels runs a test for each α and for none, with each γ.
func focalKernels[T kernel.Float](t *testing.T, alphas, gammas []T, test func(t *testing.T, k kernel.Pointwise[T], call loss.Call)) {
	for _, gamma := range gammas {
		for _, alpha := range alphas {
			call := loss.Call{Loss: "sigmoid_focal", Params: loss.Params{"alpha": {float64(alpha)}, "gamma": {float64(gamma)}}}
			t.Run(fmt.Sprintf("alpha=%v,gamma=%v", alpha, gamma), func(t *testing.T) { test(t, kernel.SigmoidFocal(alpha, gamma), call) })
		}
		call := loss.Call{Loss: "sigmoid_focal", Params: loss.Params{"alpha": nil, "gamma": {float64(gamma)}}}
		t.Run(fmt.Sprintf("no alpha,gamma=%v", gamma), func(t *testing.T) { test(t, kernel.SigmoidFocalUnweighted(gamma), call) })
	}
}

var (
	focusing   = []float32{0, 1, 2, 0.5, 3, 0.01, 1e-30, 10, 150, 5000, 1e8}
	focusing64 = []float64{0, 1, 2, 0.5, 3, 0.01, 1e-30, 10, 150, 1000, 5000, 1e8, 1e300}
)

func TestSigmoidFocal_TiersAgree(t *testing.T) {
	focalKernels(t, []float32{0.25, 0, 1, 1e-40}, focusing, testFocalTiers[float32])
}

func TestSigmoidFocal64_TiersAgree(t *testing.T) {
	focalKernels(t, []float64{0.25, 0, 1, 1e-310}, focusing64, testFocalTiers[float64])
}

func testFocalTiers[T kernel.Float](t *testing.T, k kernel.Pointwise[T], _ loss.Call) {
	testTiers(t, k, ofLogits, full.Count(1<<12, 4)+13)
}

func TestSigmoidFocal_IsAccurate(t *testing.T) {
	focalKernels(t, []float32{0.25, 0}, focusing, testFocalAccuracy[float32])
}

func TestSigmoidFocal64_IsAccurate(t *testing.T) {
	focalKernels(t, []float64{0.25, 0}, focusing64, testFocalAccuracy[float64])
}

func testFocalAccuracy[T kernel.Float](t *testing.T, k kernel.Pointwise[T], call loss.Call) {
	testAccuracy(t, k, call, ofLogits, 400, math.Inf(1))
}

func TestSigmoidFocal_HardTargets(t *testing.T) {
	const faithful = 1
	focalKernels(t, []float32{0.25}, focusing, func(t *testing.T, k kernel.Pointwise[float32], call loss.Call) {
		testSweep(t, k, call, ofLogits, faithful)
	})
}
