package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/internal/full"
)

// definitionPage is the page for those who write definitions.
const definitionPage = "../../impl/formula/README.md"

// definitionFile writes the text of the page's block behind a name, such as my_loss.txt, and returns its path.
func definitionFile(t *testing.T, dir, name string) string {
	t.Helper()
	page, err := os.ReadFile(definitionPage)
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)`" + regexp.QuoteMeta(name) + "`[^`]*:\n\n```\n(.*?)```").FindSubmatch(page)
	require.NotNil(t, block, "%s shows no %s", definitionPage, name)
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, block[1], 0o644))
	return path
}

// The two commands of the page, as they are written.
func TestDefinitionPage_TheCommandsRunAsWritten(t *testing.T) {
	needs(t, "python3", "sed", "sh")
	page, err := filepath.Abs(definitionPage)
	require.NoError(t, err)
	dir := t.TempDir()
	definitionFile(t, dir, "my_loss.txt")
	text, err := os.ReadFile(definitionPage)
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllSubmatch(text, -1)
	require.Len(t, blocks, 2, page)

	out := lossproof(shellWords(strings.TrimSpace(string(blocks[0][1])))...)
	require.Equal(t, conforms, out.code, out.stderr)
	require.Contains(t, out.stdout, "truth      2.31952283024356911930295560868e-16")

	my, err := os.ReadFile(filepath.Join(dir, "my_loss.txt"))
	require.NoError(t, err)
	out = follow(t, append([]string{"cat > my_loss.txt <<'END'\n" + string(my) + "END"}, strings.Split(strings.TrimSpace(string(blocks[1][1])), "\n")...))
	require.Equal(t, doesNotConform, out.code, out.stdout+out.stderr)
	require.Contains(t, out.stdout, "my_loss is defined by\n")
	require.Contains(t, out.stdout, "--define 'my_loss.txt' ", "the command that repeats a failure defines the loss again")
	require.Regexp(t, `(?m)^  repeat +lossproof verify --define 'my_loss.txt' .* -- python3 my_adapter.py$`, out.stdout)
}

// shellWords splits a command of the page after its first two words, go run and lossproof, at blanks outside of quotes.
func shellWords(command string) (words []string) {
	for _, w := range regexp.MustCompile(`'[^']*'|\S+`).FindAllString(strings.TrimPrefix(command, "go run ./cmd/lossproof "), -1) {
		words = append(words, strings.Trim(w, "'"))
	}
	return words
}

// Every file of the page is a definition whose claims hold.
func TestDefinitionPage_FilesAreRightDefinitions(t *testing.T) {
	page, err := os.ReadFile(definitionPage)
	require.NoError(t, err)
	names := regexp.MustCompile("`(\\w+\\.txt)`[^`]*:\n\n```").FindAllSubmatch(page, -1)
	require.GreaterOrEqual(t, len(names), 4)
	for _, name := range names {
		file := definitionFile(t, t.TempDir(), string(name[1]))
		out := lossproof("verify", "--define", file, "--dtype", "f64", "--checks", strconv.Itoa(full.Count(20, 5)), "--live", "0")
		require.Equal(t, conforms, out.code, "%s: %s%s", name[1], out.stdout, out.stderr)
	}
}

func TestVerify_AFalseClaimFailsWithItsCounterexample(t *testing.T) {
	out := lossproof("verify", "--define", "name: test_sigmoid\nclaims: convex\nsigmoid(z)", "--dtype", "f64", "--only", "properties", "--checks", "50")
	require.Equal(t, doesNotConform, out.code, out.stderr)
	require.Contains(t, out.stdout, "breaks the law convex_by_jensen")
	require.Contains(t, out.stdout, "counterexample")
}

func TestDefinitions_AreDefinedAgainOnOneLine(t *testing.T) {
	needs(t, "bash")
	for _, text := range []string{"softplus(z) - y*z", "name: test_quoted\n# it's a \\ text\n\nz^2"} {
		flags := definitions{text}.flags()
		require.NotContains(t, flags, "\n")
		out, err := exec.Command("bash", "-c", "printf %s"+strings.ReplaceAll(flags, " --define", "")).Output()
		require.NoError(t, err)
		require.Equal(t, text, string(out))
	}
}

func TestDefine_MistakesAreOfTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "my_bad.txt")
	require.NoError(t, os.WriteFile(bad, []byte("claims: convex\n\nsofplus(z) - y*z\n"), 0o644))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"verify", "--define", bad}, "--define: my_bad: formula: line 3, column 1: no function sofplus: did you mean softplus?"},
		{[]string{"eval", "--define", "softplus(z", "--pred", "1"}, "--define: defined: formula: line 1, column 11: found the end of the text"},
		{[]string{"eval", "--define", filepath.Join(dir, "none.txt"), "--pred", "1"}, "no such file"},
		{[]string{"eval", "--pred", "1"}, "which loss? want its name, or one --define"},
		{[]string{"eval", "--define", "name: softplus\nz^2", "--pred", "1"}, "the name softplus is taken: it is one of the catalogue"},
		{[]string{"list", "--define", "name: test_one\nz^2", "--define", "name: test_two\nz^4"}, "which loss?"},
	} {
		out := lossproof(c.args...)
		require.Equal(t, usage, out.code, c.args)
		require.Contains(t, out.stderr, c.want)
	}
}

func TestEval_SaysWhereADefinitionHasNoCertifiedValue(t *testing.T) {
	out := lossproof("eval", "--define", "name: test_surprise\n-log(p)", "--pred", "0")
	require.Equal(t, harnessFailed, out.code)
	require.Contains(t, out.stderr, "test_surprise has no value here that can be certified: prediction [0]: interval: Log has no real value at 0")
}

func TestList_ShowsADefinition(t *testing.T) {
	text := "name: test_huber\nparam: beta = 1 in (0, inf)\nclaims: convex, lipschitz 1\nd = abs(x - y)\nvalue = if(d < beta, d^2/(2*beta), d - beta/2)"
	out := lossproof("list", "--define", text)
	require.Equal(t, conforms, out.code, out.stderr)
	for _, want := range []string{"test_huber: defined for this run", "d = abs(x - y); value = if(d < beta, d^2/(2*beta), d - beta/2)", "a finite number > 0", "constant 1", "convex_by_jensen"} {
		require.Contains(t, out.stdout, want)
	}
	require.Equal(t, out, lossproof("list", "--define", text, "test_huber"))
	require.Contains(t, lossproof("list", "--define", text, "--json").stdout, `"text": "name: test_huber\n`)
}
