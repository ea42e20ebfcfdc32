package properties

import (
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Against the oracle: the two laws from which, with infinite patience, all others follow.
// The others see what they see without it.
var truthLaws = []*Law{
	{
		Name:      "value_is_true",
		Statement: "The value is the true one, to within the declared bound.",
		known:     true,
		Source:    "impl/oracle: the definition of the loss, evaluated with certified intervals",
		anywhere:  true,
		tour:      few(150),
		draw:      anyCall,
		check: func(t *trial, c *Case) {
			for _, n := range t.eval(&c.Call).values() {
				t.isTrue(n)
			}
		},
	},
	{
		Name:      "gradient_is_true",
		Statement: "The gradient is the true one, to within the declared bound.",
		known:     true,
		Source:    "impl/oracle: automatic differentiation of the definition",
		gradient:  true,
		anywhere:  true,
		tour:      few(150),
		draw:      anyCall,
		check: func(t *trial, c *Case) {
			for _, n := range t.eval(&c.Call).grads() {
				t.isTrue(n)
			}
		},
	},
	{
		Name:      "gradient_by_target_is_true",
		Statement: "The gradient by the target numbers is the true one, to within the declared bound.",
		known:     true,
		Source:    "impl/oracle: automatic differentiation of the definition",
		Output:    subject.TargetGrad,
		anywhere:  true,
		tour:      few(50),
		draw:      furtherCall,
		check:     furtherIsTrue,
	},
	{
		Name:      "second_derivative_is_true",
		Statement: "The second derivative by each prediction is the true one, to within the declared bound.",
		known:     true,
		Source:    "impl/oracle: the gradient of the gradient of the definition",
		Output:    subject.Hess,
		anywhere:  true,
		tour:      few(50),
		draw:      furtherCall,
		check:     furtherIsTrue,
	},
}

// furtherCall draws a call of few numbers, with target numbers where the loss has them, and of three one under a reduction.
func furtherCall(d *drawer) *Case {
	w := wish{rows: 1 + d.Intn(3), anywhere: true, reduced: true, weights: d.Intn(3) == 0, cols: 2 + d.Intn(4)}
	if has := d.reductions(loss.Reductions()...); len(has) > 0 && d.Intn(3) == 0 {
		w.reduction = has[d.Intn(len(has))]
	}
	d.lacks = ""
	if k := d.loss.NumberTarget(); k != nil && d.turn%2 == 0 {
		w.kind = k.Name
	}
	return d.wrap(d.call(w))
}

// furtherIsTrue checks the output of the law where it is asked: of finite inputs.
func furtherIsTrue(t *trial, c *Case) {
	e := t.eval(&c.Call)
	t.need(len(*e.answer.Part(t.law.Output)) > 0 && !slices.ContainsFunc(slices.Concat(c.Call.Pred, c.Call.Target), ulp.Special))
	for _, n := range e.numbers(t.law.Output) {
		t.isTrue(n)
	}
}

// anyCall draws a call, of three one with weights.
func anyCall(d *drawer) *Case {
	return d.wrap(d.call(wish{anywhere: true, reduced: true, weights: d.Intn(3) == 0}))
}

// isTrue checks a number against its truth, which may be NaN or infinite.
func (t *trial) isTrue(n number) {
	if v := n.truth().Rounded; ulp.Special(v) || ulp.Special(n.x()) {
		t.matches(n)
		t.decide(side().plus(1, n))
		return
	}
	v, doubt := n.exact()
	right := side().addBig(v)
	right.doubt.Add(right.doubt, num(doubt))
	t.claim("the answer is the truth", side().plus(1, n), equal, right)
}
