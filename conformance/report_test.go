package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// wrongAbove17 is right but where its float32 sigmoid is 1.
func wrongAbove17(z, y float32) (value, grad float32) {
	value, grad = goodBCE(z, y)
	if z >= 17 && y == 1 {
		value = 0
	}
	return value, grad
}

func TestCheck_ReportDoesNotDependOnWorkers(t *testing.T) {
	text := func(n int) string {
		var b bytes.Buffer
		r := checked(t, Pointwise(bce, wrongAbove17), Config{Workers: n})
		require.NoError(t, r.WriteJSON(&b))
		require.NoError(t, r.WriteTable(&b))
		return b.String()
	}
	require.Equal(t, text(1), text(7))
}

func TestCheck_UnknownNamesAreErrors(t *testing.T) {
	good := Pointwise(bce, goodBCE)
	for want, c := range map[string]Config{
		`no loss "bce"`:            {Losses: []string{"bce"}},
		`no format "f33"`:          {Dtypes: []string{"f33"}},
		"no case matches nosuch":   {Cases: []string{"nosuch"}},
		"case pattern":             {Cases: []string{"["}},
		"no level 9":               {Level: Exact + 4},
		"does not declare empty_m": {Conventions: loss.Conventions{"empty_mean": "zero"}},
		"does not declare nosuch":  {Conventions: loss.Conventions{"nosuch": "1"}},
		`no part "vectors"`:        {Only: "vectors"},
		`no law "nosuch"`:          {Laws: []string{"nosuch"}},
		"cases are golden":         {Cases: []string{"*"}, Only: Properties},
		"laws are properties":      {Laws: []string{"inputs_unchanged"}, Only: Golden},
		"no law to check":          {Laws: []string{"shift_invariant"}},
	} {
		_, err := c.Check(t.Context(), good)
		require.ErrorContains(t, err, want)
	}
	for want, s := range map[string]Subject{
		`no loss "bce"`:               Pointwise("bce", goodBCE),
		`no parameter "gamma"`:        Pointwise(bce, goodBCE).With(About{Params: []string{"gamma"}}),
		`no convention "nosuch"`:      Pointwise(bce, goodBCE).With(About{Conventions: loss.Conventions{"nosuch": "1"}}),
		`empty_mean has no value "5"`: Pointwise(bce, goodBCE).With(About{Conventions: loss.Conventions{"empty_mean": "5"}}),
		"declares no loss":            Join("empty", ""),
	} {
		_, err := Check(t.Context(), s)
		require.ErrorContains(t, err, want)
	}
}

func TestCheck_ARunWithoutChecksFails(t *testing.T) {
	r := checked(t, Pointwise(bce, func(z, y float64) float64 { return 0 }), Config{Live: -1})
	require.ErrorContains(t, r.Err(), "no check was run")
	require.ErrorContains(t, r.Err(), "no f32")
	r = checked(t, Pointwise(bce, goodBCE), Config{Dtypes: []string{"f64"}})
	require.ErrorIs(t, r.Err(), errNoChecks)
	unsupported := subjectFunc(func(*loss.Call) (*Answer, error) { return nil, ErrUnsupported })
	require.ErrorIs(t, checked(t, unsupported).Err(), errNoChecks)
}

func TestCheck_Canceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Config{Only: Golden, Workers: 1, Progress: func(done, _ int) {
		if done == 10 {
			cancel()
		}
	}}.Check(ctx, Pointwise(bce, goodBCE))
	require.ErrorIs(t, err, context.Canceled)
	require.Contains(t, r.Incomplete, "10 of ")
	require.ErrorContains(t, r.Err(), "incomplete")
	require.Positive(t, r.Tally.Ran())
}

