package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance/known"
	"github.com/lossproof/lossproof/impl/loss"
)

// someAdapters makes a folder of adapters, two of which the test binary can be, enters the one
// around it, and returns the report of one that is wrong.
func someAdapters(t *testing.T) (report string) {
	t.Helper()
	needs(t, "sh")
	program, err := os.Executable()
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	for _, name := range []string{"wrong", "right"} {
		require.NoError(t, os.MkdirAll(filepath.Join("impl/adapters", name, "findings"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join("impl/adapters", name, "run"), fmt.Appendf(nil, "#!/bin/sh\nexec '%s' as:%s\n", program, name), 0o755))
	}
	out := lossproof("verify", "--live", "0", "--checks", "5", "--json", "wrong.json", "--", "impl/adapters/wrong/run")
	require.Equal(t, doesNotConform, out.code, out.stderr)
	return "wrong.json"
}

func TestScoreboard_ItsCommandsShowWhatItSays(t *testing.T) {
	report := someAdapters(t)
	out := lossproof("scoreboard", "--machine", "one of ours", "--not-run", "right=NOT INSTALLED: no disk", report)
	require.Equal(t, conforms, out.code, out.stderr)
	require.Contains(t, out.stdout, "Run on: one of ours.\n")
	require.Contains(t, out.stdout, "- right: NOT INSTALLED: no disk\n")
	command := regexp.MustCompile("`go run ./cmd/lossproof (verify --case .*?)`").FindStringSubmatch(out.stdout)
	require.NotNil(t, command, out.stdout)
	again := lossproof(strings.Fields(command[1])...)
	require.Equal(t, doesNotConform, again.code, "%s: %s", command[1], again.stderr)
	require.Contains(t, again.stdout, "  repeat ")
}

func TestScoreboard_FindingsThatWereRunAreLinked(t *testing.T) {
	report := someAdapters(t)
	source := "impl/adapters/wrong/findings/far.py"
	require.NoError(t, os.WriteFile(source, []byte("#!/usr/bin/env python3\n# finding: binary_cross_entropy_with_logits.*/value\n"), 0o600))
	require.NoError(t, os.MkdirAll("printed/wrong", 0o755))
	require.NoError(t, os.Mkdir("docs", 0o755))
	args := []string{"scoreboard", "--findings", "printed", "--out", "docs/BOARD.md", report}
	page := func() string {
		out := lossproof(args...)
		require.Equal(t, outcome{code: conforms}, out)
		text, err := os.ReadFile("docs/BOARD.md")
		require.NoError(t, err)
		return string(text)
	}
	require.NotContains(t, page(), "far.py", "it was not run")
	require.NoError(t, os.WriteFile("printed/wrong/far.py.txt", []byte("seven of eight\ngot  7\nwant 8\n"), 0o600))
	require.Contains(t, page(), "\n- [far.py](../impl/adapters/wrong/findings/far.py): seven of eight → **7**, true: 8\n")
	require.NoError(t, os.WriteFile(source, []byte("print(7)\n"), 0o600))
	out := lossproof(args...)
	require.Equal(t, usage, out.code)
	require.Contains(t, out.stderr, "far.py: none of its first 5 lines says finding:")
}

func TestScoreboard_MistakesExitWith2(t *testing.T) {
	report := someAdapters(t)
	require.NoError(t, os.WriteFile("nosuch.json", []byte("{}"), 0o600))
	for says, args := range map[string][]string{
		"requires at least 1 arg":                               {},
		"nosuch.json: no adapter nosuch":                        {"nosuch.json"},
		"or a second report of it":                              {report, report},
		"--not-run wrong: it has a report, or is no adapter in": {"--not-run", "wrong=lazy", report},
		"--not-run gone: it has a report, or is no adapter in":  {"--not-run", "gone=lazy", report},
		"wrong.json: no adapter wrong (empty/wrong/run)":        {"--adapters", "empty", report},
	} {
		out := lossproof(append([]string{"scoreboard"}, args...)...)
		require.Equal(t, usage, out.code, "%v: %s", args, out.stderr)
		require.Contains(t, out.stderr, says)
		require.Empty(t, out.stdout)
	}
	require.NoError(t, os.WriteFile("right.json", []byte("{}"), 0o600))
	require.Contains(t, lossproof("scoreboard", "right.json").stderr, `right.json: a report: schema ""`)
	require.Equal(t, harnessFailed, lossproof("scoreboard", "--out", "no/such/folder.md", report).code)
}

func TestScoreboard_RemarksOnAnAdapter(t *testing.T) {
	report := someAdapters(t)
	remarks := func(text string) outcome {
		require.NoError(t, os.WriteFile("impl/adapters/wrong/board.json", []byte(text), 0o600))
		return lossproof("scoreboard", report)
	}
	require.Contains(t, remarks(`{"apart": "a book"}`).stdout, "No library: a book.")
	require.Contains(t, remarks(`{"borrowed": {"another": ["binary_cross_entropy_with_logits"]}}`).stdout, "which count there: binary_cross_entropy_with_logits (of another).")
	require.Contains(t, remarks(`{"composed": ["half of it"]}`).stdout, "Not one public call of the library: half of it.")
	out := remarks(`{"apartt": "a book"}`)
	require.Equal(t, usage, out.code)
	require.Contains(t, out.stderr, `unknown field "apartt"`)
}

const adaptersFolder = "../../impl/adapters"

// A finding is read by people who do not know Lossproof: it is short, uses nothing of ours, prints
// what comes and what is true, and says to which rows of the scoreboard it belongs.
func TestFindings_AreMinimal(t *testing.T) {
	findings, err := filepath.Glob(filepath.Join(adaptersFolder, "*", "findings", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, findings)
	for _, source := range findings {
		about, err := aboutOf(source)
		require.NoError(t, err)
		name, rest, ok := strings.Cut(about, ".")
		require.True(t, ok, "%s: %s", source, about)
		_, err = loss.Named(name)
		require.NoError(t, err, source)
		require.Regexp(t, `^(f64|f32|bf16|f16|f\*|\*)/(value|grad|error|\*)$`, rest, source)
		if info, err := os.Stat(source); err == nil && info.IsDir() {
			source = filepath.Join(source, "main.go")
		}
		text := contents(t, source)
		require.NotRegexp(t, `(?i)lossproof`, text, source)
		require.Contains(t, text, "got ", source)
		require.Contains(t, text, "want", source)
		require.LessOrEqual(t, strings.Count(text, "\n"), 45, source)
	}
}

// Every finding has its place in the page that says how it stands upstream, and that page names no other.
func TestFindings_StandUpstream(t *testing.T) {
	page := contents(t, filepath.Join(adaptersFolder, "UPSTREAM.md"))
	findings, err := filepath.Glob(filepath.Join(adaptersFolder, "*", "findings", "*"))
	require.NoError(t, err)
	for _, source := range findings {
		library, file := filepath.Base(filepath.Dir(filepath.Dir(source))), filepath.Base(source)
		if filepath.Ext(file) == ".py" {
			require.Contains(t, page, "\n| "+library+"/"+file+" | ")
		} else {
			require.Regexp(t, `\n\| [a-z, ]*\b`+library+`\b[a-z, ]* \| `, page, source)
		}
	}
	for _, row := range regexp.MustCompile(`(?m)^\| (\w+)/(\w+\.py) \|`).FindAllStringSubmatch(page, -1) {
		require.FileExists(t, filepath.Join(adaptersFolder, row[1], "findings", row[2]))
	}
}

// A finding whose library is not installed has not been run, and no other finding is asked for.
func TestCIFindings_WhatIsNotInstalledIsNotRun(t *testing.T) {
	needs(t, "bash", "go")
	cmd := exec.Command("../../ci/findings", "scipy/expit_of_minus_710.py", "--out", t.TempDir())
	cmd.Env = append(os.Environ(), "LOSSPROOF_ADAPTERS="+t.TempDir())
	out, err := cmd.Output()
	require.Equal(t, 5, cmd.ProcessState.ExitCode(), "%s %v", out, err)
	require.Regexp(t, `^NOT RUN: scipy/expit_of_minus_710.py: NOT INSTALLED: scipy.*\n$`, string(out))
	cmd = exec.Command("../../ci/findings", "scipy/nosuch.py")
	require.Error(t, cmd.Run())
	require.Equal(t, 2, cmd.ProcessState.ExitCode())
}

// The files of known failures can be read, and are of the versions on the page.
func TestScoreboard_KnownFailuresOfItsLibraries(t *testing.T) {
	page := contents(t, "../../conformance/SCOREBOARD.md")
	files, err := filepath.Glob(filepath.Join(adaptersFolder, "*", "known", "*.txt"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text := contents(t, file)
		_, err := known.Parse(strings.NewReader(text))
		require.NoError(t, err, file)
		name := filepath.Base(filepath.Dir(filepath.Dir(file)))
		require.True(t, strings.Contains(page, "-- impl/adapters/"+name+"/run`") || strings.Contains(page, "\n- "+name+": "), file)
		require.Contains(t, text, " "+strings.TrimSuffix(filepath.Base(file), ".txt")+", required level", file)
	}
}

// The page names no folder of the machine that it was made on, and every adapter, run or not.
func TestScoreboard_ThePageIsForEverybody(t *testing.T) {
	page := contents(t, "../../conformance/SCOREBOARD.md")
	require.NotRegexp(t, `/(home|root|work|tmp|usr|opt)/`, page)
	adapters, err := filepath.Glob(filepath.Join(adaptersFolder, "*", "run"))
	require.NoError(t, err)
	for _, run := range adapters {
		name := filepath.Base(filepath.Dir(run))
		ran, missing := strings.Contains(page, "-- impl/adapters/"+name+"/run`"), strings.Contains(page, "\n- "+name+": ")
		require.True(t, ran != missing, "%s: ran %v, said to be not run %v", name, ran, missing)
	}
	for _, link := range regexp.MustCompile(`\]\((\.\./[^)]*)\)`).FindAllStringSubmatch(page, -1) {
		_, err := os.Stat(filepath.Join("../../conformance", link[1]))
		require.NoError(t, err)
	}
}
