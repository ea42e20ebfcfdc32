package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/impl/loss"
)

func TestFitted_CutsLongLines(t *testing.T) {
	text := "κappa  1\na line that is longer\n\nlast"
	require.Equal(t, text, fitted(text, 0), "no terminal")
	require.Equal(t, text, fitted(text, 21))
	require.Equal(t, "κappa  1\na line th…\n\nlast", fitted(text, 10))
}

func TestFolded_BreaksBetweenWords(t *testing.T) {
	text := "a long line of words\n\n  --flag  what κ it is, in words\nunbreakable_words\nlast one"
	require.Equal(t, text, folded(text, 0), "no terminal")
	require.Equal(t, text, folded(text, 40))
	require.Equal(t, "a long line of\nwords\n\n  --flag  what κ\n          it is,\n          in\n          words\nunbreakable_words\nlast one", folded(text, 17))
	require.Equal(t, "ab cd\nef\n", folded("ab cd ef\n", 5), "up to the edge")
	require.Equal(t, "abcde\n", folded("abcde\n", 5))
	for _, args := range [][]string{{"list", "cross_entropy"}, {"demo", "detection"}, {"verify", "--help"}} {
		out := lossproof(args...)
		require.Equal(t, conforms, out.code)
		const width = 100
		for line := range strings.Lines(folded(out.stdout, width)) {
			require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), width)
		}
		require.Equal(t, strings.Fields(out.stdout), strings.Fields(folded(out.stdout, width)), "no word is lost")
	}
}

func TestVerdictIn_IsPlainOutsideOfATerminal(t *testing.T) {
	require.Equal(t, "1 passed", verdictIn(&strings.Builder{}, true, "1 passed"))
}

func TestAliases_StandForTheirLoss(t *testing.T) {
	n := 0
	for _, l := range loss.All() {
		for _, alias := range l.Aliases {
			n++
			byAlias, err := aliased(alias)
			require.NoError(t, err)
			require.Same(t, l, byAlias)
			_, err = loss.Named(alias)
			require.ErrorContains(t, err, "it is called "+l.Name)
		}
	}
	require.Greater(t, n, 5)
	out := lossproof("verify", "--loss", "mse", "--only", "golden", "--dtype", "f16", "--live", "0")
	require.Equal(t, conforms, out.code, out.stderr)
	require.Contains(t, out.stdout, "\nsquared_error  5 ")
}

func TestComplete_OffersNames(t *testing.T) {
	for want, args := range map[string][]string{
		"sigmoid_focal":   {"eval", "sig"},
		"cross_entropy":   {"verify", "--loss", ""},
		"bf16":            {"vectors", "softplus", "--dtype", ""},
		"faithful":        {"verify", "--level", ""},
		"mean/samples":    {"eval", "softplus", "--reduction", ""},
		"value_is_true":   {"verify", "--law", ""},
		"squared_error\n": {"list", "squared_error"},
	} {
		out := lossproof(append([]string{"__complete"}, args...)...)
		require.Equal(t, conforms, out.code, out.stderr)
		require.Contains(t, out.stdout, want, args)
	}
	require.Equal(t, conforms, lossproof("completion", "bash").code)
}

// Each script of ci says what it does, and takes nothing for a request to do it.
func TestScripts_HaveHelp(t *testing.T) {
	needs(t, "bash", "sed")
	scripts, err := filepath.Glob("../../ci/*")
	require.NoError(t, err)
	n := 0
	for _, script := range scripts {
		if info, err := os.Stat(script); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			continue
		}
		n++
		out, err := exec.Command(script, "--help").CombinedOutput()
		require.NoError(t, err, "%s: %s", script, out)
		require.NotEmpty(t, strings.TrimSpace(string(out)), script)
		require.NotContains(t, string(out), "set -euo", script)
	}
	require.Greater(t, n, 15)
}
