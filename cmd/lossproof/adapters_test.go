package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// ciAdapters runs ci/adapters with nothing installed.
func ciAdapters(t *testing.T, args ...string) outcome {
	t.Helper()
	needs(t, "bash", "go")
	script, err := filepath.Abs("../../ci/adapters")
	require.NoError(t, err)
	cmd := exec.Command(script, args...)
	cmd.Env = append(os.Environ(), "LOSSPROOF_ADAPTERS="+t.TempDir())
	stdout, err := cmd.Output()
	out := outcome{stdout: string(stdout), code: cmd.ProcessState.ExitCode()}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		out.stderr = string(exit.Stderr)
	}
	return out
}

func TestCIAdapters_ListNamesThem(t *testing.T) {
	out := ciAdapters(t, "list")
	require.Zero(t, out.code, out.stderr)
	require.Contains(t, out.stdout, "numpy\n")
	require.NotContains(t, out.stdout, "minimal", "it is no library's")
}

// What is not installed has not run: it is said so, the exit code is neither that of a
// pass nor that of a failure, and no report of another run is left for it.
func TestCIAdapters_WhatIsNotInstalledIsNotRun(t *testing.T) {
	reports := t.TempDir()
	stale := filepath.Join(reports, "numpy.json")
	require.NoError(t, os.WriteFile(stale, []byte("{}"), 0o600))
	out := ciAdapters(t, "run", "numpy", "--out", reports)
	require.Equal(t, 5, out.code, out.stderr)
	require.Contains(t, out.stdout, "NOT RUN: numpy: NOT INSTALLED: numpy")
	require.Contains(t, out.stdout, "ci/adapters install numpy")
	require.NotContains(t, out.stdout, "passed")
	require.NoFileExists(t, stale)
}

func TestCIAdapters_MistakesInTheCommandLineAreNamed(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "want list, install or run"},
		{[]string{"install"}, "install what?"},
		{[]string{"run", "nothing"}, "no adapter nothing"},
		{[]string{"install", "minimal"}, "no adapter minimal"},
		{[]string{"run", "--json", "file"}, "--json"},
	} {
		out := ciAdapters(t, c.args...)
		require.Equal(t, 2, out.code, "%v", c.args)
		require.Contains(t, out.stderr, c.says)
		require.Empty(t, out.stdout)
	}
}
