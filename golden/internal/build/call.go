package build

import (
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/draw"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A drawer draws the calls of one file.
type drawer struct{ *draw.Drawer }

// newDrawer seeds by name, so that one file's draws do not hang on another's.
func newDrawer(lossName string, f ieee.Format, purpose string) drawer {
	return drawer{draw.New(f, draw.Seed(lossName), draw.Seed(f.Name+" "+purpose))}
}

// addReduction reduces a call: one of the reductions, sample weights half of the time, a
// quarter of the labels ignored where that can be.
func (d drawer) addReduction(l *loss.Loss, c *loss.Call) {
	if l.VectorValued {
		return
	}
	c.Reduction = draw.One(d.Drawer, loss.Reductions()...)
	if d.Chance(2) {
		d.Weights(&draw.Vectors, l, c)
		c.Weight[d.IntN(len(c.Weight))] = 1 // they do not sum to 0
	}
	if _, ok := l.Param(loss.IgnoreIndex.Name); ok && c.Label != nil && c.Rows > 1 && d.Chance(2) {
		const ignored = -100
		c.Params[loss.IgnoreIndex.Name] = []float64{ignored}
		for i := 1; i < c.Rows; i++ { // the first row counts
			if d.Chance(4) {
				c.Label[i] = ignored
			}
		}
	}
}
