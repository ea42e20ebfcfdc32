package lcp

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A process is one run of an adapter: its lines, the end of its standard error, and the
// means to be rid of it and of all that it has started.
type process struct {
	cmd    *exec.Cmd
	mark   string        // a variable of its environment, which its children inherit
	input  chan []byte   // what is still to be written to it; closed: end of input
	lines  chan textLine // closed at the end of its output
	done   chan struct{} // closed by kill: nobody reads lines any more
	exited chan struct{} // closed when the process itself has ended
	left   []string      // what it left behind when it ended by itself; set before exited is closed
	adopts bool          // see Config.Adopt
	tail   *tail         // of its standard error
	silent chan struct{} // closed at the end of its standard error
	files  []io.Closer   // our ends of its pipes

	unended atomic.Int64   // bytes that it has written since its last newline
	wait    sync.WaitGroup // of the goroutines that read and write
}

// mostInput is how many messages may wait to be written. What the conversation has under
// way is less.
const mostInput = 1 << 10

// A textLine is a line without its end, or why there is none.
type textLine struct {
	text []byte
	err  error
}

// errLong: a line is longer than any answer can be.
var errLong = errors.New("an endless line")

// markName names the variable by which the children of an adapter are known, however
// far they have gone.
const markName = "LOSSPROOF_ADAPTER"

// drainTime is how long the output of a process that has ended may still flow, when
// another process holds the other end open.
const drainTime = 2 * time.Second

// startProcess runs a command. Lines longer than limit are not read to their end.
func startProcess(command []string, limit *atomic.Int64, adopts bool, in *cell) (*process, error) {
	cmd := exec.Command(command[0], command[1:]...)
	p := &process{cmd: cmd, mark: markName + "=" + rand.Text(), tail: &tail{}, adopts: adopts,
		input: make(chan []byte, mostInput), lines: make(chan textLine, 16), done: make(chan struct{}), exited: make(chan struct{}), silent: make(chan struct{})}
	cmd.Env = os.Environ()
	ownGroup(cmd)
	if in != nil {
		in.apply(cmd)
	}
	cmd.Env = append(cmd.Env, p.mark)
	stdin, toProcess, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stdout, fromProcess, errOut := os.Pipe()
	stderr, errorsOf, errErr := os.Pipe()
	if err := errors.Join(errOut, errErr); err != nil {
		return nil, err
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, fromProcess, errorsOf
	p.files = []io.Closer{toProcess, stdout, stderr}
	started := make(chan error)
	go p.run(started, stdout, []io.Closer{stdin, fromProcess, errorsOf})
	if err := <-started; err != nil {
		for _, f := range p.files {
			f.Close()
		}
		return nil, err
	}
	p.wait.Go(func() { p.write(toProcess) })
	p.wait.Go(func() { p.read(bufio.NewReaderSize(counted{stdout, &p.unended}, 1<<16), limit) })
	p.wait.Go(func() {
		io.Copy(p.tail, stderr) // what cannot be read is not quoted
		close(p.silent)
	})
	return p, nil
}

// children has the processes that were started here and have not ended, by their id.
var children sync.Map

// run starts the command and waits for its end, in one thread: on Linux the process dies
// with the thread that started it, so that none outlives a runner that is killed.
func (p *process) run(begun chan<- error, stdout *os.File, theirs []io.Closer) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	if err == nil {
		children.Store(p.cmd.Process.Pid, true)
	}
	for _, f := range theirs {
		f.Close()
	}
	if begun <- err; err != nil {
		return
	}
	p.cmd.Wait() // how it ended is in ProcessState
	children.Delete(p.cmd.Process.Pid)
	select {
	case <-p.done: // killed: nothing had a chance to end by itself
	default:
		if killGroup(p.cmd.Process) > 0 {
			p.left = append(p.left, "its group")
		}
		p.left = append(p.left, killStrays(p.mark, p.adopts)...)
		stdout.SetReadDeadline(time.Now().Add(drainTime)) // should the other end be held open all the same
	}
	close(p.exited)
}

