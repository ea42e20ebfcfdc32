package conformance

import (
	"sync"

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
var suite = source{decoded, oracle.Eval}

// decoded are vectors as they are read once, however many subjects are held to them. A run
// copies what it changes.
func decoded(lossName string, f ieee.Format) ([]golden.Vector, error) {
	read, _ := readers.LoadOrStore(golden.FileName(lossName, f), sync.OnceValues(func() ([]golden.Vector, error) {
		return golden.Vectors(lossName, f)
	}))
	return read.(func() ([]golden.Vector, error))()
}

var readers sync.Map // by name of the file
