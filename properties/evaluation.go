package properties

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ulp"
)

// An evaluation is one answer of the subject, with the truth about it on demand.
type evaluation struct {
	t      *trial
	call   *loss.Call
	plan   *loss.Plan
	answer *subject.Answer
	truth  *oracle.Question // nil until it is asked for
	more   *oracle.Truth    // of the outputs that few subjects have; nil until it is asked for
	terms  subject.Terms    // of the value; N is 0 until it is asked for
	rows   map[int]*evaluation

	measured map[numberKey]float64 // condition numbers of an unknown loss
}

// A number is one number of an answer.
type number struct {
	e  *evaluation
	of subject.Output
	i  int
}

// value is number i of the value, and grad that of the gradient. The case is none where the
// subject does not declare the output.
func (e *evaluation) value(i int) number { return e.at(subject.Value, i) }
func (e *evaluation) grad(i int) number  { return e.at(subject.Grad, i) }

// at is a number of an output.
func (e *evaluation) at(o subject.Output, i int) number {
	if *e.answer.Part(o) == nil {
		panic(outcome{discarded: true, lacks: fmt.Sprintf("the subject has no %s of %s in %s", o, e.call.Loss, e.t.format)})
	}
	return number{e, o, i}
}

// values are the numbers of the value, and grads those of the gradient, if the subject
// has one.
func (e *evaluation) values() []number { return e.numbers(subject.Value) }
func (e *evaluation) grads() []number  { return e.numbers(subject.Grad) }

func (e *evaluation) numbers(o subject.Output) []number {
	all := make([]number, len(*e.answer.Part(o)))
	for i := range all {
		all[i] = e.at(o, i)
	}
	return all
}

// x is what the subject answered.
func (n number) x() float64 { return (*n.e.answer.Part(n.of))[n.i] }

func (n number) name() string {
	name := string(n.of)
	if n.of == subject.Grad {
		name = "gradient"
	}
	return fmt.Sprintf("%s[%d]", name, n.i)
}

// truth is the certified true number, without its condition number; at a kink the element of
// the hull next to the answer. The case is inconclusive where the oracle cannot decide.
func (n number) truth() oracle.Number { return n.certified().Nearest(n.x()) }

// atKink reports whether the number may be any of a set.
func (n number) atKink() bool { return n.certified().Hull != nil }

func (n number) certified() oracle.Number {
	if n.e.plan.Decl.Unknown() {
		return oracle.Number{Rounded: n.x()}
	}
	if n.e.truth == nil {
		question, err := oracle.Ask(n.e.call)
		if err != nil {
			panic(outcome{inconclusive: true})
		}
		n.e.truth = question
	}
	var truth oracle.Number
	var err error
	switch n.of {
	case subject.Value:
		truth, err = n.e.truth.ValueAt(n.i)
	case subject.Grad:
		truth, err = n.e.truth.GradAt(n.i)
	default:
		truth, err = n.further()
	}
	switch {
	case err == nil:
	case n.e.plan.Decl.Defined():
		panic(outcome{discarded: true, lacks: "the definition has no certified value there"})
	default:
		panic(outcome{inconclusive: true})
	}
	return truth
}

// conditioned is the certified true number with its condition number, which costs as much
// again.
func (n number) conditioned() oracle.Number {
	if n.e.plan.Decl.Unknown() {
		return oracle.Number{Rounded: n.x(), Kappa: n.measured()}
	}
	n.truth()
	switch n.of {
	case subject.Value:
		n.e.truth.ValueKappa(n.i)
	case subject.Grad:
		n.e.truth.GradKappa(n.i)
	}
	return n.truth()
}

// further is the true number of an output that few subjects have, with its condition number.
func (n number) further() (oracle.Number, error) {
	if n.e.more == nil {
		value, err := n.e.truth.Value()
		if err != nil {
			return oracle.Number{}, err
		}
		n.e.more = &oracle.Truth{Value: value}
		n.e.more.Further(n.e.call)
	}
	if all := n.e.more.Part(string(n.of)); all != nil {
		return all[n.i], nil
	}
	return oracle.Number{}, oracle.ErrUndecided
}

// exact is the true number to 2^-35 ulp, and that error. The truth must be finite.
func (n number) exact() (v *big.Float, err float64) {
	truth := n.truth()
	unit := ulp.Of(n.e.t.format, truth.Rounded, truth.Residual)
	v = mul(num(truth.Residual), num(unit))
	return v.Add(v, num(truth.Rounded)), unit * 0x1p-35
}

// terms says what the number is the sum of: only the value of a reduction is a sum.
func (n number) terms() subject.Terms {
	if n.of != subject.Value {
		return subject.Terms{N: 1}
	}
	if n.e.terms.N == 0 {
		n.e.terms = subject.TermsOf(n.e.plan, subject.Value)
		n.e.measureTerms()
	}
	return n.e.terms
}

// bound is the declared bound on the error of the number.
func (n number) bound() float64 {
	return errorBound(n.e.t.level, n.e.t.format, n.conditioned(), n.terms())
}

