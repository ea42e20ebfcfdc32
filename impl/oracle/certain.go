package oracle

import (
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// Certain is Eval for calls of which every number has known bits, since a vector has room for no doubt about them; others
// count as undecided.
func Certain(c *loss.Call) (*Truth, error) {
	truth, err := Eval(c)
	if err != nil {
		return nil, err
	}
	either := func(n Number) bool { return n.Either }
	if slices.ContainsFunc(truth.Value, either) || slices.ContainsFunc(truth.Grad, either) {
		return nil, ErrUndecided
	}
	return truth, nil
}
