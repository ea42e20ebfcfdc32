package oracle

import (
	"fmt"
	"math"
	"math/big"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// A definition states a loss over exact inputs: it returns the nodes of its values
// (one; K for a vector-valued entry).
type definition func(e *example) []expr.Node

var definitions = map[string]definition{}

// define gives a catalogue entry its definition.
func define(l *loss.Loss, d definition) *loss.Loss {
	if definitions[l.Name] != nil {
		panic("oracle: " + l.Name + " is defined twice")
	}
	definitions[l.Name] = d
	return l
}

// An example is one example as its definition sees it: a number x[i] is an input of
// the graph, at[i] tells which number it is, so that a definition can choose between
// forms that are equal as functions but not equally easy to bound.
type example struct {
	*expr.Graph
	args loss.Args

	x    []expr.Node // predictions
	at   []float64   // the same, as numbers; ±Inf where x holds the stand-in
	y    []expr.Node // target numbers; a label is a one-hot distribution
	t    int         // label, where the target is one
	want []float64   // the target numbers, as numbers; nil for a label
	held bool        // some of them are constants, by which nothing is differentiated
	u    []float64   // upstream, for a vector-valued entry

	// What is differentiated, where a definition says so; nil: the value, or
	// Σ upstream·value.
	scalar *expr.Node

	// What no finite evaluation gives: the definition overrides these outputs.
	value    float64 // where hasValue: NaN or an infinity
	hasValue bool
	grad     map[int]float64 // by index: NaN or an infinity
	byTarget map[int]float64 // the same for the gradient by the target

	// The definition puts a constant in the place of a power of 0 whose value and slope that has, and whose second derivative
	// it does not have.
	steep bool
}

// infinity is the exponent of the power of two that stands for an infinite logit.
const infinity = 1 << 28

// exact returns the number that x stands for in the graph.
func exact(x float64) *big.Float {
	if math.IsInf(x, 0) {
		far := big.NewFloat(math.Copysign(0.5, x))
		return far.SetMantExp(far, infinity+1)
	}
	return big.NewFloat(x)
}

// newExample builds the inputs of one example. Target numbers that are fixed are constants
// and not inputs to differentiate by: of a label, a term that it multiplies by 0 is absent
// (0·log 0 = 0).
func newExample(args loss.Args, pred, target, upstream []float64, label int, fixed func(y float64) bool) *example {
	e := &example{Graph: expr.New(), args: args, at: pred, t: label, want: target, u: upstream, grad: map[int]float64{}, byTarget: map[int]float64{}}
	for _, x := range pred {
		e.x = append(e.x, e.InputBig(exact(x)))
	}
	for _, y := range target {
		if fixed(y) {
			e.y, e.held = append(e.y, e.Const(y)), true
		} else {
			e.y = append(e.y, e.InputBig(exact(y)))
		}
	}
	if target == nil && label >= 0 {
		for k := range pred {
			e.y = append(e.y, e.Const(indicator(k == label)))
		}
	}
	return e
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// param is a scalar parameter as an exact constant.
func (e *example) param(name string) expr.Node { return e.Const(e.args.Scalar(name)) }

// class is a per-class parameter of class k as an exact constant.
func (e *example) class(name string, k int) expr.Node { return e.Const(e.args.Class(name, k)) }

// complement is 1 − y, the constants 0 and 1 being each other's.
func (e *example) complement(y expr.Node) expr.Node {
	switch y {
	case expr.Zero:
		return expr.One
	case expr.One:
		return expr.Zero
	}
	return e.Sub(expr.One, y)
}

// undefined marks the example as one without a limit.
func (e *example) undefined() []expr.Node {
	e.diverges(math.NaN())
	for i := range e.x {
		e.grad[i], e.byTarget[i] = math.NaN(), math.NaN()
	}
	return []expr.Node{expr.Zero}
}

// diverges overrides the value.
func (e *example) diverges(to float64) {
	e.value, e.hasValue = to, true
}

// mustDefinition returns the definition of a loss.
func mustDefinition(name string) definition {
	d := definitions[name]
	if d == nil {
		panic(fmt.Sprintf("oracle: %s has no definition", name))
	}
	return d
}
