//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// moments are when an adapter does its deed, by the message that it is sent: at every hello, echo or stop, at one case of an eval,
// or as it starts.
var moments = []string{"start", "hello", "echo", "case", "stop"}

// A deed is what an adapter does instead of writing an answer, which is empty where there is none to be given. harmless: the runner may
// well say that it conforms.
type deed struct {
	do       func(answer string)
	harmless bool
}

// changed writes the answer in another way.
func changed(change func(answer string) string) func(string) {
	return func(answer string) { fmt.Print(change(answer)) }
}

func replaced(old, new string) func(string) {
	return changed(func(answer string) string { return strings.Replace(answer, old, new, 1) })
}

func forever(text string) func(string) {
	return func(string) {
		for {
			if _, err := os.Stdout.WriteString(text); err != nil {
				os.Exit(0)
			}
		}
	}
}

func first(do func(), then string) func(string) {
	return func(answer string) { do(); fmt.Print(strings.Replace(then, "ANSWER", answer, 1)) }
}

// escapes are what a terminal or a CI system would obey.
const escapes = "\x1b[2J\x1b]0;title\x07\r\n::error::passed\n##[error]passed\n##vso[task.complete]\n\u202e\x00\n"

var quotedEscapes = `::error::\u001b[2J\r\n::error::passed\u202e\u0000##[error]`

