package conformance

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/internal/ieee"
)

// altered is the reference for some losses and dtypes, with something else in place of its answers.
type altered struct {
	losses, dtypes []string
	alter          func(c *loss.Call, a *Answer) (*Answer, error)
}

func (s altered) Describe() Description {
	d := Description{Name: "altered"}
	for _, c := range Reference().Describe().Capabilities {
		if len(s.losses) > 0 && !slices.Contains(s.losses, c.Loss) {
			continue
		}
		c.Formats = s.dtypes
		d.Capabilities = append(d.Capabilities, c)
	}
	return d
}

func (s altered) Eval(ctx context.Context, c *loss.Call) (*Answer, error) {
	a, err := Reference().Eval(ctx, c)
	if err != nil {
		return nil, err
	}
	return s.alter(c, a)
}

func with42(a *Answer) *Answer {
	for _, xs := range [][]float64{a.Value, a.Grad} {
		for i := range xs {
			xs[i] = 42
		}
	}
	return a
}

// is42In answers 42 in some dtypes, and right in the others.
func is42In(formats ...string) func(*loss.Call, *Answer) (*Answer, error) {
	return func(c *loss.Call, a *Answer) (*Answer, error) {
		if slices.Contains(formats, c.Format.Name) {
			return with42(a), nil
		}
		return a, nil
	}
}

// unsupportedIn declines every call of a dtype.
func unsupportedIn(format string) func(*loss.Call, *Answer) (*Answer, error) {
	return func(c *loss.Call, a *Answer) (*Answer, error) {
		if c.Format.Name == format {
			return nil, fmt.Errorf("%w: not on this device", ErrUnsupported)
		}
		return a, nil
	}
}

const ce = "cross_entropy"

// noRow16 stands in for a suite that has no vectors of rows in 16 bits.
func noRow16(t *testing.T) {
	real := wired
	suite = source{func(name string, f ieee.Format) ([]golden.Vector, error) {
		if f.Width == 16 && name == ce {
			return nil, nil
		}
		return real.vectors(name, f)
	}, real.truth}
	t.Cleanup(func() { suite = source{handVectors, handTruth} })
}

// What a subject declares and gets wrong where the other dtypes are right fails, with the place.
func TestCheck_FailsWhatIsDeclaredAndWrong(t *testing.T) {
	noRow16(t)
	calls := 0
	for name, c := range map[string]struct {
		subject altered
		place   string // loss, dtype
		says    string
	}{
		"42 in f16": {altered{[]string{ce}, []string{"f32", "f16", "bf16"}, is42In("f16", "bf16")}, ce + " f16", "value_is_true"},
		"no gradient": {altered{[]string{ce}, []string{"f32"}, func(_ *loss.Call, a *Answer) (*Answer, error) {
			return &Answer{Value: a.Value}, nil
		}}, ce + " f32", "every output that is declared"},
		"no gradient now and then": {altered{[]string{ce}, []string{"bf16"}, func(_ *loss.Call, a *Answer) (*Answer, error) {
			if calls++; calls%5 == 0 {
				a.Grad = nil
			}
			return a, nil
		}}, ce + " bf16", "every output that is declared"},
		"no numbers": {altered{[]string{ce}, []string{"f16"}, func(c *loss.Call, a *Answer) (*Answer, error) {
			return &Answer{Value: []float64{}, Grad: []float64{}}, nil
		}}, ce + " f16", "every output that is declared"},
		"numbers of no dtype": {altered{[]string{ce}, []string{"f16"}, func(c *loss.Call, a *Answer) (*Answer, error) {
			for i := range a.Grad {
				a.Grad[i] = math.MaxFloat64
			}
			return a, nil
		}}, ce + " f16", "a number of the dtype"},
	} {
		r := checked(t, c.subject, Config{Only: both, Checks: 5, Live: -1, Workers: 1})
		require.Error(t, r.Err(), name)
		require.Positive(t, r.Tally.Failed, name)
		require.Empty(t, r.Unchecked, name)
		require.Contains(t, failures(r), c.place+" breaks the law", name)
		require.Contains(t, failures(r), c.says, name)
	}
}

func TestCheck_42InOneDtypeFailsForEveryLoss(t *testing.T) {
	r := checked(t, altered{nil, []string{"f32", "bf16"}, is42In("bf16")}, Config{Only: Properties, Laws: []string{"value_is_true", "gradient_is_true"}, Checks: 2})
	broken := map[string]bool{}
	for _, l := range r.Laws.Results {
		if l.Status == Failed {
			require.Equal(t, "bf16", l.Format)
			broken[l.Loss+l.Law] = true
		}
	}
	for _, l := range loss.All() {
		require.True(t, broken[l.Name+"value_is_true"], l.Name)
		require.True(t, broken[l.Name+"gradient_is_true"], l.Name)
	}
}

