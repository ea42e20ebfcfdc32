package conformance

import (
	"context"
	"errors"
	"fmt"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Reference is the float64 reference of the catalogue: every loss, every convention,
// every reduction; or of the losses with these names, which may be defined: of those it is the oracle.
// In the other formats its answer is the float64 one, rounded. Its outputs are value and gradient.
func Reference(losses ...string) Subject {
	if losses == nil {
		return reference{loss.All(), false}
	}
	return reference{loss.Ordered(losses), false}
}

// Further is Reference with every output: the gradient by the target and the diagonal of the Hessian, too.
func Further(losses ...string) Subject {
	r := Reference(losses...).(reference)
	r.further = true
	return r
}

type reference struct {
	losses  []*loss.Loss
	further bool // it has every output
}

func (r reference) Describe() Description {
	d := Description{Name: "reference"}
	if r.further {
		d.Name = "reference with every output"
	}
	for _, decl := range r.losses {
		c := Capability{Loss: decl.Name, Outputs: []Output{Value, Grad}, Weights: true, Refuses: true,
			Params: allParams(decl.Name), Conventions: map[string][]string{}}
		for _, o := range []Output{TargetGrad, Hess} {
			if r.further && o.Of(decl) {
				c.Outputs = append(c.Outputs, o)
			}
		}
		for _, f := range ieee.Formats() {
			c.Formats = append(c.Formats, f.Name)
		}
		if !decl.VectorValued {
			c.Reductions = loss.Reductions()
		}
		for _, convention := range decl.AllConventions() {
			c.Conventions[convention.Name] = convention.Values
		}
		d.Capabilities = append(d.Capabilities, c)
	}
	return d
}

func (r reference) Eval(_ context.Context, c *loss.Call) (*Answer, error) {
	return referenceAnswer(c, r.further)
}

func referenceAnswer(c *loss.Call, further bool) (*Answer, error) {
	eval := loss.Eval
	if further {
		eval = loss.EvalDiagonal
	}
	r, err := eval(c)
	switch {
	case errors.Is(err, oracle.ErrUndecided): // of a definition
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	case err != nil:
		return nil, err
	}
	answer := &Answer{Value: r.Value, Grad: r.Grad}
	if further {
		answer.TargetGrad, answer.Hess = r.TargetGrad, r.Hess
	}
	for _, o := range subject.Outputs() {
		xs := *answer.Part(o)
		for i, x := range xs {
			xs[i] = c.Format.Round(x)
		}
	}
	return answer, nil
}
