package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/kernel"
	"github.com/lossproof/lossproof/impl/loss"
)

// lastLine is the line that scripts read.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}

// counts is the last line of a run, and unjudged of one that was not run to its end.
var (
	counts   = regexp.MustCompile(`^(\d+) passed, (\d+) failed, (\d+) skipped$`)
	unjudged = regexp.MustCompile(`^incomplete, and so without a verdict: (\d+) passed, (\d+) failed, (\d+) skipped$`)
)

// withSubject makes a subject known to the command for one test.
func withSubject(t *testing.T, name string, s conformance.Subject) {
	subjects[name] = func(kernel.Tier) conformance.Subject { return s }
	t.Cleanup(func() { delete(subjects, name) })
}

// wrong is the classical wrong way: log(σ(z)) underflows, and 1−p loses what σ(−z) keeps.
func wrong(z, y float64) (value, grad float64) {
	p := 1 / (1 + math.Exp(-z))
	return -y*math.Log(p) - (1-y)*math.Log(1-p), p - y
}

func TestVerify_TheReferenceConforms(t *testing.T) {
	file := filepath.Join(t.TempDir(), "report.json")
	out := lossproof("verify", "--loss", "binary_cross_entropy_with_logits,sigmoid", "--dtype", "f64", "--live", "100", "--checks", "5", "--json", file)
	require.Equal(t, conforms, out.code, out.stdout+out.stderr)
	require.Regexp(t, counts, lastLine(out.stdout))
	require.Empty(t, out.stderr, "no progress where there is no terminal")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var report conformance.Report
	require.NoError(t, json.Unmarshal(text, &report))
	require.Equal(t, conformance.ReportVersion, report.Schema)
	require.Greater(t, report.Tally.Passed, 400)
	require.Empty(t, report.Incomplete)
	require.NotEmpty(t, report.Laws.Results)
}

func TestVerify_AWrongSubjectExitsWith1AndSaysWhy(t *testing.T) {
	withSubject(t, "wrong", conformance.Pointwise("binary_cross_entropy_with_logits", wrong))
	out := lossproof("verify", "wrong", "--level", "stable", "--only", "golden")
	require.Equal(t, doesNotConform, out.code)
	found := counts.FindStringSubmatch(lastLine(out.stdout))
	require.NotNil(t, found, lastLine(out.stdout))
	require.NotEqual(t, "0", found[2])
	for _, part := range []string{"rule", "input", "got", "want", "ulp", "repeat", "lossproof verify wrong --case "} {
		require.Contains(t, out.stdout, part)
	}
	// The command that it prints repeats the one case.
	command := regexp.MustCompile(`lossproof (verify wrong --case (\S+) --level stable)`).FindStringSubmatch(out.stdout)
	id := command[2]
	again := lossproof(strings.Fields(command[1])...)
	require.Equal(t, doesNotConform, again.code)
	require.Contains(t, again.stdout, id)
	right := lossproof("verify", "--case", id)
	require.Equal(t, conforms, right.code, right.stdout)
}

// The command that a broken law prints repeats it as printed.
func TestVerify_ABrokenLawIsRepeatedAsPrinted(t *testing.T) {
	withSubject(t, "wrong", conformance.Pointwise("binary_cross_entropy_with_logits", wrong))
	out := lossproof("verify", "wrong", "--only", "properties", "--level", "stable", "--seed", "7", "--checks", "20")
	require.Equal(t, doesNotConform, out.code, out.stderr)
	require.Contains(t, out.stdout, "breaks the law")
	require.NotContains(t, out.stdout, "max ulp")
	commands := regexp.MustCompile(`lossproof (verify wrong --only properties .*--seed 7 --checks 20.*)`).FindAllStringSubmatch(out.stdout, -1)
	require.NotEmpty(t, commands)
	for _, command := range commands[:min(3, len(commands))] {
		args := strings.Fields(command[1])
		again := lossproof(args...)
		require.Equal(t, doesNotConform, again.code, again.stdout)
		require.Equal(t, "0 passed, 1 failed, 0 skipped", lastLine(again.stdout))
		right := lossproof(slices.DeleteFunc(args, func(arg string) bool { return arg == "wrong" })...)
		require.Equal(t, conforms, right.code, right.stdout+right.stderr)
		require.Equal(t, "1 passed, 0 failed, 0 skipped", lastLine(right.stdout))
	}
}

