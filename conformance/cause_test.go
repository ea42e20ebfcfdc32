package conformance

import (
	"context"
	"errors"
	"fmt"
	"math"
	bit "math/bits"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// faulty is the reference of one loss with one fault. The fault sees the right answer, or the right error.
type faulty struct {
	loss  string
	fault func(c *loss.Call, a *Answer, err error) (*Answer, error)
}

func (s faulty) Describe() Description {
	d := Description{Name: "faulty"}
	for _, c := range Reference().Describe().Capabilities {
		if c.Loss == s.loss {
			c.Formats = []string{"f64"}
			c.Conventions = nil
			d.Capabilities = append(d.Capabilities, c)
		}
	}
	return d
}

func (s faulty) Eval(ctx context.Context, c *loss.Call) (*Answer, error) {
	a, err := Reference().Eval(ctx, c)
	return s.fault(c, a, err)
}

// onNumbers is a fault of right answers.
func onNumbers(f func(c *loss.Call, a *Answer)) func(*loss.Call, *Answer, error) (*Answer, error) {
	return func(c *loss.Call, a *Answer, err error) (*Answer, error) {
		if err == nil {
			f(c, a)
		}
		return a, err
	}
}

// onEach is a fault of every number.
func onEach(f func(x float64) float64) func(*loss.Call, *Answer, error) (*Answer, error) {
	return onNumbers(func(_ *loss.Call, a *Answer) {
		for _, xs := range [][]float64{a.Value, a.Grad} {
			for i, x := range xs {
				xs[i] = f(x)
			}
		}
	})
}

// instead is a fault that answers another call.
func instead(change func(c *loss.Call)) func(*loss.Call, *Answer, error) (*Answer, error) {
	return func(c *loss.Call, a *Answer, err error) (*Answer, error) {
		if err != nil {
			return a, err
		}
		d := copyCall(c)
		change(d)
		if other, err := Reference().Eval(context.Background(), d); err == nil {
			return other, nil
		}
		return a, nil
	}
}

// Each cause is told of a subject that has it, as the first of those that the report names.
func TestCauses_EachIsToldOfASubjectThatHasIt(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	times := 0
	for _, c := range []struct {
		cause  Cause
		why    string // a part of what tells it
		loss   string
		fault  func(*loss.Call, *Answer, error) (*Answer, error)
		config Config
	}{
		{Panics, "panics", bce, onNumbers(func(*loss.Call, *Answer) { panic("no") }), Config{}},
		{NoRepeat, "another answer", bce, onEach(func(x float64) float64 { times++; return x + float64(times) }), Config{}},
		{Changes, "came back changed", bce, func(c *loss.Call, a *Answer, err error) (*Answer, error) {
			if len(c.Pred) > 0 {
				c.Pred[0]++
			}
			return a, err
		}, Config{}},
		{Refuses, "an error where there is an answer", bce, func(c *loss.Call, a *Answer, err error) (*Answer, error) {
			return nil, errors.New("not today")
		}, Config{}},
		{Overflow, "an exception", bce, onError("OverflowError: math range error"), Config{}},
		{Special, "an exception", bce, onError("ValueError: math domain error"), Config{}},
		{Accepts, "must be refused", bce, func(c *loss.Call, a *Answer, err error) (*Answer, error) {
			if err != nil {
				return &Answer{Value: []float64{0}, Grad: []float64{0}}, nil
			}
			return a, nil
		}, Config{}},
		{OtherClass, "for another reason", bce, func(c *loss.Call, a *Answer, err error) (*Answer, error) {
			if bad := new(loss.Error); errors.As(err, &bad) {
				bad.Class = map[bool]loss.Class{true: loss.BadWeight, false: loss.BadShape}[bad.Class == loss.BadShape]
			}
			return a, err
		}, Config{}},
		{Length, "another shape", bce, onNumbers(func(_ *loss.Call, a *Answer) { a.Value, a.Grad = append(a.Value, 1), append(a.Grad, 1) }), Config{}},
		{Reversed, "most significant", bce, onEach(func(x float64) float64 {
			return math.Float64frombits(bit.ReverseBytes64(math.Float64bits(x)))
		}), Config{}},
		{Reversed, "most significant", bce, func(c *loss.Call, a *Answer, err error) (*Answer, error) { // of what is read and of what is written
			reverse := func(xs []float64) {
				for i, x := range xs {
					xs[i] = math.Float64frombits(bit.ReverseBytes64(math.Float64bits(x)))
				}
			}
			a, err = instead(func(c *loss.Call) { reverse(c.Pred); reverse(c.Target); reverse(c.Batch.Weight) })(c, a, err)
			if err == nil {
				reverse(a.Value)
				reverse(a.Grad)
			}
			return a, err
		}, Config{}},
		{Underflow, "below the smallest number", "sigmoid", onEach(func(x float64) float64 {
			if math.Abs(x) < 0x1p-1022 {
				return 0
			}
			return x
		}), Config{}},
		{Special, "declare FiniteInputs", bce, onNumbers(func(c *loss.Call, a *Answer) {
			if slices.ContainsFunc(c.Pred, func(x float64) bool { return math.IsInf(x, 0) }) {
				a.Value[0], a.Grad[0] = math.NaN(), math.NaN()
			}
		}), Config{}},
		{FewDigits, "of 53 bits are right", bce, onEach(func(x float64) float64 { return x * (1 + 0x1p-40) }), Config{}},
		{ZeroSign, "the other sign", "squared_error", onEach(func(x float64) float64 {
			if x == 0 {
				return math.Copysign(0, -math.Copysign(1, x))
			}
			return x
		}), Config{Level: Exact}},
		{Narrow + " float32", "has 24 bits where float64 has 53", bce, onEach(func(x float64) float64 { return float64(float32(x)) }), Config{}},
		{WrongSign, "with the other sign", bce, onEach(func(x float64) float64 { return -x }), Config{}},
		{Factor + " 1/2", "times 1/2 = 0.5", "smooth_l1", onEach(func(x float64) float64 { return x / 2 }), Config{}},
		{Factor + " K (numbers of an item)", "= 3", "cross_entropy", onNumbers(func(c *loss.Call, a *Answer) { scaleAll(a, float64(c.Cols)) }), Config{}},
		{Factor + " 1/log 2 (logarithms to base 2)", "1.4427", "cross_entropy", onEach(func(x float64) float64 { return x * math.Log2E }), Config{}},
		{Divides + " rows × columns", "the sum was divided by ", "cross_entropy", onNumbers(func(c *loss.Call, a *Answer) {
			if c.Reduction == loss.MeanElements {
				scaleAll(a, 1/float64(c.Cols))
			}
		}), Config{}},
		{Divides + " nothing (it is the sum)", "mean/counted is to divide by ", bce, onNumbers(func(c *loss.Call, a *Answer) {
			if c.Reduction == loss.MeanCounted {
				scaleAll(a, float64(len(c.Pred)))
			}
		}), Config{}},
		{Convention + " squared_error_factor=1/2", "declare it, where that is meant", "squared_error",
			instead(func(c *loss.Call) { c.Conventions = loss.Conventions{"squared_error_factor": "1/2"} }), Config{}},
		{Ignores + " pos_weight", "with the default of pos_weight", bce, instead(func(c *loss.Call) { delete(c.Params, "pos_weight") }), Config{}},
		{Ignores + " sample weights", "without sample weights", "softplus", instead(func(c *loss.Call) { c.Weight = nil }), Config{}},
		{Ignores + " the upstream gradient", "upstream gradient of 1", "log_softmax", instead(func(c *loss.Call) { c.Upstream = nil }), Config{}},
		{OtherLoss + " squared_error", "those of the loss squared_error", "binary_cross_entropy",
			instead(func(c *loss.Call) { c.Loss, c.Conventions = "squared_error", nil }), Config{}},
		{Shifted, "those of the labels -1", "cross_entropy", instead(func(c *loss.Call) {
			for i := range c.Label {
				c.Label[i]--
			}
		}), Config{}},
		{Exchanged, "exchanged", "binary_cross_entropy", instead(func(c *loss.Call) { c.Pred, c.Target = c.Target, c.Pred }), Config{}},
		{ByTarget, "by the target", bce, onNumbers(func(c *loss.Call, a *Answer) {
			if r, err := loss.Eval(c); err == nil {
				a.Grad = r.TargetGrad
			}
		}), Config{}},
		{OtherSlope, "not its derivative", "softplus", onNumbers(func(c *loss.Call, a *Answer) {
			for i, x := range c.Pred {
				a.Grad[i] *= 2 + math.Cos(x)
			}
		}), Config{}},
		{SoftTargets, "declare HardTargets", bce, onNumbers(func(c *loss.Call, a *Answer) {
			if slices.ContainsFunc(c.Target, func(y float64) bool { return 0 < y && y < 1 }) {
				for i := range a.Value {
					a.Value[i] += math.Cos(c.Pred[min(i, len(c.Pred)-1)]) + 2
				}
			}
		}), Config{}},
		{OtherValue, "no change of the formula", bce, onNumbers(func(c *loss.Call, a *Answer) {
			for i := range a.Value {
				a.Value[i] += 2
			}
		}), Config{}},
		{BrokenLaw + " batch_independent", "", bce, onNumbers(func(c *loss.Call, a *Answer) {
			if c.Rows*c.Cols > 1 {
				a.Value[0] = math.Nextafter(a.Value[0], math.Inf(1))
			}
		}), Config{Only: Properties, Laws: []string{"batch_independent"}}},
		{Unproved, " checks; of ", bce, func(c *loss.Call, a *Answer, err error) (*Answer, error) {
			if len(c.Pred) == 1 && math.Abs(c.Pred[0]) < 1e6 {
				return nil, ErrUnsupported
			}
			return a, err
		},
			Config{Only: Properties, Laws: []string{"value_is_true"}}},
	} {
		t.Run(fmt.Sprintf("%s/%s", c.cause, c.loss), func(t *testing.T) {
			c.config.Live, c.config.Workers = -1, 1
			r := checked(t, faulty{c.loss, c.fault}, c.config)
			groups := r.Causes()
			require.NotEmpty(t, groups)
			var text strings.Builder
			require.NoError(t, r.WriteSummary(&text))
			require.Equal(t, c.cause, groups[0].Cause, text.String())
			require.Contains(t, groups[0].Why, c.why)
			require.LessOrEqual(t, strings.Count(text.String(), "\n"), 60)
		})
	}
}

func scaleAll(a *Answer, by float64) {
	for _, xs := range [][]float64{a.Value, a.Grad} {
		for i := range xs {
			xs[i] *= by
		}
	}
}

// onError refuses good input from 1 on, with a message.
func onError(message string) func(*loss.Call, *Answer, error) (*Answer, error) {
	return func(c *loss.Call, a *Answer, err error) (*Answer, error) {
		if err == nil && len(c.Pred) > 0 && c.Pred[0] > 1 {
			return nil, errors.New(message)
		}
		return a, err
	}
}

// One cause is told once, and its stack with the first failure.
func TestCauses_APanicEverywhereIsOneCauseWithOneStack(t *testing.T) {
	r := checked(t, Pointwise(bce, func(z, y float32) (float32, float32) { panic("no such file") }), Config{Only: both, Checks: 5})
	groups := r.Causes()
	require.Len(t, groups, 1)
	require.Equal(t, Panics, groups[0].Cause)
	require.Positive(t, groups[0].Laws)
	stacks := 0
	for _, f := range r.Failures {
		if f.Stack != "" {
			stacks++
			require.Contains(t, f.Stack, "cause_test.go:")
			require.NotContains(t, f.Stack, "0x")
		}
	}
	require.Equal(t, 1, stacks)
}

// A number of a narrower dtype than the call's is told apart from one that the dtype does not have.
func TestCauses_OfOneNumber(t *testing.T) {
	plan, err := (&loss.Call{Loss: bce, Format: ieee.Float32, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{-200}, Target: []float64{1}}}).Plan()
	require.NoError(t, err)
	truth, err := handTruth(plan.Call)
	require.NoError(t, err)
	e := evidenceOf(plan, Value, 0, []float64{math.Inf(1)}, truth.Value)
	require.Equal(t, Overflow, e.numeric().Cause)
	require.Contains(t, e.numeric().why, "beyond x = 88.72, and the input reaches 200")
}