// places lists what a report calls unchecked.
func places(r *Report) []string {
	var all []string
	for _, u := range r.Unchecked {
		all = append(all, u.String())
	}
	return all
}

func TestCheck_FailsWhatIsDeclaredAndNotChecked(t *testing.T) {
	noRow16(t)
	s := altered{[]string{ce}, []string{"f32", "f16"}, is42In("f16")}
	f16 := []string{ce + ", f16, value", ce + ", f16, grad"}
	r := checked(t, s, Config{Only: Golden, Live: -1})
	require.Equal(t, f16, places(r))
	require.ErrorContains(t, r.Err(), "declared, and not checked: "+strings.Join(f16, "; "))
	require.Contains(t, r.Unchecked[0].Reason, "check the laws too")
	var table bytes.Buffer
	require.NoError(t, r.WriteTable(&table))
	require.Regexp(t, `declared and not checked, which fails the run:\n  cross_entropy +f16 +value +no golden case`, table.String())
	require.Contains(t, reportText(t, r), `"unchecked"`)

	require.NoError(t, checked(t, s, Config{Only: Golden, Live: -1, Dtypes: []string{"f32"}}).Err(), "the run is not about f16")
	one := checked(t, s, Config{Cases: []string{"ce.f32.*"}})
	require.NoError(t, one.Err(), "a repeat")
	one = checked(t, s, Config{Only: both, Laws: []string{"inputs_unchanged"}, Checks: 2})
	require.NoError(t, one.Err(), "a repeat")

	// A subject that declines all it is asked in a dtype has shown nothing there.
	declines := altered{[]string{ce}, []string{"f32", "f64"}, unsupportedIn("f64")}
	r = checked(t, declines, Config{Only: Golden, Live: -1})
	require.Equal(t, []string{ce + ", f64, value", ce + ", f64, grad"}, places(r))
	require.Contains(t, r.Unchecked[0].Reason, "not on this device")
}

func TestAnswers_FailWhatIsDeclaredAndNotAsked(t *testing.T) {
	noRow16(t)
	s := altered{[]string{ce}, []string{"f32", "f16"}, is42In("f16")}
	verdict := func(config Config) *Report {
		var asked, answered bytes.Buffer
		require.NoError(t, config.WriteRequests(&asked))
		require.NoError(t, lcp.Serve(t.Context(), s, bytes.NewReader(asked.Bytes()), &answered))
		return judged(t, asked.String(), answered.String())
	}
	f16 := []string{ce + ", f16, value", ce + ", f16, grad"}
	require.Equal(t, f16, places(verdict(Config{Losses: []string{ce, "sigmoid"}})))
	require.NoError(t, verdict(Config{Losses: []string{ce, "sigmoid"}, Dtypes: []string{"f32"}}).Err())
	require.NoError(t, verdict(Config{Cases: []string{"ce.f32.[abc]*"}}).Err(), "a repeat")
}

// TestRun_FailsWhatIsDeclaredAndNotChecked runs itself in a process of its own, since the tests
// that Run makes fail.
func TestRun_FailsWhatIsDeclaredAndNotChecked(t *testing.T) {
	if os.Getenv("LOSSPROOF_UNCHECKED") != "" {
		noRow16(t)
		Config{Only: Golden, Live: -1}.Run(t, altered{[]string{ce}, []string{"f32", "f16"}, is42In("f16")})
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "LOSSPROOF_UNCHECKED=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "--- FAIL: "+t.Name())
	require.Contains(t, string(out), "declared, and not checked: cross_entropy, f16, value; cross_entropy, f16, grad\n")
}

// A function of one mean refuses bad input under it, and laws hold it to that.
func TestCheck_JudgesRefusalsUnderTheOnlyReduction(t *testing.T) {
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	mean := func(b *Batch[float64]) (float64, []float64, error) {
		r, err := loss.Eval(&loss.Call{Loss: bce, Format: ieee.Float64, Reduction: loss.MeanElements, Params: b.Params,
			Batch: loss.Batch{Rows: b.Rows, Cols: b.Cols, Pred: b.Pred, Target: b.Target, Weight: b.Weight}})
		if err != nil {
			return 0, nil, err
		}
		return r.Value[0], r.Grad, nil
	}
	r := checked(t, Reduced(bce, loss.MeanElements, mean), Config{Only: Properties, Checks: 20})
	require.NoError(t, r.Err(), failures(r))
	accepts := func(b *Batch[float64]) (float64, []float64, error) {
		v, g, err := mean(b)
		if err != nil {
			return 42, make([]float64, len(b.Pred)), nil
		}
		return v, g, nil
	}
	r = checked(t, Reduced(bce, loss.MeanElements, accepts), Config{Only: Properties, Checks: 20})
	require.Contains(t, failures(r), "bad input is refused")
}
