package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
		r := checked(t, Pointwise(bce, wrongAbove17), Workers(n))
		require.NoError(t, r.WriteJSON(&b))
		require.NoError(t, r.WriteTable(&b))
		return b.String()
	}
	require.Equal(t, text(1), text(7))
}

func TestCheck_UnknownNamesAreErrors(t *testing.T) {
	good := Pointwise(bce, goodBCE)
	for want, opts := range map[string][]Option{
		`no loss "bce"`:            {Losses("bce")},
		`no format "f33"`:          {Formats("f33")},
		"no case matches nosuch":   {Cases("nosuch")},
		"case pattern":             {Cases("[")},
		"no level 9":               {AtLevel(9)},
		"does not declare empty_m": {Conventions(loss.Conventions{"empty_mean": "zero"})},
		"does not declare nosuch":  {Conventions(loss.Conventions{"nosuch": "1"})},
		"no such file":             {KnownFailuresFile("/nosuch")},
		"line 1: 2 fields":         {KnownFailures(strings.NewReader("a b"))},
		"reduction of -1 terms":    {Live(-1)},
		`no part "vectors"`:        {Only("vectors")},
		`no part ""`:               {Only("")},
		"-1 checks of each law":    {Checks(-1)},
		`no law "nosuch"`:          {Laws("nosuch")},
		"cases are golden":         {Cases("*"), Only(Properties)},
		"laws are properties":      {Laws("inputs_unchanged"), Only(Golden)},
		"no law to check":          {Laws("shift_invariant")},
	} {
		_, err := Check(t.Context(), good, opts...)
		require.ErrorContains(t, err, want)
	}
	for want, s := range map[string]Subject{
		`no loss "bce"`:               Pointwise("bce", goodBCE),
		`no parameter "gamma"`:        Pointwise(bce, goodBCE, Takes("gamma")),
		`no convention "nosuch"`:      Pointwise(bce, goodBCE, Follows(loss.Conventions{"nosuch": "1"})),
		`empty_mean has no value "5"`: Pointwise(bce, goodBCE, Follows(loss.Conventions{"empty_mean": "5"})),
		"declares no loss":            Join("empty", ""),
	} {
		_, err := Check(t.Context(), s)
		require.ErrorContains(t, err, want)
	}
}

func TestCheck_ARunWithoutChecksFails(t *testing.T) {
	r := checked(t, Pointwise(bce, func(z, y float64) float64 { return 0 }))
	require.ErrorContains(t, r.Err(), "no check was run")
	require.ErrorContains(t, r.Err(), "no f32")
	r = checked(t, Pointwise(bce, goodBCE), Formats("f64"))
	require.ErrorIs(t, r.Err(), errNoChecks)
	unsupported := subjectFunc(func(*loss.Call) (*Answer, error) { return nil, ErrUnsupported })
	require.ErrorIs(t, checked(t, unsupported).Err(), errNoChecks)
}

func TestCheck_Canceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Check(ctx, Pointwise(bce, goodBCE), Only(Golden), Workers(1), Progress(func(done, _ int) {
		if done == 10 {
			cancel()
		}
	}))
	require.ErrorIs(t, err, context.Canceled)
	require.Contains(t, r.Incomplete, "10 of ")
	require.ErrorContains(t, r.Err(), "incomplete")
	require.Positive(t, r.Tally.Ran())
}

func TestCheck_SuiteErrorsAreNotTheSubjects(t *testing.T) {
	defer func() { suite = source{handVectors, handTruth} }()
	suite.truth = func(*loss.Call) (*oracle.Truth, error) { return nil, errors.New("out of precision") }
	_, err := Check(t.Context(), Reference(), Losses(bce), Live(10))
	require.ErrorContains(t, err, "the oracle on live.")
	suite.vectors = func(string, ieee.Format) ([]golden.Vector, error) { return nil, errors.New("bad file") }
	_, err = Check(t.Context(), Reference())
	require.ErrorContains(t, err, "bad file")
}

func TestReport_JSON(t *testing.T) {
	var b bytes.Buffer
	r := checked(t, Pointwise(bce, func(z, y float32) (float32, float32) { return float32(math.Inf(1)), 0 }))
	require.NoError(t, r.WriteJSON(&b))
	require.Contains(t, b.String(), `"schema": "lossproof.report/1"`)
	require.Contains(t, b.String(), `"maxUlp": "inf"`)
	var back Report
	require.NoError(t, json.Unmarshal(b.Bytes(), &back))
	require.Equal(t, r.Tally, back.Tally)
	require.Equal(t, NotCallable, back.Rows[0].Level)
	require.True(t, math.IsInf(float64(back.Rows[0].Max), 1))
}

