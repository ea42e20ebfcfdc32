package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
)

// reportOf is the file of a report of a run of the command.
func reportOf(t *testing.T, code int, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	out := lossproof(append([]string{"verify", "--live", "50", "--checks", "5", "--json", file}, args...)...)
	require.Equal(t, code, out.code, out.stdout+out.stderr)
	return file
}

func TestKnown_ARunWithTheFileConforms(t *testing.T) {
	withSubject(t, "wrong", conformance.Pointwise("binary_cross_entropy_with_logits", wrong))
	report := reportOf(t, doesNotConform, "wrong")
	known := lossproof("known", "--lines", "1000", report)
	require.Equal(t, conforms, known.code, known.stderr)
	require.Contains(t, known.stdout, "/law ")
	require.Regexp(t, `(?m) seen: prediction .* gives .*, true: `, known.stdout)
	file := filepath.Join(t.TempDir(), "wrong.known")
	require.NoError(t, os.WriteFile(file, []byte(known.stdout), 0o600))
	require.Contains(t, lossproof("verify", "wrong", "--live", "50", "--checks", "5", "--known", file).stdout, "The subject conforms")
	reportOf(t, conforms, "wrong", "--known", file)
	out := lossproof("verify", "--loss", "binary_cross_entropy_with_logits", "--live", "50", "--checks", "5", "--known", file)
	require.Equal(t, doesNotConform, out.code)
	require.Contains(t, out.stdout, "unexpected pass")

	text, err := os.ReadFile(report)
	require.NoError(t, err)
	require.Equal(t, known.stdout, withInput(string(text), "known", "--lines", "1000", "-").stdout, "- is stdin")
}

func TestReports_MistakesExitWith2(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.known")
	require.NoError(t, os.WriteFile(bad, []byte("a b"), 0o600))
	good := reportOf(t, conforms, "--loss", "sigmoid", "--dtype", "f64")
	for says, args := range map[string][]string{
		"no such file":                                            {"known", "/no/such/report.json"},
		"accepts 1 arg":                                           {"known"},
		"--reasons: open /no/such":                                {"known", "--reasons", "/no/such.txt", good},
		"--reasons: " + bad + ": known failures":                  {"known", "--reasons", bad, good},
		"--lines -1: want 0 or more":                              {"known", "--lines", "-1", good},
		"stdin: a report: no JSON":                                {"known", "-"},
		"--known: open /no/such":                                  {"verify", "--known", "/no/such.known"},
		"known failures, line 1: 2 fields":                        {"verify", "--known", bad},
		"no JSON: line 1, byte 1: invalid character":              {"report", bad},
		`--format "xml": want one of text, html, markdown, junit`: {"report", "--format", "xml", bad},
		"--compare is for --format html":                          {"report", "--compare", good, good},
		"requires at least 1 arg":                                 {"compare"},
		"a report: no JSON: line 1":                               {"compare", bad},
		`--format "junit": want one of text, markdown`:            {"compare", "--format", "junit", bad},
		"accepts 2 arg":                                           {"diff", bad},
		"bad.known: a report":                                     {"diff", bad, bad},
		`--format "": want one of`:                                {"diff", "--format", "", bad, bad},
	} {
		out := lossproof(args...)
		require.Equal(t, usage, out.code, "%v: %s", args, out.stderr)
		require.Contains(t, out.stderr, says)
		require.Empty(t, out.stdout)
	}
}

