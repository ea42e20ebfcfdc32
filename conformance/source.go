package conformance

import (
	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A source is where a run has its cases and the truth about live calls from.
type source struct {
	vectors func(lossName string, f ieee.Format) ([]golden.Vector, error)
	truth   func(c *loss.Call) (*oracle.Truth, error)
}

// suite is the source of every run; tests put cases of their own in its place.
var suite = source{golden.Vectors, oracle.Eval}
