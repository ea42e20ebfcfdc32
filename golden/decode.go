package golden

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// Decode reads a vector file. It is strict: an unknown field, a wrong width, a list that
// is too long or too short, a call that the catalogue refuses and that is not there for
// that very error, or an id that is not the hash of its call, is an error that names the
// case. The vectors come in the order of the file.
func Decode(data []byte) ([]Vector, error) {
	var file fileForm
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("golden: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("golden: something follows the file's one object")
	}
	if file.Schema != SchemaID {
		return nil, fmt.Errorf("golden: schema %q: want %q", file.Schema, SchemaID)
	}
	l, err := loss.Named(file.Loss)
	if err != nil {
		return nil, fmt.Errorf("golden: %w", err)
	}
	f, err := ieee.FormatNamed(file.DType)
	if err != nil || f.Name != file.DType {
		return nil, fmt.Errorf("golden: dtype %q: want f64, f32, bf16 or f16", file.DType)
	}
	var vectors []Vector
	for i, g := range file.Groups {
		params, err := parseParams(l, f, g.Params)
		if err != nil {
			return nil, fmt.Errorf("golden: group %d: %w", i, err)
		}
		if g.Reduction == "" {
			return nil, fmt.Errorf("golden: group %d: no reduction", i)
		}
		for _, form := range g.Cases {
			call := loss.Call{Loss: l.Name, Format: f, Params: params, Reduction: g.Reduction, Conventions: g.Conventions}
			v, err := form.vector(call)
			if err != nil {
				return nil, fmt.Errorf("golden: case %q: %w", form.ID, err)
			}
			vectors = append(vectors, v)
		}
	}
	return vectors, nil
}

func parseParams(l *loss.Loss, f ieee.Format, given map[string]json.RawMessage) (loss.Params, error) {
	params := loss.Params{}
	for name, raw := range given {
		p, ok := l.Param(name)
		if !ok {
			return nil, fmt.Errorf("parameter %q: %s has none of that name", name, l.Name)
		}
		switch {
		case bytes.Equal(raw, []byte("null")):
			params[name] = nil
		case p.Kind == loss.Integer:
			var n int
			if err := json.Unmarshal(raw, &n); err != nil {
				return nil, fmt.Errorf("parameter %s: %w", name, err)
			}
			params[name] = []float64{float64(n)}
		default:
			var hex words
			if err := json.Unmarshal(raw, &hex); err != nil {
				return nil, fmt.Errorf("parameter %s: %w", name, err)
			}
			xs, err := parseHexList(f, hex)
			if err != nil {
				return nil, fmt.Errorf("parameter %s: %w", name, err)
			}
			params[name] = xs
		}
	}
	return params, nil
}

// vector completes the call of a group with the data of a case and checks both.
func (form caseForm) vector(c loss.Call) (Vector, error) {
	v := Vector{ID: form.ID, Flags: form.Flags, Error: form.Out.Error}
	in := form.In
	c.Rows, c.Cols = 1, 1
	if (in.Rows == nil) != (in.Cols == nil) {
		return v, fmt.Errorf("rows and cols go together")
	}
	if in.Rows != nil {
		c.Rows, c.Cols = *in.Rows, *in.Cols
	}
	if len(form.Flags) == 0 {
		return v, fmt.Errorf("no flag says why the case is here")
	}
	for _, part := range []struct {
		into *[]float64
		from words
	}{{&c.Pred, in.Pred}, {&c.Target, in.Target}, {&c.Weight, in.Weight}, {&c.Upstream, in.Upstream}} {
		xs, err := parseHexList(c.Format, part.from)
		if err != nil {
			return v, err
		}
		*part.into = xs
	}
	var err error
	if c.Label, err = parseLabels(in.Label); err != nil {
		return v, err
	}
	v.Call = c
	plan, err := checkedPlan(&v.Call, v.Error)
	if err != nil {
		return v, err
	}
	if id := ID(&v.Call); id != v.ID {
		return v, fmt.Errorf("the id of this call is %s", id)
	}
	if v.Error != "" {
		if form.Out.Value != nil || form.Out.Grad != nil || form.Out.TargetGrad != nil || form.Out.Hess != nil {
			return v, fmt.Errorf("an error and numbers")
		}
		return v, nil
	}
	values := 1
	if plan.Reduction == loss.None {
		values = plan.Values()
	}
	v.Truth = oracle.Truth{}
	for _, part := range []struct {
		name  string
		from  *outputs
		into  *[]oracle.Number
		want  int
		extra bool // few cases have it
	}{
		{"value", form.Out.Value, &v.Truth.Value, values, false},
		{"grad", form.Out.Grad, &v.Truth.Grad, len(c.Pred), false},
		{"targetGrad", form.Out.TargetGrad, &v.Truth.TargetGrad, len(c.Target), true},
		{"hess", form.Out.Hess, &v.Truth.Hess, len(c.Pred), true},
	} {
		if part.extra && part.from == nil {
			continue
		}
		if *part.into, err = part.from.numbers(c.Format, part.want); err != nil {
			return v, fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return v, nil
}

// checkedPlan plans a call and demands the error that its case announces, or none.
func checkedPlan(c *loss.Call, want loss.Class) (*loss.Plan, error) {
	plan, err := c.Plan()
	var bad *loss.Error
	switch {
	case err == nil && want == "":
		return plan, nil
	case err == nil:
		return nil, fmt.Errorf("the catalogue accepts the call: the case wants the error %q", want)
	case !errors.As(err, &bad):
		return nil, err
	case bad.Class != want:
		return nil, fmt.Errorf("the catalogue says %q (%w), the case %q", bad.Class, bad, want)
	}
	return nil, nil
}
