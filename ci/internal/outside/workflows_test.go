package outside

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// consumer is a module of its own with a test of a loss, an adapter that conforms, and this repository in place of a release.
func consumer(t *testing.T) string {
	dir, here := t.TempDir(), absolute(t, root)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	adapter, err := os.ReadFile(filepath.Join(root, "impl/adapters/minimal/adapter.py"))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"go.mod": "module example.com/consumer\n\ngo 1.26.0\n\nreplace github.com/lossproof/lossproof => " + here + "\n",
		"go.sum": string(sums), "adapter.py": string(adapter), "consumer.go": "package consumer\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

func absolute(t *testing.T, path string) string {
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	return path
}

func shell(dir, script string, env ...string) (string, error) {
	c := exec.Command("bash", "-euo", "pipefail", "-c", script)
	c.Dir = dir
	c.Env = append(os.Environ(), append([]string{"GOPROXY=off", "GOFLAGS=-mod=mod", "GOWORK=off"}, env...)...)
	out, err := c.CombinedOutput()
	return string(out), err
}

// blocks returns the fenced blocks of ci/README.md that are in a language.
func blocks(t *testing.T, language string) []string {
	text, err := os.ReadFile(filepath.Join(root, "ci/README.md"))
	require.NoError(t, err)
	var all []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1])
	}
	require.NotEmpty(t, all)
	return all
}

// What ci/README.md tells a project to run is run as written, in a module of its own.
func TestWorkflows_RunAsWritten(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN in short form: it links the command anew")
	}
	dir := consumer(t)
	out, err := shell(dir, blocks(t, "sh")[0])
	require.NoError(t, err, out)
	require.Contains(t, out, "lossproof version")

	workflows := blocks(t, "yaml")
	var gitlab struct {
		Losses struct {
			Script []string `yaml:"script"`
			After  []string `yaml:"after_script"`
		} `yaml:"losses"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(workflows[1]), &gitlab))
	require.NotEmpty(t, gitlab.Losses.Script)
	python(t)
	for _, line := range append(gitlab.Losses.Script, gitlab.Losses.After...) {
		out, err := shell(dir, line)
		require.NoError(t, err, "%s\n%s", line, out)
	}
	junit, err := os.ReadFile(filepath.Join(dir, "lossproof.xml"))
	require.NoError(t, err)
	require.Contains(t, string(junit), "<testsuite")
}

func python(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("NOT RUN: there is no python3")
	}
}

// The action's own steps, with what ci/README.md gives it.
func TestAction_WritesItsReportsWhateverTheVerdict(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN in short form: it links the command anew")
	}
	var action struct {
		Runs struct {
			Steps []struct {
				Uses, Run string
				Env       map[string]string
			}
		}
		Inputs map[string]struct{ Default string }
	}
	text, err := os.ReadFile(filepath.Join(root, "ci/action/action.yml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &action))
	pinned := regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40}$`)
	script := ""
	for _, step := range action.Runs.Steps {
		if step.Uses != "" {
			require.Regexp(t, pinned, step.Uses)
		} else {
			script = strings.ReplaceAll(step.Run, "${{ github.action_path }}", absolute(t, filepath.Join(root, "ci/action")))
			require.Equal(t, "${{ inputs.command }}", step.Env["LOSSPROOF_COMMAND"])
			require.Equal(t, "${{ inputs.arguments }}", step.Env["LOSSPROOF_ARGUMENTS"])
			require.Equal(t, "${{ inputs.report }}", step.Env["LOSSPROOF_REPORT"])
		}
	}
	require.NotEmpty(t, script)

	installed := t.TempDir()
	out, err := exec.Command("go", "build", "-o", installed, module+"cmd/lossproof").CombinedOutput()
	require.NoError(t, err, "%s", out)
	for i, test := range []struct {
		name, command, arguments string
		code                     int
		summary                  string
	}{
		{"the suite itself", "", "--loss sigmoid --only golden", 0, "reference"},
		{"an adapter that conforms", "python3 adapter.py", "--loss binary_cross_entropy_with_logits --level close --only golden", 0, "conforms"},
		{"an adapter that does not", "python3 adapter.py", "--loss binary_cross_entropy_with_logits --level exact --only golden", 1, "does not conform"},
		{"no adapter", "./none", "", 3, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.HasPrefix(test.command, "python3") {
				python(t)
			}
			dir := consumer(t)
			summary := filepath.Join(dir, "summary.md")
			env := []string{"LOSSPROOF_COMMAND=" + test.command, "LOSSPROOF_ARGUMENTS=" + test.arguments,
				"LOSSPROOF_REPORT=reports of mine", "GITHUB_STEP_SUMMARY=" + summary}
			if i > 0 { // the first builds its own
				env = append(env, "LOSSPROOF_INSTALLED=yes", "PATH="+installed+":"+os.Getenv("PATH"))
			}
			out, err := shell(dir, script, env...)
			code := 0
			if err != nil {
				var exit *exec.ExitError
				require.ErrorAs(t, err, &exit)
				code = exit.ExitCode()
			}
			require.Equal(t, test.code, code, out)
			written, _ := os.ReadFile(summary)
			require.Contains(t, strings.ToLower(string(written)), test.summary)
			if test.summary != "" {
				for _, name := range []string{"lossproof.json", "lossproof.html", "lossproof.xml", "lossproof.md"} {
					require.FileExists(t, filepath.Join(dir, "reports of mine", name))
				}
			}
		})
	}
}
