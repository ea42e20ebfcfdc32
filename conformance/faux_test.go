package conformance

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// TestMain makes the test binary an adapter when it is called as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if name, ok := strings.CutPrefix(os.Args[1], "faux:"); ok {
			faux(name)
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

// fauxCommand runs the test binary as an adapter. The token tells its processes from
// others.
func fauxCommand(t *testing.T, name string) (command []string, token string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	token = filepath.Join(t.TempDir(), "faux") // also the name of what its processes remember
	return []string{self, "faux:" + name, token}, token
}

// The cases at which a faux adapter misbehaves, by their prediction; the target is 0.25.
const (
	theCulprit = -17
	thePartner = -5
)

func isCase(c *loss.Call, pred float64) bool {
	return c.Rows == 1 && len(c.Pred) == 1 && c.Pred[0] == pred && len(c.Target) == 1 && c.Target[0] == 0.25
}

// fauxSubject is the reference, as far as the small suite goes, and a float64 that no case
// uses.
type fauxSubject struct{ Subject }

func (s fauxSubject) Describe() Description {
	d := Description{Name: "faux", Version: "1"}
	for _, c := range s.Subject.Describe().Capabilities {
		if c.Loss == bce {
			c.Formats = []string{"f64", "f32"}
			d.Capabilities = append(d.Capabilities, c)
		}
	}
	return d
}

// A stage is what a faux adapter writes to, and what it has kept.
type stage struct {
	out   io.Writer
	held  []byte // an answer that is kept back
	count int    // of cases
	nth   int    // case of its message, from 0
}

func (s *stage) write(texts ...string) {
	for _, text := range texts {
		io.WriteString(s.out, text)
	}
}

