package lcp

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/printable"
)

// A Program is a subject that is a program of its own, in any language, and speaks
// LCP/1 (PROTOCOL.md). It outlives what the program does: a crash, a hang, noise or a wrong
// message is the failure of the one case that causes it, and the others are answered by the
// next process.
//
// Many calls of Eval at once are gathered, so that the program is asked several cases at a
// time; one call at a time costs a round trip each.
type Program struct {
	command     []string
	limits      Config
	description subject.Description
	lost        []string // what its hello declares and cannot be judged, and why

	questions chan *question
	settling  chan chan struct{}
	quit      chan struct{}
	finished  chan struct{}
	stop      func() // closes quit, once
	maxLine   atomic.Int64

	lock     sync.Mutex
	warnings map[string]int            // and how often
	strays   map[string]*subject.Fault // what came for a case after its answer, by its name
}

// A question is one call of Eval.
type question struct {
	ctx   context.Context
	call  *loss.Call
	name  string // see Name
	id    string // that it is asked under: the name and a number
	head  evalForm
	key   string // equal where the heads are
	in    inForm
	asked *message   // that it was last asked in
	reply chan reply // with room for the one reply
}

// A message is how far an eval has been answered.
type message struct{ cases, answered int }

type reply struct {
	answer *subject.Answer
	err    error
}

// A Config says how a program is run; a field that is zero has its default. The times are the only
// place where the clock plays a part.
type Config struct {
	Timeout      time.Duration // the longest silence while a case is unanswered; after that the program hangs. 0: DefaultTimeout
	StartTimeout time.Duration // the longest wait for the answers to hello and echo. 0: DefaultStartTimeout

	// Adopt makes this process the parent of what the program leaves behind, where the system can do that, so that a daemon of it
	// is found and ended. It is for a process that has no other children.
	Adopt bool

	// Isolate runs the program in an empty folder, with a small environment, and without a network where the system lets anyone do
	// that; a warning says where not. Arguments that name files are given to it with their whole paths.
	Isolate bool

	// How much is borne before the program is not asked any more.
	Restarts int // processes that ended or were ended before their time. 0: 1000
	Hangs    int // times without an answer. 0: 32
	Barren   int // processes in a row that ended without an answer. 0: 64
	Silent   int // times without an answer before the first, or before the first message of several cases is answered. 0: 3
}

// Defaults of Config.
const (
	DefaultTimeout      = 10 * time.Second
	DefaultStartTimeout = 2 * time.Minute
)

func (c Config) orDefaults() Config {
	return Config{cmp.Or(c.Timeout, DefaultTimeout), cmp.Or(c.StartTimeout, DefaultStartTimeout), c.Adopt, c.Isolate,
		cmp.Or(c.Restarts, 1000), cmp.Or(c.Hangs, 32), cmp.Or(c.Barren, 64), cmp.Or(c.Silent, 3)}
}

// AtOnce is how many cases a program is asked at once, at most.
const AtOnce = 64

// ErrGone is the error of a program that cannot be asked any more.
var ErrGone = errors.New("the adapter failed")

// Exec starts a program and asks it what it computes. It ends when it is closed or the
// context ends. An error is that of the program: it cannot be started, or does not speak the
// protocol, or says of itself what cannot be.
func (config Config) Exec(ctx context.Context, command []string) (*Program, error) {
	if len(command) == 0 {
		return nil, errors.New("lcp: Exec: no command")
	}
	p := &Program{command: command, questions: make(chan *question), settling: make(chan chan struct{}),
		limits: config.orDefaults(), quit: make(chan struct{}), finished: make(chan struct{}), warnings: map[string]int{}, strays: map[string]*subject.Fault{}}
	if config.Adopt && adopt() != nil {
		p.limits.Adopt = false // not on this system
	}
	p.stop = sync.OnceFunc(func() { close(p.quit) })
	c := &conversation{Program: p, token: rand.Text()[:10], asked: map[string]*question{}, causes: map[string]*subject.Fault{}, interrupted: ctx.Done()}
	p.allow(0)
	if config.Isolate {
		var err error
		if c.cell, err = newCell(command); err != nil {
			return nil, fmt.Errorf("lcp: %s: %w", strings.Join(command, " "), err)
		}
	}
	release := context.AfterFunc(ctx, p.stop)
	if err := c.begin(); err != nil {
		release()
		c.leave()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("lcp: %s: %w", strings.Join(command, " "), err)
	}
	go func() {
		defer release()
		c.run()
	}()
	return p, nil
}

// Describe says what the program said in its hello, without the dtypes whose numbers do
// not come through.
func (p *Program) Describe() subject.Description { return p.description }

// Close ends the program, with everything that it has started. It may be called again.
func (p *Program) Close() {
	p.stop()
	<-p.finished
}

// Eval asks the program one case.
func (p *Program) Eval(ctx context.Context, call *loss.Call) (*subject.Answer, error) {
	c := representable(call)
	q := &question{ctx: ctx, call: c, name: Name(c), head: encodeHead(c), in: encodeIn(c), reply: make(chan reply, 1)}
	q.key = string(line(q.head))
	p.allow(len(c.Pred))
	select {
	case p.questions <- q:
	case <-p.finished:
		return nil, ErrGone
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

// allow makes room for the answer to a case of n predictions: four outputs, each
// number in quotes, and as much again for a generous layout.
func (p *Program) allow(n int) {
	const base, each = 1 << 16, 4 * 2 * 24
	for limit := int64(base + each*n); ; {
		old := p.maxLine.Load()
		if old >= limit || p.maxLine.CompareAndSwap(old, limit) {
			return
		}
	}
}

// Settle waits until all that the program has written so far has been read.
func (p *Program) Settle(ctx context.Context) {
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
	text := printable.Line(fmt.Sprintf(format, args...), printable.Most)
	p.lock.Lock()
	defer p.lock.Unlock()
	if _, known := p.warnings[text]; known || len(p.warnings) < mostWarnings {
		p.warnings[text]++
	}
}

// Lost says which dtypes are not judged, since their numbers change on their way, and why.
func (p *Program) Lost() []string { return p.lost }

// Warn adds to what the program is said to have done.
func (p *Program) Warn(format string, args ...any) { p.warn(format, args...) }

// Warnings tells what the program did that is the failure of no case, sorted.
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

// Strays returns what came for calls that had their answer already, by Name.
func (p *Program) Strays() map[string]*subject.Fault {
	p.lock.Lock()
	defer p.lock.Unlock()
	return maps.Clone(p.strays)
}

// String is the command as it is typed.
func (p *Program) String() string {
	var words []string
	for _, word := range p.command {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool {
			return !strings.ContainsRune("-_./:=,+@%", r) && !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
		}) {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
