package workload

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

var examples = []Workload{
	{Loss: "squared_error", Rows: 40, Cols: 1},
	{Loss: "squared_error_with_logits", Rows: 40, Cols: 1},
	{Loss: "binary_cross_entropy", Rows: 40, Cols: 1},
	{Loss: "binary_cross_entropy_with_logits", Rows: 40, Cols: 1},
	{Loss: "sigmoid_focal", Rows: 40, Cols: 1},
	{Loss: "sigmoid", Rows: 40, Cols: 1},
	{Loss: "cross_entropy", Rows: 6, Cols: 5},
	{Loss: "softmax", Rows: 6, Cols: 5},
	{Loss: "log_softmax", Rows: 6, Cols: 5},
	{Loss: "softmax_focal", Rows: 6, Cols: 5},
	{Loss: "softmax_focal", Params: loss.Params{"gamma": {0.5}}, Rows: 6, Cols: 5},
}

// What the reference gives is the truth to well below an ulp, and a condition number is
// the oracle's, or bounds it from the side that the documentation says.
func TestTruth_IsTheOraclesUpToItsBounds(t *testing.T) {
	const digits = 1e-6 // relative; the condition numbers are sums of a few rounded terms
	for _, w := range examples {
		for _, f := range []ieee.Format{ieee.Float32, ieee.Float64} {
			w.Format = f
			got := truthOf(w)
			want, err := oracle.Eval(got.call)
			require.NoError(t, err)
			require.Len(t, got.value, len(want.Value))
			soft := w.Loss == "squared_error" // the only one with targets that are measurements
			compare := func(output string, i int, got, want oracle.Number, bound string) {
				where := []any{"%s %s %s[%d]", w.Loss, f, output, i}
				off := (got.Rounded-want.Rounded)/f.Ulp(want.Rounded) + got.Residual - want.Residual
				require.LessOrEqual(t, math.Abs(off), 1+want.Kappa, where...)
				switch bound {
				case "equal":
					require.LessOrEqual(t, math.Abs(got.Kappa-want.Kappa), 0.06*want.Kappa, where...) // the oracle gives two digits
				case "below":
					require.LessOrEqual(t, got.Kappa, want.Kappa*1.06+digits, where...)
				case "above":
					require.GreaterOrEqual(t, got.Kappa*1.06+digits, want.Kappa, where...)
				}
			}
			if w.Decl().VectorValued { // the gradient is not part of the workload
				for i := range want.Value {
					compare("value", i, got.value[i], want.Value[i], "above")
				}
				continue
			}
			for i := range want.Value {
				compare("value", i, got.value[i], want.Value[i], "equal")
			}
			require.Len(t, got.grad, len(want.Grad))
			for i := range want.Grad {
				switch {
				case w.Decl().Shape.Many():
					compare("gradient", i, got.grad[i], want.Grad[i], "above")
				case soft:
					compare("gradient", i, got.grad[i], want.Grad[i], "below")
				default:
					compare("gradient", i, got.grad[i], want.Grad[i], "equal")
				}
			}
		}
	}
}

// right fills in the outputs that a perfect implementation gives.
func right[T Float](w Workload) *Arrays[T] {
	a, t := New[T](w), truthOf(w)
	a.Poison()
	for i := range a.Value {
		a.Value[i] = T(t.value[i%len(t.value)].Rounded)
	}
	for i := range a.Grad {
		a.Grad[i] = T(t.grad[i%len(t.grad)].Rounded)
	}
	if w.Op.hasSum() {
		a.Sum = t.sum(w, w.Rows).Rounded
	}
	return a
}

func TestCheck_KnowsRightFromWrong(t *testing.T) {
	checkKnows[float32](t, ieee.Float32)
	checkKnows[float64](t, ieee.Float64)
}

func checkKnows[T Float](t *testing.T, f ieee.Format) {
	for _, w := range examples {
		w.Format = f
		if !w.Decl().Shape.Many() {
			w.Rows = pointwisePeriod + 100 // so that the inputs repeat
		}
		for _, w.Op = range w.Ops() {
			require.NoError(t, right[T](w).Check(w, conformance.Accurate), w)
			wrong := func(what string, spoil func(a *Arrays[T])) {
				a := right[T](w)
				spoil(a)
				require.Error(t, a.Check(w, conformance.Accurate), "%v: %s", w, what)
			}
			wrong("a prediction changed", func(a *Arrays[T]) { a.Pred[w.Elements()-1]++ })
			if w.Decl().Takes(loss.Number) {
				wrong("a target changed", func(a *Arrays[T]) { a.Target[w.Elements()-1]++ })
			}
			if w.Decl().Takes(loss.Label) {
				wrong("a label changed", func(a *Arrays[T]) { a.Label[w.Rows-1]++ })
			}
			wrong("nothing written", func(a *Arrays[T]) { a.Poison() })
			for _, out := range []func(*Arrays[T]) []T{
				func(a *Arrays[T]) []T { return a.Value },
				func(a *Arrays[T]) []T { return a.Grad },
			} {
				if out(right[T](w)) == nil {
					continue
				}
				last := len(out(right[T](w))) - 1
				wrong("the last number missing", func(a *Arrays[T]) { out(a)[last] = T(math.NaN()) })
				wrong("the last number 0", func(a *Arrays[T]) { out(a)[last] = 0 })
				wrong("the wrong sign", func(a *Arrays[T]) { out(a)[0] *= -1 })
				wrong("shifted by one", func(a *Arrays[T]) { copy(out(a)[1:], out(a)) })
				wrong("a 10000th too large", func(a *Arrays[T]) { out(a)[0] *= 1.0001 })
			}
			if w.Op.hasSum() {
				wrong("one more term", func(a *Arrays[T]) { a.Sum *= 1 + 1/float64(w.Rows) })
			}
		}
	}
}

func TestCheck_TakesTheLengthFromTheWorkload(t *testing.T) {
	w := Workload{Loss: "squared_error", Op: Grad, Format: ieee.Float32, Rows: 40, Cols: 1}
	a := right[float32](w)
	a.Grad = a.Grad[:39]
	require.ErrorContains(t, a.Check(w, conformance.Accurate), "39 numbers, want 40")
}

func TestName_IsSlicedByBenchstat(t *testing.T) {
	w := Workload{Loss: "sigmoid_focal", Params: loss.Params{"gamma": {1.5}}, Op: SumGrad, Format: ieee.Float32, Rows: 64, Cols: 1}
	require.Equal(t, "loss=sigmoid_focal/op=sum_grad/dtype=f32/impl=avx2/gamma=1.5/n=64", w.Name("avx2"))
	w.Workers = 2
	require.Equal(t, "loss=sigmoid_focal/op=sum_grad/dtype=f32/impl=avx2/gamma=1.5/workers=2/n=64", w.Name("avx2"))
	rows := Workload{Loss: "cross_entropy", Op: Value, Format: ieee.Float64, Rows: 6, Cols: 10}
	require.Equal(t, "loss=cross_entropy/op=value/dtype=f64/impl=scalar/rows=6/classes=10", rows.Name("scalar"))
	require.EqualValues(t, 64*3*4, w.Bytes())
	require.EqualValues(t, 60*8, rows.Bytes())
}
