package properties

import (
	"fmt"
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Level is the error bound that a subject declares, and from which every slack is
// derived. The numbers are those of the levels of package conformance.
type Level int

const (
	Stable   Level = 2 // 32·(1+κ) ulp, times 1+log2 n for a sum of n terms
	Accurate Level = 3 // 4·(1+κ) ulp, times 1+log2 n for a sum of n terms
	Faithful Level = 4 // 1 ulp
	Exact    Level = 5 // ½ ulp
)

var levelFactors = map[Level]float64{Stable: 32, Accurate: 4, Faithful: 1, Exact: 0.5}

// conditioned reports whether the bound grows with the condition number.
func (l Level) conditioned() bool { return l < Faithful }

// roundedUp covers the roundings of the few float64 operations that make a bound, and
// those of κ, which the oracle gives to some 60 bits.
const roundedUp = 1 + 0x1p-40

// ulps is the allowed error of a number with condition number kappa that is a sum of n
// terms, in units in the last place.
func (l Level) ulps(kappa float64, n int) float64 {
	factor := levelFactors[l]
	if l.conditioned() {
		factor *= (1 + kappa) * (1 + math.Log2(float64(max(n, 1))))
	}
	return factor
}

// bound is the allowed error of a number that is a sum of n terms, whose sizes add up to
// sum where that is more than |V|.
func (l Level) bound(f ieee.Format, v oracle.Number, n int, sum float64) float64 {
	unit := ulpOfTruth(f, v)
	if n > 1 {
		unit = max(unit, f.Ulp(sum))
	}
	ulps := l.ulps(v.Kappa, n)
	bound := ulps * unit * roundedUp
	const little, lift = 0x1p-900, 0x1p200
	if bound < little && bound*lift < ulps*(unit*lift) { // a product of so few bits was rounded down
		bound = math.Nextafter(bound, 1)
	}
	return bound
}

// formula is how the bound came about, for people to read.
func (l Level) formula(kappa float64, n int) string {
	switch {
	case !l.conditioned():
		return fmt.Sprintf("%g ulp", levelFactors[l])
	case n > 1:
		return fmt.Sprintf("%g·(1+κ)·(1+log2 n) ulp, κ = %.3g, n = %d", levelFactors[l], kappa, n)
	}
	return fmt.Sprintf("%g·(1+κ) ulp, κ = %.3g", levelFactors[l], kappa)
}

// ulpOfTruth is the unit in the last place of the binade that holds |V|. Where V was
// rounded up to a power of two it lies in the binade below.
func ulpOfTruth(f ieee.Format, v oracle.Number) float64 {
	r := math.Abs(v.Rounded)
	fraction, _ := math.Frexp(r)
	roundedUp := v.Residual != 0 && math.Signbit(v.Residual) != math.Signbit(v.Rounded)
	if fraction == 0.5 && roundedUp && r > f.MinNormal() {
		return f.Ulp(r) / 2
	}
	return f.Ulp(r)
}

// absoluteTerms bounds Σ|terms| over the denominator of a reduction from above: the
// number in whose ulps a sum is measured where its terms may have both signs. The terms
// are those of the float64 reference, whose error is far below the last factor.
func absoluteTerms(c *loss.Call) float64 {
	each := *c
	each.Reduction = loss.None
	p, err := c.Plan()
	if err != nil {
		return 0
	}
	r, err := loss.Eval(&each)
	if err != nil {
		return 0
	}
	var sum loss.Accumulator
	for _, v := range r.Value {
		sum.Add(math.Abs(v))
	}
	d := p.Denominator()
	if d == 0 { // a mean over nothing, or over what float64 cannot sum: the ulp of V serves alone, which is tighter
		return 0
	}
	return sum.Sum() / d * (1 + 0x1p-30)
}

// special reports whether x is NaN or infinite.
func special(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }

func sameSpecial(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }

// sameBits reports whether two numbers are the same; NaN is one number, and the two
// zeros are two.
func sameBits(x, y float64) bool {
	return math.IsNaN(x) && math.IsNaN(y) || math.Float64bits(x) == math.Float64bits(y)
}
