package loss_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/stretchr/testify/require"
)

// at evaluates a loss at one prediction; target is that of a Witness.
func at(t *testing.T, l *loss.Loss, params loss.Params, pred, target []float64) *loss.Result {
	t.Helper()
	c := &loss.Call{Loss: l.Name, Params: params, Batch: loss.Batch{Rows: 1, Cols: len(pred), Pred: pred}}
	switch {
	case !l.HasTarget():
	case l.Takes(loss.Label) && (len(target) != len(pred) || l.NumberTarget() == nil):
		c.Label = []int{int(target[0])}
	default:
		c.Target = target
	}
	return eval(t, c)
}

func between(a, b []float64, share float64) []float64 {
	m := make([]float64, len(a))
	for i := range a {
		m[i] = a[i] + share*(b[i]-a[i])
	}
	return m
}

func distance(a, b []float64, norm loss.Norm) float64 {
	var square, largest float64
	for i := range a {
		d := math.Abs(a[i] - b[i])
		largest, square = max(largest, d), square+d*d
	}
	if norm == loss.Maximum || len(a) == 1 || square == 0 || math.IsInf(square, 0) {
		return largest // the Euclidean norm is at most √K times that
	}
	return math.Sqrt(square)
}

// beyond is what a witness against a finite constant must exceed.
const beyond = 1e100

func TestTraits_EveryWitnessRefutes(t *testing.T) {
	checked := 0
	for _, l := range loss.All() {
		for _, trait := range l.Traits {
			if trait.Holds {
				require.Nil(t, trait.Witness, "%s %s", l.Name, trait.Property)
				continue
			}
			w := trait.Witness
			require.NotNil(t, w, "%s %s has no witness", l.Name, trait.Property)
			value := func(pred, target []float64) float64 { return at(t, l, w.Params, pred, target).Value[0] }
			targetB := w.TargetB
			if targetB == nil {
				targetB = w.Target
			}
			refuted := false
			switch trait.Property {
			case loss.Convex, loss.StrictlyConvex:
				mean := value(w.A, w.Target)/2 + value(w.B, w.Target)/2
				middle := value(between(w.A, w.B, 0.5), w.Target)
				refuted = middle > mean
				if trait.Property == loss.StrictlyConvex {
					refuted = near(mean, middle, bothFaithful)
				}
			case loss.Lipschitz:
				d := math.Abs(value(w.A, w.Target) - value(w.B, w.Target))
				refuted = d/distance(w.A, w.B, trait.Norm) > beyond
			case loss.Smooth:
				a, b := at(t, l, w.Params, w.A, w.Target).Grad, at(t, l, w.Params, w.B, w.Target).Grad
				refuted = distance(a, b, loss.Maximum)/distance(w.A, w.B, trait.Norm) > beyond
			case loss.Bounded:
				refuted = math.Abs(value(w.A, w.Target)) > beyond
			case loss.Symmetric, loss.ShiftInvariant:
				refuted = !near(value(w.A, w.Target), value(w.B, targetB), bothFaithful)
			case loss.Differentiable:
				bend := func(h float64) float64 {
					at := func(share float64) float64 { return value(between(w.A, w.B, share), w.Target) }
					return math.Abs(at(0.5+h) - 2*at(0.5) + at(0.5-h))
				}
				const h = 0x1p-10
				refuted = bend(0.5) > 0 && bend(h/2)/h >= bend(0.5)/2
			case loss.Metric:
				refuted = value(w.A, w.Target) > value(w.A, w.B)+value(w.B, w.Target)
			case loss.GrowsApart:
				refuted = value(w.B, w.Target) < value(w.A, w.Target)
			case loss.Proper:
				refuted = expected(t, l, w.Params, w.A, w.Target) < expected(t, l, w.Params, w.B, w.Target)
			case loss.NonNegativeValue:
				refuted = value(w.A, w.Target) < 0
			case loss.ZeroAttained:
				refuted = value(w.A, w.Target) != 0
			case loss.GradientSumsToZero:
				sum := 0.0
				for _, g := range at(t, l, w.Params, w.A, w.Target).Grad {
					sum += g
				}
				refuted = math.Abs(sum) > 0.5 // far beyond any rounding
			default:
				t.Fatalf("%s: no check for a witness against %s", l.Name, trait.Property)
			}
			require.True(t, refuted, "%s: %+v does not refute %s", l.Name, *w, trait.Property)
			checked++
		}
	}
	require.Greater(t, checked, 30)
}

