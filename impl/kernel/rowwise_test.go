package kernel_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/full"
)

// rowOptions are the parameters of a batch for the kernel.
func rowOptions(params loss.Params, classes int, weight string) (o kernel.RowOptions) {
	if w := params[weight]; len(w) > 0 {
		o.ClassWeight = w
		if len(w) == 1 {
			o.ClassWeight = make([]float64, classes)
			for k := range o.ClassWeight {
				o.ClassWeight[k] = w[0]
			}
		}
	}
	if e := params["label_smoothing"]; len(e) > 0 {
		o.LabelSmoothing = e[0]
	}
	if i := params["ignore_index"]; len(i) > 0 {
		o.IgnoreIndex = new(int(i[0]))
	}
	return o
}

// rowSubject is a kernel as a subject of conformance.
func rowSubject[T kernel.Float](tier kernel.Tier, name string) conformance.Subject {
	if name == "softmax" || name == "log_softmax" {
		return linkSubject[T](tier, name)
	}
	var subjects []conformance.Subject
	f := func(b *conformance.Batch[T], reduction loss.Reduction) (value, grad []T, err error) {
		if b.Weight != nil {
			return nil, nil, fmt.Errorf("%w: sample weights", conformance.ErrUnsupported)
		}
		k := kernel.CrossEntropy[T](b.Cols, rowOptions(b.Params, b.Cols, "weight"))
		if name == "softmax_focal" {
			k = kernel.SoftmaxFocal[T](b.Cols, b.Params["gamma"][0], rowOptions(b.Params, b.Cols, "alpha"))
		}
		k = k.In(tier)
		grad = make([]T, len(b.Pred))
		over, isMean := map[loss.Reduction]kernel.Denominator{loss.MeanCounted: kernel.Counted, loss.MeanWeight: kernel.Weight, loss.MeanElements: kernel.Elements, loss.MeanSamples: kernel.Elements}[reduction]
		value = make([]T, b.Rows)
		for i, y := range b.Target { // the kernels leave this to their callers
			if y < 0 || y > 1 {
				return nil, nil, &loss.Error{Class: loss.BadTarget, Loss: name, Input: "target", Index: i, Got: fmt.Sprint(y), Want: loss.UnitInterval.Name}
			}
		}
		if b.Label == nil && b.Target == nil {
			b.Label = []int{}
		}
		switch soft := b.Label == nil; {
		case isMean && soft:
			return []T{T(k.MeanGradSoft(grad, over, b.Pred, b.Target))}, grad, nil
		case isMean:
			v, err := k.MeanGrad(grad, over, b.Pred, b.Label)
			return []T{T(v)}, grad, err
		case reduction == loss.Sum && soft:
			return []T{T(k.SumGradSoft(grad, b.Pred, b.Target, 1))}, grad, nil
		case reduction == loss.Sum:
			v, err := k.SumGrad(grad, b.Pred, b.Label, 1)
			return []T{T(v)}, grad, err
		case soft:
			k.ValueGradSoft(value, grad, b.Pred, b.Target, 1)
			return value, grad, nil
		}
		return value, grad, k.ValueGrad(value, grad, b.Pred, b.Label, 1)
	}
	about := conformance.About{Params: []string{"weight", "label_smoothing", "ignore_index"}}
	if name == "softmax_focal" {
		about.Params = []string{"alpha", "gamma", "ignore_index"}
	}
	for _, r := range []loss.Reduction{loss.None, loss.Sum, loss.MeanCounted, loss.MeanWeight, loss.MeanElements, loss.MeanSamples} {
		switch f := any(func(b *conformance.Batch[T]) ([]T, []T, error) { return f(b, r) }).(type) {
		case func(b *conformance.Batch[float32]) ([]float32, []float32, error):
			subjects = append(subjects, conformance.Reduced(name, r, f).With(about))
		case func(b *conformance.Batch[float64]) ([]float64, []float64, error):
			subjects = append(subjects, conformance.Reduced(name, r, f).With(about))
		}
	}
	return conformance.Join(name, "1", subjects...)
}

