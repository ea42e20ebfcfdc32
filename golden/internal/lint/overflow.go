package lint

import (
	"fmt"
	"math"

	"github.com/lossproof/lossproof/golden"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
)

// nearOverflow is how near a finite answer may come to the largest finite number,
// relative to it, for each unit of 1+κ. A subject whose error is within the bound of a
// level must not be able to cross over: then the case would ask for luck. 2^-40 is beyond
// what any format of up to 24 bits can resolve, so there it only forbids the number
// itself and what rounds to it; in float64 it leaves 2^12 ulp.
const nearOverflow = 0x1p-40

// farOverflow is the same for an infinite answer, whose κ nobody knows any more: the
// number that overflowed must exceed the largest finite one by this much, relative to it.
const farOverflow = 0x1p-10

// CheckOverflow demands that no answer of a vector is a near miss of overflow. Infinite
// answers are checked where the float64 reference still says how large the number is:
// in the narrower formats.
func CheckOverflow(v *golden.Vector) error {
	f := v.Call.Format
	var reference *loss.Result
	for _, part := range []struct {
		name    string
		numbers []oracle.Number
		of      func(*loss.Result) []float64
	}{
		{"value", v.Truth.Value, func(r *loss.Result) []float64 { return r.Value }},
		{"grad", v.Truth.Grad, func(r *loss.Result) []float64 { return r.Grad }},
		{"targetGrad", v.Truth.TargetGrad, func(r *loss.Result) []float64 { return r.TargetGrad }},
		{"hess", v.Truth.Hess, func(r *loss.Result) []float64 { return r.Hess }},
	} {
		for i, n := range part.numbers {
			if math.IsInf(n.Rounded, 0) && f.Width < ieee.Float64.Width {
				if reference == nil {
					var err error
					if reference, err = loss.EvalDiagonal(&v.Call); err != nil {
						return err
					}
				}
				if x := math.Abs(part.of(reference)[i]); x < f.MaxFinite()*(1+farOverflow) {
					return fmt.Errorf("%s[%d] is infinite, and %v overflows %s only just", part.name, i, x, f)
				}
			}
			if finiteNearOverflow(f, n) {
				return fmt.Errorf("%s[%d] = %v is finite only just in %s", part.name, i, n.Rounded, f)
			}
		}
	}
	return nil
}

func finiteNearOverflow(f ieee.Format, n oracle.Number) bool {
	x := math.Abs(n.Rounded)
	// With κ beyond 2^39 the bound says nothing; an answer of half the range is far enough.
	slack := min(nearOverflow*(1+n.Kappa), 0.5)
	return !math.IsInf(x, 0) && x >= f.MaxFinite()*(1-slack)
}
