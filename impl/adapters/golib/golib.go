// Package golib is what the adapters of Go libraries share: an adapter lists the functions of its
// library, each with what it computes, and Main speaks LCP/1 for it.
//
// It corrects nothing. A panic of the library is its refusal of the input, and reaches the runner as
// an error; a panic in a goroutine of the library ends the process, and the runner says which case did
// it.
package golib

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/impl/subject/lcp"
)

// A Library is a Go module as its adapter presents it.
type Library struct {
	name, module string
	parts        []subject.Subject
}

// New begins the adapter of a module. Its version is the one that is linked into the program.
func New(name, module string) *Library { return &Library{name: name, module: module} }

// Eval answers one call with what the library computes, in numbers of the call's format.
type Eval func(c *loss.Call) (*subject.Answer, error)

// Add adds a loss or a link. It is asked what the capability covers, unless one that was added before
// covers it too.
func (l *Library) Add(c subject.Capability, f Eval) {
	l.parts = append(l.parts, part{c, f})
}

// Main answers the runner on standard input and output, until it ends. What the library prints
// goes to standard error.
func (l *Library) Main() {
	out := os.Stdout
	os.Stdout = os.Stderr
	if err := lcp.Serve(context.Background(), l.Subject(), os.Stdin, out); err != nil {
		fmt.Fprintln(os.Stderr, l.name+":", err)
		os.Exit(1)
	}
}

// Subject is the library as one subject.
func (l *Library) Subject() subject.Subject {
	return whole{subject.Join(l.name, version(l.module), l.parts...)}
}

type whole struct{ subject.Subject }

func (w whole) Describe() subject.Description {
	d := w.Subject.Describe()
	d.Environment = map[string]string{"language": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH, "device": "cpu"}
	return d
}

type part struct {
	computes subject.Capability
	eval     Eval
}

func (p part) Describe() subject.Description {
	return subject.Description{Name: p.computes.Loss, Capabilities: []subject.Capability{p.computes}}
}

func (p part) Eval(_ context.Context, c *loss.Call) (answer *subject.Answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			answer, err = nil, fmt.Errorf("panic: %v", r)
		}
	}()
	return p.eval(c)
}

// version finds which version of a module this binary holds; "" when it holds none, as in a test.
func version(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version
		}
	}
	return ""
}