// A library is held by the file of its version, and a version of which nothing is known is not run.
func TestVerify_AFolderOfKnownFailuresHasAFileForEachVersion(t *testing.T) {
	versioned := func(version string) {
		withSubject(t, "wrong", conformance.Pointwise("binary_cross_entropy_with_logits", wrong).With(conformance.About{Name: "wrong", Version: version}))
	}
	versioned("1.0")
	folder := t.TempDir()
	report := reportOf(t, doesNotConform, "wrong")
	require.Equal(t, outcome{code: conforms}, lossproof("known", "--into", folder, "--lines", "0", "--reason", "it cancels", report))
	reportOf(t, conforms, "wrong", "--known", folder)
	versioned("1.1")
	out := lossproof("verify", "wrong", "--known", folder)
	require.Equal(t, harnessFailed, out.code)
	require.Contains(t, out.stderr, "--known: of this version of wrong nothing is known: stat "+filepath.Join(folder, "1.1.txt"))
	require.Equal(t, outcome{code: conforms}, lossproof("known", "--into", folder, "--lines", "0", reportOf(t, doesNotConform, "wrong")))
	older, newer := contents(t, folder, "1.0.txt"), contents(t, folder, "1.1.txt")
	require.Equal(t, strings.Replace(older, "wrong 1.0", "wrong 1.1", 1), newer, "with its reasons")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "1.1.txt"), []byte(strings.Replace(newer, "it cancels", "its own", 1)), 0o600))
	require.Equal(t, conforms, lossproof("known", "--into", folder, "--lines", "0", reportOf(t, doesNotConform, "wrong")).code)
	require.Equal(t, 1, strings.Count(contents(t, folder, "1.1.txt"), "its own"), "that of the same version counts")
	versioned("../1")
	require.Contains(t, lossproof("known", "--into", folder, reportOf(t, doesNotConform, "wrong")).stderr, `no file can be named for the version "../1"`)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(folder), "1.txt"), []byte("*.*.*/* inaccurate 1e300 all of it\n"), 0o600))
	out = lossproof("verify", "wrong", "--known", folder)
	require.Equal(t, harnessFailed, out.code, "what a program says of itself names no other folder")
	require.Contains(t, out.stderr, `no file can be named for the version "../1"`)
	require.Equal(t, harnessFailed, lossproof("verify", "wrong", "--known", folder+"/nosuch/").code)
	require.Equal(t, usage, lossproof("verify", "--known", folder, "--live", "-1", "--", "true").code, "before anything is started")
}

func contents(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(text)
}

func TestKnown_KeepsTheReasonsOfAnOlderFile(t *testing.T) {
	withSubject(t, "wrong", conformance.Pointwise("binary_cross_entropy_with_logits", wrong))
	report, older := reportOf(t, doesNotConform, "wrong"), filepath.Join(t.TempDir(), "older.txt")
	counted := lossproof("known", "--lines", "0", report)
	require.Regexp(t, `(?m)^\S+/value +inaccurate:\d+ .* seen: prediction `, counted.stdout)
	written := regexp.MustCompile(`seen: .*`).ReplaceAllString(counted.stdout, "it cancels")
	require.NoError(t, os.WriteFile(older, []byte(written), 0o600))
	require.Equal(t, written, lossproof("known", "--lines", "0", "--reasons", older, report).stdout)
	reportOf(t, conforms, "wrong", "--known", older)
	out := lossproof("verify", "--loss", "binary_cross_entropy_with_logits", "--live", "50", "--checks", "5", "--known", older)
	require.Equal(t, doesNotConform, out.code)
	require.Regexp(t, `0 checks of \S+/value are inaccurate, and the line counts \d+`, out.stdout)
}

// An incomplete run would give a file that lacks lines.
func TestKnown_RefusesAnIncompleteReport(t *testing.T) {
	text, err := os.ReadFile(reportOf(t, conforms, "--loss", "sigmoid", "--dtype", "f64"))
	require.NoError(t, err)
	out := withInput(strings.Replace(string(text), `"rows"`, `"incomplete": "stopped", "rows"`, 1), "known", "-")
	require.Equal(t, usage, out.code)
	require.Contains(t, out.stderr, "incomplete report (stopped)")
}

func TestReport_ShowsWhatVerifyShowed(t *testing.T) {
	withSubject(t, "wrong", conformance.Pointwise("binary_cross_entropy_with_logits", wrong))
	file := filepath.Join(t.TempDir(), "report.json")
	verified := lossproof("verify", "wrong", "--table", "--live", "50", "--checks", "5", "--json", file)
	require.Equal(t, doesNotConform, verified.code)
	text := lossproof("report", file)
	require.Equal(t, outcome{conforms, verified.stdout, ""}, text, "whatever the report says")
	junit := lossproof("report", "--format", "junit", file)
	require.Equal(t, conforms, junit.code, junit.stderr)
	var suites struct {
		Failures int `xml:"failures,attr"`
	}
	require.NoError(t, xml.Unmarshal([]byte(junit.stdout), &suites))
	require.Equal(t, counts.FindStringSubmatch(lastLine(text.stdout))[2], strconv.Itoa(suites.Failures))
	html := lossproof("report", "--format", "html", file)
	require.Equal(t, conforms, html.code, html.stderr)
	require.Contains(t, html.stdout, `<path class="passed"`)
	markdown := lossproof("report", "--format", "markdown", file)
	require.Equal(t, conforms, markdown.code, markdown.stderr)
	require.Contains(t, markdown.stdout, "| binary_cross_entropy_with_logits | f64 | value |")
}

