package draw

import (
	"math"

	"github.com/lossproof/lossproof/internal/ieee"
)

// A Landmark is a number at which implementations change their branch, or lose their digits or
// their range. Of most it is the size that matters, and draws give them either sign.
type Landmark struct {
	Name string // under which authored cases know it; empty: they write the number
	Why  string
	At   func(f ieee.Format) float64 // not rounded to the format
}

// landmarks is the only list of them. What lies elsewhere in another format comes first, as
// multiples of ln 2 by integers, roots and powers of two, so that no table of numbers can have a
// typing mistake; numbers that are the same in every format follow.
var landmarks = append(derived, constants()...)

// Golden vectors are drawn from the first so many: what is new goes behind them.
const vectorLandmarks = 15

var derived = []Landmark{
	{"", "the origin", constant(0)},
	{"min_normal", "the smallest normal number", ieee.Format.MinNormal},
	{"min_subnormal", "the smallest number", ieee.Format.MinSubnormal},
	{"", "the end of probabilities", constant(1)},
	{"eps", "the ulp of 1", func(f ieee.Format) float64 { return f.Ulp(1) }},
	{"", "log(1+e^x) becomes x + e^−x (Mächler, Accurately computing log(1 − exp(−|a|)), 2012)", constant(18)},
	{"", "log(1+e^x) becomes x (Mächler 2012)", constant(33.3)},
	{"one_minus_sigmoid", "1 − σ is 0 from here: e^−x is half an ulp below 1", func(f ieee.Format) float64 { return ln2(f.Precision) }},
	{"", "1 + e^−x is 1 from here", func(f ieee.Format) float64 { return ln2(f.Precision + 1) }},
	{"exp_overflow", "e^x is the largest number", func(f ieee.Format) float64 { return ln2(f.MaxExp + 1) }},
	{"exp_subnormal", "e^x is the smallest normal number", func(f ieee.Format) float64 { return ln2(f.MinExp()) }},
	{"exp_zero", "e^x is half the smallest number, and 0 below", func(f ieee.Format) float64 { return ln2(f.MinExp() - f.Precision) }},
	{"", "e^x is the smallest number", func(f ieee.Format) float64 { return ln2(f.MinExp() + 1 - f.Precision) }},
	{"", "far beyond saturation", constant(1e4)},
	{"sqrt_min_normal", "the square is the smallest normal number", func(f ieee.Format) float64 { return math.Sqrt(f.MinNormal()) }},

	{"sqrt_min_subnormal", "the square is the smallest number", func(f ieee.Format) float64 { return math.Sqrt(f.MinSubnormal()) }},
	{"sqrt_max", "the square is about the largest number", func(f ieee.Format) float64 { return math.Sqrt(f.MaxFinite()) }},
	{"max", "the largest number", ieee.Format.MaxFinite},
	{"", "a sum loses 1 from here", func(f ieee.Format) float64 { return math.Ldexp(1, f.Precision) }},
	{"", "−log of the ulp of 1", func(f ieee.Format) float64 { return ln2(f.Precision - 1) }},
	{"", "half an ulp of 1", func(f ieee.Format) float64 { return f.Ulp(1) / 2 }},
	{"", "x² is an ulp of 1", func(f ieee.Format) float64 { return math.Sqrt(f.Ulp(1)) }},
	{"", "2^x is beyond the format", func(f ieee.Format) float64 { return float64(f.MaxExp + 1) }},
}

func constants() (all []Landmark) {
	for _, group := range []struct {
		why string
		at  []float64
	}{
		{"e^x is split, log or log(1+x)", []float64{math.Ln2 / 2, math.Ln2, 3 * math.Ln2 / 2, math.Sqrt2 / 2, math.Sqrt2, 0.25, 0.5}},
		{"tables are cut at powers of two", []float64{2, 4, 8, 16, 64}},
		{"a focal loss with γ = 2 turns from concave to convex", []float64{2.79, 4.018}},
		{"torch.nn.Softplus is x from here", []float64{20}},
		{"torch.nn.BCELoss cuts logarithms off", []float64{100}},
		{"people clip probabilities", []float64{1e-4, 1e-5, 1e-6, 1e-7, 1 - 1e-7, 1e-8, 1e-12, 1e-15}},
		{"and more of them, from both ends", []float64{1e-3, 1e-9, 1e-10, 1e-16, 1e-20, 1e-30, 1e-37, 1e-38,
			1 - 1e-3, 1 - 1e-4, 1 - 1e-5, 1 - 1e-6, 1 - 1e-8, 1 - 1e-9, 1 - 1e-10, 1 - 1e-12, 1 - 1e-15}},
		{"the logit of 1 − 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-12, 1e-15", []float64{9.21024036697585, 11.512915464920228,
			13.815509557963774, 16.118095550958315, 18.420680733952365, 27.631021115927548, 34.538776394910684}},
		{"−log of 1e-3, 1e-9, 1e-10, 1e-16, 1e-20, 1e-30, 1e-37, 1e-38: the end of a loss after such a clip", []float64{6.907755278982137,
			20.72326583694641, 23.025850929940457, 36.841361487904734, 46.051701859880914, 69.07755278982137, 85.19564844077969, 87.49823353377374}},
		{"−log 1e-7, the smallest logarithm after that clip", []float64{16.11809565095832}},
		{"people type cut-offs", []float64{9, 10, 15, 17, 30, 36, 36.7, 37, 40, 50, 87, 88, 88.7, 89, 103, 104, 500, 700, 708, 709, 709.8, 710, 745, 746, 1000}},
		{"far beyond saturation", []float64{1e8, 1e10}},
	} {
		for _, x := range group.at {
			all = append(all, Landmark{"", group.why, constant(x)})
		}
	}
	return all
}

func constant(x float64) func(ieee.Format) float64 {
	return func(ieee.Format) float64 { return x }
}

// ln2 is n·ln 2.
func ln2(n int) float64 { return float64(float64(n) * math.Ln2) }

// Landmarks lists them all.
func Landmarks() []Landmark { return landmarks }

// LandmarkNamed is the landmark with a name; false where there is none.
func LandmarkNamed(name string) (Landmark, bool) {
	for _, m := range landmarks {
		if m.Name == name && name != "" {
			return m, true
		}
	}
	return Landmark{}, false
}

// Landmark draws a number within so many ulps of a landmark, which is one of another format now
// and then: whoever computes in float64 may still branch where float32 ends.
func (d *Drawer) Landmark(ulps int) float64 {
	f := One(d, d.Format, d.Format, One(d, ieee.Formats()...))
	return d.Near(d.Fit(float64(d.Sign()*math.Abs(One(d, landmarks...).At(f)))), ulps)
}