func TestCause_Kind(t *testing.T) {
	require.Equal(t, Factor, told(Factor, "1/2", "").Cause.Kind())
	require.Equal(t, Overflow, Overflow.Kind())
}

// The summaries of what people write first: they fit on a screen, and name what is wrong.
func TestRun_TextbookFormulasAreDiagnosedOnAScreen(t *testing.T) {
	const key = "LOSSPROOF_TEXTBOOK"
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	sigmoid := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	subjects := map[string]*Function{
		"log of sigmoid": Pointwise(bce, func(z, y float64) (float64, float64) {
			p := sigmoid(z)
			return -y*math.Log(p) - (1-y)*math.Log(1-p), p - y
		}),
		"log of 1 + e^z": Pointwise(bce, func(z, y float64) (float64, float64) {
			return math.Log1p(math.Exp(z)) - y*z, sigmoid(z) - y
		}),
		"naive focal": Pointwise("sigmoid_focal", func(z, y float64) (float64, float64) {
			p := sigmoid(z)
			right, alpha, sign := p*y+(1-p)*(1-y), 0.25*y+0.75*(1-y), 2*y-1
			return -alpha * math.Pow(1-right, 2) * math.Log(right),
				alpha * sign * (2*(1-right)*right*(1-right)*math.Log(right) - math.Pow(1-right, 3))
		}),
	}
	if name := os.Getenv(key); name != "" {
		Run(t, subjects[name])
		return
	}
	for name := range subjects {
		c := exec.Command(os.Args[0], "-test.run", "^TestRun_TextbookFormulasAreDiagnosedOnAScreen$")
		c.Env = append(os.Environ(), key+"="+name)
		out, err := c.CombinedOutput()
		require.Error(t, err, name)
		require.LessOrEqual(t, strings.Count(string(out), "\n"), 60, "%s", out)
		for _, part := range []string{"does not conform", "  overflow, ", "  cancellation, ", "skipped, which is not passed: ",
			"repeat   go test -run '^TestRun_TextbookFormulasAreDiagnosedOnAScreen$/^", "-lossproof.show=all", "declare FiniteInputs"} {
			require.Contains(t, string(out), part, name)
		}
	}
}

