package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance/mutants"
)

func TestMutants_PrintsTheMatrix(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mutants.json")
	out := lossproof("mutants", "--mutant", "softplus-naive", "--checks", "10", "--json", file)
	require.Equal(t, conforms, out.code, out.stderr)
	for _, part := range []string{"MUTANT", "softplus-naive", "1 named mutants: 1 killed (100.0 %)"} {
		require.Contains(t, out.stdout, part)
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var matrix mutants.Matrix
	require.NoError(t, json.Unmarshal(text, &matrix))
	require.Equal(t, mutants.Schema, matrix.Schema)
	require.Equal(t, 10, matrix.Checks)
	require.Len(t, matrix.Rows, 1)
	require.True(t, matrix.Rows[0].Golden.Killed() && matrix.Rows[0].Laws.Killed())

	alone := lossproof("mutants", "--mutant", "softplus-naive", "--checks", "10", "--json", "-")
	require.Equal(t, string(text), alone.stdout)
}

func TestMutants_MistakesExitWith2(t *testing.T) {
	for _, args := range [][]string{
		{"--loss", "cubed_error"}, {"--mutant", "no-such"}, {"--checks", "0"}, {"--json", "/no/such/folder/x.json"},
		{"--loss", "sigmoid", "--mutant", "softplus-naive"}, {"--mutant", "softplus-naive", "--family", "machine"}, {"stray"},
	} {
		out := lossproof(append([]string{"mutants"}, args...)...)
		require.Equal(t, usage, out.code, "%v: %s", args, out.stderr)
		require.NotEmpty(t, out.stderr)
	}
}

func TestMutants_AnInterruptIsNoVerdict(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr strings.Builder
	require.Equal(t, harnessFailed, run(ctx, []string{"mutants"}, strings.NewReader(""), &stdout, &stderr))
	require.Empty(t, stdout.String())
}

func TestMutants_OneThatLivesExitsWith1(t *testing.T) {
	defer func(f func(mutants.Config, context.Context) (*mutants.Matrix, error)) { newMatrix = f }(newMatrix)
	newMatrix = func(mutants.Config, context.Context) (*mutants.Matrix, error) {
		blind := mutants.Side{Ran: true}
		return &mutants.Matrix{Rows: []mutants.Row{{Mutant: mutants.Mutant{Name: "unseen", Loss: "softplus"}, Golden: blind, Laws: blind}}}, nil
	}
	out := lossproof("mutants")
	require.Equal(t, doesNotConform, out.code)
	require.Contains(t, out.stdout, "lives: unseen")
	require.Contains(t, out.stderr, "it lives: neither vectors nor laws see it")
}
