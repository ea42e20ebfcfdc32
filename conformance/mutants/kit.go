package mutants

import (
	"math"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

// value replaces the one value of an example.
func value(f func(e *example) float64) Defect {
	return changing(func(e *example, out *outcome) { out.value[0] = f(e) })
}

// slope replaces the derivative of a pointwise loss.
func slope(f func(e *example) float64) Defect {
	return changing(func(e *example, out *outcome) { out.grad[0] = f(e) })
}

// values replaces the values of a vector-valued entry.
func values(f func(e *example) []float64) Defect {
	return changing(func(e *example, out *outcome) { copy(out.value, f(e)) })
}

// gradient replaces the gradient of a row.
func gradient(f func(e *example) []float64) Defect {
	return changing(func(e *example, out *outcome) { copy(out.grad, f(e)) })
}

func changing(f func(e *example, out *outcome)) Defect {
	return func(fr *frame) { fr.change = f }
}

// finishing alters the whole answer.
func finishing(f func(p *loss.Plan, a *subject.Answer)) Defect {
	return func(fr *frame) { fr.finish = f }
}

// checking replaces the check of a call. It is given the right one's outcome.
func checking(f func(c *loss.Call, p *loss.Plan, err error) (*loss.Plan, error)) Defect {
	return func(fr *frame) {
		fr.check = func(c *loss.Call) (*loss.Plan, error) {
			p, err := c.Plan()
			return f(c, p, err)
		}
	}
}

// What follows is right: the pieces that a defect leaves alone.

var (
	sigmoid     = formula.Float64.Unary["sigmoid"]
	softplus    = formula.Float64.Unary["softplus"]
	highest     = formula.Float64.Reduce["max"]
	compensated = formula.Float64.Reduce["sum"]
)

// xtimes is w·x, and 0 where the weight is 0.
func xtimes(w, x float64) float64 {
	if w == 0 {
		return 0
	}
	return w * x
}

// binaryTargets returns the smoothed targets of both classes.
func binaryTargets(e *example) (positive, negative float64) {
	epsilon := e.Scalar("label_smoothing")
	return e.y*(1-epsilon) + epsilon/2, (1-e.y)*(1-epsilon) + epsilon/2
}

// binaryWeights returns the weights of sp(−z) and of sp(z) in binary cross-entropy.
func binaryWeights(e *example) (positive, negative float64) {
	positive, negative = binaryTargets(e)
	return e.Scalar("pos_weight") * positive, negative
}

// binary is binary cross-entropy with the given log(1+e^x). A subnormal target has too few bits to
// be multiplied by pos_weight first.
func binary(e *example, sp func(float64) float64) float64 {
	positive, negative := binaryTargets(e)
	return xtimes(positive, xtimes(e.Scalar("pos_weight"), sp(-e.z))) + xtimes(negative, sp(e.z))
}

// focal holds the factors of the focal loss.
type focal struct{ weight, wrong, entropy, gamma float64 }

func sigmoidFocal(e *example) focal {
	f := focal{1, (1-e.y)*sigmoid(e.z) + e.y*sigmoid(-e.z),
		xtimes(e.y, softplus(-e.z)) + xtimes(1-e.y, softplus(e.z)), e.Scalar("gamma")}
	if e.On("alpha") {
		alpha := e.Scalar("alpha")
		f.weight = alpha*e.y + (1-alpha)*(1-e.y)
	}
	return f
}

func softmaxFocal(e *example) focal {
	e1 := exponentials(e.pred)
	rest, total := 0.0, 0.0
	for k, x := range e1 {
		total += x
		if k != e.label {
			rest += x
		}
	}
	return focal{e.Class("alpha", e.label), rest / total, surprises(e.pred)[e.label], e.Scalar("gamma")}
}

func (f focal) value() float64 {
	if f.weight == 0 {
		return 0
	}
	return xtimes(f.weight*math.Pow(f.wrong, f.gamma), f.entropy)
}

// noLimit reports whether a row of scores has none: nothing but −Inf, or several +Inf.
func noLimit(z []float64) bool {
	infinite := 0
	for _, x := range z {
		if math.IsInf(x, 1) {
			infinite++
		}
	}
	return infinite > 1 || math.IsInf(highest(z), -1)
}

// gaps returns max z − z_k, which is 0 at the highest scores, infinite ones included.
func gaps(z []float64) []float64 {
	top := highest(z)
	return mapped(z, func(x float64) float64 {
		if x == top {
			return 0
		}
		return top - x
	})
}

func exponentials(z []float64) []float64 {
	return mapped(gaps(z), func(gap float64) float64 { return math.Exp(-gap) })
}

// surprises returns −log softmax(z)_k, and NaN where there is no limit.
func surprises(z []float64) []float64 {
	if noLimit(z) {
		return repeated(math.NaN(), len(z))
	}
	rest := compensated(append(exponentials(z), -1))
	return mapped(gaps(z), func(gap float64) float64 { return gap + math.Log1p(rest) })
}

func softmax(z []float64) []float64 {
	if noLimit(z) {
		return repeated(math.NaN(), len(z))
	}
	e := exponentials(z)
	total := compensated(e)
	return mapped(e, func(x float64) float64 { return x / total })
}

// classWeights returns t_k of cross_entropy.
func classWeights(e *example) []float64 {
	epsilon, mass := e.Scalar("label_smoothing"), compensated(e.target)
	t := make([]float64, len(e.target))
	for k, y := range e.target {
		t[k] = e.Class("weight", k) * ((1-epsilon)*y + epsilon/float64(len(t))*mass)
	}
	return t
}

// weighed is Σ t_k·v_k, in which a class of no weight counts for nothing.
func weighed(t, v []float64) float64 {
	terms := make([]float64, len(t))
	for k := range t {
		terms[k] = xtimes(t[k], v[k])
		if math.IsNaN(v[k]) {
			terms[k] = v[k]
		}
	}
	return compensated(terms)
}

func mapped(xs []float64, f func(float64) float64) []float64 {
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = f(x)
	}
	return ys
}
