package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// TestMain makes the test binary the command, or an adapter, when it is called as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "as:lossproof" {
		os.Args = append(os.Args[:1], os.Args[2:]...)
		main()
	}
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "as:") {
		adapter, ok := adapters[os.Args[1][3:]]
		if !ok {
			panic("no adapter " + os.Args[1])
		}
		if err := lcp.Serve(context.Background(), adapter, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// adapters are those that the test binary can be.
var adapters = map[string]conformance.Subject{
	"right": conformance.Reference(),
	"wrong": conformance.Pointwise("binary_cross_entropy_with_logits", wrong),
	"fatal": scripted(func(int64) { os.Exit(1) }),
	"nosy":  nosy{conformance.Reference()},
	"daemon": scripted(func(call int64) { // one that has left its group, its session and its environment
		if call == 1 {
			cmd := exec.Command("sleep", "3600")
			cmd.Env, cmd.SysProcAttr = []string{"A=B"}, newSession
			if err := cmd.Start(); err != nil {
				panic(err)
			}
			if err := os.WriteFile(os.Args[2], []byte(strconv.Itoa(cmd.Process.Pid)), 0o600); err != nil {
				panic(err)
			}
		}
	}),
	"hanging": scripted(func(call int64) {
		// Each case is asked twice and 64 are asked at once, so that with the 129th call one has
		// been judged, and with this one 36.
		if call == 200 {
			if err := os.WriteFile(os.Args[2], []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
				panic(err)
			}
			time.Sleep(time.Hour)
		}
	}),
}

// A nosy subject says in its environment what it sees of the runner's.
type nosy struct{ conformance.Subject }

func (n nosy) Describe() conformance.Description {
	d := n.Subject.Describe()
	files, _ := os.ReadDir(".")
	network := "cut"
	if connection, err := net.Dial("tcp", os.Args[2]); err == nil {
		connection.Close()
		network = "there"
	}
	d.Environment = map[string]string{"files": fmt.Sprint(len(files)), "secret": os.Getenv("LOSSPROOF_SECRET"), "network": network}
	return d
}

type scriptedSubject struct {
	conformance.Subject
	before func(call int64)
	calls  *atomic.Int64
}

// scripted is the reference, which does something before each call.
func scripted(before func(call int64)) conformance.Subject {
	return scriptedSubject{conformance.Reference(), before, new(atomic.Int64)}
}

func (s scriptedSubject) Eval(ctx context.Context, c *loss.Call) (*conformance.Answer, error) {
	s.before(s.calls.Add(1))
	return s.Subject.Eval(ctx, c)
}

// as is the command line that runs the test binary as an adapter.
func as(t *testing.T, name string, args ...string) []string {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	return append([]string{"--", self, "as:" + name}, args...)
}

func TestVerify_ARightAdapterExitsWith0(t *testing.T) {
	args := []string{"verify", "--loss", "sigmoid,squared_error", "--dtype", "f64,bf16", "--checks", "5", "--live", "100"}
	in := lossproof(args...)
	out := lossproof(append(args, as(t, "right")...)...)
	require.Equal(t, conforms, out.code, out.stdout+out.stderr)
	require.Equal(t, in.stdout, out.stdout, "the reference as a program is the reference")
}

func TestVerify_AWrongAdapterExitsWith1AndIsRepeatedAsPrinted(t *testing.T) {
	out := lossproof(append([]string{"verify", "--only", "golden", "--level", "stable"}, as(t, "wrong")...)...)
	require.Equal(t, doesNotConform, out.code, out.stderr)
	_, printed, ok := strings.Cut(out.stdout, "lossproof verify --case ")
	require.True(t, ok)
	printed, _, _ = strings.Cut(printed, "\n")
	again := lossproof(append([]string{"verify", "--case"}, strings.Fields(printed)...)...)
	require.Equal(t, doesNotConform, again.code, again.stderr)
	require.Contains(t, again.stdout, strings.Fields(printed)[0])
}

func TestVerify_AnAdapterThatFailsExitsWith3(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--", "/no/such/program"}, "/no/such/program"},
		{[]string{"--", "true"}, "it was sent hello, and it ended (exit status 0)"},
		{[]string{"--start-timeout", "100ms", "--", "sleep", "1000"}, "no answer to hello within 100ms"},
		{append([]string{"--loss", "sigmoid"}, as(t, "fatal")...), "64 processes in a row ended without an answer"},
	} {
		out := lossproof(append([]string{"verify"}, c.args...)...)
		require.Equal(t, harnessFailed, out.code, "%v: %s", c.args, out.stdout)
		require.Contains(t, out.stderr, c.says)
	}
}

func TestVerify_MistakesAboutCommandsExitWith2(t *testing.T) {
	for says, args := range map[string][]string{
		"no command":          {"--"},
		"both a subject":      {"reference", "--", "true"},
		"--timeout 0s":        {"--timeout", "0s", "--", "true"},
		"--start-timeout -1s": {"--start-timeout", "-1s", "--", "true"},
		`no loss "nonsense"`:  {"--loss", "nonsense", "--", "/no/such/program"},
	} {
		out := lossproof(append([]string{"verify"}, args...)...)
		require.Equal(t, usage, out.code, "%v: %s", args, out.stderr)
		require.Contains(t, out.stderr, says)
	}
}

// A signal to the real command, while its adapter hangs.
func TestVerify_ASignalEndsTheAdapterAndLeavesAReport(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	heard := make(chan os.Signal, len(signals))
	signal.Notify(heard, signals...) // so that the command does not inherit that one is ignored, as under nohup
	defer signal.Stop(heard)
	for _, sent := range signals {
		dir := t.TempDir()
		file, hung := filepath.Join(dir, "report.json"), filepath.Join(dir, "hung")
		args := append([]string{"as:lossproof", "verify", "--only", "golden", "--loss", "sigmoid", "--timeout", "1h", "--json", file}, as(t, "hanging", hung)...)
		cmd := exec.Command(self, args...)
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		pid, ended := startUntilHung(t, cmd, hung)
		require.NoError(t, cmd.Process.Signal(sent))
		require.Error(t, <-ended)
		require.Equal(t, harnessFailed, cmd.ProcessState.ExitCode(), stderr.String())
		require.Contains(t, stderr.String(), "incomplete")
		require.Contains(t, stdout.String(), "the run is incomplete")
		require.Regexp(t, unjudged, lastLine(stdout.String()))
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var report conformance.Report
		require.NoError(t, json.Unmarshal(text, &report))
		require.Contains(t, report.Incomplete, "cases were run")
		require.Positive(t, report.Tally.Passed)
		require.Zero(t, report.Tally.Failed)
		require.False(t, runs(pid), "the adapter runs on")
	}
}

func TestVerify_IsolateKeepsAnAdapterApart(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	t.Setenv("LOSSPROOF_SECRET", "told")
	t.Setenv("TMPDIR", t.TempDir())
	file := filepath.Join(t.TempDir(), "report.json")
	seen := func(options ...string) (map[string]string, string) {
		args := append([]string{"verify", "--only", "golden", "--loss", "sigmoid", "--dtype", "f64", "--json", file}, options...)
		out := lossproof(append(args, as(t, "nosy", listener.Addr().String())...)...)
		require.Equal(t, conforms, out.code, out.stderr)
		var report conformance.Report
		require.NoError(t, json.Unmarshal([]byte(contents(t, file)), &report))
		return report.Subject.Environment, strings.Join(report.Warnings, "\n")
	}
	here, _ := seen()
	require.Equal(t, "told", here["secret"])
	require.NotEqual(t, "0", here["files"])
	require.Equal(t, "there", here["network"])
	apart, warnings := seen("--isolate")
	require.Empty(t, apart["secret"])
	require.Equal(t, "0", apart["files"])
	require.Equal(t, apart["network"] == "there", strings.Contains(warnings, "not kept from the network"), "it says where it cannot")
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "lossproof-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// A daemon that has left everything behind is found, where the system shows it, is ended and named.
func TestVerify_ADaemonIsNamed(t *testing.T) {
	if !diesWithParent {
		t.Skip("NOT RUN: this system does not say whose child a daemon was")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "daemon")
	out, err := exec.Command(self, append([]string{"as:lossproof", "verify", "--only", "golden", "--loss", "sigmoid", "--dtype", "f64"}, as(t, "daemon", file)...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), `a process that ended left others running, which were ended: ["sleep"]`)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	pid, err := strconv.Atoi(string(text))
	require.NoError(t, err)
	require.False(t, runs(pid), "the daemon runs on")
}

// A runner that is killed takes its adapter along, where the system can do that.
func TestVerify_AKilledRunnerLeavesNoAdapter(t *testing.T) {
	if !diesWithParent {
		t.Skip("NOT RUN: this system does not end a process with its parent")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	hung := filepath.Join(t.TempDir(), "hung")
	cmd := exec.Command(self, append([]string{"as:lossproof", "verify", "--loss", "sigmoid"}, as(t, "hanging", hung)...)...)
	pid, ended := startUntilHung(t, cmd, hung)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, <-ended)
	for runs(pid) { // the test's own limit ends this
		time.Sleep(time.Millisecond)
	}
}

// startUntilHung starts a command and waits until its adapter has written its process id to a
// file, or the command has ended, which fails the test.
func startUntilHung(t *testing.T, cmd *exec.Cmd, hung string) (pid int, ended <-chan error) {
	t.Helper()
	require.NoError(t, cmd.Start())
	wait := make(chan error, 1)
	go func() { wait <- cmd.Wait() }()
	for look := time.NewTicker(time.Millisecond); ; {
		select {
		case err := <-wait:
			require.FailNow(t, "the command ended before its adapter hung", "%v", err)
		case <-look.C:
			text, _ := os.ReadFile(hung) // none at first
			if pid, _ := strconv.Atoi(string(text)); pid != 0 {
				return pid, wait
			}
		}
	}
}
