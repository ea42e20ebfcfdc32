package properties_test

import (
	"context"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/properties"
)

// reference is the float64 reference of the catalogue, rounded to the dtype.
type reference struct{ subject.Description }

func newReference() reference {
	d := properties.Noisy(1).Describe()
	d.Name = "reference"
	return reference{d}
}

func (r reference) Describe() subject.Description { return r.Description }

func (r reference) Eval(_ context.Context, c *loss.Call) (*subject.Answer, error) {
	res, err := loss.Eval(c)
	if err != nil {
		return nil, err
	}
	for _, xs := range [][]float64{res.Value, res.Grad} {
		for i, x := range xs {
			xs[i] = c.Format.Round(x)
		}
	}
	return &subject.Answer{Value: res.Value, Grad: res.Grad}, nil
}
