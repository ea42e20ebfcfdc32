package conformance

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// notInstalled is the exit code of an adapter whose library is missing; see
// impl/adapters/README.md.
const notInstalled = 3

// Each adapter of a library that is installed here holds to the protocol: its hello and its
// answers are of the schema, the catalogue has what it declares, every number comes back
// from the echo, and every case has one answer, declared or not. What the library computes
// is not judged.
func TestAdapters_SpeakTheProtocol(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN: libraries take long to start")
	}
	suite = wired
	defer func() { suite = source{handVectors, handTruth} }()
	var asked bytes.Buffer
	require.NoError(t, Config{Cases: []string{"*.f[36][24].[ab]*"}}.WriteRequests(&asked)) // a tenth, of every loss: some compile anew for each shape
	cases := strings.Count(asked.String(), `"id":`)
	schema := compiledSchema(t, "adapter")
	programs, err := filepath.Glob("../impl/adapters/*/run")
	require.NoError(t, err)
	require.NotEmpty(t, programs)
	for _, program := range programs {
		t.Run(filepath.Base(filepath.Dir(program)), func(t *testing.T) {
			require.FileExists(t, filepath.Join(filepath.Dir(program), "install"))
			require.FileExists(t, filepath.Join(filepath.Dir(program), "README.md"))
			out, whole := answersOf(t, program, asked.Bytes())
			answers := 0
			for text := range strings.Lines(string(out)) {
				requireOfSchema(t, schema, text)
				if messageOf(text).Type == "answer" {
					answers++
				}
			}
			if !whole {
				require.Positive(t, answers)
				return
			}
			require.Equal(t, cases, answers)
			r, err := Config{}.CheckAnswers(t.Context(), bytes.NewReader(asked.Bytes()), bytes.NewReader(out))
			require.NoError(t, err)
			require.Len(t, r.Warnings, 1, "that only some cases were asked: %s", r.Warnings)
			require.Positive(t, r.Tally.Passed, "it declares nothing that was asked, or nothing is right")
			for _, f := range r.Failures {
				require.NotContains(t, []Outcome{Malformed, WrongFormat}, f.Outcome, "%s", f)
			}
		})
	}
}

// answersOf is what an adapter writes to a file of requests, and whether it answered to the
// end: a library may end its process, which is for a run with a connection to judge. The test
// is skipped where the library is not installed.
func answersOf(t *testing.T, program string, requests []byte) (out []byte, whole bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	adapter := exec.CommandContext(ctx, program)
	adapter.Stdin = bytes.NewReader(requests)
	var said bytes.Buffer
	adapter.Stderr = &said
	out, err := adapter.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) && exit.ExitCode() == notInstalled {
		require.Contains(t, said.String(), "NOT INSTALLED: ")
		require.Empty(t, out)
		t.Skipf("NOT RUN: %s", strings.TrimSpace(said.String()))
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) && exit.ExitCode() > 0 {
		said, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		t.Logf("it ended the process with %d: %s", exit.ExitCode(), said)
		return out, false
	}
	require.NoError(t, err, "%s", said.String())
	return out, true
}
