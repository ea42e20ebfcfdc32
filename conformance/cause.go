package conformance

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle"
	"github.com/lossproof/lossproof/internal/ieee"
	"github.com/lossproof/lossproof/internal/ulp"
)

// A Cause is why a check failed, as far as its numbers tell. Some are followed by what they are about:
// “constant factor 1/2”, “ignores pos_weight”, “convention argmax_tie=last”.
type Cause string

// The causes. What a subject did in place of an answer comes first, then what numbers tell.
const (
	Panics       Cause = "panics"
	NoRepeat     Cause = "not repeatable"
	Changes      Cause = "changes its input"
	Refuses      Cause = "refuses good input"
	Accepts      Cause = "accepts bad input"
	OtherClass   Cause = "another class of error"
	Length       Cause = "wrong number of numbers"
	NoDtype      Cause = "a number that the dtype does not have"
	Ends         Cause = "the program ends"
	Hangs        Cause = "the program hangs"
	NoAnswer     Cause = "no answer of the protocol"
	Passes       Cause = "a known failure that passes"
	Reversed     Cause = "bytes reversed"
	Overflow     Cause = "overflow"
	Underflow    Cause = "underflow"
	Cancellation Cause = "cancellation"
	Special      Cause = "not finite"
	FewDigits    Cause = "too few digits"
	ZeroSign     Cause = "sign of zero"
	Narrow       Cause = "computed in a narrower type" // followed by the type
	WrongSign    Cause = "wrong sign"
	Factor       Cause = "constant factor"
	Divides      Cause = "reduction's denominator" // followed by what it divides by
	Convention   Cause = "convention"              // another one than declared, which follows
	Ignores      Cause = "ignores"
	OtherLoss    Cause = "the numbers of"
	Shifted      Cause = "labels are off by one"
	Exchanged    Cause = "prediction and target exchanged"
	ByTarget     Cause = "gradient by the target"
	ByPrediction Cause = "gradient by the prediction"
	FirstSlope   Cause = "first derivative"
	Suspected    Cause = "known defect"
	OtherSlope   Cause = "gradient of another function"
	SoftTargets  Cause = "soft targets"
	OtherValue   Cause = "another value"
	BrokenLaw    Cause = "breaks the law" // which follows; each answer by itself is right
	Unproved     Cause = "a law was not checked"
)

// byOutcome has the causes that need no numbers, and says what they mean.
var byOutcome = map[Outcome]cause{
	Panicked:       {Cause: Panics, why: "the function panics"},
	Unrepeatable:   {Cause: NoRepeat, why: "the same call has another answer when it is made again: memory, randomness or a race"},
	Mutated:        {Cause: Changes, why: "a slice that the function was given came back changed"},
	Refused:        {Cause: Refuses, why: "an error where there is an answer"},
	Accepted:       {Cause: Accepts, why: "an answer where the input is bad and must be refused"},
	WrongClass:     {Cause: OtherClass, why: "bad input is refused, for another reason than the right one"},
	WrongLength:    {Cause: Length, why: "the answer has another shape than the call"},
	WrongFormat:    {Cause: NoDtype, why: "the answer was not rounded to the dtype of the call"},
	Crashed:        {Cause: Ends, why: "it ended while it was asked"},
	Hung:           {Cause: Hangs, why: "no answer came in time"},
	Malformed:      {Cause: NoAnswer, why: "what it wrote is not what the protocol wants"},
	UnexpectedPass: {Cause: Passes, why: "the list of known failures is out of date"},
}

// A cause is a Cause with what is known of it in one case.
type cause struct {
	Cause Cause
	why   string
	weak  bool // the error is so small that rounding may have made it: others have to show the cause
}

// evidence is what the numbers of a failed check are told by: all of an output, beside the truth.
type evidence struct {
	plan       *loss.Plan
	output     Output
	got        []float64
	want       []oracle.Number // the nearest element, at a kink
	at         int             // the number that the failure is about
	valueRight bool            // the value of the same answer is right

	guess []cause // what guesses found
	tried bool    // and that it was asked
}

func evidenceOf(p *loss.Plan, o Output, at int, got []float64, want []oracle.Number) *evidence {
	e := &evidence{plan: p, output: o, at: at, got: slices.Clone(got)}
	for i, v := range want {
		e.want = append(e.want, v.Nearest(got[i]))
	}
	return e
}

