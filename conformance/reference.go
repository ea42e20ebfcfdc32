package conformance

import (
	"context"
	"errors"
	"fmt"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Reference is the float64 reference of the catalogue: every loss, every convention,
// every reduction; or of the losses with these names, which may be defined: of those it is the oracle.
// In the other formats its answer is the float64 one, rounded.
func Reference(losses ...string) Subject {
	if losses == nil {
		return reference{loss.All()}
	}
	return reference{loss.Ordered(losses)}
}

type reference struct{ losses []*loss.Loss }

func (r reference) Describe() Description {
	d := Description{Name: "reference"}
	for _, decl := range r.losses {
		c := Capability{Loss: decl.Name, Outputs: []Output{Value, Grad}, Weights: true, Refuses: true,
			Params: allParams(decl.Name), Conventions: map[string][]string{}}
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

func (reference) Eval(_ context.Context, c *loss.Call) (*Answer, error) {
	r, err := loss.Eval(c)
	switch {
	case errors.Is(err, oracle.ErrUndecided): // of a definition
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	case err != nil:
		return nil, err
	}
	for _, xs := range [][]float64{r.Value, r.Grad} {
		for i, x := range xs {
			xs[i] = c.Format.Round(x)
		}
	}
	return &Answer{Value: r.Value, Grad: r.Grad}, nil
}
