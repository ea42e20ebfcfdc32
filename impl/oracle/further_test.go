package oracle_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
	"github.com/stretchr/testify/require"
)

// everydayCalls are calls of a loss at a few plain places.
func everydayCalls(l *loss.Loss) (calls []loss.Call) {
	preds, targets := [][]float64{{-2.25}, {0.375}, {0.625}, {1.75}}, [][]float64{nil, {0}, {0.25}, {1}, {-1}}
	labels := [][]int{nil}
	switch l.Shape {
	case loss.Row:
		preds, targets = [][]float64{{0.5, -1.25, 2}, {0.25, 0.125, 0.625}}, [][]float64{nil, {0.25, 0.25, 0.5}, {0, 0, 1}, {1.25}}
		labels = [][]int{nil, {0}, {2}}
	case loss.Set:
		preds, targets = [][]float64{{0.25, 0.625, 0.5}}, [][]float64{{0, 1, 1}, {1, 0.25, 0}}
	case loss.Keypoint:
		preds, targets = [][]float64{{0, 1}}, [][]float64{{0.5, 1.25}, {-2, 3}}
	case loss.Box:
		preds, targets = [][]float64{{0, 0, 4, 3}}, [][]float64{{1, 0.5, 5, 4}, {1, 0.5, 2, 2}, {8, 0.5, 9, 4}}
	}
	for _, pred := range preds {
		for _, target := range targets {
			for _, label := range labels {
				c := loss.Call{Loss: l.Name, Format: ieee.Float64, Batch: loss.Batch{Rows: 1, Cols: len(pred), Pred: pred, Target: target, Label: label}}
				if _, err := c.Plan(); err == nil {
					calls = append(calls, c)
				}
			}
		}
	}
	return calls
}

// moved is a list with number k moved.
func moved(xs []float64, k int, by float64) []float64 {
	ys := append([]float64(nil), xs...)
	ys[k] += by
	return ys
}

// number is the truth to 2^-36 ulp.
func number(n oracle.Number) *big.Float {
	v := new(big.Float).SetPrec(200).SetFloat64(n.Residual)
	v.Mul(v, big.NewFloat(ulp.Of(ieee.Float64, n.Rounded, n.Residual)))
	return v.Add(v, big.NewFloat(n.Rounded))
}

// slopeOf is the derivative at 0 of a truth as a function of a step, extrapolated from two central differences, and how far
// these are apart. ok is false where it has no value beside 0, or a kink.
func slopeOf(at func(step float64) (oracle.Number, bool)) (slope, apart float64, ok bool) {
	const step = 0x1p-16
	var quotients [2]float64
	for k := range quotients {
		h := math.Ldexp(step, k)
		up, upOK := at(h)
		down, downOK := at(-h)
		if !upOK || !downOK || up.Hull != nil || down.Hull != nil || ulp.Special(up.Rounded) || ulp.Special(down.Rounded) {
			return 0, 0, false
		}
		difference := new(big.Float).SetPrec(200).Sub(number(up), number(down))
		quotients[k], _ = difference.Quo(difference, big.NewFloat(2*h)).Float64()
	}
	return (4*quotients[0] - quotients[1]) / 3, math.Abs(quotients[0] - quotients[1]), true
}

// The second derivative is the slope of the gradient, and the gradient by the target that of the value: the differences of
// certified numbers say so, which no automatic differentiation has had a part in.
func TestFurther_IsTheSlopeOfWhatIsKnown(t *testing.T) {
	hess, target := map[string]int{}, map[string]int{}
	agree := func(l *loss.Loss, c *loss.Call, what string, n oracle.Number, slope, apart float64) {
		const rounding = 0x1p-30 // of quotients whose numbers have 89 bits and differ in the last 70
		require.InDelta(t, n.Rounded, slope, apart+rounding*(1+math.Abs(slope)), "%s %s: pred %v target %v label %v", l.Name, what, c.Pred, c.Target, c.Label)
	}
	for _, l := range loss.All() {
		for _, c := range everydayCalls(l) {
			if plan, err := c.Plan(); err != nil || l.Detached != nil && len(c.Target) == plan.Width && l.Detached(plan.Args, c.Pred, c.Target) {
				continue // the gradient is not that of the value
			}
			truth, err := oracle.Eval(&c)
			require.NoError(t, err)
			truth.Further(&c)
			for k, n := range truth.Hess {
				slope, apart, ok := slopeOf(func(step float64) (oracle.Number, bool) {
					d := c
					d.Pred = moved(c.Pred, k, step)
					near, err := oracle.Eval(&d)
					if err != nil {
						return oracle.Number{}, false
					}
					return near.Grad[k], true
				})
				if ok && n.Hull == nil {
					agree(l, &c, "hess", n, slope, apart)
					hess[l.Name]++
				}
			}
			for k, n := range truth.TargetGrad {
				slope, apart, ok := slopeOf(func(step float64) (oracle.Number, bool) {
					d := c
					d.Target = moved(c.Target, k, step)
					near, err := oracle.Eval(&d)
					if err != nil {
						return oracle.Number{}, false
					}
					return near.Value[0], true
				})
				if ok && n.Hull == nil && !ulp.Special(n.Rounded) {
					agree(l, &c, "targetGrad", n, slope, apart)
					target[l.Name]++
				}
			}
		}
		if l.Bends() && l.Name != "classification_error" {
			require.Positive(t, hess[l.Name], l.Name)
		}
	}
	require.Greater(t, len(target), 25)
}

func TestFurther_KnowsWhatItDoesNotKnow(t *testing.T) {
	of := func(name string, params loss.Params, pred, target float64) *oracle.Truth {
		c := loss.Call{Loss: name, Format: ieee.Float64, Params: params, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{pred}, Target: []float64{target}}}
		truth, err := oracle.Eval(&c)
		require.NoError(t, err)
		truth.Further(&c)
		return truth
	}
	hull := of("huber", nil, 1, 0).Hess[0].Hull
	require.Equal(t, []float64{0, 1}, []float64{hull.Low.Rounded, hull.High.Rounded}, "the pieces beside the kink")
	require.Nil(t, of("huber", nil, math.Inf(1), 0).Hess)
	require.Nil(t, of("binary_cross_entropy", nil, 0, 1).TargetGrad, "the value is infinite")
	// p^(α+1) at 0
	require.Nil(t, of("gaussian_focal", loss.Params{"alpha": {0.5}}, 0, 0.25).Hess)
	require.Equal(t, 0.0, of("gaussian_focal", loss.Params{"alpha": {3}}, 0, 0.25).Hess[0].Rounded)
	require.Nil(t, of("quality_focal", loss.Params{"beta": {1.5}}, 0, 0.5).Hess)
	require.Equal(t, 0.0, of("quality_focal", loss.Params{"beta": {2.5}}, 0, 0.5).Hess[0].Rounded)
	// a label counts as a number where the gradient is taken by it: −γ·p^α·(−log(1−p))
	require.InDelta(t, -4*0.25*math.Ln2, of("gaussian_focal", nil, 0.5, 0).TargetGrad[0].Rounded, 0x1p-50)
}