// names are those of the outputs in a sentence.
var names = map[Output]string{Grad: "gradient", TargetGrad: "gradient by the target", Hess: "diagonal of the Hessian"}

func (e *evidence) truth() []float64 {
	xs := make([]float64, len(e.want))
	for i, v := range e.want {
		xs[i] = v.Rounded
	}
	return xs
}

// half is the relative difference of numbers that agree in half of their digits: more than rounding
// makes of a right formula, and less than there is between two formulas.
func half(f ieee.Format) float64 { return math.Ldexp(1, -f.Precision/2) }

// near reports whether two outputs agree in half of their digits, small numbers beside large
// ones aside.
func near(f ieee.Format, xs, ys []float64) bool {
	if len(xs) != len(ys) {
		return false
	}
	largest := 0.0
	for _, y := range ys {
		if !ulp.Special(y) {
			largest = max(largest, math.Abs(y))
		}
	}
	aside := math.Ldexp(largest, 3-f.Precision)
	for i, x := range xs {
		y := ys[i]
		if ulp.Special(x) || ulp.Special(y) {
			if !ulp.SameSpecial(x, y) {
				return false
			}
			continue
		}
		if math.Abs(x-y) > max(aside, half(f)*max(math.Abs(x), math.Abs(y))) {
			return false
		}
	}
	return true
}

// informative reports whether an output has a number that does not come about by chance.
func informative(xs []float64) bool {
	return slices.ContainsFunc(xs, func(x float64) bool { return x != 0 && !ulp.Special(x) })
}

// numeric tells what happened to the digits of a right formula. It always has an answer.
func (e *evidence) numeric() cause {
	f, x, v := e.plan.Format, e.got[e.at], e.want[e.at].Rounded
	switch {
	case ulp.Special(v):
		return cause{Cause: Special, why: fmt.Sprintf("the answer is %s where the truth is %s", decimal(f, x), decimal(f, v))}
	case ulp.Special(x):
		return e.special()
	case x == 0 && v == 0:
		return cause{Cause: ZeroSign, why: "the zero has the other sign"}
	case math.Abs(v) < math.Ldexp(f.MinNormal(), f.Precision) && math.Abs(x) < math.Abs(v):
		return cause{Cause: Underflow, why: fmt.Sprintf("the true value is %.3g, and a part of it is below the smallest number of %s, %.3g", v, f.Name, f.MinSubnormal())}
	case math.Abs(x-v) <= e.unit() && x == 0:
		return e.lost()
	case math.Abs(x-v) <= e.unit() && math.Abs(v) < e.size()/4:
		return cause{Cause: Cancellation, why: fmt.Sprintf("the error is that of rounding a number near %.3g, from which the result of size %.3g is left", e.size(), math.Abs(v))}
	case math.Abs(x-v) <= e.complement():
		return cause{Cause: Cancellation, why: "1 − p has the rounding error of 1 where p is near 1, and few right digits: so has its logarithm"}
	case math.Abs(x-v) <= half(f)*math.Abs(v):
		return cause{Cause: FewDigits, why: fmt.Sprintf("%.0f of %d bits are right", -math.Log2(math.Abs(x-v)/math.Abs(v)), f.Precision)}
	case e.output != Value && e.valueRight:
		return cause{Cause: OtherSlope, why: "the value is right here, and the " + names[e.output] + " is not its derivative"}
	}
	return cause{Cause: OtherValue, why: "no digits are right, and no change of the formula that is tried here gives these numbers"}
}

// lost is the cause of a 0 in place of a tiny number.
func (e *evidence) lost() cause {
	return cause{Cause: Cancellation, why: fmt.Sprintf("the true value %.3g is lost beside a larger number: 1 + x is 1 for x below %.3g",
		e.want[e.at].Rounded, math.Ldexp(1, -e.plan.Format.Precision))}
}

