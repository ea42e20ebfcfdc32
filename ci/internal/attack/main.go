//go:build unix

// Command attack runs lossproof against hostile adapters, bad files and faults of the system. The script ci/attack runs it.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lossproof/lossproof/conformance/reporting"
	"github.com/lossproof/lossproof/internal/printable"
)

// Bounds of what one try may cost the runner.
const (
	mostMemory = 400 << 20 // bytes
	mostTime   = 2 * time.Minute
	mostOutput = 4 << 20
)

// A try is one attack.
type try struct {
	name   string
	script string // for bash; see environment
	codes  []int  // the exit codes that are right
	report bool   // it must leave a report in $D/report.json, unless it exits with 2 or 3
}

// environment is what scripts can use: LP is the command, AS followed by a moment, a deed and a token is an adapter, V what to
// verify, D a folder of the try's own, which is also the token.
const environment = `V="verify --only golden --live 0 --loss sigmoid --dtype f64 --timeout 2s --start-timeout 2s --json $D/report.json"; cd "$D"; `

func main() {
	if len(os.Args) == 4 && strings.HasPrefix(os.Args[1], "as:") {
		beAdapter(strings.TrimPrefix(os.Args[1], "as:"), os.Args[2])
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "ci/attack:", err)
		os.Exit(1)
	}
}

func run() error {
	only := flag.String("run", "", "regular expression: these tries only")
	of := flag.Int("of", 1, "one in so many tries")
	flag.Parse()
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT) // so that the tries do not inherit that they are ignored
	go func() { <-interrupts; os.Exit(1) }()
	pattern, err := regexp.Compile(*only)
	if err != nil || *of < 1 || flag.NArg() > 0 {
		return errors.Join(err, errors.New("want --run a regular expression, and --of at least 1"))
	}
	work, err := os.MkdirTemp("", "attack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for name, pkg := range map[string]string{"lossproof": "./cmd/lossproof", "exhaustive": "./ci/internal/exhaustive"} {
		if out, err := exec.Command("go", "build", "-o", filepath.Join(work, name), pkg).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", pkg, err, out)
		}
	}
	var tries []try
	for k, t := range all() {
		if pattern.MatchString(t.name) && k%*of == 0 {
			tries = append(tries, t)
		}
	}
	broken := runAll(work, tries)
	if broken > 0 {
		return fmt.Errorf("%d of %d tries did what they must not", broken, len(tries))
	}
	return nil
}

func all() (tries []try) {
	for _, moment := range moments {
		for _, name := range slices.Sorted(maps.Keys(deeds)) {
			codes := []int{1, 3}
			if deeds[name].harmless || moment == "start" || moment == "stop" { // where there is no answer to be spoilt
				codes = []int{0, 1, 3, 5}
			}
			tries = append(tries, try{"adapter: " + name + " at " + moment, fmt.Sprintf(`"$LP" $V -- "$AS" as:%s '%s' "$D/token"`, moment, name), codes, true})
		}
	}
	return slices.Concat(tries, files(), faults())
}

// runAll runs the tries, two at a time, and prints each with its outcome, peak memory and time. It returns how many broke something.
func runAll(work string, tries []try) (broken int) {
	var wait sync.WaitGroup
	var lock sync.Mutex
	next, most, begin := 0, int64(0), time.Now()
	for range 2 {
		wait.Go(func() {
			for {
				lock.Lock()
				if next == len(tries) {
					lock.Unlock()
					return
				}
				t := tries[next]
				next++
				lock.Unlock()
				outcome, complaint, memory, took := t.run(work)
				lock.Lock()
				if !strings.Contains(t.name, "memory") {
					most = max(most, memory)
				}
				if complaint != "" {
					broken++
					outcome += ": BROKEN: " + complaint
				}
				fmt.Printf("%-60s %4d MB %6.1fs  %s\n", t.name, memory>>20, took.Seconds(), outcome)
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	fmt.Printf("\n%d tries, %d held, %d broken, at most %d MB, %.0f s\n", len(tries), len(tries)-broken, broken, most>>20, time.Since(begin).Seconds())
	return broken
}

// run makes one try. The complaint is empty where the command did what it must.
func (t try) run(work string) (outcome, complaint string, memory int64, took time.Duration) {
	folder, err := os.MkdirTemp(work, "try-")
	if err != nil {
		return "", err.Error(), 0, 0
	}
	defer os.RemoveAll(folder)
	defer exec.Command("chmod", "-R", "u+rwx", folder).Run()
	self, err := os.Executable()
	if err != nil {
		return "", err.Error(), 0, 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), mostTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", environment+t.script)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &errs, time.Second
	cmd.Env = append(os.Environ(), "LP="+filepath.Join(work, "lossproof"), "EX="+filepath.Join(work, "exhaustive"), "AS="+self, "D="+folder)
	begin := time.Now()
	cmd.Run() // how it ended is in ProcessState
	took, memory = time.Since(begin), int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)<<10
	code := cmd.ProcessState.ExitCode()
	outcome = fmt.Sprintf("exit code %d", code)
	if line, _, _ := strings.Cut(errs.String(), "\n"); line != "" {
		outcome += ": " + printable.Line(line, 90)
	}
	text := out.String() + errs.String()
	switch {
	case ctx.Err() != nil:
		complaint = "it did not end"
	case !slices.Contains(t.codes, code):
		complaint = fmt.Sprintf("the exit code, want one of %v: %s", t.codes, printable.Line(text, 300))
	case strings.Contains(text, "goroutine ") && strings.Contains(text, ".go:") && !strings.Contains(text, "ends with"):
		complaint = "a stack trace"
	case len(text) > mostOutput:
		complaint = fmt.Sprintf("%d bytes of output", len(text))
	case memory > mostMemory && !strings.Contains(t.name, "memory"):
		complaint = "memory"
	default:
		complaint = unprintable(text)
	}
	if report, err := os.Open(filepath.Join(folder, "report.json")); err == nil && complaint == "" {
		defer report.Close()
		if _, err := reporting.Read(report); err != nil {
			complaint = "the report: " + printable.Line(err.Error(), 200)
		}
	} else if t.report && complaint == "" && code != 2 && code != 3 {
		complaint = "no report"
	}
	if left := leftOf(folder); left != "" && complaint == "" {
		complaint = "processes are left: " + printable.Line(left, 100)
	}
	return outcome, complaint, memory, took
}

// unprintable finds what a terminal or a CI system would obey.
func unprintable(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		trimmed := strings.TrimSpace(line)
		if !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) }) ||
			strings.HasPrefix(trimmed, "::") || strings.Contains(line, "##[") || strings.Contains(line, "##vso[") {
			return "it printed " + printable.Line(fmt.Sprintf("%q", line), 200)
		}
	}
	return ""
}

// leftOf finds a process that was started with the folder of a try, and gives those that are ending a moment. Only Linux shows.
func leftOf(folder string) (left string) {
	for range 100 {
		left = ""
		commands, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, path := range commands {
			if text, _ := os.ReadFile(path); bytes.Contains(text, []byte(folder)) {
				left = strings.ReplaceAll(string(text), "\x00", " ")
			}
		}
		if left == "" {
			return ""
		}
		time.Sleep(50 * time.Millisecond)
	}
	return left
}
