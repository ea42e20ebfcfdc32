package conformance

import (
	"fmt"
	"math"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

const bce = "binary_cross_entropy_with_logits"

// wired is the source of the package, for the tests of the real suite. Every other test
// runs on the small one below, so that it fails for a reason of this package only.
var wired = suite

func init() { suite = source{handVectors, handTruth} }

// handTruth is the truth of a float32 call by the float64 reference, which is exact to
// 2^-25 float32 ulps or so, at the points that the tests use.
func handTruth(c *loss.Call) (*oracle.Truth, error) {
	r, err := loss.EvalHessian(c, filled(len(c.Pred), 1))
	if err != nil {
		return nil, err
	}
	truth := &oracle.Truth{}
	condition := 0.0 // Σ |x·∂V/∂x|
	soft := func(i int) float64 {
		if len(c.Target) != len(c.Pred) || c.Target[i] == 0 || c.Target[i] == 1 {
			return 0
		}
		return math.Abs(c.Target[i] * r.TargetGrad[i])
	}
	for i, x := range c.Pred {
		condition += math.Abs(x*r.Grad[i]) + soft(i)
		truth.Grad = append(truth.Grad, handNumber(c.Format, r.Grad[i], math.Abs(x*r.Product[i])))
	}
	for i, v := range r.Value {
		of := condition
		if len(r.Value) == len(c.Pred) {
			of = math.Abs(c.Pred[i]*r.Grad[i]) + soft(i)
		}
		truth.Value = append(truth.Value, handNumber(c.Format, v, of))
	}
	return truth, nil
}

func handNumber(f ieee.Format, v, change float64) oracle.Number {
	n := oracle.Number{Rounded: f.Round(v)}
	if ulp.Special(n.Rounded) {
		return n
	}
	n.Residual = (v - n.Rounded) / f.Ulp(v)
	n.Kappa = change / max(math.Abs(v), f.MinNormal())
	return n
}

func filled(n int, x float64) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = x
	}
	return xs
}

// handVectors is a small suite: binary cross-entropy in float32.
func handVectors(name string, f ieee.Format) ([]golden.Vector, error) {
	if name != bce || f != ieee.Float32 {
		return nil, nil
	}
	var vectors []golden.Vector
	add := func(flag string, class loss.Class, c loss.Call) {
		c.Loss, c.Format = bce, f
		v := golden.Vector{ID: fmt.Sprintf("bcel.f32.%03d", len(vectors)), Flags: []string{flag}, Call: c, Error: class}
		if class == "" {
			truth, err := handTruth(&c)
			if err != nil {
				panic(err)
			}
			v.Truth = *truth
		}
		vectors = append(vectors, v)
	}
	one := func(z, y float64) loss.Batch {
		return loss.Batch{Rows: 1, Cols: 1, Pred: []float64{f.Round(z)}, Target: []float64{f.Round(y)}}
	}
	inf := math.Inf(1)
	for _, y := range []float64{0, 1, 0.25, 0.9} {
		for _, z := range []float64{-100, -50, -17, -5, -1, -0.1, 0, 1e-30, 0.1, 1, 5, 17, 20, 50, 87, 90, 100} {
			add("Everyday", "", loss.Call{Batch: one(z, y)})
		}
		for _, z := range []float64{inf, -inf, math.NaN()} {
			add("Special", "", loss.Call{Batch: one(z, y)})
		}
	}
	add("Parameter", "", loss.Call{Batch: one(1.5, 1), Params: loss.Params{"pos_weight": {3}}})
	add("Parameter", "", loss.Call{Batch: one(1.5, 1), Params: loss.Params{"label_smoothing": {0.125}}})
	add("BadTarget", loss.BadTarget, loss.Call{Batch: one(1, 1.5)})
	add("BadParameter", loss.BadParameter, loss.Call{Batch: one(1, 1), Params: loss.Params{"pos_weight": {-1}}})
	batch := loss.Batch{Rows: 3, Cols: 2, Pred: []float64{1, -2, 3, -4, 5, 0.5}, Target: []float64{1, 0, 0, 1, 0.5, 1}}
	add("Batch", "", loss.Call{Batch: batch})
	for _, r := range loss.Reductions()[1:] {
		add("Reduction", "", loss.Call{Batch: batch, Reduction: r})
	}
	empty := loss.Batch{Rows: 0, Cols: 1, Pred: []float64{}, Target: []float64{}}
	add("EmptyMean", "", loss.Call{Batch: empty, Reduction: loss.MeanElements})
	add("EmptyMean", "", loss.Call{Batch: empty, Reduction: loss.MeanElements, Conventions: loss.Conventions{"empty_mean": "zero"}})
	add("EmptyMean", loss.EmptyMean, loss.Call{Batch: empty, Reduction: loss.MeanElements, Conventions: loss.Conventions{"empty_mean": "error"}})
	return vectors, nil
}
