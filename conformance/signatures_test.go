package conformance

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
)

// layer remembers what it was given, as layers of networks do.
type layer struct{ z, y float32 }

func (l *layer) Forward(z, y float32) float32 {
	l.z, l.y = z, y
	v, _ := goodBCE(z, y)
	return v
}

func (l *layer) Backward() float32 {
	_, g := goodBCE(l.z, l.y)
	return g
}

func sumBCE(grad, z, y []float32) float32 {
	total := 0.0
	for i := range z {
		v, g := goodBCE(z[i], y[i])
		total, grad[i] = total+float64(v), g
	}
	return float32(total)
}

// Each form gives the answers of the same loss.
func TestSignatures_OfOneLossConform(t *testing.T) {
	value := func(z, y float32) float32 { v, _ := goodBCE(z, y); return v }
	slope := func(z, y float32) float32 { _, g := goodBCE(z, y); return g }
	l := new(layer)
	nested := func(z, y [][]float32) (total float32, grads [][]float32) {
		for i := range z {
			grad := make([]float32, len(z[i]))
			total += sumBCE(grad, z[i], y[i])
			grads = append(grads, grad)
		}
		return total, grads
	}
	about := About{NoWeights: true}
	for name, s := range map[string]Subject{
		"both":             Pointwise(bce, Both(value, slope)),
		"forward/backward": Pointwise(bce, ForwardBackward(l.Forward, l.Backward)),
		"flat, in place":   Reduced(bce, loss.Sum, Flat(Into(sumBCE))).With(about),
		"nested":           Reduced(bce, loss.Sum, Nested(nested)).With(about),
	} {
		r := checked(t, s, Config{Workers: 4})
		require.NoError(t, r.Err(), "%s\n%s", name, failures(r))
		for _, o := range []Output{Value, Grad} {
			_, ran := r.LevelOf(bce, "f32", o)
			require.True(t, ran, "%s, %s", name, o)
		}
	}
}

// crossEntropyOf is that of a row of scores, with its gradient in place.
func crossEntropyOf(grad, z []float64, label int) float64 {
	top, total := math.Inf(-1), 0.0
	for _, x := range z {
		top = max(top, x)
	}
	for k, x := range z {
		grad[k] = math.Exp(x - top)
		total += grad[k]
	}
	for k := range grad {
		grad[k] /= total
	}
	grad[label]--
	return math.Log(total) - (z[label] - top)
}

func TestSignatures_OfLabels(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	mean := func(z [][]float64, labels []int) (total float64, grads [][]float64) {
		for i, row := range z {
			grad := make([]float64, len(row))
			total += crossEntropyOf(grad, row, labels[i]) / float64(len(z))
			for k := range grad {
				grad[k] /= float64(len(z))
			}
			grads = append(grads, grad)
		}
		return total, grads
	}
	for name, s := range map[string]Subject{
		"in place": Rowwise("cross_entropy", Into(crossEntropyOf)).With(About{FiniteInputs: true}),
		"nested": Reduced("cross_entropy", loss.MeanElements, Nested(mean)).
			With(About{FiniteInputs: true, NoWeights: true, Targets: []string{"label"}, Conventions: loss.Conventions{"empty_mean": "zero"}}),
	} {
		r := checked(t, s, Config{Level: Close, Live: 100})
		require.Positive(t, r.Tally.Passed, name)
		require.NoError(t, r.Err(), "%s\n%s", name, failures(r))
	}
}

// A function that cannot be one of its loss is refused, with the constructor that takes it.
func TestConstructors_RefuseALossOfAnotherShape(t *testing.T) {
	point := Pointwise("cross_entropy", func(z, y float64) float64 { return 0 })
	row := Rowwise(bce, func(z, y []float64) float64 { return 0 })
	for want, s := range map[string]Subject{
		"Pointwise: cross_entropy is a loss of a row of numbers: use Rowwise":                                       point.With(About{Name: "mine"}),
		"Rowwise: " + bce + " is a loss of single numbers: use Pointwise":                                           Join("mine", "", Reference(), row),
		"Pointwise: the function has the target number, and softplus has none":                                      Pointwise("softplus", func(z, y float64) float64 { return 0 }),
		"Pointwise: the function has the target none, and squared_error has number":                                 Pointwise("squared_error", func(x float64) float64 { return 0 }),
		"Rowwise: the function has the target label, and kl_divergence has distribution":                            Rowwise("kl_divergence", func(p []float32, label int) float32 { return 0 }),
		`and unknown_headless has none: its head declares a target, as in Unknown("unknown_headless", "target: y")`: Pointwise(Unknown("unknown_headless", ""), func(z, y float64) float64 { return 0 }),
	} {
		_, err := Check(t.Context(), s)
		require.ErrorContains(t, err, want)
	}
}