func testConforms[T kernel.Float](t *testing.T, name string) {
	tiers := kernel.Tiers()
	if !full.Run() {
		tiers = tiers[:1] // the others have its bits
	}
	for i, tier := range tiers {
		t.Run(tier.String(), func(t *testing.T) {
			config := conformance.Config{Only: conformance.Golden, Losses: []string{name}, Dtypes: []string{format[T]().String()}}
			if i > 0 { // whose bits are those of the first at any input
				config.Live = -1
			}
			report, err := config.Check(context.Background(), rowSubject[T](tier, name))
			require.NoError(t, err)
			for _, failure := range report.Failures[:min(len(report.Failures), 20)] {
				t.Error(failure)
			}
			require.NoError(t, report.Err())
			for _, row := range report.Rows {
				t.Logf("%s %s %s: %d cases, level %v, at most %v ulp, %v·(1+κ)", row.Loss, row.Format, row.Output, row.Cases, row.Level, row.Max, row.Scaled)
			}
			for _, skip := range report.Skips {
				t.Logf("skipped: %+v", skip)
			}
		})
	}
}

func TestCrossEntropy_Conforms(t *testing.T) {
	t.Parallel()
	t.Run("float32", func(t *testing.T) { testConforms[float32](t, "cross_entropy") })
	t.Run("float64", func(t *testing.T) { testConforms[float64](t, "cross_entropy") })
}

// Labels that are smoothed a little are computed in another way than distributions, and are
// held to the same.
func TestCrossEntropy_SmoothedLabelsAreDistributions(t *testing.T) {
	const ulps = 4
	for _, classes := range []int{1, 2, 10, 40, 1000} {
		for _, epsilon := range []float64{1e-6, 0.1, 0.25} {
			r := rand.New(rand.NewPCG(11, uint64(classes)))
			rows := 50
			pred, label := drawRows[float32](r, rows, classes)
			target := make([]float32, len(pred))
			for i, t := range label {
				target[i*classes+t] = 1
			}
			k := kernel.CrossEntropy[float32](classes, kernel.RowOptions{LabelSmoothing: epsilon})
			var value, grad [2][]float32
			for i := range 2 {
				value[i], grad[i] = make([]float32, rows), make([]float32, len(pred))
			}
			require.NoError(t, k.ValueGrad(value[0], grad[0], pred, label, 1))
			k.ValueGradSoft(value[1], grad[1], pred, target, 1)
			ulp := func(x float64) float64 { return format[float32]().Ulp(x) }
			for i := range rows {
				got, want := value[0][i], value[1][i]
				require.True(t, sameBits(got, want) || math.Abs(float64(got-want)) <= ulps*ulp(float64(want)), "K=%d, ε=%v: %v, want %v", classes, epsilon, got, want)
				for j := i * classes; j < (i+1)*classes; j++ {
					got, want := float64(grad[0][j]), float64(grad[1][j])
					allowed := ulps * ulp(math.Abs(want)+epsilon) // p_k is |∂L/∂z_k| and ε/K at most
					if j-i*classes != label[i] {
						allowed = ulps * ulp(math.Abs(want)+epsilon/float64(classes))
					}
					require.True(t, sameBits(got, want) || math.Abs(got-want) <= allowed, "K=%d, ε=%v: %v, want %v", classes, epsilon, got, want)
				}
			}
		}
	}
}

func TestSoftmaxFocal_Conforms(t *testing.T) {
	t.Parallel()
	t.Run("float32", func(t *testing.T) { testConforms[float32](t, "softmax_focal") })
	t.Run("float64", func(t *testing.T) { testConforms[float64](t, "softmax_focal") })
}

