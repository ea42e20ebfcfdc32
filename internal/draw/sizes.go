package draw

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// Sizes of items that can have any, and of batches.
var (
	// Every is 1 … 130: each remainder of a vector loop, several times.
	Every = Mix[Count]{{1, between(1, 130)}}
	// Large is beyond 1024, 2048 and 4096, where loops are cut, and a little below.
	Large = Mix[Count]{{1, func(d *Drawer) int { return One(d, 1024, 2048, 4096) - 2 + d.IntN(67) }}}
)

// between is first … last, each as often as another.
func between(first, last int) Count {
	return func(d *Drawer) int { return first + d.IntN(last-first+1) }
}

// Alike makes the items of a call of one kind, as no batch of data is, but for a subject that looks
// at its numbers to find out what they mean: all targets 0 or all 1, all items the same, all
// predictions in [0, 1], in one binade, or of one sign.
func (d *Drawer) Alike(l *loss.Loss, c *loss.Call) {
	width := l.Shape.Width(c.Cols)
	switch binade := d.Size(-8, 8); d.IntN(5) {
	case 0:
		y := float64(d.IntN(2))
		if !l.Target.Holds(y) {
			y = l.Target.Low
		}
		for i := range c.Target {
			if l.IsLabel(1) && l.NumberTarget() != loss.Position {
				c.Target[i] = y
			}
		}
		repeat(c.Label, 1)
	case 1:
		repeat(c.Pred, width)
		repeat(c.Target, l.NumberTarget().Width(width))
		repeat(c.Label, 1)
	case 2:
		change(l, c, width, func(float64) float64 { return d.Fit(d.Float64()) })
	case 3:
		change(l, c, width, func(float64) float64 {
			return d.Fit(math.Copysign(math.Ldexp(1+d.Float64(), math.Ilogb(binade)), d.Sign()))
		})
	case 4:
		sign := d.Sign()
		change(l, c, width, func(x float64) float64 { return math.Copysign(x, sign) })
	}
}

// repeat makes all like the first n numbers.
func repeat[E any](xs []E, n int) {
	for i := n; i < len(xs); i++ {
		xs[i] = xs[i-n]
	}
}

// change changes the predictions of those items whose domain allows it.
func change(l *loss.Loss, c *loss.Call, width int, to func(x float64) float64) {
	for item := range slices.Chunk(c.Pred, width) {
		other := slices.Clone(item)
		for k, x := range other {
			other[k] = to(x)
		}
		if l.Prediction.HoldsItem(other) < 0 {
			copy(item, other)
		}
	}
}
