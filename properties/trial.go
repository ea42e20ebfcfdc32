package properties

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A trial is one law held against one case. The check of a law runs to its end, or is
// stopped by an outcome that panics through it: a violation, or a case that turns out to
// be none.
type trial struct {
	ctx          context.Context
	subject      subject.Subject
	capabilities []subject.Capability
	format       ieee.Format
	level        subject.Level
	law          *Law
	loss         *loss.Loss
	lacks        string // why the subject was not asked
	look         *Look
	alone        bool // the subject is not called from several goroutines at once
	calls        int  // of a law that asks the same very often

	decided      int                     // claims that passed
	judged       map[subject.Output]bool // the outputs of the loss that they were about, or a violation
	inconclusive bool
}

// An outcome is how a trial ended.
type outcome struct {
	violation    *Violation
	inconclusive bool   // the bounds allow so much that the case says nothing
	discarded    bool   // the case is none for this law
	lacks        string // discarded because the subject lacks this
	declined     bool   // discarded because the subject declined it
	err          error  // the subject cannot be asked any more
}

func (o outcome) passed() bool {
	return o.violation == nil && !o.inconclusive && !o.discarded && o.err == nil
}

// A Violation is how a law was broken.
type Violation struct {
	What  string // what should hold of the two sides
	Left  string
	Right string
	Slack string // how much was allowed
	From  string // where the slack came from
	Stack string // of a panic
	At    string // the call, where it is not the case itself

	calls []*loss.Call // whose answers are compared
	sides *Sides       // where it is about a difference of numbers
}

// run runs the check of a law on a case. Any other panic than an outcome is a violation:
// what an answer does to the check of a law must not pass for a case that is none.
func (t *trial) run(c *Case) (o outcome) {
	defer func() {
		if r := recover(); r != nil {
			stopped, ok := r.(outcome)
			if !ok {
				stopped = outcome{violation: &Violation{What: Panicked, Left: fmt.Sprint(r), Right: "no panic", Slack: "none", Stack: subject.Stack()}}
			}
			o = stopped
		}
	}()
	t.decided, t.inconclusive, t.lacks, t.judged = 0, false, "", map[subject.Output]bool{}
	t.obeyConditions(c)
	t.law.check(t, c)
	switch {
	case t.decided > 0:
		return outcome{}
	case t.inconclusive:
		return outcome{inconclusive: true}
	}
	return outcome{discarded: true}
}

// obeyConditions discards a case about which the loss makes none of the claims that the law
// tests, and, of a law about gradients, one at a kink, where they are whatever the subject
// chooses.
func (t *trial) obeyConditions(c *Case) {
	plan, err := c.Call.Plan()
	if err != nil {
		return // the law is about that
	}
	if t.law.gradient && !t.law.anywhere && atKink(plan) {
		t.discard()
	}
	if len(t.law.Traits) == 0 || t.law.Refutes {
		return
	}
	for _, p := range t.law.Traits {
		if len(about(t.loss, p, plan)) > 0 {
			return
		}
	}
	t.needClaim(false)
}

// needClaim discards a case about which the loss makes no claim.
func (t *trial) needClaim(made bool) {
	if !made {
		panic(outcome{discarded: true, lacks: "the loss does not claim it for these parameters"})
	}
}

// claimed are the traits with a property that the loss claims about the first item of a call.
func (t *trial) claimed(p loss.Property, plan *loss.Plan) []loss.Trait {
	found := about(t.loss, p, plan)
	t.need(len(found) > 0)
	return found
}

func about(l *loss.Loss, p loss.Property, plan *loss.Plan) []loss.Trait {
	return slices.DeleteFunc(declared(l, p, true), func(trait loss.Trait) bool {
		if plan.Items() == 0 {
			return false
		}
		claims := trait.About(plan.Args, plan.Pred[:plan.Width], targetOf(plan))
		return !claims || math.IsInf(constant(trait, plan), 1) // what is beyond float64 bounds nothing
	})
}

// discard ends a trial whose case is none for the law.
func (t *trial) discard() { panic(outcome{discarded: true}) }

// need discards the case unless ok.
func (t *trial) need(ok bool) {
	if !ok {
		t.discard()
	}
}

// violated ends a trial. c is nil where the case itself says it all.
func (t *trial) violated(what, left, right, slack, from string, c *loss.Call) {
	v := &Violation{What: what, Left: left, Right: right, Slack: slack, From: from}
	if c != nil {
		v.At, v.calls = t.point(c), []*loss.Call{c}
	}
	panic(outcome{violation: v})
}

// fit returns the call as the subject is asked it, under one of its conventions, and which
// outputs it declares there.
func (t *trial) fit(decl *loss.Loss, c *loss.Call, refusal loss.Class) (asked loss.Call, outputs []subject.Output, ok bool) {
	for _, capability := range t.capabilities {
		if capability.Loss != c.Loss {
			continue
		}
		fit, reason, asked := capability.Fit(decl, c, refusal)
		if fit == subject.Fits {
			return asked, capability.Outputs, true
		}
		t.lacks = reason
		if fit == subject.Foreign {
			t.lacks = "it follows other conventions"
		}
	}
	return loss.Call{}, nil, false
}

// A panicked call has no answer.
type panicked struct {
	value any
	stack string
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

var errSkipped = errors.New("skipped")

// ask calls the subject and turns a panic into an error.
func (t *trial) ask(c *loss.Call) (answer *subject.Answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicked{r, subject.Stack()}
		}
	}()
	if err := t.ctx.Err(); err != nil {
		return nil, errSkipped
	}
	answer, err = t.subject.Eval(t.ctx, c)
	if errors.Is(err, subject.ErrUnsupported) {
		return nil, errSkipped
	}
	if err == nil && answer == nil {
		return nil, errors.New("no answer and no error")
	}
	return answer, err
}

// has reports whether the subject has an output of a loss in the format of the trial.
func has(capabilities []subject.Capability, name string, f ieee.Format, o subject.Output) bool {
	return slices.ContainsFunc(capabilities, func(c subject.Capability) bool {
		return c.Loss == name && slices.Contains(c.Formats, f.Name) && slices.Contains(c.Outputs, o)
	})
}

// show prints a number in decimal and hexadecimal.
func (t *trial) show(x float64) string { return show(t.format, x) }

// point is short for a call: its prediction and its target.
func (t *trial) point(c *loss.Call) string {
	text := strings.Join(inputs(c, func(x float64) string { return shortest(t.format, x) }), ", ")
	if c.Loss != t.loss.Name {
		text = c.Loss + ": " + text
	}
	return text
}