// drawRows draws rows of scores, some of them worth a test, and labels.
func drawRows[T kernel.Float](r *rand.Rand, rows, classes int) (pred []T, label []int) {
	pred, label = make([]T, rows*classes), make([]int, rows)
	for i := range rows {
		row := pred[i*classes : (i+1)*classes]
		offset, size := 0.0, 3.0
		switch r.IntN(10) {
		case 0:
			offset = []float64{1e8, -1e8, 1000, -1000, 200, -200, 1e30}[r.IntN(7)]
		case 1:
			size = math.Exp2(float64(r.IntN(40)) - 30)
		case 2:
			size = 60
		}
		for k := range row {
			row[k] = T(offset + size*r.NormFloat64())
		}
		label[i] = r.IntN(classes)
		at := func() int { return r.IntN(classes) }
		inf := T(math.Inf(1))
		switch r.IntN(24) {
		case 0:
			row[at()] = inf
		case 1:
			row[at()], row[at()] = inf, inf
		case 2:
			row[label[i]] = inf
		case 3:
			row[at()] = -inf
			row[label[i]] = -inf
		case 4:
			for k := range row {
				row[k] = -inf
			}
		case 5:
			row[at()] = inf - inf
		case 6: // ties
			for k := range row {
				row[k] = T(r.IntN(3))
			}
		case 7:
			for k := range row {
				row[k] = row[0]
			}
		case 8: // one dominates, others next to the end of the range
			row[at()] = T([]float64{30, 87, 95, 100, 103, 104, 119, 130, 700, 740, 800}[r.IntN(11)])
		case 9:
			row[label[i]] = T([]float64{30, 87, 95, 100, 103, 104, 119, 130, 700, 740, 800}[r.IntN(11)])
		case 10:
			for k := range row {
				row[k] = draw[T](r, realLine)
			}
		case 11:
			for k := range row {
				row[k] = -inf
			}
			row[at()] = T(r.NormFloat64())
		}
	}
	return pred, label
}

// testRowAccuracy holds rows to the reference, which is right to an ulp of float64.
func testRowAccuracy[T kernel.Float](t *testing.T, name string, k kernel.Rowwise[T], classes, rows int, params loss.Params, hard float64) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, uint64(classes)))
	pred, label := drawRows[T](r, rows, classes)
	value, grad := make([]T, rows), make([]T, len(pred))
	require.NoError(t, k.ValueGrad(value, grad, pred, label, 1))
	f := format[T]()
	var worst [2]float64
	failed := 0
	for i := range rows {
		row := make([]float64, classes)
		for j := range row {
			row[j] = float64(pred[i*classes+j])
		}
		want, err := loss.Eval(&loss.Call{Loss: name, Batch: loss.Batch{Rows: 1, Cols: classes, Pred: row, Label: label[i : i+1]}, Params: params})
		require.NoError(t, err)
		compare := func(what int, got T, want float64, j int) {
			e := math.Abs((float64(got) - want) / f.Ulp(want))
			if sameBits(float64(got), f.Round(want)) || float64(got) == want {
				e = 0
			}
			if math.IsInf(f.Round(want), 0) && float64(got) == f.Round(want) {
				e = 0
			}
			worst[what] = max(worst[what], e)
			if !(e < hard) && failed < 10 {
				failed++
				t.Errorf("K=%d row %d %d: %v want %v, %.3g ulp; label %d, row %v", classes, i, j, got, want, e, label[i], row[:min(8, classes)])
			}
		}
		compare(0, value[i], want.Value[0], -1)
		for j := range row {
			compare(1, grad[i*classes+j], want.Grad[j], j)
		}
	}
	t.Logf("%s %s K=%d: largest errors of value and gradient %.3f ulp", name, f, classes, worst)
}

func TestCrossEntropy_Accuracy(t *testing.T) {
	t.Parallel()
	for _, classes := range []int{1, 2, 3, 10, 31, 32, 80, 1000} {
		testRowAccuracy(t, "cross_entropy", kernel.CrossEntropy[float32](classes, kernel.RowOptions{}), classes, 3000/classes+200, nil, 3)
		testRowAccuracy(t, "cross_entropy", kernel.CrossEntropy[float64](classes, kernel.RowOptions{}), classes, 3000/classes+200, nil, 5)
	}
	testRowAccuracy(t, "cross_entropy", kernel.CrossEntropy[float32](50257, kernel.RowOptions{}), 50257, 10, nil, 3)
}

// rowResults are the results of every form.
type rowResults[T kernel.Float] struct {
	value, grad [2][]T
	sum         [2]float64
}

func evaluateRows[T kernel.Float](t *testing.T, k kernel.Rowwise[T], pred []T, label []int, scale T) (all rowResults[T]) {
	for i := range 2 {
		all.value[i], all.grad[i] = make([]T, len(label)), make([]T, len(pred))
	}
	again := make([]T, len(pred))
	var err [5]error
	err[0] = k.Value(all.value[0], pred, label)
	err[1] = k.Grad(all.grad[0], pred, label, scale)
	err[2] = k.ValueGrad(all.value[1], all.grad[1], pred, label, scale)
	all.sum[0], err[3] = k.Sum(pred, label)
	copy(again, pred) // a gradient may be written over its scores
	all.sum[1], err[4] = k.SumGrad(again, again, label, scale)
	require.Equal(t, [5]error{}, err)
	for i := range again {
		if !sameBits(again[i], all.grad[1][i]) {
			all.grad[1][i] = T(math.Inf(-1)) // differs from Grad, or is wrong
		}
	}
	return all
}