// A common stable implementation conforms at level close with a line that says what it takes.
func TestRun_AStableImplementationIsGreenWithOneLine(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	stable := Pointwise(bce, func(x, y float64) (float64, float64) {
		return max(x, 0) - x*y + math.Log1p(math.Exp(-math.Abs(x))), 1/(1+math.Exp(-x)) - y
	})
	r := checked(t, stable, Config{Level: Close, Only: both})
	require.Error(t, r.Err())
	require.Equal(t, Special, r.Causes()[0].Cause)
	r = checked(t, stable.With(About{HardTargets: true, FiniteInputs: true}), Config{Level: Close, Only: both})
	require.NoError(t, r.Err(), failures(r))
	reasons := fmt.Sprint(r.Skips)
	require.Contains(t, reasons, "no target other than 0 and 1")
	require.Contains(t, reasons, "no NaN and no infinity among the inputs")
}

// A function that takes a batch with an error of its own may decline without refusing bad input.
func TestAbout_WhatABatchDoesNotTake(t *testing.T) {
	sum := func(b *Batch[float32]) (value float32, grad []float32, err error) {
		if b.Weight != nil {
			panic("no weights were declared")
		}
		total := 0.0
		for i, z := range b.Pred {
			v, g := goodBCE(z, b.Target[i])
			total += float64(v)
			grad = append(grad, g)
		}
		return float32(total), grad, nil
	}
	f := Reduced(bce, loss.Sum, sum)
	require.True(t, f.Describe().Capabilities[0].Refuses, "an error among the results says so")
	d := f.With(About{NoWeights: true, TrustsInput: true}).Describe().Capabilities[0]
	require.False(t, d.Weights)
	require.False(t, d.Refuses)
	r := checked(t, f.With(About{NoWeights: true, TrustsInput: true}), Config{Live: 100})
	require.NoError(t, r.Err(), failures(r))
}
