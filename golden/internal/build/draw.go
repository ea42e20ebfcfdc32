package build

import (
	"math"
	"math/rand/v2"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A drawer draws numbers of one format. Its source is PCG, whose sequence Go promises
// for good.
type drawer struct {
	*rand.Rand
	format ieee.Format
}

// newDrawer seeds by name, so that one file's draws do not hang on another's.
func newDrawer(lossName string, f ieee.Format, purpose string) *drawer {
	seed := func(s string) uint64 { // FNV-1a
		h := uint64(14695981039346656037)
		for _, c := range []byte(s) {
			h = (h ^ uint64(c)) * 1099511628211
		}
		return h
	}
	return &drawer{rand.New(rand.NewPCG(seed(lossName), seed(f.Name+" "+purpose))), f}
}

// one draws one of the given values.
func one[T any](d *drawer, values ...T) T { return values[d.IntN(len(values))] }

// bell draws from a bell curve of deviation 1, the sum of twelve uniforms (rand's own
// would call math.Log, which has assembly).
func (d *drawer) bell() float64 {
	sum := -6.0
	for range 12 {
		sum += d.Float64()
	}
	return sum
}

// magnitude draws 2^low … 2^high with a uniform exponent and significand.
func (d *drawer) magnitude(low, high int) float64 {
	return d.format.Round(math.Ldexp(1+d.Float64(), low+d.IntN(high-low)))
}

func (d *drawer) sign() float64 { return one(d, -1.0, 1.0) }

// round keeps drawn numbers inside the format's finite range.
func (d *drawer) round(x float64) float64 {
	x = d.format.Round(x)
	if math.IsInf(x, 0) {
		return math.Copysign(d.format.MaxFinite(), x)
	}
	return x
}

// prediction draws a number of a domain of predictions, as a trained or a fresh model
// would give it.
func (d *drawer) prediction(domain loss.Domain) float64 {
	if domain.Low == 0 && domain.High == 1 {
		return d.probability()
	}
	return d.round(float64(d.bell() * one(d, 0.5, 3, 3, 10)))
}

// probability draws from (0, 1), more often near its ends than the plain uniform does.
func (d *drawer) probability() float64 {
	switch d.IntN(4) {
	case 0:
		return d.round(d.magnitude(max(-40, d.format.MinExp()), 0) / 2)
	case 1:
		return d.round(1 - d.magnitude(-d.format.Precision, 0)/2)
	}
	return d.round(d.Float64())
}

// boundary draws a prediction from where formats and formulas have edges.
func (d *drawer) boundary(domain loss.Domain) float64 {
	f := d.format
	if domain.Low == 0 && domain.High == 1 {
		edge := one(d, 0, 1, 0.5, f.MinNormal(), f.MinSubnormal(), f.Round(1e-7), f.Round(1-1e-7), f.Ulp(1))
		return min(1, max(0, d.near(edge, 2)))
	}
	edges := []float64{0, f.MinNormal(), f.MinSubnormal(), 1, f.Ulp(1), 18, 33.3,
		float64(float64(f.Precision) * math.Ln2), float64(float64(f.Precision+1) * math.Ln2),
		float64(float64(f.MaxExp+1) * math.Ln2), float64(float64(-f.MinExp()) * math.Ln2),
		float64(float64(f.Precision-f.MinExp()) * math.Ln2), float64(float64(f.Precision-1-f.MinExp()) * math.Ln2),
		1e4, f.Round(math.Sqrt(f.MinNormal()))}
	return float64(d.sign() * d.near(d.round(one(d, edges...)), 3))
}

// near draws a neighbour of x, at most steps away.
func (d *drawer) near(x float64, steps int) float64 {
	return d.format.FromOrdinal(d.format.Ordinal(x) + int64(d.IntN(2*steps+1)-steps))
}

// targetNumber draws a target: a label half of the time, or a number between.
func (d *drawer) targetNumber(domain loss.Domain) float64 {
	if domain.Low == 0 && domain.High == 1 {
		// No targets of exactly ½: with a logit of 0 the gradient is then 0 by cancellation,
		// a zero whose sign no interval can certify, and the attempt takes seconds.
		return one(d, 0, 1, d.round(d.Float64()), d.round(one(d, 0.1, 0.2, 0.3, 0.7, 0.9)))
	}
	return d.round(one(d, 0, 1, float64(d.bell()*3), d.Float64()))
}

// distribution draws K weights that sum to about 1: the remainder of the rounding goes
// nowhere, as in data that was stored in the format.
func (d *drawer) distribution(k int) []float64 {
	xs := make([]float64, k)
	if d.IntN(3) == 0 {
		xs[d.IntN(k)] = 1
		return xs
	}
	sum := 0.0
	for i := range xs {
		xs[i] = 1 + float64(d.IntN(1000))
		sum += xs[i]
	}
	for i := range xs {
		xs[i] = d.round(xs[i] / sum)
	}
	return xs
}

// param draws a value of a parameter from a list of what people use, and edges.
func (d *drawer) param(p loss.Param, classes int) ([]float64, bool) {
	if p.Kind == loss.Integer || d.IntN(2) == 0 {
		return nil, false // ignore_index goes with labels that are drawn for it
	}
	if p.Optional && d.IntN(4) == 0 {
		return []float64{}, true
	}
	value := func() float64 {
		if p.Domain.High == 1 {
			return d.round(one(d, 0, 0.05, 0.1, 0.25, 0.5, 0.75, 1))
		}
		return d.round(one(d, 0, 0.5, 1, 1.5, 2, 3, 5, 10))
	}
	if p.Kind != loss.PerClass {
		return []float64{value()}, true
	}
	v := make([]float64, classes)
	for i := range v {
		v[i] = value()
	}
	return v, true
}
