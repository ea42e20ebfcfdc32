package draw

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A dimension that is finite is gone through, and not left to chance: what is at turn k of a tour
// depends on k, and every number of a tour comes once before any comes again.

// Stop is where turn k of a tour of n stops lies. The stops of a short run are spread over the
// whole tour.
func Stop(turn, n int) int {
	stride := max(1, n*5/8)
	for gcd(stride, n) > 1 {
		stride--
	}
	return turn % n * stride % n
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Sizes is how many sizes of an item a tour has: 1 … 130, and one at or beyond a cut of a long loop.
const Sizes = everySize + 1

const everySize = 130

// SizeAt is the size at a turn of the tour.
func (d *Drawer) SizeAt(turn int) int {
	if i := Stop(turn, Sizes); i < everySize {
		return i + 1
	}
	return d.beyond(turn / Sizes)
}

// beyond is a size at or beyond a cut of a long loop. Each dtype begins with another, since one is
// dear.
func (d *Drawer) beyond(turn int) int {
	cuts := []int{4096, 2048, 1024, 2048, 1024, 4096}
	k := turn + slices.Index(ieee.Formats(), d.Format)
	if k %= len(cuts); k >= 3 {
		return cuts[k]
	}
	return cuts[k] + 1 + d.IntN(66)
}

// Batches is how many lengths of a batch a tour has: 1 … 67, which leave each tail in any vector
// register, next to multiples of 8, beyond 1024, and at or beyond another cut.
const Batches = everyBatch + 14

const everyBatch = 67

// BatchAt is the length at a turn of the tour.
func (d *Drawer) BatchAt(turn int) int {
	switch i := Stop(turn, Batches); {
	case i < everyBatch:
		return i + 1
	case i < Batches-2:
		return 8*(9+3*((i-everyBatch)/3)) + (i-everyBatch)%3 - 1
	case i == Batches-2:
		return 1025 + d.IntN(66)
	}
	if d.Chance(2) {
		return One(d, 127, 128, 255, 256, 257, 512)
	}
	return d.beyond(turn / Batches)
}

// Parameters is how many values of a parameter a tour has.
const Parameters = 160

// parameters in [0, 1] are 64ths and what lies next to both ends, and others sixteenths up to 6, and
// beyond them numbers of every size; free ones fill up the tour.
var (
	unitParameters = append(grid(64, 64), 0.05, 0.1, 0.9, 0.95, 0.99, 1./3, 1e-3, 1e-30, 0x1p-60, 0x1p-126, 1-0x1p-11, 1-0x1p-24, 1-0x1p-53)
	realParameters = append(grid(96, 16), 7, 8, 10, 12.5, 16, 20, 32, 50, 64, 100, 127, 128, 129, 255, 256, 1000, 2048, 4097, 65504,
		0x1p60, 0x1p-60, 1e30, 1e-30, 1e-7, 1e-12, 1./3)
	wholeParameters = []float64{-100, -1, 0, 1, 2, 255, 256, -1 << 15, 1<<15 - 1, 1 << 15, -1 << 31, 1<<31 - 1, 1 << 31}
)

// grid is 0 … most/parts.
func grid(most, parts int) (xs []float64) {
	for k := range most + 1 {
		xs = append(xs, float64(k)/float64(parts))
	}
	return xs
}

// ParameterAt is value number i of a parameter.
func (d *Drawer) ParameterAt(param loss.Param, i int) float64 {
	values, free := realParameters, size(-12, 12)
	switch {
	case param.Kind == loss.Integer:
		values, free = wholeParameters, func(d *Drawer) float64 { return float64(d.IntN(1<<11) - 1<<10) }
	case isUnit(param.Domain):
		values, free = unitParameters, (*Drawer).Probability
	}
	x := free(d)
	if i < len(values) {
		x = values[i]
	}
	if param.Kind == loss.Integer {
		if d.Format.Holds(x) {
			return x
		}
		return -100
	}
	return d.within(param.Domain, d.Fit(math.Abs(x)))
}

// Places is how many places a tour of numbers has: each binade of 2^-20 … 2^10, in it each of the
// 2^8 patterns of leading bits, or of as many as the format stores, and each landmark from both sides.
func (d *Drawer) Places() int { return placeBinades<<d.placeBits() + 6*len(landmarks) }

const (
	placeLow     = -20
	placeBinades = 30
)

func (d *Drawer) placeBits() int { return min(8, d.Format.Precision-1) }

// PlaceAt is number i of a tour for a domain. What comes after the leading bits is drawn. Of a
// probability it is as often 1−p.
func (d *Drawer) PlaceAt(domain loss.Domain, i int) float64 {
	var x float64
	rest := 52 - d.placeBits() // bits behind the pattern
	if k := i - placeBinades<<d.placeBits(); k >= 0 {
		f := d.Format
		x = f.Round(landmarks[k/6].At(f))
		if near := f.FromOrdinal(f.Ordinal(x) + int64(k%3-1)); !math.IsInf(x, 0) && !math.IsInf(near, 0) {
			x = near
		}
		x = d.Fit(x * float64(1-2*(k/3%2)))
	} else {
		tail := One(d, 0, 1<<rest-1, d.Uint64N(1<<rest))
		bits := uint64(i/placeBinades)<<rest | tail
		bits &^= 1<<(53-d.Format.Precision) - 1 // cut, not rounded
		x = float64(d.Sign() * d.Fit(math.Ldexp(float64(1<<52|bits), placeLow+i%placeBinades-52)))
	}
	if isUnit(domain) && !domain.Holds(x) {
		if x = math.Abs(x); x > 1 {
			x = Sigmoid(d.Sign() * min(x, 700))
		}
	}
	if isUnit(domain) && d.Chance(2) {
		x = 1 - x
	}
	return d.within(domain, d.Fit(x))
}

// Put makes a number the prediction of an item, as far as its shape and its domain allow: the one
// that there is, a score against others that are 0, one element among others, a side of a box that begins at 0.
func (d *Drawer) Put(l *loss.Loss, item []float64, x float64) {
	other := slices.Clone(item)
	switch {
	case l.Shape == loss.Box:
		copy(other, []float64{0, 0, math.Abs(x), max(1, d.Fit(math.Abs(x)/2))})
	case l.Shape.Classes && !isUnit(l.Prediction):
		clear(other)
		other[d.IntN(len(other))] = x
	default:
		other[d.IntN(len(other))] = x
	}
	if l.Prediction.HoldsItem(other) < 0 {
		copy(item, other)
	}
}
