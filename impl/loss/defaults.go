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
			params[p.Name] = slices.Clone(p.Default)
		}
	}
	maps.Copy(params, c.Params)
	return params
}
