package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
	_, wrongs, ok := strings.Cut(out.stdout, "### Wrong\n")
	require.True(t, ok, out.stdout)
	lines := regexp.MustCompile("(?m)^\\| \\w+ \\| .*`go run ./cmd/lossproof (.*)` \\|$").FindAllStringSubmatch(wrongs, -1)
	require.Greater(t, len(lines), 2)
	for _, line := range lines {
		again := lossproof(strings.Fields(line[1])...)
		require.Equal(t, doesNotConform, again.code, "%s: %s", line[1], again.stderr)
		require.Contains(t, again.stdout, "  repeat ")
	}
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
	require.NoError(t, os.WriteFile("printed/wrong/far.py.txt", []byte("got  7\nwant 8\n"), 0o600))
	text := page()
	require.Regexp(t, `(?m)^\| binary_cross_entropy_with_logits \| f64 \| value .* \[far.py\]\(../impl/adapters/wrong/findings/far.py\) \|`, text)
	require.Contains(t, text, "[far.py](../impl/adapters/wrong/findings/far.py), `ci/findings wrong/far.py`:\n\n```text\ngot  7\nwant 8\n```")
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
