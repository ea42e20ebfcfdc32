package conformance

import (
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Inputs says what the numbers of a case are like, and so how often its like occurs in use.
type Inputs string

// What the numbers of a case can be like: the first that applies, from the end.
const (
	// Everyday: every number is 0 or has a magnitude from 2⁻¹⁴ to 16, a coordinate of a box one up to 4096; a probability is
	// also that far from 1.
	Everyday Inputs = "everyday"
	// Large: the same with 2⁻²⁰ and 1024, and 2¹⁸ for a coordinate: large, or next to 0 or 1.
	Large Inputs = "large"
	// Extreme: finite numbers beyond these.
	Extreme Inputs = "extreme"
	// NonFinite: a NaN or an infinity, in the case or in what is true of it.
	NonFinite Inputs = "non-finite"
	// Empty: a batch of no items, or a mean over nothing, whose denominator is 0.
	Empty Inputs = "empty"
)

// AllInputs lists them, the most frequent in use first.
func AllInputs() []Inputs { return []Inputs{Everyday, Large, Extreme, NonFinite, Empty} }

// How far from 0 numbers may be in a power of two, and how near.
const (
	everydayLow, everydayHigh = -14, 4
	largeLow, largeHigh       = -20, 10
	boxes                     = 8 // by so much more for a coordinate
)

// inputsOf says what the numbers of a case are like, of one output whose truth is given.
func inputsOf(call *loss.Call, decl *loss.Loss, truth []oracle.Number) Inputs {
	if p, err := call.Plan(); len(call.Pred) == 0 || err == nil && p.EmptyMean() {
		return Empty
	}
	found := Everyday
	worse := func(to Inputs) {
		if slices.Index(AllInputs(), to) > slices.Index(AllInputs(), found) {
			found = to
		}
	}
	look := func(xs []float64, more int) {
		for _, x := range xs {
			size := math.Abs(x)
			switch {
			case ulp.Special(x):
				worse(NonFinite)
			case x == 0 || within(size, everydayLow, everydayHigh+more):
			case within(size, largeLow, largeHigh+more):
				worse(Large)
			default:
				worse(Extreme)
			}
		}
	}
	more := 0
	if decl.Shape.Several() {
		more = boxes
	}
	look(call.Pred, more)
	look(call.Target, more)
	for _, xs := range [][]float64{call.Pred, call.Target} {
		if decl.Prediction == loss.UnitInterval {
			look(fromOne(xs), 0)
		}
	}
	look(call.Weight, 0)
	look(call.Upstream, 0)
	for k := range decl.Params {
		if p := &decl.Params[k]; p.Kind != loss.Integer { // which is a label, whatever its size
			look(call.Params[p.Name], more)
		}
	}
	for _, v := range truth {
		if ulp.Special(v.Rounded) {
			worse(NonFinite)
		}
	}
	return found
}

func within(size float64, low, high int) bool {
	return size >= math.Ldexp(1, low) && size <= math.Ldexp(1, high)
}

func fromOne(xs []float64) []float64 {
	apart := make([]float64, len(xs))
	for k, x := range xs {
		apart[k] = 1 - x
	}
	return apart
}