// expected is the expected loss where truth is the probability of the positive class, or
// the probabilities of the classes.
func expected(t *testing.T, l *loss.Loss, params loss.Params, pred, truth []float64) float64 {
	if l.Shape == loss.Point {
		return truth[0]*at(t, l, params, pred, []float64{1}).Value[0] + (1-truth[0])*at(t, l, params, pred, []float64{0}).Value[0]
	}
	sum := 0.0
	for k, p := range truth {
		sum += p * at(t, l, params, pred, []float64{float64(k)}).Value[0]
	}
	return sum
}

// TestTraits_TrueClaimsHoldOnAGrid tries every claim that one evaluation or two can
// refute, at seeded predictions, for the default parameters.
func TestTraits_TrueClaimsHoldOnAGrid(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 5))
	for _, l := range loss.All() {
		for _, trait := range l.Traits {
			if !trait.Holds {
				continue
			}
			tried := 0
			for range 300 {
				tried += tryClaim(t, r, l, trait)
			}
			switch trait.Property {
			case loss.Isometric, loss.Homogeneous, loss.AxisScaled, loss.Metric, loss.GrowsApart:
			case loss.ConvexInProb, loss.Proper, loss.Symmetric, loss.Equivariant, loss.Padded, loss.Replicated, loss.Differentiable, loss.StrictlyConvex, loss.StronglyConvex:
			case loss.ZeroAttained: // the place is in its statement
			default:
				require.Positive(t, tried, "%s %s was not tried", l.Name, trait.Property)
			}
		}
	}
}

func tryClaim(t *testing.T, r *rand.Rand, l *loss.Loss, trait loss.Trait) int {
	t.Helper()
	k := l.Shape.Numbers
	if l.Shape.Many() {
		k = 2 + r.IntN(3)
	}
	draw := func() []float64 {
		return fitting(l.Prediction, k, func() float64 {
			if l.Prediction == loss.UnitInterval {
				return 0.01 + 0.98*r.Float64()
			}
			return 6 * r.NormFloat64()
		})
	}
	a, b, label := draw(), draw(), r.IntN(k)
	target := []float64{float64(r.IntN(2))}
	if kind := l.NumberTarget(); kind != nil && !l.Takes(loss.Label) && kind.Width(k) > 1 {
		number := r.Float64
		if kind == loss.Numbers && (l.Target == loss.Binary || r.IntN(2) == 0) { // some claims are about hard masks
			number = func() float64 { return float64(r.IntN(2)) }
		}
		target = fitting(l.Target, kind.Width(k), number)
	} else if !l.Target.Holds(0) {
		target[0] = 2*target[0] - 1 // a sign
	}
	oneHot := target
	if l.Takes(loss.Label) {
		target, oneHot = []float64{float64(label)}, make([]float64, k)
		oneHot[label] = 1
	}
	params := loss.Params{}
	at1, at2 := at(t, l, params, a, target), at(t, l, params, b, target)
	one, two := at1.Value[0], at2.Value[0]
	plan, err := (&loss.Call{Loss: l.Name, Batch: loss.Batch{Rows: 0, Cols: k}}).Plan()
	require.NoError(t, err)
	if !trait.About(plan.Args, a, oneHot) {
		return 0
	}
	constant := trait.Constant
	if trait.ConstantFor != nil {
		constant = trait.ConstantFor(plan.Args, oneHot)
		if trait.Constant != 0 {
			require.LessOrEqual(t, constant, trait.Constant*(1+0x1p-50), "%s %s: Constant serves for every hard target", l.Name, trait.Property)
		}
	}
	// The values are faithful: 2^-52 of each, twice for the difference; the constants are
	// rounded numbers too. Differences of K numbers add 2^-52 for each.
	slack := 0x1p-48 * (math.Abs(one) + math.Abs(two) + 1)
	what := fmt.Sprintf("%s %s, target %v, a %v (%v), b %v (%v), constant %v", l.Name, trait.Property, target, a, one, b, two, constant)
	switch trait.Property {
	case loss.NonNegativeValue:
		require.GreaterOrEqual(t, one, 0.0, what)
	case loss.Minimum:
		require.GreaterOrEqual(t, one, constant-slack, what)
	case loss.Convex:
		middle := at(t, l, params, between(a, b, 0.5), target).Value[0]
		require.LessOrEqual(t, middle, (one+two)/2+slack+0x1p-48*math.Abs(constant), what)
	case loss.Monotone:
		middle := at(t, l, params, between(a, b, r.Float64()), target).Value[0]
		require.LessOrEqual(t, middle, max(one, two)+slack, what)
		require.GreaterOrEqual(t, middle, min(one, two)-slack, what)
	case loss.Lipschitz:
		for i := range at1.Value {
			require.LessOrEqual(t, math.Abs(at1.Value[i]-at2.Value[i]), constant*distance(a, b, trait.Norm)*(1+0x1p-48)+slack, what)
		}
	case loss.Smooth:
		require.LessOrEqual(t, distance(at1.Grad, at2.Grad, loss.Euclidean), constant*distance(a, b, loss.Euclidean)*(1+0x1p-48)+slack, what)
	case loss.Bounded:
		require.True(t, trait.Low <= one && one <= trait.High, what)
	case loss.Increasing:
		up := append([]float64(nil), a...)
		up[label%k]++
		require.GreaterOrEqual(t, at(t, l, params, up, target).Value[0], one, what)
	case loss.ShiftInvariant:
		shifted := append([]float64(nil), a...)
		for i := range shifted {
			a[i] = math.Round(a[i]) // so that the shift is exact
			shifted[i] = a[i] + 1024
		}
		requireSame(t, at(t, l, params, a, target).Value, at(t, l, params, shifted, target).Value, what)
	case loss.GradientSumsToZero:
		sum := 0.0
		for _, g := range at1.Grad {
			sum += g
		}
		require.LessOrEqual(t, math.Abs(sum), slack, what)
	case loss.SumsToOne:
		sum := 0.0
		for _, v := range at1.Value {
			sum += v
		}
		require.LessOrEqual(t, math.Abs(sum-1), float64(2*k)*0x1p-53, what)
	default:
		return 0
	}
	return 1
}

