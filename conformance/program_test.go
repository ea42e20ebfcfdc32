package conformance

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject/lcp"
	"github.com/lossproof/lossproof/internal/ieee"
)

// soon is the time limit for the adapters that hang. Their other answers take a thousandth of
// it, and the others have no limit that a busy machine could come near.
const soon = 2 * time.Second

// patience is the longest silence that a faux adapter is allowed.
func patience(name string) time.Duration {
	if slices.Contains([]string{"hang", "late", "no answer", "blank lines", "drip", "ignore stop", "never flush", "no newline", "only the first"}, name) {
		return soon
	}
	return time.Hour
}

// fauxConfig is for the dtype in which the small suite has cases.
var fauxConfig = Config{Only: Golden, Dtypes: []string{"f32"}, Live: -1}

// A fauxRun is what came of a run with a faux adapter.
type fauxRun struct {
	report   *Report
	err      error
	failed   map[float64][]Outcome // by prediction of the case, where its target is 0.25
	others   []string              // failures of other cases
	warnings string                // those of the end too
}

// runFaux holds a faux adapter to the golden part of the small suite, and demands that no
// process of it is left.
func runFaux(t *testing.T, name string, limits lcp.Config) fauxRun {
	t.Helper()
	command, token := fauxCommand(t, name)
	limits.Timeout = patience(name)
	p, err := limits.Exec(t.Context(), command)
	require.NoError(t, err)
	report, err := fauxConfig.Check(t.Context(), p)
	p.Close()
	requireNothingLeft(t, token)
	require.NotNil(t, report)
	r := fauxRun{report: report, err: err, failed: map[float64][]Outcome{}, warnings: strings.Join(p.Warnings(), "\n")}
	vectors, err := handVectors(bce, ieee.Float32)
	require.NoError(t, err)
	for _, f := range report.Failures {
		i := slices.IndexFunc(vectors, func(v golden.Vector) bool { return v.ID == f.Case })
		if c := &vectors[i].Call; len(c.Pred) == 1 && isCase(c, c.Pred[0]) {
			r.failed[c.Pred[0]] = append(r.failed[c.Pred[0]], f.Outcome)
		} else {
			r.others = append(r.others, f.Case)
		}
	}
	return r
}

// requireNothingLeft demands that no process runs that was called with the token. Only
// Linux shows.
func requireNothingLeft(t *testing.T, token string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return
	}
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	require.NotEmpty(t, commands)
	for _, path := range commands {
		text, _ := os.ReadFile(path) // it may have ended; and of the dead nothing is left to read
		require.NotContains(t, string(text), token, "a process of the adapter is left")
	}
}

// allChecks is how many checks a right adapter passes.
func allChecks(t *testing.T) int {
	t.Helper()
	return checked(t, fauxSubject{Reference()}, fauxConfig).Tally.Passed
}

func TestExec_ARightAdapterConforms(t *testing.T) {
	t.Parallel()
	r := runFaux(t, "right", lcp.Config{})
	require.NoError(t, r.err)
	require.NoError(t, r.report.Err(), failures(r.report))
	require.Equal(t, allChecks(t), r.report.Tally.Passed)
	require.Equal(t, "faux", r.report.Subject.Name)
	require.Empty(t, r.warnings)
	require.Empty(t, r.report.Incomplete)
}

// Every message that the runner sends is of the schema, and none holds a true value: of a case
// it has what the call has.
func TestExec_TheRunnerSendsMessagesOfTheSchema(t *testing.T) {
	t.Parallel()
	command, token := fauxCommand(t, "recording")
	p, err := Exec(t.Context(), command)
	require.NoError(t, err)
	_, err = Config{Dtypes: []string{"f64", "bf16"}, Checks: 2, Live: 10}.Check(t.Context(), p)
	require.NoError(t, err)
	p.Close()
	sent, err := os.ReadFile(token + ".memory")
	require.NoError(t, err)
	schema, kinds := compiledSchema(t, "runner"), map[string]int{}
	for text := range strings.Lines(string(sent)) {
		requireOfSchema(t, schema, text)
		kinds[messageOf(text).Type]++
		require.NotContains(t, text, " ")
	}
	require.Equal(t, 1, kinds["hello"])
	require.GreaterOrEqual(t, kinds["echo"], 2)
	require.Greater(t, kinds["eval"], 20)
	require.Equal(t, 1, kinds["stop"])
	require.Len(t, kinds, 4)
}

