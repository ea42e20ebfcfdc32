package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Program is a subject that is a program of its own, in any language, and speaks
// LCP/1 (PROTOCOL.md). It outlives what the program does: a crash, a hang, noise or a wrong
// message is charged to the one case that causes it, and the others are answered by the
// next process.
//
// Many calls of Eval at once are gathered, so that the program is asked several cases at a
// time; one call at a time costs a round trip each.
type Program struct {
	command     []string
	limits      limits
	description Description
	lost        []string // what its hello declares and cannot be judged, and why

	questions chan *question
	settling  chan chan struct{}
	quit      chan struct{}
	finished  chan struct{}
	stop      func() // closes quit, once
	maxLine   atomic.Int64

	lock     sync.Mutex
	warnings map[string]int    // and how often
	strays   map[string]*fault // what came for a case after its answer, by its name
}

// A question is one call of Eval.
type question struct {
	ctx   context.Context
	call  *loss.Call
	name  string // the id of the call
	id    string // that it is asked under: the name and a number
	head  evalForm
	key   string // equal where the heads are
	in    inForm
	reply chan reply // with room for the one reply
}

type reply struct {
	answer *Answer
	err    error
}

// limits say when a conversation has gone wrong. The times are the only place where the
// clock plays a part.
type limits struct {
	silence  time.Duration // the longest without an answer, while a case is unanswered
	start    time.Duration // the longest wait for hello and echo
	restarts int
	hangs    int
	barren   int // processes in a row that died without an answer
}

// Defaults of Timeout and StartTimeout.
const (
	DefaultTimeout      = 10 * time.Second
	DefaultStartTimeout = 2 * time.Minute
)

// An ExecOption changes how a program is run.
type ExecOption func(*Program)

// Timeout sets the longest silence of a program while a case is unanswered. After that it
// hangs.
func Timeout(d time.Duration) ExecOption { return func(p *Program) { p.limits.silence = d } }

// StartTimeout sets how long a program may take to start.
func StartTimeout(d time.Duration) ExecOption { return func(p *Program) { p.limits.start = d } }

// errGone: a program cannot be asked any more.
var errGone = errors.New("the adapter failed")

// Exec starts a program and asks it what it computes. It ends when it is closed or the
// context ends. An error is that of the program: it cannot be started, or does not speak the
// protocol, or says of itself what cannot be.
func Exec(ctx context.Context, command []string, opts ...ExecOption) (*Program, error) {
	if len(command) == 0 {
		return nil, errors.New("conformance: Exec: no command")
	}
	p := &Program{command: command, questions: make(chan *question), settling: make(chan chan struct{}),
		limits: limits{silence: DefaultTimeout, start: DefaultStartTimeout, restarts: 1000, hangs: 32, barren: 64},
		quit:   make(chan struct{}), finished: make(chan struct{}), warnings: map[string]int{}, strays: map[string]*fault{}}
	for _, o := range opts {
		o(p)
	}
	p.stop = sync.OnceFunc(func() { close(p.quit) })
	c := &conversation{Program: p, asked: map[string]*question{}, guilty: map[string]*fault{}}
	p.allow(0)
	release := context.AfterFunc(ctx, p.stop)
	if err := c.begin(); err != nil {
		release()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("conformance: %s: %w", strings.Join(command, " "), err)
	}
	go func() {
		defer release()
		c.run()
	}()
	return p, nil
}

// Describe says what the program said in its hello, without the dtypes whose numbers do
// not come through.
func (p *Program) Describe() Description { return p.description }

// Close ends the program, with everything that it has started. It may be called again.
func (p *Program) Close() {
	p.stop()
	<-p.finished
}

// Eval asks the program one case.
func (p *Program) Eval(ctx context.Context, call *loss.Call) (*Answer, error) {
	c := representable(call)
	q := &question{ctx: ctx, call: c, name: golden.ID(c), head: encodeHead(c), in: encodeIn(c), reply: make(chan reply, 1)}
	q.key = string(line(q.head))
	p.allow(len(c.Pred))
	select {
	case p.questions <- q:
	case <-p.finished:
		return nil, errGone
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case r := <-q.reply:
		return r.answer, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// allow makes room for the answer to a case of n predictions: value and gradient, each
// number in quotes, and as much again for a generous layout.
func (p *Program) allow(n int) {
	const base, each = 1 << 16, 2 * 2 * 24
	for limit := int64(base + each*n); ; {
		old := p.maxLine.Load()
		if old >= limit || p.maxLine.CompareAndSwap(old, limit) {
			return
		}
	}
}

// settle waits until all that the program has written so far has been read.
func (p *Program) settle(ctx context.Context) {
	done := make(chan struct{})
	select {
	case p.settling <- done:
		select {
		case <-done:
		case <-p.finished:
		case <-ctx.Done():
		}
	case <-p.finished:
	case <-ctx.Done():
	}
}

// mostWarnings is how many different ones are kept.
const mostWarnings = 50

func (p *Program) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	p.lock.Lock()
	defer p.lock.Unlock()
	if _, known := p.warnings[text]; known || len(p.warnings) < mostWarnings {
		p.warnings[text]++
	}
}

// Warnings tells what the program did that no case was charged with, sorted.
func (p *Program) Warnings() []string {
	p.lock.Lock()
	defer p.lock.Unlock()
	var texts []string
	for _, text := range slices.Sorted(maps.Keys(p.warnings)) {
		if n := p.warnings[text]; n > 1 {
			text = fmt.Sprintf("%s (%d times)", text, n)
		}
		texts = append(texts, text)
	}
	return texts
}

// strayed returns what came for cases after their answers.
func (p *Program) strayed() map[string]*fault {
	p.lock.Lock()
	defer p.lock.Unlock()
	return maps.Clone(p.strays)
}

// watched is a program in a run: when it cannot be asked any more, the run ends.
type watched struct {
	*Program
	end context.CancelCauseFunc
}

func (w watched) Eval(ctx context.Context, c *loss.Call) (*Answer, error) {
	answer, err := w.Program.Eval(ctx, c)
	if errors.Is(err, errGone) {
		w.end(err)
	}
	return answer, err
}

// adapt sets what a program changes of a run.
func (c *config) adapt(p *Program) { c.command = " -- " + commandLine(p.command) }

// without removes a dtype from a description.
func without(d Description, f ieee.Format) Description {
	var left []Capability
	for _, c := range d.Capabilities {
		c.Formats = slices.DeleteFunc(slices.Clone(c.Formats), func(name string) bool { return name == f.Name })
		if len(c.Formats) > 0 {
			left = append(left, c)
		}
	}
	d.Capabilities = left
	return d
}

// commandLine is the command as it is typed.
func commandLine(command []string) string {
	var words []string
	for _, word := range command {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool {
			return !strings.ContainsRune("-_./:=,+@%", r) && !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
		}) {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