func TestCompareAndDiff_ExitCodes(t *testing.T) {
	withSubject(t, "wrong", conformance.Pointwise("binary_cross_entropy_with_logits", wrong))
	only := []string{"--loss", "binary_cross_entropy_with_logits", "--dtype", "f64"}
	right, bad := reportOf(t, conforms, only...), reportOf(t, doesNotConform, append(only, "wrong")...)
	table := lossproof("compare", right, bad)
	require.Equal(t, conforms, table.code, "it is no contest: %s", table.stderr)
	require.Regexp(t, `binary_cross_entropy_with_logits +f64 +value +5 exact, .* not callable, inf, \d+ failed`, table.stdout)
	for _, c := range []struct {
		from, to string
		code     int
		verdict  string
	}{{right, bad, doesNotConform, ": a regression"}, {right, right, conforms, ": no regression"}} {
		for _, format := range []string{"text", "markdown", "json"} {
			out := lossproof("diff", "--format", format, c.from, c.to)
			require.Equal(t, c.code, out.code, "%s: %s", format, out.stderr)
			require.Empty(t, out.stderr)
			if format == "json" {
				require.True(t, json.Valid([]byte(out.stdout)))
				continue
			}
			require.Contains(t, out.stdout, c.verdict)
		}
	}
	short, all := lossproof("diff", right, bad), lossproof("diff", "--all", right, bad)
	require.Regexp(t, `  and \d+ more\n`, short.stdout)
	require.NotRegexp(t, `  and \d+ more\n`, all.stdout)
	require.Equal(t, lastLine(short.stdout), lastLine(all.stdout))
	require.True(t, json.Valid([]byte(lossproof("compare", "--format", "json", right).stdout)))
	require.Contains(t, lossproof("compare", "--format", "markdown", right).stdout, "|---|")
}

// A full disk is no mistake in the command line.
func TestReports_WhatCannotBeWrittenExitsWith3(t *testing.T) {
	file := reportOf(t, conforms, "--loss", "sigmoid", "--dtype", "f64")
	for _, args := range [][]string{{"report", file}, {"report", "--format", "junit", file}, {"report", "--format", "html", file}, {"report", "--format", "markdown", file},
		{"compare", file}, {"diff", file, file}, {"known", file}} {
		var stderr bytes.Buffer
		code := run(t.Context(), args, strings.NewReader(""), fullDisk{}, &stderr)
		require.Equal(t, harnessFailed, code, "%v: %s", args, stderr.String())
		require.Contains(t, stderr.String(), "no space left")
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

const reportingReadme = "../../conformance/reporting/README.md"

// Every command of the page, one after another in an empty folder, prints what the page shows.
func TestReportingREADME_EveryCommandShowsItsOutput(t *testing.T) {
	text, err := os.ReadFile(reportingReadme)
	require.NoError(t, err)
	page, err := filepath.Abs(reportingReadme)
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	lines := strings.Split(string(text), "\n")
	all := commands(lines)
	require.Greater(t, len(all), 4)
	type block struct {
		shown
		got []string
	}
	var blocks []block
	for _, c := range all {
		command, ours := strings.CutPrefix(c.command, "lossproof ")
		require.True(t, ours, c.command)
		command, code, fails := strings.Cut(command, " # exits with ")
		command, into, redirected := strings.Cut(command, " > ")
		want := conforms
		if fails {
			want, err = strconv.Atoi(code)
			require.NoError(t, err)
		}
		args := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(command, -1)
		for k := range args {
			args[k] = strings.Trim(args[k], `"`)
		}
		out := lossproof(args...)
		require.Equal(t, want, out.code, "%s\n%s%s", c.command, out.stdout, out.stderr)
		printed := out.stdout
		if redirected {
			require.NoError(t, os.WriteFile(into, []byte(printed), 0o600))
			printed = ""
		}
		blocks = append(blocks, block{c, strings.Split(strings.TrimRight(printed, "\n"), "\n")})
		if redirected {
			blocks[len(blocks)-1].got = nil
		}
	}
	for _, b := range slices.Backward(blocks) { // so that line numbers stay right
		if *update {
			lines = slices.Concat(lines[:b.first], renewed(b.output, b.got), lines[b.last:])
			continue
		}
		require.True(t, matches(b.output, b.got), "%s prints\n%s\nand the page shows\n%s\n(-update writes it anew)",
			b.command, strings.Join(b.got, "\n"), strings.Join(b.output, "\n"))
	}
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(strings.Join(lines, "\n")), 0o644))
	}
}
