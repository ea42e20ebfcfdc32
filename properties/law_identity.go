package properties

import (
	"math"
	"math/big"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// What a loss is in terms of others, and of itself on another scale, as the catalogue declares it.
var identityLaws = []*Law{
	{
		Name:      "identities",
		Statement: "The loss is the declared sum of multiples of other losses, or of itself elsewhere, and its gradient the sum of theirs.",
		Source:    "the identities of the catalogue, each with its own source",
		applies:   func(l *loss.Loss) bool { return len(l.Identities) > 0 },
		draw: func(d *drawer) *Case {
			pick := d.turn % len(d.loss.Identities)
			c := d.wrap(d.call(wish{hard: d.Chance(2)}))
			if c == nil {
				return nil
			}
			for name, v := range d.loss.Identities[pick].Params {
				c.Call.Params[name] = v
			}
			c.Picks = []int{pick}
			return c
		},
		check: checkIdentity,
	},
	{
		Name:      "scaling",
		Statement: "With its numbers 2^k times as large the loss is 2^(k·degree) times what it was, and its gradient 2^(k·(degree−1)) times.",
		Source:    "the scaling of the catalogue: the formula of the loss is homogeneous",
		applies:   func(l *loss.Loss) bool { return l.Scaling != nil },
		draw: func(d *drawer) *Case {
			c := d.wrap(d.call(wish{}))
			if c != nil {
				c.Picks = []int{1 + d.Intn(8), d.Intn(2)}
			}
			return c
		},
		check: checkScaling,
	},
}

func checkIdentity(t *trial, c *Case) {
	t.need(len(c.Picks) == 1 && c.Picks[0] < len(t.loss.Identities) && c.Call.Rows == 1)
	identity := t.loss.Identities[c.Picks[0]]
	plan, err := c.Call.Plan()
	t.need(err == nil && plan.Items() == 1)
	for name, v := range identity.Params {
		given := plan.Args.Vector(name)
		t.need(len(given) == len(v) && (len(v) == 0 || given[0] == v[0]))
	}
	terms := identity.Terms(plan.Args, c.Call.Pred, targetOf(plan))
	t.need(len(terms) > 0)
	here := t.eval(&c.Call)
	value, gradient := side(), make([]*form, len(here.grads()))
	for k := range gradient {
		gradient[k] = side()
	}
	for _, m := range terms {
		factor, doubt := num(m.Factor), num(math.Abs(m.Factor)*m.Doubt)
		if m.Call.Loss == "" {
			value.addBig(factor)
			value.doubt.Add(value.doubt, doubt)
			for k := range gradient {
				gradient[k].add(m.Slope)
			}
			continue
		}
		other := t.evalTerm(c, m)
		value.plusNear(factor, doubt, other.value(0))
		if m.Slope == 0 || len(other.grads()) < len(gradient) {
			gradient = nil
		}
		for k := range gradient {
			gradient[k].plusNear(mul(factor, num(m.Slope)), mul(doubt, num(m.Slope)), other.grad(k))
		}
	}
	t.claim(identity.Statement, side().plus(1, here.value(0)), equal, value)
	for k := range gradient {
		t.claim("the gradient of "+identity.Statement, side().plus(1, here.grad(k)), equal, gradient[k])
	}
}

// evalTerm asks for a loss at the item of a term, if the dtype holds it.
func (t *trial) evalTerm(c *Case, m loss.Multiple) *evaluation {
	if !has(t.capabilities, m.Call.Loss, t.format, subject.Value) {
		panic(outcome{discarded: true, lacks: "the subject has no value of " + m.Call.Loss})
	}
	call := clone(&m.Call)
	call.Format, call.Rows, call.Cols = t.format, 1, len(call.Pred)
	call.Conventions = t.shared(c.Call.Conventions, call.Loss)
	if call.Params == nil {
		call.Params = loss.Params{}
	}
	t.need(t.holds(call))
	return t.eval(call)
}

// holds reports whether the dtype has the numbers of a call.
func (t *trial) holds(c *loss.Call) bool {
	all := [][]float64{c.Pred, c.Target}
	for name, v := range c.Params {
		if p, ok := t.loss.Param(name); !ok || p.Kind != loss.Integer {
			all = append(all, v)
		}
	}
	for _, xs := range all {
		for _, x := range xs {
			if !t.format.Holds(x) {
				return false
			}
		}
	}
	return true
}

func checkScaling(t *trial, c *Case) {
	t.need(len(c.Picks) == 2 && c.Picks[0] > 0 && c.Picks[0] <= 64)
	s, k := t.loss.Scaling, c.Picks[0]
	if c.Picks[1] == 1 {
		k = -k
	}
	scaled := clone(&c.Call)
	grow := func(xs []float64) {
		for i, x := range xs {
			xs[i] = math.Ldexp(x, k)
			t.need(t.format.Holds(xs[i]) && math.Ldexp(xs[i], -k) == x)
		}
	}
	grow(scaled.Pred)
	if s.Target {
		grow(scaled.Target)
	}
	plan, err := c.Call.Plan()
	t.need(err == nil)
	t.needClaim(s.When == nil || s.When.Holds(plan.Args, c.Call.Pred, targetOf(plan)))
	for _, name := range s.Params {
		scaled.Params[name] = append([]float64(nil), plan.Args.Vector(name)...)
		grow(scaled.Params[name])
	}
	power := func(degree int) *big.Float { return newBig().SetMantExp(num(1), k*degree) }
	a, b := t.eval(&c.Call), t.eval(scaled)
	for i := range a.values() {
		t.claim("L of 2^k times as much = 2^(k·degree)·L", side().plus(1, b.value(i)), equal, side().plusBig(power(s.Degree), a.value(i)))
	}
	for i := range a.grads() {
		t.claim("∇L of 2^k times as much = 2^(k·(degree−1))·∇L", side().plus(1, b.grad(i)), equal, side().plusBig(power(s.Degree-1), a.grad(i)))
	}
}
