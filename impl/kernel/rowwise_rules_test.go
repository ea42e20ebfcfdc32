package kernel_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

// rowLosses are the losses of rows, with parameters that are not their defaults.
func rowLosses[T kernel.Float](classes int) map[string]kernel.Rowwise[T] {
	weight := make([]float64, classes)
	for k := range weight {
		weight[k] = float64(k%3) / 2
	}
	return map[string]kernel.Rowwise[T]{
		"cross_entropy":  kernel.CrossEntropy[T](classes, kernel.RowOptions{ClassWeight: weight, IgnoreIndex: new(-100)}),
		"smoothed":       kernel.CrossEntropy[T](classes, kernel.RowOptions{ClassWeight: weight, LabelSmoothing: 0.1, IgnoreIndex: new(-100)}),
		"softmax_focal":  kernel.SoftmaxFocal[T](classes, 1.5, kernel.RowOptions{ClassWeight: weight, IgnoreIndex: new(-100)}),
		"without_weight": kernel.CrossEntropy[T](classes, kernel.RowOptions{IgnoreIndex: new(0)}), // a label that is a class
	}
}

// rowSizes are numbers of classes that reach every strategy.
var rowSizes = []int{1, 2, 3, 7, 8, 10, 31, 32, 45, 80, 1000, 16400}

func TestRows_BadLabelIsAnErrorBeforeAnythingIsWritten(t *testing.T) {
	const classes = 10
	for name, k := range rowLosses[float32](classes) {
		for _, bad := range []int{-1, classes, math.MaxInt, math.MinInt, -101} {
			label := []int{1, -100, 2, bad, 3, -7}
			if name == "without_weight" {
				label[1] = 0
			}
			untouched := float32(math.Inf(-1))
			pred, grad, value := make([]float32, 60), make([]float32, 60), make([]float32, 6)
			for i := range grad {
				grad[i] = untouched
			}
			for i := range value {
				value[i] = untouched
			}
			_, sum := k.Sum(pred, label)
			_, sumGrad := k.SumGrad(grad, pred, label, 1)
			_, mean := k.Mean(kernel.Weight, pred, label)
			_, meanGrad := k.MeanGrad(grad, kernel.Weight, pred, label)
			for _, err := range []error{sum, sumGrad, mean, meanGrad, k.Value(value, pred, label), k.Grad(grad, pred, label, 1), k.ValueGrad(value, grad, pred, label, 1)} {
				var e *kernel.LabelError
				require.True(t, errors.As(err, &e), "%s, label %d: %v", name, bad, err)
				require.Equal(t, [3]int{3, bad, classes}, [3]int{e.Index, e.Label, e.Classes})
			}
			for i := range grad {
				require.Equal(t, untouched, grad[i])
			}
			for i := range value {
				require.Equal(t, untouched, value[i])
			}
		}
	}
	_, err := kernel.CrossEntropy[float32](3, kernel.RowOptions{}).Sum(make([]float32, 6), []int{2, 3})
	require.EqualError(t, err, "cross_entropy: label[1] = 3: want a class index in [0, 3)")
}

