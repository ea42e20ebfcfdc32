package conformance

import (
	"fmt"
	"maps"
	"math"
	bit "math/bits"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// A Suspect is a known defect of a loss, or a choice that is not a convention, that a wrong answer
// can be held against.
type Suspect struct {
	Name, Says string
	Eval       func(c *loss.Call) (*Answer, error)
}

// suspects gives the known defects of a loss.
var suspects = func(string) []Suspect { return nil }

// RegisterSuspects makes runs name known defects where answers are theirs. Package mutants
// does it with its own, for programs and tests that import it.
func RegisterSuspects(of func(lossName string) []Suspect) { suspects = of }

// guesses lists the changes of a right formula that give the numbers of a wrong answer. It is empty
// where the formula is right, and digits were lost.
func (e *evidence) guesses() []cause {
	truth, f := e.truth(), e.plan.Format
	if near(f, e.got, truth) {
		return e.narrower(nil)
	}
	all := e.reversed(nil)
	all = e.otherwise(truth, all)
	all = e.scaled(truth, all)
	all = e.changed(truth, all)
	return e.narrower(all)
}

// reversed: the bytes of each number in the other order, those of the answer alone or those of the input as well.
func (e *evidence) reversed(all []cause) []cause {
	f := e.plan.Format
	reverse := func(xs []float64) []float64 {
		ys := slices.Clone(xs)
		for i, x := range ys {
			ys[i] = f.FromBits(bit.ReverseBytes64(f.Bits(x)) >> (64 - f.Width))
		}
		return ys
	}
	if slices.ContainsFunc(e.got, func(x float64) bool { return !f.Holds(x) }) {
		return all
	}
	turned := reverse(e.got)
	if !informative(turned) {
		return all
	}
	same := near(f, turned, e.truth())
	if c := copyCall(e.plan.Call); !same {
		c.Pred, c.Target, c.Batch.Weight, c.Upstream = reverse(c.Pred), reverse(c.Target), reverse(c.Batch.Weight), reverse(c.Upstream)
		a, err := e.byReference(c)
		same = err == nil && near(f, turned, *a.Part(e.output))
	}
	if same {
		all = append(all, told(Reversed, "", "the bytes of the numbers come in the other order: the most significant is to be first"))
	}
	return all
}

// narrower: every number is one of a type with fewer digits.
func (e *evidence) narrower(all []cause) []cause {
	for _, g := range []ieee.Format{ieee.Float32, ieee.BFloat16, ieee.Float16} {
		if g.Precision >= e.plan.Format.Precision || !informative(e.got) {
			continue
		}
		truth := e.truth()
		// More than half of the digits are used: few would fit into any type.
		used := slices.ContainsFunc(e.got, func(x float64) bool {
			m, _ := math.Frexp(x)
			m = math.Ldexp(m, g.Precision/2+1)
			return !ulp.Special(x) && m != math.Trunc(m)
		})
		fits := func(xs []float64) bool { return !slices.ContainsFunc(xs, func(x float64) bool { return !g.Holds(x) }) }
		rounds := func(i int) bool {
			x, v := e.got[i], truth[i]
			return ulp.SameSpecial(x, v) || math.Abs(x-v) <= 4*g.Ulp(max(math.Abs(x), math.Abs(v)))
		}
		if used && fits(e.got) && !fits(truth) && !slices.ContainsFunc(indices(e.got), func(i int) bool { return !rounds(i) }) {
			return append(all, told(Narrow, g.Title, fmt.Sprintf("every number is one of %s, which has %d bits where %s has %d",
				g.Title, g.Precision, e.plan.Format.Title, e.plan.Format.Precision)))
		}
	}
	return all
}

func indices(xs []float64) []int {
	all := make([]int, len(xs))
	for i := range all {
		all[i] = i
	}
	return all
}

// scaled: the truth times one number.
func (e *evidence) scaled(truth []float64, all []cause) []cause {
	p, f := e.plan, e.plan.Format
	top := -1
	for i, v := range truth {
		if !ulp.Special(v) && v != 0 && !ulp.Special(e.got[i]) && (top < 0 || math.Abs(v) > math.Abs(truth[top])) {
			top = i
		}
	}
	if top < 0 || e.got[top] == 0 {
		return all
	}
	c := e.got[top] / truth[top]
	times := make([]float64, len(truth))
	for i, v := range truth {
		times[i] = v * c
		if ulp.Special(v) && c < 0 {
			times[i] = -v
		}
	}
	if !near(f, e.got, times) || math.Abs(c-1) <= 64*half(f) {
		return all
	}
	same := func(x float64) bool { return math.Abs(c-x) <= half(f)*math.Abs(x) }
	if same(-1) {
		return append(all, told(WrongSign, "", "the numbers are those of the truth with the other sign"))
	}
	if p.Reduction != loss.None {
		d := p.Denominator()
		for _, by := range e.divisors() {
			if by.n != d && by.n != 0 && same(d/by.n) {
				all = append(all, told(Divides, by.says, fmt.Sprintf("%s is to divide by %.6g here, %s, and the sum was divided by %.6g, %s",
					p.Reduction, d, e.divisorOf(p.Reduction), by.n, by.says)))
			}
		}
	}
	for _, named := range e.factors() {
		if named.n != 1 && same(named.n) {
			all = append(all, told(Factor, named.says, fmt.Sprintf("the numbers are the true ones times %s = %.6g", named.says, named.n)))
		}
	}
	if math.Abs(c-1) < 0x1p-5 {
		return all
	}
	return append(all, told(Factor, fmt.Sprintf("%.4g", c), fmt.Sprintf("the numbers are the true ones times %.6g", c)))
}

// A scale is a number with what it is.
type scale struct {
	n    float64
	says string
}

func (e *evidence) divisors() []scale {
	p := e.plan
	counted, weights := 0.0, 0.0
	for _, r := range []struct {
		by   loss.Reduction
		into *float64
	}{{loss.MeanCounted, &counted}, {loss.MeanWeight, &weights}} {
		call := *p.Call
		call.Reduction = r.by
		if plan, err := call.Plan(); err == nil {
			*r.into = plan.Denominator()
		}
	}
	return []scale{{1, "nothing (it is the sum)"}, {float64(p.Values()), "the number of values"}, {float64(p.Rows), "the number of rows"},
		{float64(p.Rows * p.Cols), "rows × columns"}, {float64(p.Cols), "the number of columns"},
		{counted, "the number of values that count"}, {weights, "the sum of the weights"}, {float64(p.Values() - 1), "the number of values − 1"}}
}

// divisorOf is what a reduction divides by.
func (e *evidence) divisorOf(r loss.Reduction) string {
	return map[loss.Reduction]string{loss.Sum: "nothing", loss.MeanElements: "the number of values", loss.MeanCounted: "the number of values that count",
		loss.MeanSamples: "the number of rows", loss.MeanWeight: "the sum of the weights"}[r]
}

func (e *evidence) factors() []scale {
	n, k := float64(e.plan.Values()), float64(e.plan.Width)
	all := []scale{{2, "2"}, {0.5, "1/2"}, {math.Log2E, "1/log 2 (logarithms to base 2)"}, {math.Log10E, "1/log 10 (logarithms to base 10)"},
		{k, "K (numbers of an item)"}, {1 / k, "1/K (numbers of an item)"}, {n, "N (values)"}, {1 / n, "1/N (values)"}}
	return all
}

// answers reports whether a changed call has the numbers of the wrong answer, and not those of the truth.
func (e *evidence) answers(truth []float64, changed *loss.Call, ask func(*loss.Call) (*Answer, error)) (same, informs bool) {
	a, err := ask(changed)
	if err != nil || a == nil {
		return false, false
	}
	numbers := *a.Part(e.output)
	f := e.plan.Format
	return near(f, e.got, numbers) && !near(f, truth, numbers), informative(numbers)
}

// otherwise: the reference under another convention.
func (e *evidence) otherwise(truth []float64, all []cause) []cause {
	c := e.plan.Call
	for _, convention := range e.plan.Decl.AllConventions() {
		for _, v := range convention.Values {
			if v == e.plan.Args.Convention(convention.Name) {
				continue
			}
			d := copyCall(c)
			if d.Conventions == nil {
				d.Conventions = loss.Conventions{}
			}
			d.Conventions[convention.Name] = v
			name := convention.Name + "=" + v
			if same, _ := e.answers(truth, d, e.byReference); same {
				all = append(all, told(Convention, name, "the answers follow "+name+": declare it, where that is meant"))
			}
		}
	}
	return all
}

// changed: the reference without a parameter, of other inputs, of another loss.
func (e *evidence) changed(truth []float64, all []cause) []cause {
	c := e.plan.Call
	try := func(changed *loss.Call, as cause, ask func(*loss.Call) (*Answer, error)) {
		if same, informs := e.answers(truth, changed, ask); same {
			as.weak = !informs
			all = append(all, as)
		}
	}
	if c.Weight != nil {
		d := copyCall(c)
		d.Weight = nil
		try(d, told(Ignores, "sample weights", "the numbers are those without sample weights"), e.byReference)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Params)) {
		d := copyCall(c)
		delete(d.Params, name)
		try(d, told(Ignores, name, "the numbers are those with the default of "+name), e.byReference)
	}
	if c.Upstream != nil && e.output == Grad {
		d := copyCall(c)
		d.Upstream = nil
		try(d, told(Ignores, "the upstream gradient", "the numbers are those of an upstream gradient of 1"), e.byReference)
	}
	if c.Label != nil {
		for _, by := range []int{-1, 1} {
			d := copyCall(c)
			for i := range d.Label {
				d.Label[i] += by
			}
			try(d, told(Shifted, "", fmt.Sprintf("the numbers are those of the labels %+d", by)), e.byReference)
		}
	}
	if len(c.Target) == len(c.Pred) && len(c.Pred) > 0 {
		d := copyCall(c)
		d.Pred, d.Target = d.Target, d.Pred
		try(d, told(Exchanged, "", "the numbers are those of prediction and target exchanged"), e.byReference)
		switch e.output {
		case Grad:
			try(c, told(ByTarget, "", "the numbers are the derivatives by the target, not by the prediction"), e.instead(TargetGrad))
		case TargetGrad:
			try(c, told(ByPrediction, "", "the numbers are the derivatives by the prediction, not by the target"), e.instead(Grad))
		}
	}
	if e.output == Hess {
		try(c, told(FirstSlope, "", "the numbers are the first derivatives, not the second"), e.instead(Grad))
	}
	for _, other := range loss.All() {
		if other != e.plan.Decl && other.Shape == e.plan.Decl.Shape {
			try(as(c, other), told(OtherLoss, other.Name, "the numbers are those of the loss "+other.Name), e.byReference)
		}
	}
	for _, s := range suspects(c.Loss) {
		try(copyCall(c), told(Suspected, s.Name, s.Says), s.Eval)
	}
	return all
}

// as is a call of another loss, with what that has of parameters.
func as(c *loss.Call, other *loss.Loss) *loss.Call {
	d := copyCall(c)
	d.Loss, d.Conventions = other.Name, nil
	for name := range d.Params {
		if _, ok := other.Param(name); !ok {
			delete(d.Params, name)
		}
	}
	return d
}

func (e *evidence) byReference(c *loss.Call) (*Answer, error) {
	eval := loss.Eval
	if e.output == Hess {
		eval = loss.EvalDiagonal
	}
	r, err := eval(c)
	if err != nil {
		return nil, err
	}
	return &Answer{Value: r.Value, Grad: r.Grad, TargetGrad: r.TargetGrad, Hess: r.Hess}, nil
}

// instead is the reference with another output in the place of the one in question.
func (e *evidence) instead(other Output) func(*loss.Call) (*Answer, error) {
	return func(c *loss.Call) (*Answer, error) {
		a, err := e.byReference(c)
		if err == nil {
			*a.Part(e.output) = *a.Part(other)
		}
		return a, err
	}
}
