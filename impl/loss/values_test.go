package loss_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/stretchr/testify/require"
)

// digits is how far a decimal of so many digits after the point can be from the number
// that it is rounded from.
func digits(n int) float64 { return 0.5 * math.Pow10(-n) }

// TestKnownDecimals compares with decimals that were computed elsewhere to more digits, and with
// numbers that are elementary.
func TestKnownDecimals(t *testing.T) {
	weighted := func(r loss.Reduction) *loss.Call {
		return &loss.Call{Loss: "cross_entropy", Reduction: r, Params: loss.Params{"weight": {1, 2, 3}},
			Batch: loss.Batch{Rows: 2, Cols: 3, Pred: []float64{1, 2, 3, 0, 0, 0}, Label: []int{2, 0}}}
	}
	smoothed := weighted(loss.MeanSamples)
	smoothed.Params = loss.Params{"label_smoothing": {0.1}}
	for _, c := range []struct {
		name  string
		call  *loss.Call
		want  float64
		slack float64
	}{
		{"D14 over the weights", weighted(loss.MeanWeight), 0.580357545500, digits(12)},
		{"D14 over the samples", weighted(loss.MeanSamples), 1.160715091, digits(9)},
		{"two classes far off", labelled("cross_entropy", []float64{10002, 9999}, 0, nil), 0.0485873516, digits(10)},
		{"D19, the batch of D14", smoothed, 0.8031091, digits(7)},
		{"D10", points("binary_cross_entropy_with_logits", []float64{20}, []float64{0}, nil), 20.000000002, digits(9)},
		{"D11, not renormalised", labelled("categorical_cross_entropy", []float64{.2, .2, .2}, 0, nil), 1.6094, digits(4)},
		{"focal at 0", points("sigmoid_focal", []float64{0}, []float64{1}, nil), 0.25 * math.Ln2 / 4, 0x1p-56},
		{"focal of D28", points("sigmoid_focal", []float64{1000}, []float64{1}, loss.Params{"gamma": {0}}), 0, 0},
		{"D06 in the limit", points("binary_cross_entropy", []float64{0}, []float64{1}, nil), inf, 0},
	} {
		got := eval(t, c.call).Value[0]
		require.True(t, same(c.want, got) || math.Abs(got-c.want) <= c.slack, "%s: want %v, got %v", c.name, c.want, got)
	}
}

// bothFaithful is the distance of two results that are each within 1 ulp of the same
// number: 2 ulp, and as many again where the number is next to a power of two.
const bothFaithful = 4

func TestCrossEntropy_OneHotEqualsLabelBitForBit(t *testing.T) {
	d := draw.New(ieee.Float64, 3, 1)
	for range 2000 {
		k := 1 + d.IntN(6)
		z, label := d.Predict(&draw.Laws, loss.CrossEntropy, k), d.IntN(k)
		onehot := make([]float64, k)
		onehot[label] = 1
		for _, params := range []loss.Params{nil, {"label_smoothing": {0.1}}} {
			hard, soft := eval(t, labelled("cross_entropy", z, label, params)), eval(t, distributed("cross_entropy", z, onehot, params))
			requireSame(t, hard.Value, soft.Value, "value")
			requireSame(t, hard.Grad, soft.Grad, "gradient")
		}
	}
}

func TestCrossEntropy_TwoClassesAreBCEWithLogits(t *testing.T) {
	d := draw.New(ieee.Float64, 3, 2)
	for range 2000 {
		z := d.Number(&draw.Laws, loss.Sigmoid, loss.Extended)
		two := eval(t, labelled("cross_entropy", []float64{0, z}, 1, nil))
		one := eval(t, points("binary_cross_entropy_with_logits", []float64{z}, []float64{1}, nil))
		require.True(t, near(one.Value[0], two.Value[0], bothFaithful), "%v: %v %v", z, one.Value, two.Value)
		require.True(t, near(one.Grad[0], two.Grad[1], bothFaithful), "%v: %v %v", z, one.Grad, two.Grad)
		focal := eval(t, labelled("softmax_focal", []float64{0, z}, 1, nil))
		single := eval(t, points("sigmoid_focal", []float64{z}, []float64{1}, loss.Params{"alpha": nil}))
		require.True(t, near(single.Value[0], focal.Value[0], bothFaithful), "%v: %v %v", z, single.Value, focal.Value)
		require.True(t, near(single.Grad[0], focal.Grad[1], bothFaithful), "%v: %v %v", z, single.Grad, focal.Grad)
	}
}

func TestGradient_SumsToZero(t *testing.T) {
	d := draw.New(ieee.Float64, 3, 3)
	for range 1000 {
		k := 1 + d.IntN(8)
		z, label := d.Predict(&draw.Laws, loss.CrossEntropy, k), d.IntN(k)
		for _, name := range []string{"cross_entropy", "softmax_focal"} {
			var sum, size float64
			for _, g := range eval(t, labelled(name, z, label, nil)).Grad {
				sum += g
				size += math.Abs(g)
			}
			// 1 ulp for every component and one for every addition, each at most 2^-52 of the
			// sum of sizes, and the smallest number for each subnormal.
			require.LessOrEqual(t, math.Abs(sum), 2*float64(k)*(size*0x1p-52+math.SmallestNonzeroFloat64), "%s %v", name, z)
		}
	}
}