// What it does wrong: what it does instead of writing the answer to a case, and what it does
// with any other answer of its. False: the usual thing.
var (
	caseDeeds = map[string]func(s *stage, c *loss.Call, answer string) bool{
		"crash": atCulprit(func(*stage, string) {
			fmt.Fprintln(os.Stderr, "boom")
			os.Exit(3)
		}),
		"exit early":   atCulprit(func(*stage, string) { os.Exit(0) }),
		"crash always": func(*stage, *loss.Call, string) bool { os.Exit(1); return true },
		"hang":         atCulprit(func(*stage, string) { time.Sleep(time.Hour) }),
		"late": atCulprit(func(s *stage, answer string) {
			time.Sleep(time.Minute)
			s.write(answer)
		}),
		"slow": atCulprit(func(s *stage, answer string) {
			time.Sleep(50 * time.Millisecond)
			s.write(answer)
		}),
		"no answer": atCulprit(func(*stage, string) {}),
		"blank lines": atCulprit(func(s *stage, _ string) {
			for {
				s.write("\n")
			}
		}),
		"drip": atCulprit(func(s *stage, _ string) {
			for ; ; time.Sleep(time.Millisecond) {
				s.write("x")
			}
		}),
		"twice": atCulprit(func(s *stage, answer string) { s.write(answer, answer) }),
		"twice, and late": atCulprit(func(s *stage, answer string) {
			s.write(answer)
			s.held = []byte(answer)
		}),
		"foreign": atCulprit(func(s *stage, answer string) {
			s.write(strings.Replace(answer, `"id":"`, `"id":"nosuch/999999", "was":"`, 1), strings.Replace(answer, `"id":"`, `"id":"nosuch`, 1))
		}),
		"wrong shape": atCulprit(func(s *stage, answer string) {
			s.write(strings.Replace(answer, `"value":[`, `"value":["00000000",`, 1))
		}),
		"decimal":       atCulprit(func(s *stage, answer string) { s.write(strings.Replace(answer, `"value":["`, `"value":[0.5,"`, 1)) }),
		"wrong width":   atCulprit(func(s *stage, answer string) { s.write(strings.Replace(answer, `"value":["`, `"value":["0000`, 1)) }),
		"surplus field": atCulprit(func(s *stage, answer string) { s.write(strings.Replace(answer, `{`, `{"surplus":1,`, 1)) }),
		"noise":         atCulprit(func(s *stage, answer string) { s.write("loading weights\n", answer) }),
		"noise at once": func(s *stage, c *loss.Call, answer string) bool {
			if isCase(c, theCulprit) && !strings.Contains(s.memory(), "noise") {
				s.remember("noise")
				s.write("loading weights\n")
			}
			return false
		},
		"flood stderr": atCulprit(func(s *stage, answer string) {
			flood(os.Stderr, 64<<20)
			s.write(answer)
		}),
		"flood stderr and crash": atCulprit(func(*stage, string) {
			flood(os.Stderr, 8<<20)
			os.Exit(4)
		}),
		"endless line": atCulprit(func(s *stage, _ string) { flood(s.out, 1<<30) }),
		"NaN as text": func(s *stage, c *loss.Call, answer string) bool {
			s.write(strings.ReplaceAll(answer, `"7fc00000"`, "NaN"))
			return true
		},
		"NaN as a string": func(s *stage, c *loss.Call, answer string) bool {
			s.write(strings.ReplaceAll(answer, `"7fc00000"`, `"nan"`))
			return true
		},
		"swap": func(s *stage, c *loss.Call, answer string) bool {
			if !isCase(c, theCulprit) && !isCase(c, thePartner) {
				return false
			}
			if s.held == nil {
				s.held = []byte(answer)
				return true
			}
			first, second := messageOf(string(s.held)).ID, messageOf(answer).ID
			s.write(strings.Replace(answer, second, first, 1), strings.Replace(string(s.held), first, second, 1))
			s.held = nil
			return true
		},
		"another hello": atCulprit(func(s *stage, _ string) {
			s.remember("died")
			os.Exit(1)
		}),
		"grandchild": atCulprit(func(s *stage, answer string) {
			startGrandchild()
			s.write(answer)
		}),
		"crash with a grandchild": atCulprit(func(*stage, string) {
			startGrandchild()
			os.Exit(5)
		}),
		"unsupported": atCulprit(func(s *stage, answer string) {
			s.write(`{"type":"answer","id":"` + messageOf(answer).ID + `","unsupported":"not on a Tuesday"}` + "\n")
		}),
		"refuse": atCulprit(func(s *stage, answer string) {
			s.write(`{"type":"answer","id":"` + messageOf(answer).ID + `","error":{"class":"target","message":"not this one"}}` + "\n")
		}),
		"never flush": func(*stage, *loss.Call, string) bool { return true },
		"no newline": func(s *stage, _ *loss.Call, answer string) bool {
			s.write(strings.TrimSpace(answer))
			return true
		},
		"only the first": func(s *stage, _ *loss.Call, _ string) bool { return s.nth > 0 },
		"null gradient": func(s *stage, _ *loss.Call, answer string) bool {
			before, _, _ := strings.Cut(answer, `"grad":`)
			s.write(before + `"grad":null}` + "\n")
			return true
		},
		"idle crash": func(s *stage, c *loss.Call, answer string) bool {
			s.write(answer)
			if s.count == 20 { // of each process: it always ends, and no case is the cause
				os.Exit(6)
			}
			return true
		},
	}
	otherDeeds = map[string]func(s *stage, kind, answer string) bool{
		"no hello":             ofHello(func(*stage, string) { time.Sleep(time.Hour) }),
		"hello without an end": ofHello(func(s *stage, answer string) { s.write(strings.TrimSpace(answer)); time.Sleep(time.Hour) }),
		"crash at hello":       ofHello(func(*stage, string) { fmt.Fprintln(os.Stderr, "no module named torch"); os.Exit(1) }),
		"noise at hello":       ofHello(func(s *stage, answer string) { s.write("Welcome!\n", answer) }),
		"unknown loss":         ofHello(func(s *stage, answer string) { s.write(strings.Replace(answer, bce, "cubed_error", 1)) }),
		"unknown field":        ofHello(func(s *stage, answer string) { s.write(strings.Replace(answer, `"loss":`, `"lose":1,"loss":`, 1)) }),
		"wrong protocol":       ofHello(func(s *stage, answer string) { s.write(strings.Replace(answer, "LCP/1", "LCP/9", 1)) }),
		"no capabilities": ofHello(func(s *stage, answer string) {
			s.write(`{"type":"hello","protocol":"LCP/1","name":"faux","capabilities":[]}` + "\n")
		}),
		"endless hello": ofHello(func(s *stage, _ string) { flood(s.out, 1<<30) }),
		"another hello": ofHello(func(s *stage, answer string) {
			if strings.Contains(s.memory(), "died") {
				answer = strings.Replace(answer, `"version":"1"`, `"version":"2"`, 1)
			}
			s.write(answer)
		}),
		"bytes reversed":        ofEcho("f64", `"3ff0000000000000"`, `"000000000000f03f"`),
		"no negative zero":      ofEcho("f64", "8000000000000000", "0000000000000000"),
		"no subnormals":         ofEcho("f64", "0000000000000001", "0000000000000000"),
		"no f32 negative zero":  ofEcho("f32", "80000000", "00000000"),
		"an echo that is short": ofEcho("f64", `"8000000000000000",`, ""),
		"an echo in decimal":    ofEcho("f64", `"3ff0000000000000"`, `"1.0"`),
		"twice, and late": func(s *stage, kind, answer string) bool {
			s.write(string(s.held))
			s.held = nil
			return false
		},
		"ignore stop": func(s *stage, kind, answer string) bool {
			if kind == "stop" {
				time.Sleep(time.Hour)
			}
			return false
		},
		"bad end": func(s *stage, kind, answer string) bool {
			if kind == "stop" {
				fmt.Fprintln(os.Stderr, "cannot free")
				os.Exit(7)
			}
			return false
		},
		"talk after stop": func(s *stage, kind, answer string) bool {
			if kind == "stop" {
				s.write("goodbye\n")
			}
			return false
		},
	}
)

