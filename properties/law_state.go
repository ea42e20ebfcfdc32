package properties

import (
	"fmt"
	"slices"
	"sync"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ulp"
)

const pure = "package subject: an answer follows from the call alone"

// everyCall is how many calls a run asks again and again, all losses and dtypes together, where
// DefaultChecks are asked for: a counter of 16 bits wraps in it.
const everyCall = 5 << 14

// A subject remembers nothing, and does one thing at a time.
var stateLaws = []*Law{
	{
		Name:      "no_call_depends_on_another",
		Statement: "Between two calls that are the same another one changes nothing, be it different in its last item, its parameters or its length; and its own answer is true.",
		Source:    pure,
		anywhere:  true,
		tour:      few(30),
		draw:      drawAnother,
		check: func(t *trial, c *Case) {
			b := t.other(c)
			first := t.eval(&c.Call)
			between := t.eval(b)
			t.sameAnswer(first, t.eval(&c.Call), "the same call has the same bits after another")
			last := between
			if between.plan.Reduction == loss.None {
				last = between.alone(b.Rows - 1)
			}
			for _, numbers := range [][]number{last.values(), last.grads()} {
				for _, n := range numbers[:min(len(numbers), 8)] {
					t.isTrue(n)
				}
			}
		},
	},
	{
		Name:      "side_by_side",
		Statement: "Asked from eight goroutines at once, two calls in turn have the bits that each has by itself.",
		Source:    "package subject: Eval may be called from several goroutines at once",
		anywhere:  true,
		tour:      few(6),
		draw:      drawAnother,
		check:     checkSideBySide,
	},
	{
		Name:      "every_call_is_alike",
		Statement: "A call has the same bits however often it was asked before: the laws of a run ask more than 2^16 times.",
		Source:    pure + "; a counter of 16 bits wraps",
		catalogue: true, // the reference of a defined loss is the oracle, which takes minutes for so many calls
		anywhere:  true,
		once:      true,
		rigid:     true,
		draw:      one(wish{plain: true, calm: true, cols: 2, anywhere: true, reduced: true}),
		check: func(t *trial, c *Case) {
			first := t.eval(&c.Call)
			asked := clone(first.call)
			for k := range t.calls {
				again, err := t.ask(asked)
				if err == errSkipped {
					t.discard()
				}
				if err != nil || !sameBits(first.answer, again) {
					t.violated("the same call has the same bits each time", t.answerOf(again, err)+fmt.Sprintf(", when asked again for the %d. time", k+1),
						t.answerOf(first.answer, nil), "none: the same bits", "", nil)
				}
			}
			t.decided++
		},
	},
}

// drawAnother draws a batch and what the other call is: Picks says in what way.
func drawAnother(d *drawer) *Case {
	w := wish{rows: 2 + d.Intn(8), columns: true, calm: true, anywhere: true, weights: d.Intn(2) == 0, ignored: d.Intn(2) == 0}
	if d.Intn(4) == 0 {
		w.rows = 64 + d.Intn(70)
	}
	if has := d.reductions(loss.Reductions()...); len(has) > 0 {
		w.reduction = has[d.Intn(len(has))]
		if w.reduction != loss.None {
			w.rows = 2 + d.Intn(4) // the truth about a reduction is that of all its items
		}
	}
	d.lacks = ""
	c := d.wrap(d.call(w))
	if c == nil {
		return nil
	}
	c.Picks = []int{d.Intn(otherWays)}
	c.Other = d.Predict(w.profile(), d.loss, d.loss.Shape.Width(c.Call.Cols))
	return c
}

// otherWays is in how many ways the other call differs.
const otherWays = 3

// other is the other call of a case: another last item, no parameters, or a row less.
func (t *trial) other(c *Case) *loss.Call {
	width := t.loss.Shape.Width(c.Call.Cols)
	t.need(len(c.Picks) == 1 && len(c.Other) == width && c.Call.Rows > 1)
	b := clone(&c.Call)
	switch c.Picks[0] {
	case 1:
		if len(b.Params) > 0 {
			b.Params = loss.Params{}
			return b
		}
	case 2:
		return rows(b, 1, b.Rows)
	}
	t.need(t.loss.Prediction.HoldsItem(c.Other) < 0)
	copy(b.Pred[len(b.Pred)-width:], c.Other)
	if n := len(b.Label); n > 0 && b.Label[n-1] >= 0 && b.Label[n-1] < width {
		b.Label[n-1] = (b.Label[n-1] + 1) % width
	}
	return b
}

// sameBits reports whether an answer has the bits of another, as far as that has outputs.
func sameBits(want *subject.Answer, got *subject.Answer) bool {
	return !slices.ContainsFunc(subject.Outputs(), func(o subject.Output) bool {
		x, y := *want.Part(o), *got.Part(o)
		return x != nil && !slices.EqualFunc(x, y, ulp.SameBits)
	})
}

func (t *trial) sameAnswer(a, b *evaluation, what string) {
	if !sameBits(a.answer, b.answer) {
		t.violated(what, t.answerOf(b.answer, nil), t.answerOf(a.answer, nil), "none: the same bits", "", b.call)
	}
	t.decided++
}

func (t *trial) answerOf(a *subject.Answer, err error) string {
	if err != nil {
		return "the error " + err.Error()
	}
	return list(slices.Concat(a.Value, a.Grad, a.TargetGrad, a.Hess), t.show)
}

// checkSideBySide asks two calls from several goroutines, each of them several times.
func checkSideBySide(t *trial, c *Case) {
	if t.alone {
		panic(outcome{discarded: true, lacks: "with one worker the subject is not asked from several goroutines"})
	}
	calls := []*loss.Call{&c.Call, t.other(c)}
	alone := []*evaluation{t.eval(calls[0]), t.eval(calls[1])}
	const goroutines, times = 8, 3
	type wrong struct{ got, want string }
	var (
		wait  sync.WaitGroup
		lock  sync.Mutex
		found *wrong
	)
	for g := range goroutines {
		wait.Go(func() {
			for k := range times {
				want := alone[(g+k)%2]
				got, err := t.ask(clone(want.call))
				if err == errSkipped || err == nil && sameBits(want.answer, got) {
					continue
				}
				lock.Lock()
				found = &wrong{t.answerOf(got, err), t.answerOf(want.answer, nil)}
				lock.Unlock()
			}
		})
	}
	wait.Wait()
	if found != nil {
		t.violated("a call that is asked beside others has the bits that it has alone", found.got, found.want, "none: the same bits", "", nil)
	}
	t.decided++
}