func TestVerify_NothingRunIsNotAPass(t *testing.T) {
	withSubject(t, "wrong", conformance.Pointwise("binary_cross_entropy_with_logits", wrong))
	out := lossproof("verify", "wrong", "--dtype", "bf16") // it has float64 only
	require.Equal(t, doesNotConform, out.code)
	require.Regexp(t, `^0 passed, 0 failed, [1-9]\d* skipped$`, lastLine(out.stdout))
}

func TestVerify_JSONOnStdoutIsAlone(t *testing.T) {
	out := lossproof("verify", "--loss", "sigmoid", "--dtype", "f64", "--checks", "5", "--json", "-")
	require.Equal(t, conforms, out.code, out.stderr)
	require.True(t, json.Valid([]byte(out.stdout)))
	require.Regexp(t, counts, lastLine(out.stderr))
}

func TestVerify_AnInterruptLeavesAReport(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	file := filepath.Join(t.TempDir(), "report.json")
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"verify", "--json", file}, strings.NewReader(""), &stdout, &stderr)
	require.Equal(t, harnessFailed, code)
	require.Contains(t, stderr.String(), "incomplete")
	require.Regexp(t, unjudged, lastLine(stdout.String()))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var report conformance.Report
	require.NoError(t, json.Unmarshal(text, &report))
	require.NotEmpty(t, report.Incomplete)
}

func TestVerify_AJudgeThatFailsItsOwnTestExitsWith4(t *testing.T) {
	defer func(f func() error) { selfTest = f }(selfTest)
	selfTest = func() error { return errors.New("the judge is blind") }
	out := lossproof("verify")
	require.Equal(t, selfTestFailed, out.code)
	require.Contains(t, out.stderr, "the judge is blind")
	require.Empty(t, out.stdout)
}

func TestVerify_MistakesExitWith2(t *testing.T) {
	for _, args := range [][]string{
		{"--case", "no.such.case"}, {"--case", "["}, {"--live", "-1"}, {"--json", "/no/such/folder/report.json"},
		{"--only", "vectors"}, {"--checks", "-1"}, {"--law", "no_such_law"}, {"--only", "golden", "--law", "inputs_unchanged"},
		{"--only", "properties", "--case", "*"}, {"--seed", "-1"}, {"--loss", "sigmoid", "--law", "shift_invariant"},
	} {
		out := lossproof(append([]string{"verify"}, args...)...)
		require.Equal(t, usage, out.code, "%v: %s", args, out.stderr)
		require.NotEmpty(t, out.stderr)
	}
}

// narrow is the reference of one loss in two dtypes, with another answer in f16.
type narrow struct {
	conformance.Subject
	f16 func(a *conformance.Answer) (*conformance.Answer, error)
}

func (s narrow) Describe() conformance.Description {
	d := conformance.Description{Name: "narrow"}
	for _, c := range s.Subject.Describe().Capabilities {
		if c.Loss == "cross_entropy" {
			c.Formats = []string{"f32", "f16"}
			d.Capabilities = append(d.Capabilities, c)
		}
	}
	return d
}

func (s narrow) Eval(ctx context.Context, c *loss.Call) (*conformance.Answer, error) {
	a, err := s.Subject.Eval(ctx, c)
	if err != nil || c.Format.Name != "f16" {
		return a, err
	}
	return s.f16(a)
}

func TestVerify_WhatIsDeclaredIsRightAndIsChecked(t *testing.T) {
	withSubject(t, "42", narrow{conformance.Reference(), func(a *conformance.Answer) (*conformance.Answer, error) {
		for _, xs := range [][]float64{a.Value, a.Grad} {
			for i := range xs {
				xs[i] = 42
			}
		}
		return a, nil
	}})
	out := lossproof("verify", "42", "--checks", "2", "--live", "0")
	require.Equal(t, doesNotConform, out.code)
	require.Contains(t, out.stdout, "cross_entropy f16 breaks the law value_is_true")
	declines := narrow{conformance.Reference(), func(*conformance.Answer) (*conformance.Answer, error) {
		return nil, conformance.ErrUnsupported
	}}
	withSubject(t, "declines", declines)
	for _, args := range [][]string{{"--only", "golden", "--live", "0"}, {"--only", "golden", "--live", "0", "--dtype", "f16"}} {
		out = lossproof(append([]string{"verify", "declines"}, args...)...)
		require.Equal(t, doesNotConform, out.code, out.stdout)
		require.Contains(t, out.stdout, "declared, and not checked: cross_entropy, f16, value; cross_entropy, f16, grad")
	}
	out = lossproof("verify", "declines", "--only", "golden", "--live", "0", "--dtype", "f32")
	require.Equal(t, conforms, out.code, out.stdout)
}
