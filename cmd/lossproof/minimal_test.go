package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/internal/full"
)

// shellBlock is the first sh block of a document behind a text, and what the block after it
// shows.
func shellBlock(t *testing.T, path, behind string) (commands, shown []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(text), behind)
	require.True(t, ok, "%s has no %q", path, behind)
	block := regexp.MustCompile("(?s)```sh\n(.*?)```(?:.*?```\n(.*?)```)?").FindStringSubmatch(rest)
	require.NotNil(t, block)
	return strings.Split(strings.TrimSpace(block[1]), "\n"), strings.Split(strings.TrimSpace(block[2]), "\n")
}

// follow runs commands as they are written, in a folder that has the repository's impl and
// nothing else. Those of lossproof run inside the test, with more flags; the outcome is that of the last.
func follow(t *testing.T, commands []string, more ...string) (last outcome) {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(root, "impl"), filepath.Join(dir, "impl")))
	t.Chdir(dir)
	for _, command := range commands {
		if args, ours := strings.CutPrefix(command, "go run ./cmd/lossproof "); ours {
			last = lossproof(slices.Insert(strings.Fields(args), 1, more...)...)
			continue
		}
		out, err := exec.Command("sh", "-c", command).CombinedOutput()
		require.NoError(t, err, "%s: %s", command, out)
	}
	return last
}

// fewer are flags of a run that conforms, which a short one of a program cuts short.
func fewer() []string {
	if full.Run() {
		return nil
	}
	return []string{"--checks", "20", "--live", "64"}
}

func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("NOT RUN: there is no %s", p)
		}
	}
}

// The way of a stranger from the README to a failure of their own formula is three commands;
// without the edit the adapter conforms.
func TestREADME_AStrangersPathIsThreeCommands(t *testing.T) {
	needs(t, "python3", "sed", "sh")
	commands, _ := shellBlock(t, readmePath, "### In any other language")
	require.Len(t, commands, 3)
	right := follow(t, []string{commands[0], commands[2]}, fewer()...)
	require.Equal(t, conforms, right.code, "before the edit\n%s%s", right.stdout, right.stderr)
}

func TestREADME_AStrangersPathEndsInTheFailureThatIsShown(t *testing.T) {
	needs(t, "python3", "sed", "sh")
	commands, shown := shellBlock(t, readmePath, "### In any other language")
	readme, err := filepath.Abs(readmePath)
	require.NoError(t, err)
	out := follow(t, commands)
	require.Equal(t, doesNotConform, out.code, out.stderr)
	_, failures, ok := strings.Cut(out.stdout, "checks failed\n\n")
	require.True(t, ok, out.stdout)
	require.Equal(t, "...", shown[len(shown)-1])
	if *update {
		text, err := os.ReadFile(readme)
		require.NoError(t, err)
		renewed := append(strings.Split(failures, "\n")[:len(shown)-1:len(shown)-1], "...")
		anew := strings.Replace(string(text), strings.Join(shown, "\n"), strings.Join(renewed, "\n"), 1)
		require.NoError(t, os.WriteFile(readme, []byte(anew), 0o644))
		return
	}
	require.True(t, strings.HasPrefix(failures, strings.Join(shown[:len(shown)-1], "\n")+"\n"), "the first failure is\n%s", failures[:min(len(failures), 1500)])
}

// The minimal adapters conform, in every case that is theirs, and the commands of their page are
// as written.
func TestMinimalAdapters_ConformAsTheirPageSays(t *testing.T) {
	const page = "../../impl/adapters/minimal/README.md"
	for name, c := range map[string]struct {
		behind string
		needs  []string
	}{"python": {"#", []string{"python3"}}, "c": {"built first", []string{"cc", "sh"}}} {
		t.Run(name, func(t *testing.T) {
			needs(t, c.needs...)
			commands, _ := shellBlock(t, page, c.behind)
			out := follow(t, commands, fewer()...)
			require.Equal(t, conforms, out.code, out.stdout+out.stderr)
			require.NotContains(t, out.stdout, "warnings:")
			require.Regexp(t, `^[1-9]\d{3} passed, 0 failed, \d+ skipped$`, lastLine(out.stdout))
		})
	}
}

func TestMinimalAdapter_PythonIsUnder100Lines(t *testing.T) {
	text, err := os.ReadFile("../../impl/adapters/minimal/adapter.py")
	require.NoError(t, err)
	require.Less(t, strings.Count(string(text), "\n"), 100)
}
