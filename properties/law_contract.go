package properties

import (
	"fmt"
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ulp"
)

// How a subject behaves as a function.
var contractLaws = []*Law{
	{
		Name:      "inputs_unchanged",
		Statement: "No input is written to.",
		Source:    "package subject: the call must come back unchanged",
		draw: func(d *drawer) *Case {
			c := d.call(wish{rows: 1 + d.Intn(9), columns: true, weights: true, ignored: d.Intn(2) == 0})
			if c != nil {
				d.ignore(c)
			}
			return d.wrap(c)
		},
		check: func(t *trial, c *Case) {
			t.eval(&c.Call) // an error is a violation there
			asked, _, _ := t.fit(t.loss, &c.Call, "")
			given := clone(&asked)
			if _, err := t.ask(given); err != nil {
				t.discard()
			}
			same := func(a, b []float64) bool { return slices.EqualFunc(a, b, ulp.SameBits) }
			for _, input := range []struct {
				name       string
				after, was []float64
			}{{"prediction", given.Pred, asked.Pred}, {"target", given.Target, asked.Target},
				{"weight", given.Weight, asked.Weight}, {"upstream", given.Upstream, asked.Upstream}} {
				if !same(input.after, input.was) {
					number := func(x float64) string { return shortest(t.format, x) }
					t.violated("the "+input.name+" is what it was", list(input.after, number), list(input.was, number), "none", "", nil)
				}
			}
			if !slices.Equal(given.Label, asked.Label) {
				t.violated("the labels are what they were", fmt.Sprint(given.Label), fmt.Sprint(asked.Label), "none", "", nil)
			}
			t.decided++
		},
	},
	{
		Name:      "same_bits_again",
		Statement: "The same call has the same answer, to the bit.",
		Source:    "package subject, Callable: what is asked again is answered with the same bits",
		tour:      few(50),
		draw: func(d *drawer) *Case {
			return d.wrap(d.call(wish{rows: 1 + d.Intn(9), columns: true}))
		},
		check: func(t *trial, c *Case) {
			a, b := t.eval(&c.Call), t.eval(&c.Call)
			for r := range c.Call.Rows {
				t.sameRow(a, r, b, r)
			}
		},
	},
	{
		Name:      "numbers_of_the_dtype",
		Statement: "Every number of the answer is one of the dtype.",
		Source:    "package subject: numbers of the call's format",
		draw:      one(wish{}),
		check: func(t *trial, c *Case) {
			e := t.eval(&c.Call)
			for _, n := range slices.Concat(e.values(), e.grads(), e.numbers(subject.TargetGrad), e.numbers(subject.Hess)) {
				if !t.format.Holds(n.x()) {
					t.violated("a number of the dtype", n.name()+" = "+t.show(n.x()), t.show(t.format.Round(n.x())), "none", "", nil)
				}
			}
			t.decided++
		},
	},
	{
		Name:      "bad_input_is_refused",
		Statement: "Lengths that do not fit, labels out of range, predictions, targets, weights and parameters outside their domain, and a reduction of a vector give an error and no number.",
		Source:    "package loss, what it refuses to do; pytorch/pytorch#39769, a label out of range that is read",
		draw: func(d *drawer) *Case {
			d.refusing()
			for pick := d.turn % len(spoilers); ; pick = (pick + 1) % len(spoilers) { // each in turn; the first spoils any call
				w, s := wish{rows: 1 + d.Intn(3), calm: true, reduced: true}, spoilers[pick]
				if s.label {
					if !d.loss.Takes(loss.Label) {
						continue
					}
					w.kind = "label"
				}
				c := d.wrap(d.call(w))
				if c == nil {
					return nil
				}
				if i := d.Intn(len(c.Call.Pred)); s.spoil(clone(&c.Call), d.loss, i) {
					c.Picks = []int{pick, i}
					return c
				}
			}
		},
		check: checkRefusal,
	},
}