// A declared minimum is that of the weights as they are, not of what they round to: c·y may be
// subnormal. −745 is near log(c·y), where the minimum is.
func TestTraits_MinimumOfTheSmallestTarget(t *testing.T) {
	const y = 0x1p-1074
	l, err := loss.Named("binary_cross_entropy_with_logits")
	require.NoError(t, err)
	for _, c := range []float64{0.75, 1.25, 0.5, 1} {
		call := loss.Call{Loss: l.Name, Params: loss.Params{"pos_weight": {c}}, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{-745}, Target: []float64{y}}}
		plan, err := call.Plan()
		require.NoError(t, err)
		r, err := loss.Eval(&call)
		require.NoError(t, err)
		for _, trait := range l.Traits {
			if trait.Property == loss.Minimum {
				require.InDelta(t, r.Value[0], trait.ConstantFor(plan.Args, call.Target), 2*y, "c = %v", c)
			}
		}
	}
}

// A declared constant bounds where what it is made of is below the least number.
func TestTraits_ConstantsOfTheSmallestWeightBound(t *testing.T) {
	const least = 0x1p-1074
	for _, c := range []struct {
		loss   string
		params loss.Params
		target []float64
		want   []float64 // of Lipschitz and Smooth, as the loss lists them, rounded up
	}{
		{"cross_entropy", loss.Params{"weight": {0, 0.5}}, []float64{0, least}, []float64{least, least, least}},
		{"binary_cross_entropy_with_logits", loss.Params{"pos_weight": {least}}, []float64{1}, []float64{least, least}},
		{"sigmoid_focal", loss.Params{"alpha": {least}, "gamma": {1}}, []float64{1}, []float64{2 * least}},
		{"softmax_focal", loss.Params{"alpha": {0, least}, "gamma": {1}}, []float64{0, 1}, []float64{2 * least, 3 * least}},
	} {
		l, err := loss.Named(c.loss)
		require.NoError(t, err)
		call := loss.Call{Loss: l.Name, Params: c.params, Batch: loss.Batch{Rows: 1, Cols: len(c.target), Pred: make([]float64, len(c.target)), Target: c.target}}
		if l.NumberTarget() == nil {
			call.Target, call.Label = nil, []int{1}
		}
		plan, err := call.Plan()
		require.NoError(t, err)
		var got []float64
		for _, trait := range l.Traits {
			if trait.Property == loss.Lipschitz || trait.Property == loss.Smooth {
				got = append(got, trait.ConstantFor(plan.Args, c.target))
			}
		}
		require.Equal(t, c.want, got, c.loss)
	}
}
