package lcp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lossproof/lossproof/impl/subject"
)

// A conversation is what one goroutine does with the questions to a program: it asks
// several at a time, and finds out which of them a failure of the process belongs to.
//
// While all is well up to AtOnce cases are under way. When the program ends, hangs or
// writes what is no answer, any case that was under way may be the cause. They are asked again,
// by a new process and one at a time, the first unanswered one first. The one at which it
// happens again, though it is alone and the first that a process was asked, is the cause, and
// the others are asked as usual. Had the process answered others before, they
// might have brought it about, or it might have been on its way out.
type conversation struct {
	*Program
	process                 *process
	cell                    *cell  // where it runs; nil: here
	hello                   string // the first answer to hello
	queue                   []*question
	candidates              []*question
	symptom                 string                    // what the candidates may have done
	asked                   map[string]*question      // those under way, by id
	order                   []*question               // the same, in the order in which they were asked
	causes                  map[string]*subject.Fault // by name: nobody is asked twice what ended a process
	token                   string                    // begins every id: it says nothing of the case, and is another in each run
	names                   []string                  // of all questions so far, by their number
	first                   int                       // number of the first question to this process
	answers                 int                       // of this process
	restarts, hangs, barren int
	answered                int   // of all processes
	whole, halves           int   // messages of several cases that were answered to the end; and hangs after a part of one
	gone                    error // why nobody is asked any more
	deadline                *time.Timer
	settlers                []chan struct{}
	interrupted             <-chan struct{} // the end of its context
}

func (c *conversation) run() {
	defer close(c.finished)
	defer c.leave()
	c.deadline = time.NewTimer(c.limits.Timeout)
	for {
		c.ask()
		var lines <-chan textLine
		if c.process != nil {
			lines = c.process.lines
		}
		var silence <-chan time.Time
		if len(c.asked) > 0 {
			silence = c.deadline.C
		}
		select {
		case q := <-c.questions:
			c.queue = append(c.queue, q)
		case l, ok := <-lines:
			c.hear(l, ok)
		case <-silence:
			c.late(lines)
		case done := <-c.settling:
			c.settlers = append(c.settlers, done)
		case <-c.quit:
			c.end()
			return
		}
	}
}

// late is called when there was no answer in time. Where lines wait to be heard it may be we who are late; but blank ones and the like
// that keep coming do not stretch the limit by more than a tenth.
func (c *conversation) late(lines <-chan textLine) {
	process, answered := c.process, c.answered
	for end := time.After(c.limits.Timeout / 10); ; {
		select {
		case l, ok := <-lines:
			if c.hear(l, ok); c.process != process || c.answered != answered {
				return // which has set another limit
			}
			select {
			case <-end:
			default:
				continue
			}
		default:
		}
		c.hangs++
		c.failed(subject.Hung, fmt.Sprintf("no answer within %v: %s%s", c.limits.Timeout, c.silence(), c.process.lastWords()))
		return
	}
}

// ask sends what may be sent now.
func (c *conversation) ask() {
	switch {
	case c.gone != nil:
		c.refuseAll()
	case len(c.candidates) > 0:
		if len(c.asked) == 0 && c.started() {
			c.send(c.candidates[:1])
		}
	case 2*len(c.asked) <= AtOnce && len(c.queue) > 0:
		n := min(AtOnce-len(c.asked), len(c.queue))
		some := slices.DeleteFunc(slices.Clone(c.queue[:n]), c.decided)
		c.queue = c.queue[n:]
		if len(some) > 0 && c.started() {
			c.send(some)
		} else {
			c.queue = append(some, c.queue...) // there is nobody to ask
		}
	case len(c.settlers) > 0 && len(c.asked)+len(c.queue) == 0:
		c.barrier()
	}
	if c.gone != nil {
		c.refuseAll()
	}
}

// decided replies to questions that need not be asked, and drops those whose asker is
// gone.
func (c *conversation) decided(q *question) bool {
	if f := c.causes[q.name]; f != nil {
		q.reply <- reply{err: f}
		return true
	}
	return q.ctx.Err() != nil
}

// send asks questions, those with the same head in one message.
func (c *conversation) send(questions []*question) {
	if len(c.asked) == 0 {
		c.deadline.Reset(c.limits.Timeout)
	}
	var keys []string
	messages := map[string]*evalForm{}
	for _, q := range questions {
		q.id = c.token + "/" + strconv.Itoa(len(c.names))
		c.names = append(c.names, q.name)
		c.asked[q.id] = q
		m := messages[q.key]
		if m == nil {
			head := q.head
			m = &head
			messages[q.key] = m
			keys = append(keys, q.key)
		}
		m.Cases = append(m.Cases, caseForm{q.id, q.in})
	}
	for _, key := range keys { // in the order in which they are sent
		asked := &message{cases: len(messages[key].Cases)}
		for _, form := range messages[key].Cases {
			c.order = append(c.order, c.asked[form.ID])
			c.asked[form.ID].asked = asked
		}
		c.process.send(line(messages[key]))
	}
}

// hear takes one line of the program, or the end of its output.
func (c *conversation) hear(l textLine, ok bool) {
	switch {
	case !ok && len(c.asked) == 0:
		c.warn("when nothing was asked, %s", c.process.ending())
		c.bury()
	case !ok:
		c.failed(subject.Crashed, c.process.ending())
	case l.err == errLong:
		c.failed(subject.Malformed, fmt.Sprintf("a line of more than %d bytes, which begins with %s", c.maxLine.Load(), quoted(l.text)))
	case l.err != nil || len(strings.TrimSpace(string(l.text))) == 0: // half a line, whose end the end of the output explains; a blank one
	default:
		c.listen(l.text)
	}
}