func TestRows_LengthsThatDoNotFitPanic(t *testing.T) {
	k := kernel.CrossEntropy[float64](4, kernel.RowOptions{})
	link := kernel.Softmax[float64](4)
	x := func(n int) []float64 { return make([]float64, n) }
	label := make([]int, 2)
	for i, f := range []func(){
		func() { k.Sum(x(7), label) },
		func() { k.Sum(x(12), label) },
		func() { k.Value(x(3), x(8), label) },
		func() { k.Grad(x(7), x(8), label, 1) },
		func() { k.ValueGrad(x(1), x(8), x(8), label, 1) },
		func() { k.MeanGrad(x(9), kernel.Counted, x(8), label) },
		func() { k.SumSoft(x(8), x(7)) },
		func() { k.SumSoft(x(7), x(7)) },
		func() { k.ValueSoft(x(3), x(8), x(8)) },
		func() { k.GradSoft(x(4), x(8), x(8), 1) },
		func() { link.Value(x(7), x(8)) },
		func() { link.Value(x(7), x(7)) },
		func() { link.Grad(x(8), x(8), x(4)) },
		func() { kernel.SoftmaxFocal[float64](4, 2, kernel.RowOptions{}).SumSoft(x(8), x(8)) },
		func() { kernel.CrossEntropy[float64](0, kernel.RowOptions{}) },
		func() { kernel.CrossEntropy[float64](math.MaxInt, kernel.RowOptions{}) },
		func() { kernel.Softmax[float64](math.MaxInt/2 + 1) },
		func() { kernel.CrossEntropy[float64](math.MaxInt/64, kernel.RowOptions{}).Sum(nil, make([]int, 128)) }, // whose product is no int
		func() { kernel.CrossEntropy[float64](4, kernel.RowOptions{}).Mean(9, x(8), []int{0, 1}) },
		func() { kernel.CrossEntropy[float64](4, kernel.RowOptions{}).MeanSoft(9, x(8), x(8)) },
		func() { kernel.CrossEntropy[float64](2, kernel.RowOptions{ClassWeight: x(3)}) },
		func() { kernel.CrossEntropy[float64](1, kernel.RowOptions{ClassWeight: []float64{-1}}) },
		func() { kernel.CrossEntropy[float64](1, kernel.RowOptions{ClassWeight: []float64{math.NaN()}}) },
		func() { kernel.CrossEntropy[float64](1, kernel.RowOptions{LabelSmoothing: 1.5}) },
		func() { kernel.SoftmaxFocal[float64](1, -1, kernel.RowOptions{}) },
		func() { kernel.SoftmaxFocal[float64](1, 2, kernel.RowOptions{LabelSmoothing: 0.1}) },
	} {
		require.Panics(t, f, "%d", i)
	}
}

// guarded is xs between two NaN, and a check that these are still there.
func guarded[T kernel.Float](t *testing.T, n int) (xs []T, check func()) {
	const guard = 40
	all := make([]T, n+2*guard)
	nan := T(math.NaN())
	for i := range all {
		all[i] = nan
	}
	return all[guard : guard+n : guard+n], func() {
		for i := range guard {
			require.True(t, all[i] != all[i] && all[guard+n+i] != all[guard+n+i], "written outside, %d of %d", i, n)
		}
	}
}

func testRowForms[T kernel.Float](t *testing.T) {
	for _, classes := range rowSizes {
		r := rand.New(rand.NewPCG(7, uint64(classes)))
		rows := min(33, max(2, 20000/classes))
		pred, label := drawRows[T](r, rows, classes)
		in, checkIn := guarded[T](t, len(pred)) // what is read outside is NaN
		copy(in, pred)
		for i := 0; i < rows; i += 5 {
			label[i] = -100
		}
		for name, k := range rowLosses[T](classes) {
			if name == "without_weight" {
				for i := range label {
					label[i] = max(label[i], 0)
				}
			}
			requireSameRows(t, k, classes, in, label, 0.7)
			for _, tier := range kernel.Tiers() {
				k := k.In(tier)
				value, checkValue := guarded[T](t, rows)
				grad, checkGrad := guarded[T](t, len(pred))
				require.NoError(t, k.ValueGrad(value, grad, in, label, 1))
				checkIn()
				checkValue()
				checkGrad()
				for i := range rows {
					if label[i] != -100 && !(name == "without_weight" && label[i] == 0) {
						continue
					}
					require.True(t, sameBits(value[i], 0))
					for _, g := range grad[i*classes : (i+1)*classes] {
						require.True(t, sameBits(g, 0))
					}
				}
			}
		}
	}
}

func TestRows_IgnoredRowsAreZeroAndNothingOutsideIsTouched(t *testing.T) {
	testRowForms[float32](t)
	testRowForms[float64](t)
}

