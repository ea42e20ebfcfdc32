package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// offline writes requests, has a subject answer them, and judges the answers after an edit.
func offline(t *testing.T, s conformance.Subject, edit func(answers string) string, args ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	requests, answers := filepath.Join(dir, "requests.jsonl"), filepath.Join(dir, "answers.jsonl")
	asked := lossproof("requests", "--loss", "binary_cross_entropy_with_logits", "--dtype", "f64", "--only", "golden")
	require.Equal(t, conforms, asked.code, asked.stderr)
	require.Empty(t, asked.stderr)
	require.NoError(t, os.WriteFile(requests, []byte(asked.stdout), 0o600))
	var answered bytes.Buffer
	require.NoError(t, lcp.Serve(t.Context(), s, strings.NewReader(asked.stdout), &answered))
	require.NoError(t, os.WriteFile(answers, []byte(edit(answered.String())), 0o600))
	return lossproof(append([]string{"judge", requests, answers}, args...)...)
}

func unedited(answers string) string { return answers }

func TestJudge_ExitCodes(t *testing.T) {
	right := conformance.Reference()
	out := offline(t, right, unedited)
	require.Equal(t, conforms, out.code, out.stdout+out.stderr)
	require.Regexp(t, counts, lastLine(out.stdout))
	out = offline(t, conformance.Pointwise("binary_cross_entropy_with_logits", wrong), unedited, "--level", "stable")
	require.Equal(t, doesNotConform, out.code)
	require.Contains(t, out.stdout, "ulp")
	out = offline(t, right, func(a string) string { return a[:strings.LastIndex(strings.TrimSpace(a), "\n")] })
	require.Equal(t, doesNotConform, out.code)
	require.Contains(t, out.stdout, "no answer to bcel.f64.")
	out = offline(t, right, func(a string) string {
		return strings.Replace(a, `"8000000000000000"`, `"0000000000000000"`, 1)
	})
	require.Equal(t, harnessFailed, out.code, "a transport that changes numbers")
	require.Contains(t, out.stderr, "f64 is not judged")
	out = offline(t, right, func(a string) string { return strings.SplitN(a, "\n", 2)[1] })
	require.Equal(t, harnessFailed, out.code, "nobody knows what answered")
	require.Contains(t, out.stderr, "no answer to hello")
}

func TestOffline_MistakesExitWith2(t *testing.T) {
	for _, args := range [][]string{
		{"requests", "--loss", "nonsense"}, {"requests", "--only", "properties"}, {"requests", "--case", "nonsense"}, {"requests", "nonsense"},
		{"judge"}, {"judge", "/no/such/file", "/no/such/file"}, {"judge", "a", "b", "c"},
	} {
		out := lossproof(args...)
		require.Equal(t, usage, out.code, "%v: %s", args, out.stderr)
		require.NotEmpty(t, out.stderr)
		require.Empty(t, out.stdout)
	}
}
