package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
)

// failing fails at what is written to it, as a full disk or a closed pipe does.
type failing struct{}

var errFull = errors.New("no space left on device")

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestRun_AFullDiskIsOneLineAndTheReportIsWritten(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "report.json")
	verify := []string{"verify", "--only", "golden", "--loss", "sigmoid", "--dtype", "f64", "--live", "0"}
	for _, args := range [][]string{append(verify, "--json", file), {"list"}, {"vectors", "sigmoid"}, {"report", file}, {"requests", "--loss", "sigmoid"}, {"--version"}} {
		var stderr strings.Builder
		require.Equal(t, harnessFailed, run(t.Context(), args, strings.NewReader(""), failing{}, &stderr), "%v", args)
		require.Equal(t, "lossproof: standard output: no space left on device\n", stderr.String(), "%v", args)
	}
	old := contents(t, file)
	require.Contains(t, old, `"rows"`)

	// A report that is there is not touched by a mistake, and is set aside by a run that has none.
	require.Equal(t, usage, lossproof(append(verify, "--level", "9", "--json", file)...).code)
	require.Equal(t, old, contents(t, file))
	require.Equal(t, usage, lossproof("verify", "--json", filepath.Join(folder, "none", "report.json")).code)
	sound := selfTest
	selfTest = func() error { panic("the self-test\n\x1b[0m is broken") }
	out := lossproof(append(verify, "--json", file)...)
	selfTest = sound
	require.Equal(t, outcome{harnessFailed, "", "lossproof: a panic: the self-test \\x1b[0m is broken\n"}, out)
	require.Equal(t, old, contents(t, file))
	withSubject(t, "nameless", conformance.Pointwise("sigmoid", wrong).With(conformance.About{Name: "\x1b"}))
	require.Equal(t, harnessFailed, lossproof("verify", "nameless", "--json", file).code)
	require.NoFileExists(t, file)
	require.Equal(t, old, contents(t, file+".old"))
	if full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil {
		full.Close()
		out := lossproof(append(verify, "--json", "/dev/full")...)
		require.Equal(t, harnessFailed, out.code)
		require.Contains(t, out.stdout, "The subject conforms", "the table is printed")
		require.Equal(t, 1, strings.Count(out.stderr, "\n"))
	}
}