func TestRows_FormsForDistributionsAgree(t *testing.T) {
	for _, classes := range []int{1, 3, 40} {
		r := rand.New(rand.NewPCG(8, uint64(classes)))
		rows := 50
		pred, _ := drawRows[float32](r, rows, classes)
		target := make([]float32, len(pred))
		for i := range target {
			target[i] = float32([]float64{0, 0, 1, r.Float64()}[r.IntN(4)])
		}
		k := rowLosses[float32](classes)["smoothed"]
		var value, grad [2][]float32
		for i := range 2 {
			value[i], grad[i] = make([]float32, rows), make([]float32, len(pred))
		}
		again := make([]float32, len(pred))
		k.ValueSoft(value[0], pred, target)
		k.GradSoft(grad[0], pred, target, 0.3)
		k.ValueGradSoft(value[1], grad[1], pred, target, 0.3)
		sum := k.SumSoft(pred, target)
		copy(again, target) // over the distributions
		require.True(t, sameBits(sum, k.SumGradSoft(again, pred, again, 0.3)))
		for i := range value[0] {
			require.True(t, sameBits(value[0][i], value[1][i]))
		}
		for i := range pred {
			require.True(t, sameBits(grad[0][i], grad[1][i]) && sameBits(grad[0][i], again[i]))
		}
	}
}

// A label is its one-hot distribution.
func TestRows_LabelsAreDistributions(t *testing.T) {
	const classes, rows = 12, 200
	r := rand.New(rand.NewPCG(9, 9))
	pred, label := drawRows[float64](r, rows, classes)
	target := make([]float64, len(pred))
	for i, t := range label {
		target[i*classes+t] = 1
	}
	for _, o := range []kernel.RowOptions{{}, {LabelSmoothing: 0.2}} {
		k := kernel.CrossEntropy[float64](classes, o)
		var value, grad [2][]float64
		for i := range 2 {
			value[i], grad[i] = make([]float64, rows), make([]float64, len(pred))
		}
		require.NoError(t, k.ValueGrad(value[0], grad[0], pred, label, 1))
		k.ValueGradSoft(value[1], grad[1], pred, target, 1)
		const ulps = 5 + 5 // the bound of each
		near := func(a, b float64) bool {
			return sameBits(a, b) || a == b || math.Abs(a-b) <= ulps*format[float64]().Ulp(b)
		}
		for i := range value[0] {
			require.True(t, near(value[0][i], value[1][i]), "%v %v", value[0][i], value[1][i])
		}
		for i := range pred {
			require.True(t, near(grad[0][i], grad[1][i]), "%v %v", grad[0][i], grad[1][i])
		}
	}
}

func TestRows_NoAllocation(t *testing.T) {
	for _, classes := range rowSizes {
		const rows = 3
		pred, grad, value := make([]float32, rows*classes), make([]float32, rows*classes), make([]float32, rows)
		label := make([]int, rows)
		link := kernel.LogSoftmax[float32](classes)
		for name, k := range rowLosses[float32](classes) {
			for _, tier := range kernel.Tiers() {
				k, link := k.In(tier), link.In(tier)
				const runs = 3 // of which one may meet an allocation of the runtime
				require.Zero(t, testing.AllocsPerRun(runs, func() {
					k.ValueGrad(value, grad, pred, label, 1)
					k.MeanGrad(grad, kernel.Weight, pred, label)
					link.Value(grad, pred)
					link.Grad(grad, pred, pred)
					if name == "smoothed" {
						k.SumGradSoft(grad, pred, pred, 1)
					}
				}), "%s, %v, K=%d", name, tier, classes)
			}
		}
	}
}

// The sum of many rows has no error but that of the values.
func TestRows_SumsToTheLastPlace(t *testing.T) {
	const rows, classes = 1 << 18, 3
	r := rand.New(rand.NewPCG(10, 10))
	pred, label, value := make([]float64, rows*classes), make([]int, rows), make([]float64, rows)
	for i := range pred {
		pred[i] = 3 * r.NormFloat64()
	}
	for i := range label {
		label[i] = r.IntN(classes)
	}
	k := kernel.CrossEntropy[float64](classes, kernel.RowOptions{})
	require.NoError(t, k.Value(value, pred, label))
	got, err := k.Sum(pred, label)
	require.NoError(t, err)
	require.LessOrEqual(t, math.Abs(got-exactSum(value)), 4*format[float64]().Ulp(got))
}