func atCulprit(deed func(s *stage, answer string)) func(*stage, *loss.Call, string) bool {
	return func(s *stage, c *loss.Call, answer string) bool {
		if !isCase(c, theCulprit) {
			return false
		}
		deed(s, answer)
		return true
	}
}

func ofHello(deed func(s *stage, answer string)) func(*stage, string, string) bool {
	return func(s *stage, kind, answer string) bool {
		if kind != "hello" {
			return false
		}
		deed(s, answer)
		return true
	}
}

func ofEcho(dtype, old, new string) func(*stage, string, string) bool {
	return func(s *stage, kind, answer string) bool {
		if kind != "echo" || !strings.Contains(answer, `"dtype":"`+dtype+`"`) {
			return false
		}
		s.write(strings.Replace(answer, old, new, 1))
		return true
	}
}

// remember and memory are what all processes of one faux adapter know together.
func (s *stage) remember(what string) {
	if err := os.WriteFile(os.Args[2]+".memory", []byte(what), 0o600); err != nil {
		panic(err)
	}
}

func (s *stage) memory() string {
	text, _ := os.ReadFile(os.Args[2] + ".memory") // none at first
	return string(text)
}

func flood(w io.Writer, n int) {
	block := []byte(strings.Repeat("x", 1<<20))
	for range n / len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// startGrandchild leaves a process that is out of the group, and holds every pipe open.
func startGrandchild() {
	cmd := exec.Command(os.Args[0], "faux:grandchild's life", os.Args[2])
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	outOfGroup(cmd)
	if err := cmd.Start(); err != nil {
		panic(err)
	}
}

// faux is a right adapter but for one thing.
func faux(name string) {
	if name == "grandchild's life" {
		time.Sleep(time.Hour)
	}
	if _, isCase := caseDeeds[name]; !isCase && otherDeeds[name] == nil && name != "right" && name != "recording" {
		panic("no faux adapter " + name)
	}
	calls := &callsOf{Subject: fauxSubject{Reference()}}
	s := &stage{out: os.Stdout}
	in := bufio.NewReader(os.Stdin)
	for {
		text, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		if name == "recording" {
			s.remember(s.memory() + string(text))
		}
		var right bytes.Buffer // what a right adapter answers, a line for each case
		calls.list = nil
		if err := lcp.Serve(context.Background(), calls, bytes.NewReader(text), &right); err != nil {
			panic(err)
		}
		kind := messageOf(string(text)).Type
		if kind == "eval" {
			k := 0
			for answer := range strings.Lines(right.String()) {
				s.count, s.nth = s.count+1, k
				if deed := caseDeeds[name]; deed == nil || !deed(s, calls.list[k], answer) {
					s.write(answer)
				}
				k++
			}
			continue
		}
		if deed := otherDeeds[name]; deed == nil || !deed(s, kind, right.String()) {
			s.write(right.String())
		}
		if kind == "stop" {
			return
		}
	}
}

// callsOf keeps the calls that a subject is asked.
type callsOf struct {
	Subject
	list []*loss.Call
}

func (s *callsOf) Eval(ctx context.Context, c *loss.Call) (*Answer, error) {
	s.list = append(s.list, c)
	return s.Subject.Eval(ctx, c)
}