// A spoiler makes a call bad in one way; false where the call has nothing of the kind.
type spoiler struct {
	label bool // it wants a call with labels
	spoil func(c *loss.Call, l *loss.Loss, i int) bool
}

var spoilers = []spoiler{
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { // one prediction too few
		c.Pred = c.Pred[:len(c.Pred)-1]
		return true
	}},
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { // one target too many
		c.Target = append(c.Target, 0)
		return len(c.Target) > 1
	}},
	{true, func(c *loss.Call, l *loss.Loss, i int) bool { // one label too few
		if len(c.Label) == 0 {
			return false
		}
		c.Label = c.Label[:len(c.Label)-1]
		return true
	}},
	{true, func(c *loss.Call, l *loss.Loss, i int) bool { return spoilLabel(c, i, c.Cols) }},
	{true, func(c *loss.Call, l *loss.Loss, i int) bool { return spoilLabel(c, i, -1) }},
	{true, func(c *loss.Call, l *loss.Loss, i int) bool { return spoilLabel(c, i, -100) }}, // ignored by many, and here by none
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { // a probability above 1
		c.Pred[i] = 1.5
		return l.Prediction == loss.UnitInterval
	}},
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { // a negative probability
		c.Pred[i] = -0.5
		return l.Prediction == loss.UnitInterval
	}},
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { // a target outside its domain
		if i >= len(c.Target) {
			return false
		}
		c.Target[i] = 2
		return l.Target == loss.UnitInterval
	}},
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { // an infinite target
		if i >= len(c.Target) {
			return false
		}
		c.Target[i] = math.Inf(1)
		return true
	}},
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { return spoilWeight(c, l, i, -0.5) }},
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { return spoilWeight(c, l, i, math.NaN()) }},
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { // a parameter outside its domain
		for k := range l.Params {
			if p := l.Params[(i+k)%len(l.Params)]; !p.Domain.Holds(-1) {
				c.Params[p.Name] = []float64{-1}
				return true
			}
		}
		return false
	}},
	{false, func(c *loss.Call, l *loss.Loss, i int) bool { // a vector cannot be reduced
		c.Reduction = loss.Sum
		return l.VectorValued
	}},
}

func spoilWeight(c *loss.Call, l *loss.Loss, i int, w float64) bool {
	if l.VectorValued {
		return false
	}
	c.Weight = slices.Repeat([]float64{1}, len(c.Pred)/l.Shape.Width(c.Cols))
	c.Weight[i%len(c.Weight)] = w
	return true
}

func spoilLabel(c *loss.Call, i, label int) bool {
	if len(c.Label) == 0 {
		return false
	}
	c.Label[i%len(c.Label)] = label
	return true
}

func checkRefusal(t *trial, c *Case) {
	t.need(len(c.Picks) == 2 && c.Picks[0] < len(spoilers) && c.Picks[1] < len(c.Call.Pred))
	bad := clone(&c.Call)
	t.need(spoilers[c.Picks[0]].spoil(bad, t.loss, c.Picks[1]))
	t.refuses(bad)
}

// refuses checks that a call gives an error.
func (t *trial) refuses(bad *loss.Call) {
	_, err := bad.Plan()
	refusal, ok := err.(*loss.Error)
	t.need(ok)
	asked, _, ok := t.fit(t.loss, bad, refusal.Class)
	if !ok {
		panic(outcome{discarded: true, lacks: t.lacks})
	}
	answer, err := t.ask(clone(&asked))
	t.judged[subject.Refusal] = true
	switch {
	case err == errSkipped:
		panic(outcome{discarded: true, declined: true, lacks: "the subject declines bad input, which it declares to refuse"})
	case err == nil:
		t.violated("bad input is refused: "+refusal.Error(), fmt.Sprintf("the answer %s", t.answerText(answer)), "an error", "none", "", bad)
	}
	t.decided++
}

func (t *trial) answerText(a *subject.Answer) string {
	return list(a.Value, func(x float64) string { return shortest(t.format, x) })
}
