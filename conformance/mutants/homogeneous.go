package mutants

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
)

// inRange is a call with the same answer, whose class weights, sample weights and targets are
// multiplied by powers of two where a mean over them divides by a number that is tiny or huge.
// A frame rounds values before it reduces them, and could not answer otherwise. A call that is
// to be refused stays as it is.
func inRange(c *loss.Call) *loss.Call {
	const tiny, huge = 0x1p-100, 0x1p100
	p, err := c.Plan()
	if err != nil || p.Reduction != loss.MeanWeight || !p.Args.On(loss.ClassWeight.Name) || p.EmptyMean() {
		return c
	}
	if d := p.Denominator(); tiny < d && d < huge {
		return c
	}
	scaled := *c
	scaled.Params = loss.Params{}
	for name, v := range c.Params {
		scaled.Params[name] = v
	}
	scaled.Params[loss.ClassWeight.Name] = largestAt(500, c.Params[loss.ClassWeight.Name])
	scaled.Weight = largestAt(400, c.Weight)
	scaled.Target = largestAt(0, c.Target)
	return &scaled
}

// largestAt is xs times the power of two that makes the largest at least 2^(e-1) and less
// than 2^e.
func largestAt(e int, xs []float64) []float64 {
	if len(xs) == 0 {
		return xs
	}
	_, is := math.Frexp(slices.Max(xs))
	scaled := slices.Clone(xs)
	for i, x := range xs {
		scaled[i] = math.Ldexp(x, e-is)
	}
	return scaled
}
