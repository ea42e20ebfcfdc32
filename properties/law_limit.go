package properties

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
)

// At the ends of the number line, and beyond.
var limitLaws = []*Law{
	{
		Name:      "limits_at_infinity",
		Statement: "An infinite score gives the limit of value and gradient, and NaN where there is none.",
		known:     true,
		Source:    "the special cases of the catalogue; impl/oracle, limits",
		applies:   func(l *loss.Loss) bool { return l.Prediction == loss.Extended },
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{}))
			if c == nil {
				return nil
			}
			for range 1 + d.Intn(2) {
				c.Call.Pred[d.Intn(len(c.Call.Pred))] = math.Inf(1 - 2*d.Intn(2))
			}
			return c
		},
		check: func(t *trial, c *Case) {
			infinite := false
			for _, x := range c.Call.Pred {
				infinite = infinite || math.IsInf(x, 0)
			}
			t.need(infinite)
			e := t.eval(&c.Call)
			for _, n := range e.values() {
				t.isTrue(n)
			}
			for _, g := range e.grads() {
				t.isTrue(g)
			}
		},
	},
	{
		Name:      "nan_in_nan_out",
		Statement: "A NaN in the prediction or the target of an example makes its value and gradient NaN, and no other's.",
		Source:    "IEEE 754-2019, section 6.2; package loss, what it refuses to do",
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{rows: 2, calm: true}))
			if c == nil {
				return nil
			}
			c.Picks = []int{d.Intn(len(c.Call.Pred)), d.Intn(2)}
			return c
		},
		check: checkNaN,
	},
}

func checkNaN(t *trial, c *Case) {
	t.need(len(c.Picks) == 2 && c.Picks[0] < len(c.Call.Pred))
	poisoned := clone(&c.Call)
	if c.Picks[1] == 1 && len(poisoned.Target) == len(poisoned.Pred) {
		poisoned.Target[c.Picks[0]] = math.NaN()
	} else {
		poisoned.Pred[c.Picks[0]] = math.NaN()
	}
	e := t.eval(poisoned)
	row := c.Picks[0] / c.Call.Cols
	hold := func(ns []number) {
		each := len(ns) / c.Call.Rows
		for i, n := range ns {
			if want := i/each == row; math.IsNaN(n.x()) != want && (want || !math.IsNaN(n.truth().Rounded)) {
				t.violated("NaN where the example has one, and only there", n.name()+" = "+t.show(n.x()),
					map[bool]string{true: "NaN", false: "a number"}[want], "none", "", poisoned)
			}
		}
	}
	hold(e.values())
	hold(e.grads())
	t.decided++
}