// The one case that is the cause fails, with the reason; every other case is judged, and passes.
func TestExec_TheCaseThatIsTheCauseFailsAndNoOther(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		outcome Outcome
		says    []string
	}{
		"crash":                   {Crashed, []string{"exit status 3", "boom"}},
		"exit early":              {Crashed, []string{"exit status 0"}},
		"hang":                    {Hung, []string{"no answer within " + soon.String()}},
		"late":                    {Hung, []string{"no answer within " + soon.String()}},
		"no answer":               {Hung, []string{"no answer within " + soon.String()}},
		"blank lines":             {Hung, []string{"no answer within " + soon.String()}},
		"drip":                    {Hung, []string{"bytes without a newline"}},
		"twice":                   {Malformed, []string{"a second answer"}},
		"twice, and late":         {Malformed, []string{"a second answer"}},
		"foreign":                 {Malformed, []string{"nosuch"}},
		"wrong shape":             {WrongLength, []string{"2 numbers"}},
		"decimal":                 {Malformed, []string{"0.5", "value[0] is a JSON number: want a string of hexadecimal digits"}},
		"wrong width":             {Malformed, []string{"8 hexadecimal digits"}},
		"surplus field":           {Malformed, []string{"surplus"}},
		"noise":                   {Malformed, []string{"loading weights"}},
		"flood stderr and crash":  {Crashed, []string{"exit status 4", "xxxx"}},
		"crash with a grandchild": {Crashed, []string{"exit status 5"}},
		"refuse":                  {Refused, []string{"not this one"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runFaux(t, name, lcp.Config{})
			require.NoError(t, r.err)
			require.Empty(t, r.others, failures(r.report))
			require.Len(t, r.failed, 1, failures(r.report))
			require.NotEmpty(t, r.failed[theCulprit], failures(r.report))
			for _, f := range r.report.Failures {
				require.Equal(t, want.outcome, f.Outcome, "%v", f)
				for _, text := range want.says {
					require.Contains(t, f.Got, text)
				}
				require.Less(t, len(f.String()), 4000, "what is quoted is bounded")
				require.Contains(t, f.Repeat, "-- ")
			}
			require.Equal(t, allChecks(t)-len(r.report.Failures), r.report.Tally.Passed)
			require.Zero(t, r.report.Tally.Skipped)
			require.Empty(t, r.report.Incomplete)
			require.False(t, r.report.Conforms())
		})
	}
}

// What there is not is left out: null is no gradient, and no lack of one.
func TestExec_NullIsMalformed(t *testing.T) {
	t.Parallel()
	r := runFaux(t, "null gradient", lcp.Config{})
	require.NotEmpty(t, r.report.Failures)
	require.Contains(t, r.report.Failures[0].Got, "grad is null: what there is not is left out")
}

// What is odd and no fault: the subject conforms, and the report may warn.
func TestExec_WhatIsNoFaultOfACase(t *testing.T) {
	t.Parallel()
	for name, warning := range map[string]string{
		"slow":            "",
		"flood stderr":    "",
		"noise at once":   "no case alone repeats it: on standard output, what is no answer: \"loading weights\"",
		"ignore stop":     "did not end within",
		"bad end":         "exit status 7",
		"talk after stop": "goodbye",
		"grandchild":      "left others running",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "grandchild" && runtime.GOOS != "linux" {
				t.Skip("NOT RUN: only Linux shows whose child a process is")
			}
			r := runFaux(t, name, lcp.Config{})
			require.NoError(t, r.err)
			require.NoError(t, r.report.Err(), failures(r.report))
			require.Equal(t, allChecks(t), r.report.Tally.Passed)
			if warning == "" {
				require.Empty(t, r.warnings)
			}
			require.Contains(t, r.warnings, warning)
		})
	}
}

func TestExec_SwappedAnswersFailBothCases(t *testing.T) {
	t.Parallel()
	r := runFaux(t, "swap", lcp.Config{})
	require.Empty(t, r.others, failures(r.report))
	require.Len(t, r.failed, 2, failures(r.report))
	require.Contains(t, r.failed[theCulprit], Inaccurate)
	require.Contains(t, r.failed[thePartner], Inaccurate)
}

