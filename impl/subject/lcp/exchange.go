package lcp

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// begin starts the first process, and learns what it is and what comes through.
func (c *conversation) begin() error {
	if err := c.start(); err != nil {
		return err
	}
	err := c.introduce()
	if err != nil {
		c.process.kill()
		c.process = nil
	}
	return err
}

func (c *conversation) introduce() error {
	d, err := decodeDescription([]byte(c.hello))
	if err != nil {
		return err
	}
	for _, f := range d.Dtypes() {
		sent := f.Hexes(echoNumbers(f))
		c.allow(len(sent))
		text, err := c.exchange(echoForm{typeEcho, f.Name, sent}, typeEcho, c.limits.StartTimeout)
		if err != nil {
			return err
		}
		if err := checkEcho(f, sent, text); err != nil {
			c.lost = append(c.lost, notJudged(f, err))
			d = d.Without(f)
		}
	}
	if len(d.Capabilities) == 0 {
		return errors.New(strings.Join(c.lost, "; "))
	}
	c.description = d
	return nil
}

// start starts a process and greets it. What it answers must be what the first one did.
func (c *conversation) start() error {
	p, err := c.startIn()
	if err != nil {
		return err
	}
	c.process, c.answers, c.first = p, 0, len(c.names)
	text, err := c.exchange(helloForm{typeHello, Version}, typeHello, c.limits.StartTimeout)
	switch {
	case err != nil:
	case typeOf(text) != typeHello:
		err = fmt.Errorf("before its answer to %s it wrote %s: standard output is the protocol's", typeHello, quoted(text))
	case c.hello == "":
		c.hello = string(text)
	case c.hello != string(text):
		err = fmt.Errorf("its %s was %s at first, and %s when it was started again", typeHello, quoted([]byte(c.hello)), quoted(text))
	}
	if err != nil {
		p.kill()
		c.process = nil
	}
	return err
}

// started reports whether there is a process to ask, and starts one where there is none.
func (c *conversation) started() bool {
	if c.process != nil {
		return true
	}
	if err := c.start(); err != nil {
		c.giveUp("%v", err)
		return false
	}
	return true
}

// barrier asks for an echo: whatever was written before it has been heard when it comes.
func (c *conversation) barrier() {
	if c.process != nil {
		f := c.description.Dtypes()[0]
		end := time.Now().Add(c.limits.Timeout)
		text, err := c.exchange(echoForm{typeEcho, f.Name, f.Hexes([]float64{1})}, typeEcho, c.limits.Timeout)
		for err == nil && typeOf(text) != typeEcho {
			c.hear(textLine{text: text}, true)
			if c.process == nil {
				break
			}
			text, err = c.await(typeEcho, time.Until(end))
		}
		if err != nil && c.process != nil {
			c.warn("after the last case, %v", err)
			c.bury()
		}
	}
	for _, done := range c.settlers {
		close(done)
	}
	c.settlers = nil
}

// errQuit: the runner wants to end.
var errQuit = errors.New("interrupted")

// exchange sends a message and waits for the next line.
func (c *conversation) exchange(message any, want string, within time.Duration) ([]byte, error) {
	c.process.send(line(message))
	return c.await(want, within)
}

func (c *conversation) await(want string, within time.Duration) ([]byte, error) {
	late := time.NewTimer(within)
	defer late.Stop()
	for {
		select {
		case l, ok := <-c.process.lines:
			switch {
			case !ok:
				return nil, fmt.Errorf("it was sent %s, and %s", want, c.process.ending())
			case l.err == errLong:
				return nil, fmt.Errorf("it was sent %s, and wrote an endless line, which begins with %s", want, quoted(l.text))
			case l.err == nil && len(strings.TrimSpace(string(l.text))) > 0:
				return l.text, nil
			}
		case <-late.C:
			written := ""
			if n := c.process.unended.Load(); n > 0 {
				written = fmt.Sprintf(": it has written %d bytes without a newline", n)
			}
			return nil, fmt.Errorf("no answer to %s within %v%s%s", want, within, written, c.process.lastWords())
		case <-c.quit:
			return nil, errQuit
		}
	}
}

// end ends the conversation: politely where nobody is waiting.
func (c *conversation) end() {
	c.gone = ErrGone
	idle := len(c.asked) == 0
	c.refuseAll()
	if c.process == nil {
		return
	}
	if idle {
		c.process.send(line(stopForm{typeStop}))
		close(c.process.input)
		c.farewell()
	}
	c.bury()
}

// farewell waits for a process to end by itself.
func (c *conversation) farewell() {
	late := time.NewTimer(c.limits.Timeout)
	defer late.Stop()
	for {
		select {
		case l, ok := <-c.process.lines:
			if ok && l.err != errLong {
				if len(strings.TrimSpace(string(l.text))) > 0 {
					c.warn("after %s it wrote %s", typeStop, quoted(l.text))
				}
				continue
			}
			select {
			case <-c.process.exited:
				if !c.process.cmd.ProcessState.Success() {
					c.warn("after %s, %s", typeStop, c.process.ending())
				}
			case <-late.C:
				c.warn("it did not end within %v of %s, and was ended", c.limits.Timeout, typeStop)
			}
			return
		case <-late.C:
			c.warn("it did not end within %v of %s, and was ended", c.limits.Timeout, typeStop)
			return
		case <-c.interrupted: // whoever wants to end all the same waits for nobody's manners
			c.warn("after %s it was ended by an interrupt", typeStop)
			return
		}
	}
}
