package bench

import (
	"flag"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/bench/internal/roofline"
	"github.com/lossproof/lossproof/bench/internal/workload"
	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// byReference is what the reference computes: an implementation of any loss.
func byReference(lossName string, params loss.Params) Impl[float64] {
	eval := func(in Inputs[float64], r loss.Reduction) *loss.Result {
		got, err := loss.Eval(&loss.Call{Loss: lossName, Format: ieee.Float64, Params: params, Reduction: r,
			Batch: loss.Batch{Rows: in.Rows, Cols: in.Cols, Pred: in.Pred, Target: in.Target, Label: in.Label}})
		if err != nil {
			panic(err) // the inputs are in the domain
		}
		return got
	}
	return Impl[float64]{
		Params: params,
		Value:  func(value []float64, in Inputs[float64]) { copy(value, eval(in, loss.None).Value) },
		Sum:    func(in Inputs[float64]) float64 { return eval(in, loss.Sum).Value[0] },
		Grad:   func(grad []float64, in Inputs[float64]) { copy(grad, eval(in, loss.Sum).Grad) },
		SumGrad: func(grad []float64, in Inputs[float64]) float64 {
			got := eval(in, loss.Sum)
			copy(grad, got.Grad)
			return got.Value[0]
		},
	}
}

// Every loss of the catalogue has workloads, and what checks them takes the right answer and no other.
func TestRun_KnowsEveryLoss(t *testing.T) {
	for _, l := range loss.All() {
		size := map[loss.Shape]Size{loss.Point: {9, 1}, loss.Row: {4, 5}, loss.Box: {6, 4}, loss.Keypoint: {6, 2}, loss.Set: {3, 7}}[l.Shape]
		mine := byReference(l.Name, nil)
		list, err := mine.workloads(l.Name, []Size{size})
		require.NoError(t, err)
		for _, w := range list {
			if l.VectorValued && w.Op != workload.Value {
				continue
			}
			a := workload.New[float64](w)
			a.Poison()
			require.Error(t, a.Check(w, conformance.Accurate), "%s: nothing was written", w.Name("mine"))
			mine.function(w)(a)
			require.NoError(t, a.Check(w, conformance.Accurate), w.Name("mine"))
			for _, out := range [][]float64{a.Value, a.Grad} {
				if len(out) > 0 {
					out[len(out)-1] += 1
				}
			}
			a.Sum += 1
			require.Error(t, a.Check(w, conformance.Accurate), "%s: the last number is wrong", w.Name("mine"))
		}
	}
}

func TestRun_SaysWhatIsWrongWithItsArguments(t *testing.T) {
	sum := Impl[float32]{Sum: func(Inputs[float32]) float64 { return 0 }}
	for says, c := range map[string]struct {
		loss string
		impl Impl[float32]
		size Size
	}{
		"did you mean softplus?":   {"softplu", sum, Size{1, 1}},
		"none of the functions":    {"softplus", Impl[float32]{}, Size{1, 1}},
		"items of 1 numbers":       {"squared_error", sum, Size{3, 2}},
		"items of 1 or more":       {"cross_entropy", sum, Size{0, 2}},
		"did you mean gamma?":      {"sigmoid_focal", Impl[float32]{Params: loss.Params{"gama": {1}}, Sum: sum.Sum}, Size{1, 1}},
		"sigmoid_focal: gamma = -": {"sigmoid_focal", Impl[float32]{Params: loss.Params{"gamma": {-1}}, Sum: sum.Sum}, Size{1, 1}},
	} {
		_, err := c.impl.workloads(c.loss, []Size{c.size})
		require.ErrorContains(t, err, says)
	}
}

// The kernels and the scalar twin are timed with the parameters that they have.
func TestRun_OursAreRightWithTheirParameters(t *testing.T) {
	for _, e := range []struct {
		loss   string
		params loss.Params
	}{
		{"binary_cross_entropy_with_logits", loss.Params{"pos_weight": {3}}},
		{"sigmoid_focal", loss.Params{"alpha": {0.5}, "gamma": {3}}},
		{"softmax_focal", loss.Params{"gamma": {1}}},
		{"giou", nil},
		{"giou", loss.Params{"box_epsilon": {0.5}}}, // which no kernel has
		{"hinge", nil},
		{"dice", nil},
	} {
		l, err := loss.Named(e.loss)
		require.NoError(t, err)
		list, err := byReference(e.loss, e.params).workloads(e.loss, []Size{map[loss.Shape]Size{loss.Point: {20, 1}, loss.Row: {3, 4}, loss.Box: {6, 4}, loss.Set: {3, 8}}[l.Shape]})
		require.NoError(t, err)
		checked := map[string]int{}
		for _, w := range list {
			for _, i := range beside(w) {
				right(t, w, i, functionOf[float64](i)(w), checked)
			}
		}
		has := e.loss == "giou" && e.params == nil || list[0].Closed()
		require.Equal(t, has, checked["generic"] == len(list), "%s: %v", e.loss, checked)
		if roofline.Tiers() != nil {
			require.Positive(t, checked[rooflineName], e.loss)
		}
	}
}

var ownBenchmark = flag.Bool("own", false, "run BenchmarkOwn, as a test of Run does in a process of its own")

func BenchmarkOwn(b *testing.B) {
	if !*ownBenchmark {
		b.Skip("run by a test")
	}
	step := func(grad []float32, in Inputs[float32]) float64 {
		sum := 0.0
		for i, z := range in.Pred {
			p := 1 / (1 + math.Exp(-float64(z)))
			grad[i] = float32(p - float64(in.Target[i]))
			sum += math.Max(float64(z), 0) - float64(z*in.Target[i]) + math.Log1p(math.Exp(-math.Abs(float64(z))))
		}
		return sum
	}
	b.Run("right", func(b *testing.B) {
		Run(b, "binary_cross_entropy_with_logits", Impl[float32]{SumGrad: step, Level: conformance.Close}, Size{1000, 1})
	})
	b.Run("wrong", func(b *testing.B) {
		Run(b, "binary_cross_entropy_with_logits", Impl[float32]{Name: "off", SumGrad: func(grad []float32, in Inputs[float32]) float64 {
			sum := step(grad, in)
			grad[999] *= 1.01
			return sum
		}}, Size{1000, 1})
	})
}

func TestRun_PrintsWhatBenchstatReads(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	out, err := exec.Command(self, "-test.run", "^$", "-test.bench", "Own", "-own", "-test.benchtime", "1x").CombinedOutput()
	text := string(out)
	require.Error(t, err, "the wrong one fails: %s", text)
	require.Regexp(t, `(?m)^BenchmarkOwn/right/loss=binary_cross_entropy_with_logits/op=sum_grad/dtype=f32/impl=mine/n=1000\S*\s+1\s.* ns/elem`, text)
	require.Regexp(t, regexp.MustCompile(`impl=off, before it was timed: .*gradient\[999\] is`), text)
	for _, beside := range []string{"impl=generic/", "impl=scalar/"} {
		require.True(t, strings.Contains(text, "BenchmarkOwn/right/loss=binary_cross_entropy_with_logits/op=sum_grad/dtype=f32/"+beside), text)
	}
}