func TestExec_NaNAsTextFailsEachCaseThatHasIt(t *testing.T) {
	t.Parallel()
	var want []string
	vectors, err := handVectors(bce, ieee.Float32)
	require.NoError(t, err)
	for _, v := range vectors {
		hasNaN := func(n oracle.Number) bool { return n.Rounded != n.Rounded }
		if slices.ContainsFunc(v.Truth.Value, hasNaN) || slices.ContainsFunc(v.Truth.Grad, hasNaN) {
			want = append(want, v.ID)
		}
	}
	require.NotEmpty(t, want)
	for _, name := range []string{"NaN as text", "NaN as a string"} {
		r := runFaux(t, name, lcp.Config{})
		var got []string
		for _, f := range r.report.Failures {
			require.Equal(t, Malformed, f.Outcome)
			require.Regexp(t, "(?i)nan", f.Got)
			got = append(got, f.Case)
		}
		slices.Sort(got)
		require.Equal(t, want, slices.Compact(got), name)
		require.Empty(t, r.warnings, "no process had to be ended")
	}
}

// A line of 1 GiB is not read to its end, and takes no such memory.
func TestExec_AnEndlessLineTakesNoMemory(t *testing.T) { // not parallel: it measures memory
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := runFaux(t, "endless line", lcp.Config{})
	runtime.ReadMemStats(&after)
	const most = 256 << 20 // of all that was ever taken, the run itself included
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(most))
	require.Empty(t, r.others, failures(r.report))
	require.Equal(t, []Outcome{Malformed, Malformed}, r.failed[theCulprit])
	require.Contains(t, r.report.Failures[0].Got, "a line of more than")
	require.Less(t, len(r.report.Failures[0].Got), 1000)
}

func TestExec_UnsupportedIsSkipped(t *testing.T) {
	t.Parallel()
	r := runFaux(t, "unsupported", lcp.Config{})
	require.NoError(t, r.report.Err(), failures(r.report))
	require.Equal(t, 2, r.report.Tally.Skipped)
	require.Contains(t, r.report.Skips[0].Reason, "not on a Tuesday")
}

func TestExec_ADtypeThatChangesOnItsWayIsNotJudged(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"no negative zero":      "-0 (8000000000000000) came back as 0 (0000000000000000)",
		"no subnormals":         "5e-324 (0000000000000001) came back as 0 (0000000000000000)",
		"an echo that is short": "numbers of f64 came back",
		"bytes reversed":        "its bytes in the other order",
		"an echo in decimal":    `came back as "1.0"`,
	} {
		r := runFaux(t, name, lcp.Config{})
		require.NoError(t, r.err)
		require.Contains(t, r.report.Incomplete, "f64 is not judged")
		require.Contains(t, r.report.Incomplete, want)
		require.ErrorContains(t, r.report.Err(), "f64 is not judged")
		require.Equal(t, allChecks(t), r.report.Tally.Passed, "f32 is judged")
	}
	r := runFaux(t, "no f32 negative zero", lcp.Config{})
	require.Contains(t, r.report.Incomplete, "f32 is not judged")
	require.Zero(t, r.report.Tally.Ran())
}

// An adapter that cannot be asked is no subject.
func TestExec_WhatIsNoAdapterIsAnError(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"no hello":             "no answer to hello within",
		"hello without an end": "bytes without a newline",
		"crash at hello":       "no module named torch",
		"noise at hello":       `"Welcome!"`,
		"unknown loss":         `no loss "cubed_error"`,
		"unknown field":        `"lose"`,
		"wrong protocol":       `"LCP/9": want "LCP/1"`,
		"no capabilities":      "declares no loss",
		"endless hello":        "an endless line",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			command, token := fauxCommand(t, name)
			var limits lcp.Config
			switch name { // nothing else is timed
			case "no hello":
				limits.StartTimeout = 100 * time.Millisecond
			case "hello without an end": // time to write it in
				limits.StartTimeout = 10 * time.Second
			}
			_, err := limits.Exec(t.Context(), command)
			require.ErrorContains(t, err, want)
			require.Less(t, len(err.Error()), 2000)
			requireNothingLeft(t, token)
		})
	}
	_, err := Exec(t.Context(), []string{"/no/such/program"})
	require.ErrorContains(t, err, "/no/such/program")
	_, err = Exec(t.Context(), nil)
	require.ErrorContains(t, err, "no command")
}

