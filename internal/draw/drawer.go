package draw

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/lossproof/lossproof/internal/ieee"
)

// A Drawer draws numbers of one format, with the chance of one generator.
type Drawer struct {
	*rand.Rand
	Format ieee.Format
}

// New returns a drawer with a generator of its own: PCG, whose sequence Go promises for good.
func New(f ieee.Format, seed1, seed2 uint64) *Drawer { return From(rand.NewPCG(seed1, seed2), f) }

// From returns a drawer with the chance of somebody else. A generator of math/rand is a source, too.
func From(chance rand.Source, f ieee.Format) *Drawer { return &Drawer{rand.New(chance), f} }

// Seed makes a seed of a name, so that the draws for one do not hang on those for another.
func Seed(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name)) // a hash cannot fail
	return h.Sum64()
}

// A Mix is several ways to draw something. Each is taken as often as its weight says, of the sum
// of all.
type Mix[W any] []Part[W]

// A Part is one way of a mix.
type Part[W any] struct {
	Weight int
	Way    W
}

// just is a mix of one way.
func just[W any](way W) Mix[W] { return Mix[W]{{1, way}} }

// Pick takes one of the ways. Where there is only one, no chance is needed and none is drawn.
func (m Mix[W]) Pick(d *Drawer) W {
	if len(m) == 1 {
		return m[0].Way
	}
	sum := 0
	for _, part := range m {
		sum += part.Weight
	}
	n := d.IntN(sum)
	for _, part := range m {
		if n -= part.Weight; n < 0 {
			return part.Way
		}
	}
	panic("draw: unreachable")
}

// One draws one of the given values.
func One[T any](d *Drawer, values ...T) T { return values[d.IntN(len(values))] }

// Chance is true once in so many draws.
func (d *Drawer) Chance(once int) bool { return d.IntN(once) == 0 }

// Sign is −1 or 1.
func (d *Drawer) Sign() float64 { return One(d, -1.0, 1.0) }

// Fit rounds to the format, and to its largest number rather than to infinity.
func (d *Drawer) Fit(x float64) float64 {
	most := d.Format.MaxFinite()
	return min(max(d.Format.Round(x), -most), most)
}

// Near moves x, rounded to the format, by up to so many ulps. An infinity stays where it is.
func (d *Drawer) Near(x float64, ulps int) float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return x
	}
	return d.Fit(d.Format.FromOrdinal(d.Format.Ordinal(d.Fit(x)) + int64(d.IntN(2*ulps+1)-ulps)))
}

// Bell draws from a bell curve of deviation 1, the sum of twelve uniforms.
func (d *Drawer) Bell() float64 {
	sum := -6.0
	for range 12 {
		sum += d.Float64()
	}
	return sum
}

// Size draws 2^low … 2^high, every binade and every significand as often as another.
func (d *Drawer) Size(low, high int) float64 {
	return d.Fit(math.Ldexp(1+d.Float64(), low+d.IntN(high-low)))
}
