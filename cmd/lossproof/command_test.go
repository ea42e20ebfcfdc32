package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden output and the README's output anew")

// outcome is what a run of the command left.
type outcome struct {
	code           int
	stdout, stderr string
}

func lossproof(args ...string) outcome { return withInput("", args...) }

func withInput(stdin string, args ...string) outcome {
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, strings.NewReader(stdin), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// requireGolden holds text to a file of testdata.
func requireGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "go test ./cmd/lossproof -update writes it anew")
}

func TestRun_MistakesInTheCommandLineExitWith2(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"nonsense"}, `no command "nonsense": there is bench, `},
		{[]string{"verfy"}, `no command "verfy": did you mean verify? there is bench, `},
		{[]string{"eval", "--pred", "1"}, "which loss?"},
		{[]string{"eval", "sigmoid", "softplus", "--pred", "1"}, "accepts at most 1 arg"},
		{[]string{"eval", "sigmoid"}, `"pred" not set`},
		{[]string{"eval", "sigmoid", "--pred", "1", "--nonsense"}, "unknown flag: --nonsense"},
		{[]string{"eval", "nonsense", "--pred", "1"}, `lossproof: no loss "nonsense": there is absolute_error, `},
		{[]string{"list", "bcee"}, `no loss "bcee": did you mean bce? there is absolute_error`},
		{[]string{"list", "softplu"}, `no loss "softplu": did you mean softplus? there is`},
		{[]string{"verify", "--law", "convex"}, `no law "convex": `},
		{[]string{"eval", "sigmoid_focal", "--pred", "1", "--target", "1", "--param", "gama=1"}, "want a parameter that this loss has: did you mean gamma? there is alpha, gamma"},
		{[]string{"list", "nonsense"}, `lossproof: no loss "nonsense": there is absolute_error, `},
		{[]string{"verify", "nonsense"}, `no subject "nonsense"`},
		{[]string{"verify", "--loss", "nonsense"}, `no loss "nonsense"`},
		{[]string{"verify", "--dtype", "f8"}, `no format "f8"`},
		{[]string{"verify", "--level", "6"}, `no level "6"`},
		{[]string{"demo", "nonsense"}, "nonsense"},
	} {
		out := lossproof(c.args...)
		require.Equal(t, usage, out.code, "%v: %s", c.args, out.stderr)
		require.Contains(t, out.stderr, c.says, "%v", c.args)
		require.Contains(t, out.stderr, "--help'", "%v", c.args)
		require.Empty(t, out.stdout, "%v", c.args)
	}
}

func TestRun_WithoutACommandHelps(t *testing.T) {
	out := lossproof()
	require.Equal(t, conforms, out.code)
	for _, name := range []string{"verify", "eval", "list", "demo", "mutants", "report", "compare", "diff", "known"} {
		require.Contains(t, out.stdout, name)
	}
}

func TestRun_VersionNamesTheBuildAndTheVectors(t *testing.T) {
	out := lossproof("--version")
	require.Zero(t, out.code, out.stderr)
	require.Regexp(t, `^lossproof version \S+.*\nvectors [0-9a-f]{12}, go1\.\d+\S* \w+/\w+\n$`, out.stdout)
}
