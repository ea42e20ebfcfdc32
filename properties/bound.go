package properties

import (
	"fmt"
	"math"

	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/impl/subject"
	"github.com/lossproof/lossproof/internal/ieee"
)

// roundedUp covers the roundings of the few float64 operations that make a bound. κ comes
// rounded up.
const roundedUp = 1 + 0x1p-40

// errorBound is the error that a subject at a level may have in a number that is a sum of terms.
func errorBound(l subject.Level, f ieee.Format, v oracle.Number, t subject.Terms) float64 {
	if l == subject.Close {
		atol, rtol := subject.CloseTolerance(f)
		return max((atol+rtol*math.Abs(v.Rounded))*roundedUp, errorBound(subject.Stable, f, v, t))
	}
	unit := t.Unit(l, f, v.Rounded, v.Residual)
	ulps := l.Ulps(v.Kappa, t.N)
	bound := ulps * unit * roundedUp
	const little, lift = 0x1p-900, 0x1p200
	if bound < little && bound*lift < ulps*(unit*lift) { // a product of so few bits was rounded down
		bound = math.Nextafter(bound, 1)
	}
	return bound
}

// formula is how the bound came about, for people to read.
func formula(l subject.Level, kappa float64, n int) string {
	text := l.Formula(n) + " ulp"
	if l.Conditioned() {
		text += fmt.Sprintf(", κ = %.3g", kappa)
	}
	if l.Conditioned() && n > 1 {
		text += fmt.Sprintf(", n = %d", n)
	}
	return text
}