var deeds = map[string]deed{
	"nothing":           {func(string) {}, false},
	"exit 0":            {func(string) { os.Exit(0) }, false},
	"exit 1":            {func(string) { os.Exit(1) }, false},
	"exit with escapes": {func(string) { fmt.Fprint(os.Stderr, escapes); os.Exit(1) }, false},
	"panic":             {func(string) { panic(escapes) }, false},
	"segfault":          {func(string) { die(syscall.SIGSEGV) }, false},
	"kill":              {func(string) { die(syscall.SIGKILL) }, false},
	"stop":              {func(string) { die(syscall.SIGSTOP) }, false},
	"sleep":             {func(string) { time.Sleep(time.Hour) }, false},
	"ignore signals":    {func(string) { signal.Ignore(); time.Sleep(time.Hour) }, false},
	"hang, marked":      {func(string) { os.WriteFile(os.Args[3], nil, 0o600); time.Sleep(time.Hour) }, false}, // for faults.go
	"close output":      {func(string) { os.Stdout.Close(); time.Sleep(time.Hour) }, false},
	"close input":       {func(answer string) { os.Stdin.Close(); fmt.Print(answer) }, true},
	"noise":             {func(answer string) { fmt.Print("loading weights\n", answer) }, false},
	"escapes":           {func(answer string) { fmt.Print(escapes, answer) }, false},
	"NUL":               {func(answer string) { fmt.Print("\x00", answer) }, false},
	"no UTF-8":          {func(answer string) { fmt.Print("\xff\xfe\n", answer) }, false},
	"UTF-16":            {changed(func(answer string) string { return strings.Join(strings.Split(answer, ""), "\x00") }), false},
	"byte order mark":   {changed(func(answer string) string { return "\ufeff" + answer }), false},
	"CRLF":              {replaced("\n", "\r\n"), true},
	"half":              {changed(func(answer string) string { return answer[:len(answer)/2] + "\n" }), false},
	"half, then exit":   {func(answer string) { fmt.Print(answer[:len(answer)/2]); os.Exit(0) }, false},
	"no newline":        {changed(strings.TrimSpace), false},
	"twice":             {changed(func(answer string) string { return answer + answer }), false},
	"both on one line":  {changed(func(answer string) string { return strings.TrimSpace(answer) + answer }), false},
	"comment":           {replaced("{", "{/* */"), false},
	"surplus key":       {replaced("{", `{"surplus":1,`), false},
	"key twice":         {replaced("{", `{"type":"stop",`), false},
	"key in capitals":   {replaced(`"type"`, `"TYPE"`), false},
	"null":              {changed(func(string) string { return "null\n" }), false},
	"list":              {changed(func(answer string) string { return "[" + strings.TrimSpace(answer) + "]\n" }), false},
	"deep":              {changed(func(string) string { return strings.Repeat("[", 30000) + strings.Repeat("]", 30000) + "\n" }), false},
	"many digits":       {replaced("{", `{"n":`+strings.Repeat("1", 50000)+","), false},
	"long strings":      {replaced(`:"`, `:"`+strings.Repeat("n", 300)), false},
	"escapes inside":    {replaced(`:"`, `:"`+quotedEscapes), false},
	"unsupported, with escapes": {changed(func(answer string) string {
		_, id, _ := strings.Cut(answer, `"id":"`)
		id, _, _ = strings.Cut(id, `"`)
		return `{"type":"answer","id":"` + id + `","unsupported":"` + quotedEscapes + `"}` + "\n"
	}), true}, // as a case that it declines
	"endless line":    {forever(strings.Repeat("x", 1<<16)), false},
	"endless lines":   {forever("loading weights\n"), false},
	"blank lines":     {forever("\n"), false},
	"endless answers": {func(answer string) { forever(answer + "\n")(answer) }, false},
	"drip": {func(string) {
		for ; ; time.Sleep(time.Millisecond) {
			fmt.Print(" ")
		}
	}, false},
	"flood of errors": {first(func() { io.CopyN(os.Stderr, zeros{}, 64<<20) }, "ANSWER"), true},
	"child":           {first(func() { startChild(nil) }, "ANSWER"), true},
	"daemon":          {first(func() { startChild(&syscall.SysProcAttr{Setsid: true}) }, "ANSWER"), true},
	"children, exit":  {func(string) { startChild(nil); startChild(&syscall.SysProcAttr{Setsid: true}); os.Exit(1) }, false},
	"memory":          {first(func() { clear(make([]byte, 1<<30)) }, "ANSWER"), true},
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func die(s syscall.Signal) {
	syscall.Kill(os.Getpid(), s)
	time.Sleep(time.Hour)
}

// startChild starts what holds the outputs open; with attributes it leaves group, session and environment.
func startChild(attributes *syscall.SysProcAttr) {
	cmd := exec.Command("sleep", "3600")
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = os.Stdout, os.Stderr, attributes
	if attributes != nil {
		cmd.Env = []string{"A=B"}
	}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
}

// noting is the reference, which notes for each call whether the deed is due at it.
type noting struct {
	conformance.Subject
	due []bool
}

func (n *noting) Eval(ctx context.Context, c *loss.Call) (*conformance.Answer, error) {
	n.due = append(n.due, len(c.Pred) == 1 && c.Pred[0] == 1)
	return n.Subject.Eval(ctx, c)
}

// beAdapter is a right adapter but for its deed at a moment.
func beAdapter(moment, name string) {
	d := deeds[name]
	if moment == "start" {
		d.do("")
	}
	s := &noting{Subject: conformance.Reference("sigmoid")}
	lines := bufio.NewReader(os.Stdin)
	for {
		text, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		var answers bytes.Buffer
		s.due = nil
		if err := lcp.Serve(context.Background(), s, strings.NewReader(text), &answers); err != nil {
			panic(err)
		}
		k := 0
		for answer := range strings.Lines(answers.String()) {
			if kind := kindOf(answer); kind == moment && (kind != "case" || s.due[k]) {
				d.do(answer)
			} else {
				fmt.Print(answer)
			}
			k++
		}
		if k == 0 {
			if moment == "stop" {
				d.do("")
			}
			return
		}
	}
}

func kindOf(answer string) string {
	_, kind, _ := strings.Cut(answer, `"type":"`)
	kind, _, _ = strings.Cut(kind, `"`)
	if kind == "answer" {
		return "case"
	}
	return kind
}
