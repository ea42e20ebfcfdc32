package main

import (
	"os"
	"path/filepath"
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
	known := lossproof("known", report)
	require.Equal(t, conforms, known.code, known.stderr)
	require.Contains(t, known.stdout, "/law ")
	require.Contains(t, known.stdout, "to be written")
	file := filepath.Join(t.TempDir(), "wrong.known")
	require.NoError(t, os.WriteFile(file, []byte(known.stdout), 0o600))
	require.Contains(t, lossproof("verify", "wrong", "--live", "50", "--checks", "5", "--known", file).stdout, "The subject conforms")
	reportOf(t, conforms, "wrong", "--known", file)
	out := lossproof("verify", "--live", "50", "--checks", "5", "--known", file)
	require.Equal(t, doesNotConform, out.code)
	require.Contains(t, out.stdout, "unexpected pass")

	text, err := os.ReadFile(report)
	require.NoError(t, err)
	require.Equal(t, known.stdout, withInput(string(text), "known", "-").stdout, "- is stdin")
}

func TestReports_MistakesExitWith2(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.known")
	require.NoError(t, os.WriteFile(bad, []byte("a b"), 0o600))
	for says, args := range map[string][]string{
		"no such file":                     {"known", "/no/such/report.json"},
		"accepts 1 arg":                    {"known"},
		"bad.known: a report: no JSON":     {"known", bad},
		"stdin: a report: no JSON":         {"known", "-"},
		"--known: open /no/such":           {"verify", "--known", "/no/such.known"},
		"known failures, line 1: 2 fields": {"verify", "--known", bad},
	} {
		out := lossproof(args...)
		require.Equal(t, usage, out.code, "%v: %s", args, out.stderr)
		require.Contains(t, out.stderr, says)
		require.Empty(t, out.stdout)
	}
}

// An incomplete run would give a file that lacks lines.
func TestKnown_RefusesAnIncompleteReport(t *testing.T) {
	text, err := os.ReadFile(reportOf(t, conforms, "--loss", "sigmoid", "--dtype", "f64"))
	require.NoError(t, err)
	out := withInput(strings.Replace(string(text), `"rows"`, `"incomplete": "stopped", "rows"`, 1), "known", "-")
	require.Equal(t, usage, out.code)
	require.Contains(t, out.stderr, "incomplete report (stopped)")
}
