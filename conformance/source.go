package conformance

import (
	"fmt"
	"sync"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/golden/defined"
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
	if l, err := loss.Named(lossName); err == nil && l.Defined() {
		set, err := drawn(l, f)
		return set.Vectors, err
	}
	read, _ := readers.LoadOrStore(golden.FileName(lossName, f), sync.OnceValues(func() ([]golden.Vector, error) {
		return golden.Vectors(lossName, f)
	}))
	return read.(func() ([]golden.Vector, error))()
}

var readers sync.Map // by name of the file

// drawn are the vectors of a loss that is defined, which are made once; none where nobody knows its values.
func drawn(l *loss.Loss, f ieee.Format) (*defined.Set, error) {
	if l.Unknown() {
		return &defined.Set{}, nil
	}
	made, _ := makers.LoadOrStore(golden.FileName(l.Name, f), sync.OnceValues(func() (*defined.Set, error) {
		set, err := defined.Vectors(l, f)
		if err != nil {
			return &defined.Set{}, fmt.Errorf("conformance: %w", err)
		}
		return set, nil
	}))
	return made.(func() (*defined.Set, error))()
}

var makers sync.Map // by name of the file that there is not
