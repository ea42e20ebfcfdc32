// Package outside calls every exported function of the rooms that people import, as another module
// does.
package outside

import (
	"bytes"
	"context"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/lossproof/lossproof/bench"
	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/conformance/known"
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/properties"
)

const squaredError = "squared_error"

func must[T any](x T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func call(f loss.Format) *loss.Call {
	return &loss.Call{Loss: squaredError, Format: f, Reduction: loss.Sum,
		Batch: loss.Batch{Rows: 2, Cols: 1, Pred: []float64{3, 1}, Target: []float64{1, 1}}}
}

func TestLoss(t *testing.T) {
	equal(t, must(loss.Eval(call(loss.Float64)))(t).Value[0], 4)
	equal(t, must(loss.EvalHessian(call(loss.Float32), []float64{1, 0}))(t).Product[0], 2)
	equal(t, must(loss.EvalDiagonal(call(loss.Float32)))(t).Hess[0], 2)
	equal(t, must(loss.Named(squaredError))(t).Name, squaredError)
	equal(t, loss.Aliased("mse"), squaredError)
	equal(t, loss.Param{Default: []float64{0.05}}.DefaultIn(must(loss.FormatNamed("f32"))(t))[0], float64(float32(0.05)))
	equal(t, must(loss.ReductionNamed("sum"))(t), loss.Sum)
	equal(t, must(loss.FormatNamed("bf16"))(t), loss.BFloat16)
	equal(t, loss.Formats()[3], loss.Float16)
	for what, n := range map[string]int{"classes of errors": len(loss.Classes()), "losses": len(loss.All()),
		"reductions": len(loss.Reductions()), "shapes": len(loss.Shapes()), "kinds of targets": len(loss.TargetKinds())} {
		if n < 2 {
			t.Errorf("%d %s", n, what)
		}
	}
}

func TestGolden(t *testing.T) {
	vectors := must(golden.Vectors(squaredError, loss.Float32))(t)
	equal(t, golden.ID(&vectors[0].Call), vectors[0].ID)
	text := golden.Encode(squaredError, loss.Float32, vectors)
	equal(t, len(must(golden.Decode(text))(t)), len(vectors))
	name := golden.FileName(squaredError, loss.Float32)
	equal(t, string(must(golden.FS.ReadFile(name))(t)), string(text))
	equal(t, strings.Contains(strings.Join(golden.Files(), " "), name), true)
	equal(t, len(golden.Digest()), 64)
	equal(t, len(golden.Flags()) > 10, true)
}

// squared is right.
func squared(x, y float64) (value, grad float64) { return (x - y) * (x - y), 2 * (x - y) }

func TestConformance(t *testing.T) {
	s := conformance.Pointwise(squaredError, squared).With(conformance.About{Name: "squared", Version: "1"})
	config := conformance.Config{Level: conformance.Stable, Dtypes: []string{"f64"}, Checks: 2, Live: -1}
	config.Run(t, s)
	equal(t, must(config.Check(t.Context(), s))(t).Conforms(), true)
	conformance.Run(t, conformance.Pointwise(squaredError, squared))
	equal(t, must(conformance.Check(t.Context(), s))(t).Conforms(), true)

	bends := conformance.Pointwise(squaredError, func(x, y float64) float64 { return 2 })
	also := s.Also(conformance.Hess, bends)
	equal(t, must(conformance.Config{Only: conformance.Golden, Live: -1}.Check(t.Context(), also))(t).Conforms(), true)
	equal(t, len(conformance.Further(squaredError).Describe().Capabilities[0].Outputs), len(subject.Outputs()))

	equal(t, len(conformance.AllInputs()) > 1, true)

	mean := func(b *conformance.Batch[float64]) float64 {
		sum := 0.0
		for i, x := range b.Pred {
			v, _ := squared(x, b.Target[i])
			sum += v
		}
		return sum / float64(b.Rows)
	}
	softmax := func(pred []float64) []float64 { return make([]float64, len(pred)) }
	both := conformance.Join("both", "1", conformance.Reduced(squaredError, loss.MeanSamples, mean), conformance.Rowwise("softmax", softmax))
	report := must(conformance.Config{Only: conformance.Golden, Losses: []string{"softmax"}, Live: -1}.Check(t.Context(), both))(t)
	equal(t, report.Conforms(), false)
	a, b := report.Failures[0], report.Failures[1]
	equal(t, conformance.ByPlainness(a, b), -conformance.ByPlainness(b, a))
	equal(t, conformance.Repeatable("at 0xc000012345"), "at …")
	equal(t, conformance.ErrorUlp(loss.Float32, 1+0x1p-23, oracle.Number{Rounded: 1}), 1)

	var file, requests, answers bytes.Buffer
	if err := report.WriteKnownFailures(&file, conformance.KnownLines{Most: conformance.DefaultKnownLines}); err != nil {
		t.Fatal(err)
	}
	entries := must(known.Parse(&file))(t)
	equal(t, len(entries) > 0, true)
	if _, err := known.Read("nosuch"); err == nil {
		t.Error("no error of a file that is not there")
	}
	keys := known.Keys("softmax", "f64", "nosuch", nil, conformance.Value)
	equal(t, known.Find(entries, false, conformance.Inaccurate, keys...) == nil, strings.Contains(entries[0].Pattern, "@"))
	equal(t, known.LawKey("softmax", "f64", "convex"), "softmax.f64.convex/law")

	if err := conformance.SelfTest(); err != nil {
		t.Error(err)
	}
	asked := conformance.Config{Losses: []string{squaredError}, Dtypes: []string{"f64"}}
	if err := asked.WriteRequests(&requests); err != nil {
		t.Fatal(err)
	}
	sent := requests.String()
	if err := lcp.Serve(t.Context(), conformance.Reference(), &requests, &answers); err != nil {
		t.Fatal(err)
	}
	written := answers.String()
	equal(t, must(asked.CheckAnswers(t.Context(), strings.NewReader(sent), &answers))(t).Conforms(), true)
	requests.Reset()
	c := call(loss.Float64)
	one := []lcp.Request{{ID: golden.ID(c), Call: c}}
	if err := lcp.WriteRequests(&requests, []loss.Format{loss.Float64}, one); err != nil {
		t.Fatal(err)
	}
	recording := must(lcp.ReadRecording([]loss.Format{loss.Float64}, one, strings.NewReader(written), golden.ID))(t)
	equal(t, recording.Asked()[golden.ID(c)], true)
	equal(t, strings.HasPrefix(lcp.Name(c), squaredError+".f64."), true)
	if _, err := conformance.Exec(t.Context(), []string{"/no/such/program"}); err == nil {
		t.Error("no error of a program that is not there")
	}
}

func TestSubject(t *testing.T) {
	equal(t, subject.FormatParam([]float64{2}), "2")
	equal(t, len(subject.Levels()), 6)
	equal(t, must(subject.LevelNamed("faithful"))(t), subject.Faithful)
	equal(t, len(subject.Outcomes()) > 5, true)
	equal(t, subject.TermsOf(must(call(loss.Float64).Plan())(t), subject.Value).N, 2)
	equal(t, subject.Join("one", "", conformance.Reference()).Describe().Dtypes()[0], loss.Float64)
}

func TestProperties(t *testing.T) {
	config := properties.Config{Losses: []string{squaredError}, Dtypes: []string{"f64"}, Laws: []string{"symmetric"}, Checks: 3}
	config.Run(t, conformance.Reference())
	equal(t, must(config.Count(conformance.Reference()))(t), 1)
	equal(t, len(must(config.Check(t.Context(), properties.Noisy(1)))(t).Failures()), 0)
	one := conformance.Pointwise("sigmoid", func(x float64) float64 { return 1 / (1 + math.Exp(-x)) })
	equal(t, len(must(properties.Check(t.Context(), one))(t).Results) > 0, true)
	properties.Run(t, conformance.Pointwise(squaredError, squared))
	equal(t, must(properties.LawNamed("symmetric"))(t).Name, "symmetric")
	decl := must(loss.Named(squaredError))(t)
	tested, _ := properties.Coverage(decl)
	equal(t, len(properties.Laws()) > len(properties.LawsFor(decl)), true)
	equal(t, len(tested) > 0, true)
}

func TestKernel(t *testing.T) {
	pred, target, grad := []float64{0.25, 0.5}, []float64{0, 1}, make([]float64, 2)
	for name, k := range map[string]kernel.Pointwise[float64]{
		"binary_cross_entropy":             kernel.BinaryCrossEntropy[float64](),
		"binary_cross_entropy, clipped":    kernel.BinaryCrossEntropyClipped[float64](),
		"binary_cross_entropy_with_logits": kernel.BinaryCrossEntropyWithLogits(1.0),
		"sigmoid_focal":                    kernel.SigmoidFocal(0.25, 2.0),
		"sigmoid_focal, unweighted":        kernel.SigmoidFocalUnweighted(2.0),
		"quality_focal":                    kernel.QualityFocal(2.0),
		"varifocal":                        kernel.Varifocal(0.75, 2.0),
		"varifocal, held":                  kernel.VarifocalHeld(0.75, 2.0),
		"gaussian_focal_with_logits":       kernel.GaussianFocalWithLogits(2.0, 4.0),
		"absolute_error":                   kernel.AbsoluteError[float64](),
		"huber":                            kernel.Huber(1.0),
		"smooth_l1":                        kernel.SmoothL1(1.0),
		"squared_error":                    kernel.SquaredError(1.0),
		"squared_error_with_logits":        kernel.SquaredErrorWithLogits(1.0),
	} {
		if x := k.MeanGrad(grad, pred, target); !(x > 0) {
			t.Errorf("%s: %v", name, x)
		}
	}
	for name, k := range map[string]kernel.Boxwise[float64]{"iou": kernel.IoU[float64](), "giou": kernel.GIoU[float64](), "diou": kernel.DIoU[float64]()} {
		equal(t, k.Sum([]float64{0, 0, 1, 1}, []float64{0, 0, 1, 2}, nil) >= 0.5, true)
		if grad := make([]float64, 4); k.SumGrad(grad, []float64{0, 0, 1, 1}, []float64{0, 0, 1, 2}, nil, 1) < 0.5 || grad[3] >= 0 {
			t.Errorf("%s: %v", name, grad)
		}
	}
	for name, k := range map[string]kernel.Pointwise[float64]{"sigmoid": kernel.Sigmoid[float64](), "softplus": kernel.Softplus[float64](),
		"log_sigmoid": kernel.LogSigmoid[float64]()} {
		if k.Value(grad, pred, nil); grad[0] == 0 {
			t.Error(name)
		}
	}
	for _, k := range []kernel.Rowwise[float64]{kernel.CrossEntropy[float64](2, kernel.RowOptions{}), kernel.SoftmaxFocal[float64](2, 2, kernel.RowOptions{})} {
		equal(t, must(k.MeanGrad(grad, kernel.Counted, pred, []int{1}))(t) > 0, true)
	}
	for _, k := range []kernel.RowLink[float64]{kernel.Softmax[float64](2), kernel.LogSoftmax[float64](2)} {
		k.In(kernel.Best()).Value(grad, pred)
		equal(t, grad[0] < grad[1], true)
	}
	pool := kernel.NewPool(2)
	defer pool.Close()
	equal(t, pool.Workers(), 2)
	equal(t, kernel.Tiers()[0], kernel.Best())
	var _ context.Context = t.Context()
}

func TestDefinitions(t *testing.T) {
	conformance.RegisterSuspects(func(string) []conformance.Suspect { return nil })
	half := conformance.Define("half_square", "(x - y)^2/2")
	conformance.Run(t, conformance.Pointwise(half, conformance.Both(
		func(x, y float64) float64 { return (x - y) * ((x - y) / 2) }, func(x, y float64) float64 { return x - y })))
	conformance.Run(t, conformance.Pointwise(conformance.Unknown("mine", "target: y"), func(x, y float64) (float64, float64) { return (x - y) * (x - y), 2 * (x - y) }))
	equal(t, loss.Ordered([]string{half, squaredError})[0].Name, squaredError)
	if _, err := loss.Define(&loss.Loss{Name: squaredError, Text: "x - y"}, func(*loss.Plan, []float64) (*loss.Result, error) { return nil, nil }); err == nil {
		t.Error("a name of the catalogue was not taken")
	}
	unit := must(loss.Between(loss.End{At: 0}, loss.End{At: 1}))(t)
	equal(t, unit.Holds(0.5) && !unit.Holds(2), true)
	equal(t, loss.Either(1, 2).Holds(1.5), false)
}

func TestSignatures(t *testing.T) {
	var d float64
	value, grad := conformance.ForwardBackward(func(x, y float64) float64 { d = x - y; return d * d }, func() float64 { return 2 * d })(3, 1)
	equal(t, value+grad, 8)
	sum, in := conformance.Into(func(grad, pred []float64, y int) float64 { grad[0] = 1; return pred[0] })([]float64{3}, 0)
	equal(t, sum+in[0], 4)
	batch := &conformance.Batch[float64]{Rows: 1, Cols: 2, Pred: []float64{1, 2}, Target: []float64{0, 1}}
	flat, _ := conformance.Flat(func(pred, target []float64) (float64, []float64) { return pred[1] - target[1], pred })(batch)
	nested, _ := conformance.Nested(func(pred, target [][]float64) (float64, [][]float64) { return pred[0][1] - target[0][1], pred })(batch)
	equal(t, flat, nested)
}

func TestSubject_StackAndTolerance(t *testing.T) {
	atol, rtol := subject.CloseTolerance(loss.Float32)
	equal(t, atol < 1 && rtol < 1, true)
	defer func() {
		if recover() == nil || subject.Stack() == "" {
			t.Error("a panic without a stack")
		}
	}()
	panic("on purpose")
}

func BenchmarkOwn(b *testing.B) {
	bench.Run(b, squaredError, bench.Impl[float64]{Level: conformance.Accurate, Value: func(value []float64, in bench.Inputs[float64]) {
		for i, x := range in.Pred {
			value[i] = (x - in.Target[i]) * (x - in.Target[i])
		}
	}}, bench.Size{Rows: 100, Cols: 1})
}

func TestBench(t *testing.T) {
	var none strings.Builder
	equal(t, bench.Write(&none, regexp.MustCompile("^no such$"), 1), bench.ErrNothing)
	equal(t, none.String(), bench.Unit+"\n")
}
