package oracle

import "math"

// A Number is the truth about one output number in one format.
//
// With V the real number that the definition gives, Rounded is V correctly rounded to
// the format (to nearest, ties to even; NaN where there is no V), Residual is
// (V − Rounded)/ulp(V), where ulp(V) is the unit in the last place of the binade that
// holds |V|, and Kappa is an upper bound of the condition number
//
//	κ = Σ |x_i · ∂V/∂x_i| / max(|V|, smallest normal number of the format)
//
// over all predictions and soft targets of the batch (where the loss is a function of their
// differences, over those: see loss.Loss.Axes): above κ by less than 2^-15 of it, or
// below 2^-100, and +Inf where float64 or the enclosure of the sum ends. Residual and
// Kappa are 0 where Rounded is NaN or infinite.
type Number struct {
	Rounded  float64
	Residual float64
	Kappa    float64

	// Either is set where it is not known which of two numbers V rounds to, and both
	// are as near as makes no difference:
	//
	//   - Rounded is 0 and V below 2^-1280 in size, of unknown sign, or 0: sums that
	//     cancel exactly, such as the slope of a softmax along an equal upstream, and
	//     sums of exponentials far beyond every format;
	//   - Residual is ±½ and V, as far as 16384 bits tell, the middle between Rounded and
	//     its neighbour, at most 2^-40 ulp off it: a product with 1 − e^−10²⁰⁰.
	//   - Hull is set and not known to be the set itself.
	Either bool

	// Hull is set at a kink, where V is any of a set of numbers; Rounded is then NaN, and
	// Residual and Kappa are 0. The κ of a value at a kink, or of an end of a hull, is the
	// greatest over the limits beside it.
	Hull *Hull
}

// A Hull is the truth about a gradient number at a kink: the least and the greatest of the
// limits that it has beside the kink, each a truth of its own. A number between them is
// right there.
type Hull struct {
	Low, High Number

	// Outer is set where Low and High are bounds that the ends may not reach: too many
	// things are tied at once to try them all, or it is not known whether they are.
	Outer bool

	// Partial is set where the slope on some side of the kink has no real value, as that of
	// √x at 0, and is left out.
	Partial bool
}

// Nearest is the truth that an answer x is measured against: the number itself, and at a kink
// that element of the hull which is next to x. A 0 of either sign is one where the hull has elements that round to it.
func (n Number) Nearest(x float64) Number {
	h := n.Hull
	switch {
	case h == nil:
		return n
	case x == 0 && h.Low.Rounded <= 0 && h.High.Rounded >= 0 &&
		(math.Signbit(x) && math.Signbit(h.Low.Rounded) || !math.Signbit(x) && !math.Signbit(h.High.Rounded)):
		return Number{Rounded: x}
	case x >= h.High.Rounded:
		return h.High
	case x > h.Low.Rounded:
		return Number{Rounded: x}
	}
	return h.Low // a NaN, too, which is no element
}

// A Truth is the truth about a call, in the layout of loss.Result.
type Truth struct {
	Value      []Number
	Grad       []Number
	TargetGrad []Number // nil without target numbers, and where nobody has asked for it: see Further
	Hess       []Number // nil where nobody has asked for it
}

// Part returns the numbers of an output of package subject, by its name.
func (t *Truth) Part(output string) []Number {
	switch output {
	case "value":
		return t.Value
	case "grad":
		return t.Grad
	case "targetGrad":
		return t.TargetGrad
	case "hess":
		return t.Hess
	}
	return nil
}