// Bounds make an end of what would go on without one, with a report of what there is.
func TestExec_GivesUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says  string
		limit lcp.Config
	}{
		"crash always":  {"5 processes in a row ended without an answer", lcp.Config{Barren: 5}},
		"idle crash":    {"3 processes ended before their time", lcp.Config{Restarts: 3}},
		"another hello": {"its hello was", lcp.Config{}},
		"hang":          {"1 times there was no answer in time", lcp.Config{Hangs: 1}},

		"never flush":    {"there never was a whole one; the last: no answer within 2s: nothing was written: is standard output flushed", lcp.Config{}},
		"no newline":     {"bytes without a newline", lcp.Config{}},
		"only the first": {"there never was a whole one; the last: no answer within 2s: it answered 1 of ", lcp.Config{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runFaux(t, name, c.limit)
			require.ErrorIs(t, r.err, lcp.ErrGone)
			require.ErrorContains(t, r.err, c.says)
			require.Contains(t, r.report.Incomplete, c.says)
			require.False(t, r.report.Conforms())
			require.Less(t, r.report.Tally.Ran(), allChecks(t))
			if name == "idle crash" {
				require.Zero(t, r.report.Tally.Failed, "no case is the cause: %s", failures(r.report))
			}
		})
	}
}

// Laws are held against a program too, and what it does there fails the law.
func TestExec_LawsAreChecked(t *testing.T) {
	t.Parallel()
	command, token := fauxCommand(t, "right")
	p, err := Exec(t.Context(), command)
	require.NoError(t, err)
	report, err := Config{Only: Properties, Dtypes: []string{"f32"}, Checks: 5}.Check(t.Context(), p)
	require.NoError(t, err)
	require.NoError(t, report.Err())
	require.Greater(t, report.Tally.Passed, 20)
	p.Close()
	requireNothingLeft(t, token)
}

func TestExec_RunsInATest(t *testing.T) {
	t.Parallel()
	command, token := fauxCommand(t, "right")
	p, err := Exec(t.Context(), command)
	require.NoError(t, err)
	Config{Only: Golden, Dtypes: []string{"f32"}, Live: 10}.Run(t, p)
	p.Close()
	requireNothingLeft(t, token)
}

// One that cannot be asked any more ends the laws too, and those that were done with are
// reported.
func TestExec_GivesUpInTheLaws(t *testing.T) {
	t.Parallel()
	command, token := fauxCommand(t, "idle crash")
	p, err := lcp.Config{Restarts: 30}.Exec(t.Context(), command)
	require.NoError(t, err)
	report, err := Config{Only: Properties, Dtypes: []string{"f32"}, Checks: 20}.Check(t.Context(), p)
	p.Close()
	requireNothingLeft(t, token)
	require.ErrorIs(t, err, lcp.ErrGone)
	require.NotNil(t, report)
	require.Regexp(t, `^\d+ of \d+ laws were checked: the adapter failed: 30 processes`, report.Incomplete)
	require.Equal(t, report.Tally.Passed+report.Tally.Skipped, len(report.Laws.Results), "no law is called broken for it")
}

func TestExec_ACallAfterTheEndIsAnError(t *testing.T) {
	t.Parallel()
	command, _ := fauxCommand(t, "right")
	p, err := Exec(t.Context(), command)
	require.NoError(t, err)
	call := &loss.Call{Loss: bce, Format: ieee.Float32, Batch: loss.Batch{Rows: 1, Cols: 1, Pred: []float64{1}, Target: []float64{1}}}
	answer, err := p.Eval(t.Context(), call)
	require.NoError(t, err)
	require.Len(t, answer.Value, 1)
	p.Close()
	p.Close()
	_, err = p.Eval(t.Context(), call)
	require.ErrorIs(t, err, lcp.ErrGone)
}

// When the context ends, the report holds what was done, and the adapter is ended though it
// hangs.
func TestExec_AnInterruptLeavesAReport(t *testing.T) {
	t.Parallel()
	command, token := fauxCommand(t, "hang")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p, err := lcp.Config{Timeout: time.Hour}.Exec(ctx, command)
	require.NoError(t, err)
	report, err := Config{Only: Golden, Live: -1, Workers: 2, Progress: func(done, total int) {
		if done >= 20 {
			cancel()
		}
	}}.Check(ctx, p)
	require.ErrorIs(t, err, context.Canceled)
	require.NotNil(t, report)
	require.Contains(t, report.Incomplete, "cases were run: context canceled")
	require.Positive(t, report.Tally.Passed)
	require.Zero(t, report.Tally.Failed)
	p.Close()
	requireNothingLeft(t, token)
}
