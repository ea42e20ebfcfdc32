//go:build unix

package main

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain makes the test binary an adapter when it is called as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "as:") {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestAll_NamesAreDifferentAndMany(t *testing.T) {
	counts, names := map[string]int{}, map[string]bool{}
	for _, try := range all() {
		kind, _, _ := strings.Cut(try.name, ":")
		counts[kind]++
		require.False(t, names[try.name], try.name)
		names[try.name] = true
		require.NotEmpty(t, try.codes)
	}
	require.GreaterOrEqual(t, counts["adapter"], 120)
	require.GreaterOrEqual(t, counts["file"], 60)
	require.GreaterOrEqual(t, counts["fault"], 30)
}

func TestRun_ATryOfEachKindHoldsAndABrokenOneIsSeen(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("NOT RUN: there is no bash")
	}
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP) // so that a try does not inherit that it is ignored, as under nohup
	defer signal.Stop(heard)
	work := t.TempDir()
	for name, pkg := range map[string]string{"lossproof": "cmd/lossproof", "exhaustive": "ci/internal/exhaustive"} {
		out, err := exec.Command("go", "build", "-o", filepath.Join(work, name), "github.com/lossproof/lossproof/"+pkg).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	sample := map[string]bool{"adapter: escapes inside at hello": true, "adapter: key twice at case": true,
		"file: report: 3 million digits": true, "fault: stdout is full": true, "fault: SIGHUP at case": true}
	for _, try := range all() {
		if sample[try.name] {
			outcome, complaint, memory, _ := try.run(work)
			require.Empty(t, complaint, "%s: %s", try.name, outcome)
			require.Positive(t, memory)
			delete(sample, try.name)
		}
	}
	require.Empty(t, sample)
	for script, says := range map[string]string{`exit 7`: "the exit code", `echo ::error::no`: "it printed", `printf '\033[2J'`: "it printed", `:`: "no report",
		`echo {} >report.json`: "the report: "} {
		_, complaint, _, _ := try{"broken", script, []int{0}, true}.run(work)
		require.Contains(t, complaint, says)
	}
}