func TestCheck_SuiteErrorsAreNotTheSubjects(t *testing.T) {
	defer func() { suite = source{handVectors, handTruth} }()
	suite.truth = func(*loss.Call) (*oracle.Truth, error) { return nil, errors.New("out of precision") }
	_, err := Config{Losses: []string{bce}, Live: 10}.Check(t.Context(), Reference())
	require.ErrorContains(t, err, "the oracle on live.")
	suite.vectors = func(string, ieee.Format) ([]golden.Vector, error) { return nil, errors.New("bad file") }
	_, err = Check(t.Context(), Reference())
	require.ErrorContains(t, err, "bad file")
}

func TestReport_JSON(t *testing.T) {
	var b bytes.Buffer
	r := checked(t, Pointwise(bce, func(z, y float32) (float32, float32) { return float32(math.Inf(1)), 0 }))
	require.NoError(t, r.WriteJSON(&b))
	require.Contains(t, b.String(), `"schema": "lossproof.report/3"`)
	require.Contains(t, b.String(), `"maxUlp": "inf"`)
	var back Report
	require.NoError(t, json.Unmarshal(b.Bytes(), &back))
	require.Equal(t, r.Tally, back.Tally)
	require.Equal(t, NotCallable, back.Rows[0].Level)
	require.True(t, math.IsInf(float64(back.Rows[0].Max), 1))
}

func TestReport_Table(t *testing.T) {
	var b bytes.Buffer
	r := checked(t, Pointwise(bce, wrongAbove17).With(About{Name: "mylib", Version: "v2"}))
	require.NoError(t, r.WriteTable(&b))
	for _, text := range []string{"mylib v2, required level: 3 accurate", "max ulp", "1 close", "skipped, which is not passed:",
		"largest error at", "prediction 50 (42480000), target 1 (3f800000)", "does not conform", "vectors"} {
		require.Contains(t, b.String(), text)
	}
}

func TestRun_PassesARightFunction(t *testing.T) {
	Config{Level: Faithful, Checks: 5}.Run(t, Pointwise(bce, goodBCE))
}

// TestRun_FailsAWrongFunction runs this test in a process of its own, since it fails.
func TestRun_FailsAWrongFunction(t *testing.T) {
	if os.Getenv("LOSSPROOF_FAIL") != "" {
		Config{Checks: 5}.Run(t, Pointwise(bce, wrongAbove17))
		return
	}
	run := func(pattern string, more ...string) (string, error) {
		c := exec.Command(os.Args[0], append([]string{"-test.run", pattern, "-test.v"}, more...)...)
		c.Env = append(os.Environ(), "LOSSPROOF_FAIL=1")
		out, err := c.CombinedOutput()
		return string(out), err
	}
	short, err := run("^TestRun_FailsAWrongFunction$")
	require.Error(t, err)
	require.NotContains(t, short, "--- FAIL: TestRun_FailsAWrongFunction/", "the summary stands for all")
	_, command, found := strings.Cut(short, "go test -run '")
	require.True(t, found)
	pattern, _, _ := strings.Cut(command, "'")
	one, err := run(pattern)
	require.Error(t, err, "the command repeats the failure")
	require.Contains(t, one, "-run selects 1 of")
	out, err := run("^TestRun_FailsAWrongFunction$", "-lossproof.show=all")
	require.Error(t, err)
	require.Contains(t, out, "--- FAIL: TestRun_FailsAWrongFunction/binary_cross_entropy_with_logits/f32/none/bcel.f32.")
	passing, err := run("^TestRun_FailsAWrongFunction$/^" + bce + "$/^f32$/^none$/^bcel.f32.000$")
	require.NoError(t, err, passing)
	_, law, found := strings.Cut(out, "go test -run '^TestRun_FailsAWrongFunction$/^laws$/")
	require.True(t, found, "a broken law is repeated by go test too")
	law, _, _ = strings.Cut(law, "'")
	again, err := run("^TestRun_FailsAWrongFunction$/^laws$/" + law)
	require.Error(t, err, "the command repeats the failure")
	require.Contains(t, again, "breaks the law")
	require.Contains(t, again, "1 checks run: 0 passed, 1 failed")
	none, err := run("^TestRun_FailsAWrongFunction$/nosuch")
	require.Error(t, err)
	require.Contains(t, none, "no check was run")
}