// Means divide by what they are named for.
func TestRows_Denominators(t *testing.T) {
	weight := []float64{0.5, 2, 0}
	k := kernel.CrossEntropy[float64](3, kernel.RowOptions{ClassWeight: weight, IgnoreIndex: new(-1)})
	pred := []float64{1, 2, 3, 4, 4, 4, 0, 1, 0, 9, 9, 9}
	label := []int{0, 1, -1, 2}
	for over, reduction := range map[kernel.Denominator]loss.Reduction{kernel.Counted: loss.MeanCounted, kernel.Weight: loss.MeanWeight, kernel.Elements: loss.MeanElements} {
		want, err := loss.Eval(&loss.Call{Loss: "cross_entropy", Reduction: reduction, Batch: loss.Batch{Rows: 4, Cols: 3, Pred: pred, Label: label},
			Params: loss.Params{"weight": weight, "ignore_index": {-1}}})
		require.NoError(t, err)
		got, err := k.Mean(over, pred, label)
		require.NoError(t, err)
		require.LessOrEqual(t, math.Abs(got-want.Value[0]), 4*format[float64]().Ulp(got))
	}
	ignored, err := k.Mean(kernel.Counted, pred[:3], []int{-1})
	require.NoError(t, err)
	require.True(t, math.IsNaN(ignored))
}

// A mean over weights depends on their quotients alone, and so do its gradients.
func TestRows_MeansOverWeightsAtBothEndsOfTheRange(t *testing.T) {
	pred, label := []float64{1, 2, 3, 4, 4.5, 4, 0, 1, 0}, []int{0, 1, 1}
	target := []float64{0.5, 0.25, 0, 0, 1, 0.125, 0, 0.75, 0}
	kernelOf := func(w float64) kernel.Rowwise[float64] {
		return kernel.CrossEntropy[float64](3, kernel.RowOptions{ClassWeight: []float64{w, 0.75 * w, 0.5 * w}})
	}
	want, wantGrad := kernelOf(1), make([]float64, len(pred))
	mean, err := want.MeanGrad(wantGrad, kernel.Weight, pred, label)
	require.NoError(t, err)
	wantSoft := make([]float64, len(pred))
	meanSoft := want.MeanGradSoft(wantSoft, kernel.Weight, pred, target)
	for _, w := range []float64{0x1p-1072, 0x1p-1022, 0x1p-600, 0x1p600, 0x1p1023} {
		k, grad := kernelOf(w), make([]float64, len(pred))
		got, err := k.MeanGrad(grad, kernel.Weight, pred, label)
		require.NoError(t, err)
		require.Equal(t, mean, got, "weight %g", w)
		require.Equal(t, wantGrad, grad, "weight %g", w)
		got, err = k.Mean(kernel.Weight, pred, label)
		require.NoError(t, err)
		require.Equal(t, mean, got, "weight %g", w)
		for _, lift := range []float64{1, 0x1p-600, 0x1p-1050} {
			tiny := make([]float64, len(target))
			for i, y := range target {
				tiny[i] = y * lift
			}
			require.Equal(t, meanSoft, k.MeanGradSoft(grad, kernel.Weight, pred, tiny), "weight %g, targets times %g", w, lift)
			require.Equal(t, wantSoft, grad, "weight %g, targets times %g", w, lift)
			require.Equal(t, meanSoft, k.MeanSoft(kernel.Weight, pred, tiny), "weight %g, targets times %g", w, lift)
		}
	}
}

// Scores next to each other keep their gradient beside one that is impossible.
func TestRows_NearlyEqualBesideAnImpossibleOne(t *testing.T) {
	const d = 0x1.bp-1024
	inf := math.Inf(1)
	grad := make([]float64, 3)
	k := kernel.CrossEntropy[float64](3, kernel.RowOptions{LabelSmoothing: 1, ClassWeight: []float64{2, 0, 2}})
	require.NoError(t, k.Grad(grad, []float64{d, 0, -inf}, []int{0}, 1))
	require.InDelta(t, d/3, grad[0], 4*0x1p-1074)
	grad = make([]float64, 4)
	kernel.LogSoftmax[float64](4).Grad(grad, []float64{0, 0, d, -inf}, []float64{1, 1, 1, 0})
	for i, want := range []float64{d / 3, d / 3, -2 * d / 3, 0} {
		require.InDelta(t, want, grad[i], 4*0x1p-1074, "gradient %d", i)
	}
}