// requireSameRows holds every form in every tier to ValueGrad and Sum of the specification,
// bit for bit.
func requireSameRows[T kernel.Float](t *testing.T, k kernel.Rowwise[T], classes int, pred []T, label []int, scale T) {
	t.Helper()
	want := evaluateRows(t, k.In(kernel.Go), pred, label, scale)
	for _, tier := range kernel.Tiers() {
		got := evaluateRows(t, k.In(tier), pred, label, scale)
		for form := range 2 {
			for i := range label {
				if v, w := got.value[form][i], want.value[1][i]; !sameBits(v, w) {
					require.Failf(t, "values differ", "%s %v, K=%d, row %d of %d, label %d: %v, want %v", format[T](), tier, classes, i, len(label), label[i], v, w)
				}
			}
			for i := range pred {
				if v, w := got.grad[form][i], want.grad[1][i]; !sameBits(v, w) {
					row := pred[i/classes*classes : (i/classes+1)*classes]
					require.Failf(t, "gradients differ", "%s %v, K=%d, row %d of %d, class %d, label %d: %v, want %v\n%v", format[T](), tier, classes, i/classes, len(label), i%classes, label[i/classes], v, w, row)
				}
			}
			if s, w := got.sum[form], want.sum[0]; !sameBits(s, w) {
				require.Failf(t, "sums differ", "%s %v, K=%d, %d rows: %v, want %v", format[T](), tier, classes, len(label), s, w)
			}
		}
	}
}

func testRowTiers[T kernel.Float](t *testing.T, kernelOf func(classes int) kernel.Rowwise[T]) {
	classes := []int{255, 256, 257, 258, 1000, 16384, 16385, 50257}
	for k := range 70 {
		classes = append(classes, k+1)
	}
	for _, k := range classes {
		r := rand.New(rand.NewPCG(4, uint64(k)))
		rows := min(max(3, full.Count(8000, 4)/k), full.Count(120, 4))
		pred, label := drawRows[T](r, rows, k)
		requireSameRows(t, kernelOf(k), k, pred, label, 1)
		requireSameRows(t, kernelOf(k), k, pred, label, T(1e-37))
		for _, n := range []int{0, 1, 2, 5, 17} {
			if n <= rows {
				requireSameRows(t, kernelOf(k), k, pred[:n*k], label[:n], 0.3)
			}
		}
	}
}

func TestCrossEntropy_SameBitsInEveryTier(t *testing.T) {
	t.Parallel()
	testRowTiers(t, func(k int) kernel.Rowwise[float32] { return kernel.CrossEntropy[float32](k, kernel.RowOptions{}) })
	testRowTiers(t, func(k int) kernel.Rowwise[float64] { return kernel.CrossEntropy[float64](k, kernel.RowOptions{}) })
	testRowTiers(t, func(k int) kernel.Rowwise[float32] {
		return kernel.CrossEntropy[float32](k, kernel.RowOptions{LabelSmoothing: 0.1})
	})
}

func TestSoftmaxFocal_SameBitsInEveryTier(t *testing.T) {
	t.Parallel()
	for _, gamma := range []float64{0, 0.5, 1, 2, 3.7} {
		testRowTiers(t, func(k int) kernel.Rowwise[float32] {
			return kernel.SoftmaxFocal[float32](k, gamma, kernel.RowOptions{})
		})
		testRowTiers(t, func(k int) kernel.Rowwise[float64] {
			return kernel.SoftmaxFocal[float64](k, gamma, kernel.RowOptions{})
		})
	}
}

func TestSoftmaxFocal_Accuracy(t *testing.T) {
	t.Parallel()
	for _, gamma := range []float64{0, 0.5, 1, 2, 3.7} {
		params := loss.Params{"gamma": []float64{gamma}}
		for _, classes := range []int{1, 2, 3, 10, 80, 1000} {
			testRowAccuracy(t, "softmax_focal", kernel.SoftmaxFocal[float32](classes, gamma, kernel.RowOptions{}), classes, 1000/classes+200, params, 3+1.5*gamma)
		}
	}
}