// floor is a number below the bound, which costs nothing: half the factor, without κ, in
// ulps of the answer. Where the answer is within its bound and not twice as large as the
// truth, it is smaller than the bound. A law that holds with it holds with the bound.
func (n number) floor() float64 {
	f := n.e.t.format
	if n.e.t.level == subject.Close {
		atol, _ := subject.CloseTolerance(f)
		return max(atol, subject.Stable.Ulps(0, 1)/2*f.Ulp(n.x()))
	}
	return n.e.t.level.Ulps(0, 1) / 2 * f.Ulp(n.x())
}

// eval asks the subject. A case that the subject is not asked, or that is not valid, is
// discarded; an error, a panic or an answer of the wrong shape is a violation.
func (t *trial) eval(c *loss.Call) *evaluation {
	plan, err := c.Plan()
	if err != nil {
		panic(outcome{discarded: true})
	}
	if low, high := plan.Args.ClipInterval(); !t.law.anywhere && slices.ContainsFunc(c.Pred, func(x float64) bool { return x < low || x > high }) {
		panic(outcome{discarded: true, lacks: "under a clip the law holds within it only"})
	}
	asked, outputs, ok := t.fit(plan.Decl, c, "")
	if !ok {
		panic(outcome{discarded: true, lacks: t.lacks})
	}
	for _, xs := range [][]float64{c.Pred, c.Target, c.Weight, c.Upstream} {
		if i := slices.IndexFunc(xs, func(x float64) bool { return !t.format.Holds(x) }); i >= 0 {
			panic(fmt.Sprintf("properties: a law asks for %v, which is no %s", xs[i], t.format))
		}
	}
	private := clone(&asked)
	answer, err := t.ask(private)
	switch {
	case err == errSkipped:
		panic(outcome{discarded: true, declined: true, lacks: "the subject declines what it declares"})
	case err != nil:
		t.judgeAll(c, outputs)
		v := &Violation{What: fmt.Sprintf("%s answers valid input with an error", c.Loss), Left: err.Error(), Right: "an answer",
			Slack: "none: an error is no number", At: t.point(c), calls: []*loss.Call{c}}
		if p := new(panicked); errors.As(err, &p) {
			v.What, v.Stack = fmt.Sprintf("%s panics at valid input", c.Loss), p.stack
		}
		panic(outcome{violation: v})
	}
	// An output that is not declared is not looked at.
	own := &subject.Answer{}
	var seen []subject.Output
	for _, o := range outputs {
		got, want := *answer.Part(o), o.Length(plan)
		if want == 0 && o != subject.Value && o != subject.Grad {
			continue // which is not asked here
		}
		if len(got) != want {
			t.judgeAll(c, outputs)
			plural := map[subject.Output]string{subject.Value: "values", subject.Grad: "numbers of the gradient"}[o]
			if plural == "" {
				plural = "numbers of " + string(o)
			}
			t.violated("every output that is declared has the shape of the call",
				fmt.Sprintf("%d %s", len(got), plural), fmt.Sprintf("%d %s", want, plural), "none", "", c)
		}
		*own.Part(o) = slices.Clone(got) // the subject may use its own again
		if o == subject.Value || o == subject.Grad || o == t.law.Output {
			seen = append(seen, o)
		}
	}
	if plan.Decl == t.loss {
		t.look.Add(plan, seen...)
	}
	return &evaluation{t: t, call: &asked, plan: plan, answer: own}
}

// judgeAll remembers that outputs are no answers to a call.
func (t *trial) judgeAll(c *loss.Call, outputs []subject.Output) {
	for _, o := range outputs {
		t.judged[o] = t.judged[o] || c.Loss == t.loss.Name
	}
}

// clone copies a call with its data.
func clone(c *loss.Call) *loss.Call {
	d := *c
	d.Pred, d.Target, d.Label = slices.Clone(c.Pred), slices.Clone(c.Target), slices.Clone(c.Label)
	d.Weight, d.Upstream = slices.Clone(c.Weight), slices.Clone(c.Upstream)
	d.Conventions = maps.Clone(c.Conventions)
	if c.Params != nil {
		d.Params = loss.Params{}
		for name, v := range c.Params {
			d.Params[name] = slices.Clone(v)
		}
	}
	return &d
}

// at is the call with another prediction.
func at(c *loss.Call, pred []float64) *loss.Call {
	d := *c
	d.Pred = pred
	return &d
}

// alone is what was answered for one row of a batch without a reduction, as the answer for the
// row alone: the truth about it is that of a single row.
func (e *evaluation) alone(row int) *evaluation {
	if e.rows[row] == nil {
		call := rows(e.call, row, row+1)
		plan, err := call.Plan()
		e.t.need(err == nil)
		cut := func(xs []float64) []float64 {
			if xs == nil {
				return nil
			}
			of := len(xs) / e.call.Rows
			return xs[row*of : (row+1)*of]
		}
		if e.rows == nil {
			e.rows = map[int]*evaluation{}
		}
		own := &subject.Answer{}
		for _, o := range subject.Outputs() {
			*own.Part(o) = cut(*e.answer.Part(o))
		}
		e.rows[row] = &evaluation{t: e.t, call: call, plan: plan, answer: own}
	}
	return e.rows[row]
}