func TestBCE_OfASigmoidIsBCEWithLogits(t *testing.T) {
	for _, z := range []float64{-3, -0.5, 0, 0.25, 2} {
		p := eval(t, &loss.Call{Loss: "sigmoid", Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{z}}}).Value[0]
		a := eval(t, points("binary_cross_entropy", []float64{p}, []float64{1}, nil)).Value[0]
		b := eval(t, points("binary_cross_entropy_with_logits", []float64{z}, []float64{1}, nil)).Value[0]
		// p is 1 ulp off at most, which moves −log p by 2^-52; both sides round once more.
		require.LessOrEqual(t, math.Abs(a-b), 0x1p-52+0x1p-52*math.Abs(b), "%v", z)
	}
}

// TestProduct_IsTheSlopeOfTheGradient compares the second derivative along a direction
// with central differences of the gradient.
func TestProduct_IsTheSlopeOfTheGradient(t *testing.T) {
	// The difference D(h) is off by h²/6 of the third derivative of the gradient along v, which is large where boxes are
	// small; D(h) + (D(h)−D(2h))/3 is off by h⁴/30 of the fifth, for numbers and boxes of a size s below 2^-20 where s is above 2^-8.
	// The rounding of the gradient, 2^-52/h, is below 2^-37.
	const step, slack = 0x1p-13, 0x1p-15
	for _, l := range loss.All() {
		r := rand.New(rand.NewPCG(3, draw.Seed(l.Name)))
		if l.Name == "classification_error" { // constant, but for its jumps
			continue
		}
		for range 40 {
			cols := l.Shape.Width(4)
			b := loss.Batch{Rows: 1, Cols: cols}
			var direction []float64
			b.Pred = fitting(l.Prediction, cols, func() float64 {
				x := 2 * r.NormFloat64()
				if l.Prediction == loss.UnitInterval {
					x = 0.4 + 0.2*r.Float64()
				}
				direction = append(direction, 2*r.Float64()-1)
				return x
			})
			direction = direction[len(direction)-cols:]
			if kind := l.NumberTarget(); kind != nil {
				number := r.Float64
				if kind == loss.Position {
					number = func() float64 { return float64(cols-1) * r.Float64() }
				} else if l.IsLabel(l.Target.Low) && l.Target != loss.UnitInterval {
					number = func() float64 { return []float64{l.Target.Low, l.Target.High}[r.IntN(2)] }
				}
				b.Target = fitting(l.Target, kind.Width(cols), number)
			}
			if l.Takes(loss.Label) && l.NumberTarget() == nil {
				b.Label = []int{r.IntN(cols)}
			}
			if l.VectorValued {
				b.Upstream = []float64{1, -1, 0.5, 0.25}
			}
			at := func(s float64) []float64 {
				moved := b
				moved.Pred = nil
				for i, x := range b.Pred {
					moved.Pred = append(moved.Pred, x+s*direction[i])
				}
				return eval(t, &loss.Call{Loss: l.Name, Batch: moved}).Grad
			}
			plan, err := (&loss.Call{Loss: l.Name, Batch: b}).Plan()
			require.NoError(t, err)
			if l.Detached != nil && l.Detached(plan.Args, b.Pred, b.Target) {
				continue // the product holds constant what the gradient does
			}
			if l.Kinks != nil && !sameSide(t, l, &b, direction, 2*step) {
				continue
			}
			res, err := loss.EvalHessian(&loss.Call{Loss: l.Name, Batch: b}, direction)
			require.NoError(t, err)
			up, down, up2, down2 := at(step), at(-step), at(2*step), at(-2*step)
			for i, got := range res.Product {
				near, far := (up[i]-down[i])/(2*step), (up2[i]-down2[i])/(4*step)
				want := near + (near-far)/3
				require.LessOrEqual(t, math.Abs(got-want), slack, "%s at %v: %v, differences give %v", l.Name, b, got, want)
			}
		}
	}
}

// sameSide reports whether no kink lies within a step of a prediction.
func sameSide(t *testing.T, l *loss.Loss, b *loss.Batch, direction []float64, step float64) bool {
	t.Helper()
	plan, err := (&loss.Call{Loss: l.Name, Batch: *b}).Plan()
	require.NoError(t, err)
	sides := func(s float64) []float64 {
		moved := slices.Clone(b.Pred)
		for i := range moved {
			moved[i] += s * direction[i]
		}
		return l.Kinks(plan.Args, moved, b.Target)
	}
	up, down := sides(step), sides(-step)
	for i := range up {
		if !(up[i]*down[i] > 0) {
			return false
		}
	}
	return true
}

func TestElementary_WhereTheStandardLibraryErrs(t *testing.T) {
	// Expected values by mpmath with 200 bits. math.Exp misses e^−0.34909878159871766 by 1.64
	// ulp on amd64, and math.Log is wrong for subnormals there.
	res := eval(t, labelled("categorical_cross_entropy", []float64{5e-324}, 0, nil))
	requireSame(t, []float64{744.4400719213812}, res.Value, "−log of the smallest subnormal")
	res = eval(t, distributed("softmax", []float64{-0.34909878159871766, 0}, nil, nil))
	requireSame(t, []float64{0.413600981243637}, res.Value[:1], "softmax")
}