// listen takes one line that is whole.
func (c *conversation) listen(text []byte) {
	m, err := decodeAnswer(text)
	id := m.ID
	if err != nil {
		id = idIn(text)
	}
	q := c.asked[id]
	if q == nil {
		if name, ok := c.before(id); ok {
			c.stray(name, &subject.Fault{Outcome: subject.Malformed, Text: "a second answer: " + quoted(text)})
			return
		}
		what := "what is no answer"
		if err == nil {
			what = "an answer to what was not asked"
		}
		c.failed(subject.Malformed, fmt.Sprintf("on standard output, %s: %s", what, quoted(text)))
		return
	}
	c.answers++
	c.answered++
	c.barren = 0
	if q.asked.answered++; q.asked.answered == q.asked.cases && q.asked.cases > 1 {
		c.whole++
	}
	if err != nil {
		c.answer(q, nil, &subject.Fault{Outcome: subject.Malformed, Text: fmt.Sprintf("%v: the answer %s", err, quoted(text))})
		return
	}
	a, err := m.result(q.call)
	c.answer(q, a, err)
}

// before reports whether an id was given out to this process, and to which case.
func (c *conversation) before(id string) (name string, ok bool) {
	digits, ok := strings.CutPrefix(id, c.token+"/")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < c.first || n >= len(c.names) {
		return "", false
	}
	return c.names[n], true
}

// stray notes what came for a case that has had its answer.
func (c *conversation) stray(name string, f *subject.Fault) {
	c.causes[name] = f
	c.lock.Lock()
	defer c.lock.Unlock()
	c.strays[name] = f
}

// answer replies to a question under way, which is then no candidate any more.
func (c *conversation) answer(q *question, a *subject.Answer, err error) {
	q.reply <- reply{a, err}
	delete(c.asked, q.id)
	c.order = slices.DeleteFunc(c.order, func(o *question) bool { return o == q })
	c.deadline.Reset(c.limits.Timeout)
	if len(c.candidates) == 0 {
		return
	}
	if c.candidates = c.candidates[1:]; len(c.candidates) == 0 {
		c.warn("no case alone repeats it: %s", c.symptom)
	}
}

// failed ends the process for what it did, and finds out at which case it did it.
func (c *conversation) failed(outcome subject.Outcome, text string) {
	pending, fresh := c.order, c.answers == 0
	c.bury()
	clear(c.asked)
	c.order = nil
	switch {
	case len(pending) == 0:
		c.warn("when nothing was asked, %s", text)
	case len(c.candidates) > 0 && !fresh: // alone, and yet not surely the cause: it is asked again
		c.symptom = text
	case len(pending) == 1 && fresh:
		q := pending[0]
		f := &subject.Fault{Outcome: outcome, Text: text}
		c.causes[q.name] = f
		q.reply <- reply{err: f}
		if len(c.candidates) > 0 {
			c.queue = append(slices.Clone(c.candidates[1:]), c.queue...)
			c.candidates = nil
		}
	default:
		c.candidates, c.symptom = pending, text
	}
	switch l := c.limits; {
	case c.barren >= l.Barren:
		c.giveUp("%d processes in a row ended without an answer; the last: %s", c.barren, text)
	case c.restarts >= l.Restarts:
		c.giveUp("%d processes ended before their time; the last: %s", c.restarts, text)
	case c.hangs >= l.Silent && (c.answered == 0 || c.halves >= l.Silent && c.whole == 0):
		c.giveUp("%d times there was no answer in time, and there never was a whole one; the last: %s", c.hangs, text)
	case c.hangs >= l.Hangs:
		c.giveUp("%d times there was no answer in time; the last: %s", c.hangs, text)
	}
}

// silence says what the process has written, when it writes no more.
func (c *conversation) silence() string {
	first := c.order[0].asked
	switch n := c.process.unended.Load(); {
	case n > 0:
		return fmt.Sprintf("it has written %d bytes without a newline", n)
	case first.answered > 0:
		c.halves++
		return fmt.Sprintf("it answered %d of %d cases of one message, then nothing: each case wants an answer", first.answered, first.cases)
	case c.answers == 0:
		return "nothing was written: is standard output flushed after each answer?"
	}
	return "nothing more was written"
}

// bury ends the process.
func (c *conversation) bury() {
	if c.answers == 0 {
		c.barren++
	}
	c.restarts++
	c.process.kill()
	if len(c.process.left) > 0 {
		c.warn("a process that ended left others running, which were ended: %q", c.process.left)
	}
	c.process = nil
}

func (c *conversation) giveUp(format string, args ...any) {
	c.gone = fmt.Errorf("%w: %s", ErrGone, fmt.Sprintf(format, args...))
}

// refuseAll replies to everyone that there is nobody to ask.
func (c *conversation) refuseAll() {
	for _, list := range [][]*question{c.order, c.candidates, c.queue} {
		for _, q := range list {
			select {
			case q.reply <- reply{err: c.gone}:
			default: // a candidate that is under way stands in two lists
			}
		}
	}
	clear(c.asked)
	c.order, c.candidates, c.queue = nil, nil, nil
	for _, done := range c.settlers {
		close(done)
	}
	c.settlers = nil
}
