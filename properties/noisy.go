package properties

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/big"
	"math/rand/v2"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Noisy returns a subject that is as wrong as it may be: every number is the truth with a
// random error within the bound of the level Accurate, often the whole of it. A law that
// it breaks has too little slack.
//
// The error of an item depends on the item alone, so that it is the same in every batch.
func Noisy(seed uint64) subject.Subject { return noisy{seed, subject.Accurate} }

type noisy struct {
	seed  uint64
	level subject.Level
}

func (n noisy) Describe() subject.Description {
	return subject.Description{Name: "noisy", Version: fmt.Sprint(n.seed), Capabilities: everything()}
}

// everything is a capability for each loss of the catalogue, with all that there is.
func everything() []subject.Capability {
	var all []subject.Capability
	for _, l := range loss.All() {
		c := subject.Capability{Loss: l.Name, Outputs: []subject.Output{subject.Value, subject.Grad}, Weights: true, Refuses: true,
			Conventions: map[string][]string{}}
		for _, f := range ieee.Formats() {
			c.Formats = append(c.Formats, f.Name)
		}
		for _, p := range l.Params {
			c.Params = append(c.Params, p.Name)
		}
		if !l.VectorValued {
			c.Reductions = loss.Reductions()
		}
		for _, convention := range l.AllConventions() {
			c.Conventions[convention.Name] = convention.Values
		}
		all = append(all, c)
	}
	return all
}

func (n noisy) Eval(_ context.Context, c *loss.Call) (*subject.Answer, error) {
	plan, err := c.Plan()
	if err != nil {
		return nil, err
	}
	truth, err := n.truth(c, plan)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", subject.ErrUnsupported, err)
	}
	answer, terms := &subject.Answer{}, subject.TermsOf(plan, subject.Value)
	for i, v := range truth.Value {
		answer.Value = append(answer.Value, n.disturb(c, plan, v, "value", i, len(truth.Value), terms))
	}
	for i, v := range truth.Grad {
		answer.Grad = append(answer.Grad, n.disturb(c, plan, v, "grad", i, len(truth.Grad), subject.Terms{N: 1}))
	}
	return answer, nil
}

// wide is how many numbers an item has whose condition numbers would take minutes: it is disturbed
// as if they were 0.
const wide = 256

func (n noisy) truth(c *loss.Call, p *loss.Plan) (*oracle.Truth, error) {
	if p.Width <= wide {
		return oracle.Eval(c)
	}
	q, err := oracle.Ask(c)
	if err != nil {
		return nil, err
	}
	value, err := q.Value()
	if err != nil {
		return nil, err
	}
	grad, err := q.Grad()
	if err != nil {
		return nil, err
	}
	for _, numbers := range [][]oracle.Number{value, grad} {
		for i := range numbers {
			numbers[i].Kappa = 0
		}
	}
	return &oracle.Truth{Value: value, Grad: grad}, nil
}

// disturb returns a number of the format within the bound around the truth, drawn from the
// seed and from what the number is about.
func (n noisy) disturb(c *loss.Call, p *loss.Plan, v oracle.Number, output string, i, of int, terms subject.Terms) float64 {
	kink := v.Hull != nil // any element of a hull will do, and beyond it another end decides what is allowed
	if v = v.Nearest(0); kink || ulp.Special(v.Rounded) {
		return v.Rounded
	}
	about := c
	if p.Reduction == loss.None {
		each := of / c.Rows
		about, i = rows(c, i/each, i/each+1), i%each
	}
	h := fnv.New64a()
	fmt.Fprint(h, n.seed, output, i, inputs(about, ieee.Float64.Hex), c.Loss, c.Format.Name)
	r := rand.New(rand.NewPCG(h.Sum64(), n.seed))

	bound := mul(num(errorBound(n.level, c.Format, v, terms)), num(1-0x1p-30)) // in float64 a few subnormal units would stay what they are
	exact := mul(num(v.Residual), num(ulp.Of(c.Format, v.Rounded, v.Residual)))
	exact.Add(exact, num(v.Rounded))
	share := 2*r.Float64() - 1
	switch r.IntN(4) {
	case 0:
		share = 1
	case 1:
		share = -1
	}
	wanted, _ := add(exact, mul(num(share), bound)).Float64()
	x := c.Format.Round(wanted)
	within := func(x float64) bool {
		return !ulp.Special(x) && newBig().Abs(sub(num(x), exact)).Cmp(bound) <= 0
	}
	for range 4 { // rounding led out of the bound: back towards the truth
		switch {
		case within(x) && x == 0 && output == "value" && len(declared(p.Decl, loss.NonNegativeValue, true)) > 0:
			return 0 // the sign of zero is no error that a loss may have
		case within(x):
			return x
		case new(big.Float).SetFloat64(x).Cmp(exact) < 0:
			x = c.Format.Next(x)
		default:
			x = c.Format.Prev(x)
		}
	}
	return v.Rounded
}
