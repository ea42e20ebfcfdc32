package properties

import (
	"math"
	"math/rand"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A drawer draws what a case is made of, in the dtype of the subject and within what the
// subject declares. All chance comes from one seeded generator, and no number from a
// function that differs between machines.
type drawer struct {
	*rand.Rand
	loss         *loss.Loss
	format       ieee.Format
	capabilities []subject.Capability // those of the loss and the format
	turn         int                  // how many draws there were before, for a law that goes through a list
	lacks        string               // why there is no case for the subject
}

// landmarks are where implementations change their branch or lose their digits: the
// bounds of exp, log1p and softplus in every format, and what they are usually typed as.
var landmarks = []float64{
	0, 0.25, 0.5, math.Ln2, 1, 2, 4, 8, 9, 10, 15, 16, 16.64, 17, 18, 20, 30, 33.3, 36, 36.7, 37, 40, 50, 64,
	87.33, 88, 88.72, 88.8, 100, 103.97, 104, 127, 128, 500, 700, 708.4, 709.78, 709.8, 710, 744.44, 745.13, 745.2, 746, 1000,
	1e-7, 1 - 1e-7, 1e-8, 1e-15, 1e-16, 0x1p-12, 0x1p-23, 0x1p-24, 0x1p-25, 0x1p-26, 0x1p-52, 0x1p-53, 0x1p-54,
	1e4, 1e8, 0x1p24, 0x1p53, 1e10, 11.09, 9.7,
}

// real draws a finite number: exact specials, neighbours of landmarks, every magnitude,
// subnormals, the extremes of the format, numbers of few digits, and the everyday ones
// that are most of all data.
func (d *drawer) real() float64 {
	x := d.anyReal()
	if math.Abs(x) > vast && d.loss.Target != loss.Finite && d.Intn(8) > 0 {
		return d.magnitude(-8, 12)
	}
	return x
}

// vast is the size from which on all logits are alike, saturated in every format, and
// their exponentials costly to certify: most are drawn again.
const vast = 0x1p20

func (d *drawer) anyReal() float64 {
	switch n := d.Intn(40); {
	case n < 16:
		return d.magnitude(-6, 6)
	case n < 24:
		return d.landmark(4)
	case n < 29:
		return d.short()
	case n < 33:
		return d.special()
	case n < 36:
		return d.magnitude(d.format.MinExp(), d.format.MaxExp)
	case n < 38:
		return d.sign() * float64(1+d.Intn(1<<(d.format.Precision-1)-1)) * d.format.MinSubnormal()
	}
	return d.sign() * d.format.FromOrdinal(d.format.Ordinal(d.format.MaxFinite())-int64(d.Intn(4)))
}

// everyday draws a number that no loss finds extreme.
func (d *drawer) everyday() float64 {
	if d.Intn(3) == 0 {
		return d.short()
	}
	return d.magnitude(-8, 5)
}

func (d *drawer) sign() float64 { return float64(1 - 2*d.Intn(2)) }

// magnitude draws a number of either sign and any bits, its size log-uniform in
// [2^low, 2^(high+1)).
func (d *drawer) magnitude(low, high int) float64 {
	significand := float64(int64(1)<<52|d.Int63n(1<<52)) * 0x1p-52
	return d.fit(d.sign() * math.Ldexp(significand, low+d.Intn(high-low+1)))
}

// fit rounds to the format, and to its largest number rather than to infinity.
func (d *drawer) fit(x float64) float64 {
	most := d.format.MaxFinite()
	return min(max(d.format.Round(x), -most), most)
}

// landmark draws a number within some ulps of a landmark.
func (d *drawer) landmark(ulps int) float64 {
	x := d.fit(landmarks[d.Intn(len(landmarks))] * d.sign())
	return d.near(x, ulps)
}

// near moves x by up to some ulps.
func (d *drawer) near(x float64, ulps int) float64 {
	return d.fit(d.format.FromOrdinal(d.format.Ordinal(x) + int64(d.Intn(2*ulps+1)-ulps)))
}

// short draws a number of few digits.
func (d *drawer) short() float64 {
	return d.fit(d.sign() * float64(d.Intn(160)) * []float64{1, 0.5, 0.25, 0.125, 0.0625}[d.Intn(5)])
}

func (d *drawer) special() float64 {
	f := d.format
	all := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 2, -2, f.MinSubnormal(), -f.MinSubnormal(),
		f.MinNormal(), -f.MinNormal(), f.MaxFinite(), -f.MaxFinite(), f.Next(1), f.Prev(1)}
	return all[d.Intn(len(all))]
}

// probability draws a number in [0, 1]: both ends and what is next to them, every
// magnitude of p and of 1−p, and numbers of few digits.
func (d *drawer) probability() float64 {
	switch n := d.Intn(20); {
	case n < 2:
		return float64(d.Intn(2))
	case n < 9:
		return float64(1+d.Intn(63)) / 64
	case n < 13:
		return d.fit(math.Abs(d.magnitude(-8, -1)))
	case n < 16:
		return d.format.Round(1 - math.Abs(d.magnitude(-d.format.Precision-1, -1)))
	case n < 18:
		return math.Abs(d.magnitude(d.format.MinExp(), -1))
	case n < 19:
		return d.format.FromOrdinal(int64(d.Intn(3)))
	}
	return d.format.FromOrdinal(d.format.Ordinal(1) - int64(d.Intn(3)))
}

// dyadic draws n non-negative numbers of few digits that sum to exactly 1; some may be 0.
func (d *drawer) dyadic(n int) []float64 {
	const parts = 64
	shares := make([]float64, n)
	switch d.Intn(4) {
	case 0: // one-hot
		shares[d.Intn(n)] = 1
		return shares
	case 1: // nearly one-hot
		k := d.Intn(n)
		shares[k] += (parts - 1.) / parts
		shares[d.Intn(n)] += 1. / parts
		return shares
	}
	for range parts {
		shares[d.Intn(n)] += 1. / parts
	}
	return shares
}

// in draws a number of a domain.
func (d *drawer) in(domain loss.Domain) float64 {
	if domain == loss.UnitInterval {
		return d.probability()
	}
	x := d.real()
	if !domain.Holds(x) {
		x = math.Abs(x)
	}
	return x
}