// special tells why a number is infinite or NaN whose truth is finite.
func (e *evidence) special() cause {
	f, p := e.plan.Format, e.plan
	reach, infinite, v := e.reach(), slices.ContainsFunc(e.item(), func(x float64) bool { return math.IsInf(x, 0) }), e.want[e.at].Rounded
	overflows := math.Log(f.MaxFinite())
	rounds := float64(f.Precision) * math.Ln2
	unit := p.Decl.Prediction.Low == 0 && p.Decl.Prediction.High == 1
	switch {
	case infinite:
		return cause{Cause: Special, why: "an infinite input with a finite answer: ∞ − ∞, or 0·∞. Where none is taken, declare FiniteInputs"}
	case unit:
		return cause{Cause: Special, why: "log 0, 0·∞ or 0/0 at an end of [0, 1]"}
	case reach > math.Sqrt(f.MaxFinite()):
		return cause{Cause: Overflow, why: fmt.Sprintf("eˣ is infinite in %s beyond x = %.4g, and a product of two numbers beyond %.4g; the input reaches %.4g",
			f.Name, overflows, math.Sqrt(f.MaxFinite()), reach)}
	case reach > overflows:
		return cause{Cause: Overflow, why: fmt.Sprintf("eˣ is infinite in %s beyond x = %.4g, and the input reaches %.4g", f.Name, overflows, reach)}
	case math.Abs(v) > f.MaxFinite()/1024 || slices.ContainsFunc(p.Weight, func(w float64) bool { return w > f.MaxFinite()/1024 }):
		return cause{Cause: Overflow, why: fmt.Sprintf("a sum or a product on the way exceeds the largest number of %s, %.4g", f.Name, f.MaxFinite())}
	case reach > rounds:
		return cause{Cause: Cancellation, why: fmt.Sprintf("a probability rounds to 1 in %s beyond |x| = %.4g: then 1 − p is 0, and its logarithm infinite", f.Name, rounds)}
	}
	return cause{Cause: Special, why: "log 0, 0·∞ or 0/0 on the way"}
}

// item holds the predicted numbers that the number in question comes from.
func (e *evidence) item() []float64 {
	p := e.plan
	per := 1 // numbers of the output for each item
	switch {
	case e.output == Value && p.Reduction != loss.None:
		return p.Pred
	case e.output == TargetGrad:
		per = p.TargetWidth
	case e.output == Grad || e.output == Hess || p.Decl.VectorValued:
		per = p.Width
	}
	lo := e.at / per * p.Width
	return p.Pred[min(lo, len(p.Pred)):min(lo+p.Width, len(p.Pred))]
}

// reach is how far from 0, or within a row from each other, the finite predictions are.
func (e *evidence) reach() float64 {
	low, high := 0.0, 0.0
	for _, x := range e.item() {
		if !ulp.Special(x) {
			low, high = min(low, x), max(high, x)
		}
	}
	if e.plan.Width > 1 {
		return high - low
	}
	return max(high, -low)
}

// size is that of the numbers from which the result is computed, as far as they can be seen.
func (e *evidence) size() float64 { return max(1, e.reach(), math.Abs(e.want[e.at].Rounded)) }

// unit is the error that rounding a number of that size a few times makes.
func (e *evidence) unit() float64 {
	const roundings = 16
	terms := 1.0
	if e.output == Value && e.plan.Reduction != loss.None {
		terms = float64(max(1, e.plan.Values()))
		if e.plan.Reduction.Mean() {
			terms = 1
		}
	}
	return roundings * terms * e.plan.Format.Ulp(e.size()) / 2
}

// complement is the error of log(1 − p) for a logit x, where 1 − p is e^−x with the rounding error of 1.
func (e *evidence) complement() float64 {
	if p := e.plan.Decl.Prediction; p.Low == 0 && p.High == 1 {
		return 0
	}
	p := float64(e.plan.Format.Precision)
	return math.Exp(min(e.reach(), p*math.Ln2+1)) * math.Exp2(1-p)
}

// told says a cause with what it is about in one case.
func told(c Cause, about, why string) cause {
	if about != "" {
		c = Cause(string(c) + " " + about)
	}
	return cause{Cause: c, why: why}
}

// Kind is the cause without what it is about.
func (c Cause) Kind() Cause {
	for _, k := range []Cause{Narrow, Factor, Divides, Convention, Ignores, OtherLoss, Suspected, BrokenLaw} {
		if strings.HasPrefix(string(c), string(k)+" ") {
			return k
		}
	}
	return c
}