func (p *process) write(w io.WriteCloser) {
	defer w.Close()
	for {
		select {
		case text, ok := <-p.input:
			if !ok {
				return
			}
			if _, err := w.Write(text); err != nil {
				<-p.done // it reads no more; what it wrote says why
				return
			}
		case <-p.done:
			return
		}
	}
}

// send hands text to the process, without waiting for it to be read. A process that
// answers and does not read could make more wait than there is room for: it is not
// served, and found to hang.
func (p *process) send(text []byte) {
	select {
	case p.input <- text:
	default:
	}
}

// counted is what is read, with a count of the bytes since the last newline.
type counted struct {
	io.Reader
	unended *atomic.Int64
}

func (c counted) Read(text []byte) (int, error) {
	n, err := c.Reader.Read(text)
	if end := bytes.LastIndexByte(text[:n], '\n'); end >= 0 {
		c.unended.Store(int64(n - end - 1))
	} else {
		c.unended.Add(int64(n))
	}
	return n, err
}

// read passes on lines until the output ends, or a line is longer than the limit: the
// memory that it takes is bounded by that, whatever the process writes.
func (p *process) read(r *bufio.Reader, limit *atomic.Int64) {
	defer close(p.lines)
	pass := func(l textLine) bool {
		select {
		case p.lines <- l:
			return true
		case <-p.done:
			return false
		}
	}
	var text []byte
	for {
		part, err := r.ReadSlice('\n')
		text = append(text, part...)
		switch {
		case int64(len(text)) > limit.Load():
			pass(textLine{text[:min(len(text), 1<<10)], errLong})
			return
		case err == bufio.ErrBufferFull:
			continue
		case err != nil: // the end; a last line without an end may be cut short, and is not taken
			if len(strings.TrimSpace(string(text))) > 0 {
				pass(textLine{text, io.ErrUnexpectedEOF})
			}
			return
		}
		if !pass(textLine{text: text[:len(text)-1]}) {
			return
		}
		text = nil
	}
}

// kill ends the process with all that it has started. It may be called again.
func (p *process) kill() {
	select {
	case <-p.done:
		return
	default:
	}
	close(p.done)
	killGroup(p.cmd.Process)
	<-p.exited
	killGroup(p.cmd.Process) // those that were started meanwhile
	killStrays(p.mark, p.adopts)
	for _, f := range p.files {
		f.Close()
	}
	p.wait.Wait()
}

// ending says how the process ended, when its output has. It gives it a moment to do so.
func (p *process) ending() string {
	moment := time.After(drainTime)
	text := "it closed its standard output"
	select {
	case <-p.exited:
		text = "it ended (" + p.cmd.ProcessState.String() + ")"
		select {
		case <-p.silent:
		case <-moment:
		}
	case <-moment:
	}
	return text + p.lastWords()
}

// LastWords stands between how a process ended and what it wrote to standard error before.
const LastWords = "; its standard error"

// lastWords quotes the beginning and the end of standard error: some languages name the error first, others last.
func (p *process) lastWords() string {
	switch first, last := p.tail.ends(); {
	case last != "":
		return fmt.Sprintf("%s begins with %q and ends with %q", LastWords, first, last)
	case first != "":
		return fmt.Sprintf("%s ends with %q", LastWords, first)
	}
	return ""
}

// A tail keeps the first and the last of what is written to it.
type tail struct {
	lock        sync.Mutex
	first, last []byte
	lost        bool // something between them is not kept
}

// mostTail is how many bytes of either end of standard error are quoted.
const mostTail = 400

func (t *tail) Write(text []byte) (int, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	n := min(len(text), mostTail-len(t.first))
	t.first = append(t.first, text[:n]...)
	t.last = append(t.last, text[max(n, len(text)-mostTail):]...)
	if more := len(t.last) - mostTail; more > 0 || len(text)-n > mostTail {
		t.lost = true
		t.last = t.last[max(0, more):]
	}
	return len(text), nil
}

// ends returns what was written or, where that is long, its beginning and its end.
func (t *tail) ends() (first, last string) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if !t.lost {
		return strings.TrimSpace(string(t.first) + string(t.last)), ""
	}
	return strings.TrimSpace(string(t.first)), strings.TrimSpace(string(t.last))
}
