package kernel_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

// conforms holds a kernel to the golden vectors at level 3, one element at a time.
func conforms[T kernel.Float](t *testing.T, name string, k kernel.Pointwise[T], about ...conformance.About) {
	t.Helper()
	decl, err := loss.Named(name)
	require.NoError(t, err)
	point := func(pred, target []T) (T, T) {
		var value, grad [1]T
		k.ValueGrad(value[:], grad[:], pred, target, 1)
		return value[0], grad[0]
	}
	var f any = func(x, y T) (T, T) { return point([]T{x}, []T{y}) }
	if !decl.HasTarget() {
		f = func(x T) (T, T) { return point([]T{x}, nil) }
	}
	var s *conformance.Function
	switch f := f.(type) {
	case func(x, y float32) (float32, float32):
		s = conformance.Pointwise(name, f)
	case func(x, y float64) (float64, float64):
		s = conformance.Pointwise(name, f)
	case func(x float32) (float32, float32):
		s = conformance.Pointwise(name, f)
	case func(x float64) (float64, float64):
		s = conformance.Pointwise(name, f)
	}
	for _, a := range about {
		s = s.With(a)
	}
	report, err := conformance.Config{Only: conformance.Golden}.Check(context.Background(), s)
	require.NoError(t, err)
	require.NoError(t, report.Err(), "%v", report.Failures)
}

func TestKernels_ConformToTheGoldenVectors(t *testing.T) {
	t.Parallel()
	t.Run("binary_cross_entropy_with_logits", func(t *testing.T) {
		conforms(t, "binary_cross_entropy_with_logits", kernel.BinaryCrossEntropyWithLogits[float32](1))
		conforms(t, "binary_cross_entropy_with_logits", kernel.BinaryCrossEntropyWithLogits[float64](1))
		three := conformance.About{Fixed: loss.Params{"pos_weight": {3}}}
		conforms(t, "binary_cross_entropy_with_logits", kernel.BinaryCrossEntropyWithLogits[float32](3), three)
		conforms(t, "binary_cross_entropy_with_logits", kernel.BinaryCrossEntropyWithLogits[float64](3), three)
	})
	for name, f := range factors {
		follows := conformance.About{Conventions: loss.Conventions{"squared_error_factor": name}}
		t.Run("squared_error", func(t *testing.T) {
			conforms(t, "squared_error", kernel.SquaredError(float32(f)), follows)
			conforms(t, "squared_error", kernel.SquaredError(f), follows)
		})
		t.Run("squared_error_with_logits", func(t *testing.T) {
			conforms(t, "squared_error_with_logits", kernel.SquaredErrorWithLogits(float32(f)), follows)
			conforms(t, "squared_error_with_logits", kernel.SquaredErrorWithLogits(f), follows)
		})
	}
	t.Run("differences", func(t *testing.T) {
		conforms(t, "absolute_error", kernel.AbsoluteError[float32]())
		conforms(t, "absolute_error", kernel.AbsoluteError[float64]())
		for _, x := range []float64{0.5, 1, 2} {
			delta, beta := conformance.About{Fixed: loss.Params{"delta": {x}}}, conformance.About{Fixed: loss.Params{"beta": {x}}}
			conforms(t, "huber", kernel.Huber(float32(x)), delta)
			conforms(t, "huber", kernel.Huber(x), delta)
			conforms(t, "smooth_l1", kernel.SmoothL1(float32(x)), beta)
			conforms(t, "smooth_l1", kernel.SmoothL1(x), beta)
		}
	})
	t.Run("binary_cross_entropy", func(t *testing.T) {
		conforms(t, "binary_cross_entropy", kernel.BinaryCrossEntropy[float32]())
		conforms(t, "binary_cross_entropy", kernel.BinaryCrossEntropy[float64]())
		clipped := conformance.About{Conventions: loss.Conventions{"probability_clip": "1e-7"}}
		conforms(t, "binary_cross_entropy", kernel.BinaryCrossEntropyClipped[float32](), clipped)
		conforms(t, "binary_cross_entropy", kernel.BinaryCrossEntropyClipped[float64](), clipped)
	})
	t.Run("sigmoid_focal", func(t *testing.T) {
		for _, s := range []conformance.Subject{
			conformance.Pointwise("sigmoid_focal", focalPoint[float32]),
			conformance.Pointwise("sigmoid_focal", focalPoint[float64]),
		} {
			report, err := conformance.Config{Only: conformance.Golden}.Check(context.Background(), s)
			require.NoError(t, err)
			require.NoError(t, report.Err(), "%v", report.Failures)
		}
	})
	t.Run("links", func(t *testing.T) {
		conforms(t, "sigmoid", kernel.Sigmoid[float32]())
		conforms(t, "sigmoid", kernel.Sigmoid[float64]())
		conforms(t, "softplus", kernel.Softplus[float32]())
		conforms(t, "softplus", kernel.Softplus[float64]())
		conforms(t, "log_sigmoid", kernel.LogSigmoid[float32]())
		conforms(t, "log_sigmoid", kernel.LogSigmoid[float64]())
	})
}

// focalPoint is the focal loss of one logit, with parameters that a case brings. What is no
// input of the loss it refuses as the catalogue does.
func focalPoint[T kernel.Float](p loss.Params, pred, target T) (value, grad T, err error) {
	call := loss.Call{Loss: "sigmoid_focal", Params: p}
	call.Rows, call.Cols, call.Pred, call.Target = 1, 1, []float64{float64(pred)}, []float64{float64(target)}
	if _, err := call.Plan(); err != nil {
		return 0, 0, err
	}
	gamma := T(p["gamma"][0])
	k := kernel.SigmoidFocalUnweighted(gamma)
	if alpha := p["alpha"]; len(alpha) > 0 {
		k = kernel.SigmoidFocal(T(alpha[0]), gamma)
	}
	var v, g [1]T
	k.ValueGrad(v[:], g[:], []T{pred}, []T{target}, 1)
	return v[0], g[0], nil
}