func TestReport_Table(t *testing.T) {
	var b bytes.Buffer
	r := checked(t, Pointwise(bce, wrongAbove17, Called("mylib", "v2")))
	require.NoError(t, r.WriteTable(&b))
	for _, text := range []string{"mylib v2, required level: 3 accurate", "max ulp", "1 close", "skipped, which is not passed:",
		"largest error at", "prediction 50 (42480000), target 1 (3f800000)", "does not conform", "vectors"} {
		require.Contains(t, b.String(), text)
	}
}

func TestKnownFailures(t *testing.T) {
	wrong := Pointwise(bce, wrongAbove17)
	r := checked(t, wrong)
	var file bytes.Buffer
	require.NoError(t, r.WriteKnownFailures(&file, "float32 sigmoid saturates"))
	lines := strings.Split(strings.TrimSpace(file.String()), "\n")
	require.Len(t, lines, len(r.Failures))
	with := func(text string) *Report { return checked(t, wrong, KnownFailures(strings.NewReader(text))) }

	known := with(file.String())
	require.NoError(t, known.Err(), "what is known does not fail the run")
	require.Equal(t, len(lines), known.Tally.Known)
	require.Len(t, known.Known, len(lines))

	dead := with(file.String() + bce + ".f32.nosuch*/value inaccurate 3 gone\n")
	require.ErrorContains(t, dead.Err(), fmt.Sprintf("line %d: %s.f32.nosuch*/value matches no check", len(lines)+1, bce))
	elsewhere := checked(t, wrong, Losses(bce), Formats("f32"), KnownFailures(strings.NewReader(file.String()+"*.f64.*/value inaccurate 3 gone\n")))
	require.NoError(t, elsewhere.Err(), "a line for a dtype that was not asked for is not dead")

	fields := strings.Fields(lines[0])
	worse := with(strings.Replace(file.String(), fields[2], "17", 1))
	require.Len(t, worse.Failures, 1)
	require.Contains(t, failures(worse), "note     line 1 of the known failures (float32 sigmoid saturates) allows 17 ulp")

	other := with(strings.Replace(file.String(), "inaccurate  "+fields[2], "panicked -", 1))
	require.Contains(t, failures(other), "expects the outcome panicked")

	passing := checked(t, Pointwise(bce, goodBCE), KnownFailures(&file))
	require.Len(t, passing.Failures, len(lines))
	require.Contains(t, failures(passing), "unexpected pass")
}

func TestParseKnownFailures_NamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"a.b.c/value inaccurate 3":        "line 1: 3 fields",
		"\n# x\na.b/value panicked - why": `line 3: the pattern "a.b/value"`,
		"a.b.c panicked - why":            "is not <loss>.<dtype>.<case>/<output>",
		"a.b.[/value panicked - why":      "syntax error in pattern",
		"a.b.c/value slow - why":          `no outcome "slow"`,
		"a.b.c/value panicked 3 why":      "has no bound in ulp",
		"a.b.c/value inaccurate - why":    `the bound "-" is not a number of ulp`,
		"a.b.c/value inaccurate NaN why":  `the bound "NaN"`,
		"a.b.c/value inaccurate -1 why":   `the bound "-1"`,
	} {
		_, err := ParseKnownFailures(strings.NewReader(text))
		require.ErrorContains(t, err, want)
	}
}

func FuzzParseKnownFailures(f *testing.F) {
	f.Add("a.b.*/value inaccurate 3.5 a reason\n# comment\n\n*.f32.x/grad panicked - why")
	f.Add("a.[.c/value inaccurate 1 x")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := ParseKnownFailures(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.Line < 1 || e.Reason == "" || math.IsNaN(e.Bound) || e.Bound < 0 || (e.Outcome == Inaccurate) == math.IsInf(e.Bound, 1) {
				t.Errorf("%+v", e)
			}
			e.matches("a.b.c/value")
		}
	})
}

func TestRun_PassesARightFunction(t *testing.T) {
	Run(t, Pointwise(bce, goodBCE), AtLevel(Faithful), Checks(5))
}

// TestRun_FailsAWrongFunction runs this test in a process of its own, since it fails.
func TestRun_FailsAWrongFunction(t *testing.T) {
	if os.Getenv("LOSSPROOF_FAIL") != "" {
		Run(t, Pointwise(bce, wrongAbove17), Checks(5))
		return
	}
	run := func(pattern string) (string, error) {
		c := exec.Command(os.Args[0], "-test.run", pattern, "-test.v")
		c.Env = append(os.Environ(), "LOSSPROOF_FAIL=1")
		out, err := c.CombinedOutput()
		return string(out), err
	}
	out, err := run("^TestRun_FailsAWrongFunction$")
	require.Error(t, err)
	require.Contains(t, out, "--- FAIL: TestRun_FailsAWrongFunction/binary_cross_entropy_with_logits/f32/none/bcel.f32.")
	_, command, found := strings.Cut(out, "go test -run '")
	require.True(t, found)
	pattern, _, _ := strings.Cut(command, "'")
	one, err := run(pattern)
	require.Error(t, err, "the command repeats the failure")
	require.Contains(t, one, "-run selects 1 of")
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
