package loss

import (
	"maps"
	"slices"
)

// AllParams returns a copy of the parameters of a call, with the default of every one that the
// call leaves out. Names that the loss does not have are kept.
func (c *Call) AllParams() Params {
	params := Params{}
	if l, err := Named(c.Loss); err == nil {
		for _, p := range l.Params {
			params[p.Name] = slices.Clone(p.DefaultIn(c.Format))
		}
	}
	maps.Copy(params, c.Params)
	return params
}

// Canonical returns the call with everything left out that says the default: of two
// calls that ask the same question in the same words, one is kept. The data is shared.
func (c *Call) Canonical() Call {
	short := *c
	if c.Reduction == "" {
		short.Reduction = None
	}
	l, err := Named(c.Loss)
	if err != nil {
		return short
	}
	short.Params, short.Conventions = Params{}, Conventions{}
	for name, v := range c.Params {
		if p, ok := l.Param(name); !ok || !slices.Equal(v, p.DefaultIn(c.Format)) {
			short.Params[name] = v
		}
	}
	for name, v := range c.Conventions {
		if k, ok := l.Convention(name); !ok || v != k.Values[0] {
			short.Conventions[name] = v
		}
	}
	return short
}

// WholeParam reports whether a parameter of the call's loss is a whole number, which stands as such
// wherever a call is written: a dtype need not hold it.
func (c *Call) WholeParam(name string) bool {
	l, err := Named(c.Loss)
	if err != nil {
		return false
	}
	p, ok := l.Param(name)
	return ok && p.Kind == Integer
}
