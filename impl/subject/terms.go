package subject

import (
	"math"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ulp"
)

// Terms says what a number is the sum of.
type Terms struct {
	N    int     // 1: no sum
	Size float64 // Σ|terms| over the denominator; 0 where no term is negative, so that it is |V| itself
}

// Unit is what the Ulps of a level are units of, for a number that is the sum of the terms: the ulp of
// the true value or, where the level grows with the condition number and the number of terms, that of
// Σ|terms| where it is larger.
func (t Terms) Unit(l Level, f loss.Format, rounded, residual float64) float64 {
	if l.Conditioned() {
		return ulp.OfSum(f, rounded, residual, t.Size)
	}
	return ulp.Of(f, rounded, residual)
}

// TermsOf returns the terms of each number of an output: the value of a reduction sums the
// values of the batch. A gradient, and every number of an answer without a reduction, stands for
// itself: what it is allowed does not grow with the batch.
func TermsOf(p *loss.Plan, o Output) Terms {
	if o != Value || p.Reduction == loss.None {
		return Terms{N: 1}
	}
	t := Terms{N: max(1, p.Values())}
	if trait, ok := p.Decl.Trait(loss.NonNegativeValue); t.N > 1 && !(ok && trait.Holds && trait.When == nil) {
		t.Size = sizeOfTerms(p)
	}
	return t
}

// sizeOfTerms bounds Σ|terms| over the denominator from above. The terms
// are those of the float64 reference, whose error is far below the last factor.
func sizeOfTerms(p *loss.Plan) float64 {
	each := *p.Call
	each.Reduction = loss.None
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
