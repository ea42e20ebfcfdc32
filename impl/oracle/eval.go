package oracle

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/ieee"
)

// ErrUndecided says that the rounding of a result was not certain at the highest
// precision.
var ErrUndecided = errors.New("oracle: the rounding of a result is not certain at the highest precision")

// firstPrec is where Ziv's strategy begins: the 53 bits of a float64, the 36 of its
// residual, and room for the rounding of some dozens of operations.
const firstPrec = 128

// lastPrec is where it ends: twice the 4,200 bits of the exact square of a difference
// of two float64, and enough for everything that cancels down to e^−10⁴.
const lastPrec = 1 << 14

// Eval returns the truth about a call: value and gradient, each correctly rounded to
// c.Format. The error is a *loss.Error for bad input, or ErrUndecided.
func Eval(c *loss.Call) (*Truth, error) {
	q, err := Ask(c)
	if err != nil {
		return nil, err
	}
	truth := &Truth{}
	if truth.Value, err = q.Value(); err != nil {
		return nil, err
	}
	if truth.Grad, err = q.Grad(); err != nil {
		return nil, err
	}
	for i := range truth.Value {
		truth.Value[i].Kappa = q.ValueKappa(i)
	}
	for i := range truth.Grad {
		truth.Grad[i].Kappa = q.GradKappa(i)
	}
	return truth, nil
}

// EvalTarget returns the gradient by the target numbers, in the layout of
// loss.Result.TargetGrad. Under mean/weight the weights of a distribution are part of
// the denominator, and so of the gradient.
func EvalTarget(c *loss.Call) ([]Number, error) {
	q, err := newQuestion(c, true, nil)
	if err != nil || c.Target == nil {
		return nil, err
	}
	return q.conditioned(byTarget)
}

// EvalProduct returns the product of the Hessian by the prediction with a direction,
// in the layout of loss.Result.Product.
func EvalProduct(c *loss.Call, direction []float64) ([]Number, error) {
	q, err := newQuestion(c, false, direction)
	if err != nil {
		return nil, err
	}
	return q.conditioned(alongDirection)
}

// conditioned is one of the gradients with its condition numbers.
func (q *question) conditioned(which int) ([]Number, error) {
	a := q.answers(which)
	if err := q.all(a); err != nil {
		return nil, err
	}
	for i := range a.numbers {
		a.numbers[i].Kappa = q.gradientKappa(a, i)
	}
	return a.numbers, nil
}

// EvalHess returns the diagonal of the Hessian by the prediction, in the layout of loss.Result.Hess: number k is the
// second derivative by prediction k. It is NaN at a pole, and where an input is infinite. Of an item of K predictions it
// is K second derivatives, each with the derivatives of it by all inputs.
func EvalHess(c *loss.Call) ([]Number, error) {
	q, err := newQuestion(c, false, nil)
	if err != nil {
		return nil, err
	}
	return q.conditioned(onDiagonal)
}

// A question is a call on its way to an answer: one graph for each item of the batch, and one for
// all that are alike.
type question struct {
	*loss.Plan
	format   ieee.Format
	examples []*state                      // nil where the example is ignored or has weight 0
	measures map[measure]interval.Interval // sensitivities that were found
	empty    bool                          // a mean over nothing
	lost     bool                          // a mean whose denominator is NaN, and with it everything that counts
	levels   []level                       // those that were needed so far
	means    []interval.Interval           // of the reduction, by level
}

// A state is one example with the nodes that have been built for it.
type state struct {
	*example
	outputs []expr.Node // the values
	nan     bool        // an input is NaN, and so is every output
	nodes   [ofValue][]expr.Node

	measured    []expr.Node                    // finite predictions and soft targets
	gaps        []gap                          // differences of them, where the loss is a function of differences
	evaluations map[uint]*expr.Evaluation      // by precision
	ways        map[int]*separated             // for condition numbers, by what is conditioned
	sums        map[[2]int][]interval.Interval // Σ |x·∂out/∂x| at rising precisions, by kind and number of the output
}

// Which gradient, or the value.
const (
	byPrediction = iota
	byTarget
	alongDirection
	onDiagonal
	ofValue
)

func newQuestion(c *loss.Call, wantTarget bool, direction []float64) (*question, error) {
	p, err := c.Plan()
	if err != nil {
		return nil, err
	}
	if p.Decl.Unknown() {
		return nil, ErrNoDefinition
	}
	q := &question{Plan: p, format: c.Format}
	if q.format.Width == 0 {
		q.format = ieee.Float64
	}
	q.examples = make([]*state, p.Items())
	known := map[string]*state{}
	for i := range q.examples {
		if p.Ignored(i) || p.Weighting(i) == 0 {
			continue
		}
		key := q.inputsOf(i, direction)
		if known[key] == nil {
			known[key] = q.stateOf(i, wantTarget)
			if direction != nil {
				known[key].differentiateAlong(direction[i*p.Width : (i+1)*p.Width])
			}
		}
		q.examples[i] = known[key]
	}
	q.lost = q.losesDenominator()
	q.empty = !q.lost && p.Reduction.Mean() && q.level(0).denominator.Hi().Sign() == 0
	return q, nil
}

func newState(e *example) *state {
	return &state{example: e, evaluations: make(map[uint]*expr.Evaluation), ways: make(map[int]*separated),
		sums: make(map[[2]int][]interval.Interval)}
}

// inputsOf is all that the answer for example i depends on, but for its weight.
func (q *question) inputsOf(i int, direction []float64) string {
	if len(q.examples) == 1 {
		return ""
	}
	key := q.AppendInputs(nil, i)
	if direction != nil {
		for _, x := range direction[i*q.Width : (i+1)*q.Width] {
			key = binary.LittleEndian.AppendUint64(key, math.Float64bits(x))
		}
	}
	return string(key)
}

// stateOf builds the graph of example i.
func (q *question) stateOf(i int, wantTarget bool) *state {
	lo, hi := i*q.Width, (i+1)*q.Width
	var target, upstream []float64
	label := -1
	if q.Target != nil {
		target = q.Target[i*q.TargetWidth : (i+1)*q.TargetWidth]
	}
	if q.Label != nil {
		label = q.Label[i]
	}
	if q.Decl.VectorValued {
		upstream = q.upstream(lo, hi)
	}
	if slices.ContainsFunc(q.Pred[lo:hi], math.IsNaN) || slices.ContainsFunc(target, math.IsNaN) {
		return &state{nan: true, example: &example{at: q.Pred[lo:hi]}}
	}
	inGaps := q.Decl.Axes != nil
	fixed := func(y float64) bool { return !wantTarget && !inGaps && q.Decl.IsLabel(y) }
	s := newState(newExample(q.Args, q.Pred[lo:hi], target, upstream, label, fixed))
	s.outputs = definitionOf(q.Decl)(s.example)
	if inGaps {
		s.measureGaps(q.Decl.Axes(q.Width), slices.Concat(s.at, target))
		return s
	}
	for k, x := range s.x {
		if !math.IsInf(s.at[k], 0) {
			s.measured = append(s.measured, x)
		}
	}
	for k := range target {
		if !q.Decl.IsLabel(target[k]) {
			s.measured = append(s.measured, s.y[k])
		}
	}
	return s
}

// nodesOf returns the nodes of the values or of a gradient.
func (s *state) nodesOf(which int) []expr.Node {
	if which == ofValue {
		return s.outputs
	}
	return s.slopes(which)
}

// slopes returns the nodes of a gradient.
func (s *state) slopes(which int) []expr.Node {
	if s.nodes[which] != nil {
		return s.nodes[which]
	}
	switch which {
	case byTarget:
		s.nodes[which] = s.Grad(s.objective(), s.y...)
	case onDiagonal:
		for k, slope := range s.slopes(byPrediction) {
			s.nodes[which] = append(s.nodes[which], s.Grad(slope, s.x[k])...)
		}
	default:
		s.nodes[which] = s.Grad(s.objective(), s.x...)
	}
	return s.nodes[which]
}

// objective returns what is differentiated.
func (s *state) objective() expr.Node {
	switch {
	case s.scalar != nil:
		return *s.scalar
	case s.u == nil:
		return s.outputs[0]
	}
	terms := make([]expr.Node, len(s.u))
	for k, u := range s.u {
		terms[k] = s.Mul(s.Const(u), s.outputs[k])
	}
	return s.Sum(terms...)
}

// upstream returns the upstream of a row, all ones where the call has none.
func (q *question) upstream(lo, hi int) []float64 {
	if q.Upstream != nil {
		return q.Upstream[lo:hi]
	}
	ones := make([]float64, hi-lo)
	for i := range ones {
		ones[i] = 1
	}
	return ones
}

// differentiateAlong builds the nodes of the Hessian times a direction: the gradient
// of ⟨∇L, direction⟩.
func (s *state) differentiateAlong(direction []float64) {
	if s.nan {
		return
	}
	terms := make([]expr.Node, len(direction))
	for i, d := range direction {
		terms[i] = s.Mul(s.Const(d), s.slopes(byPrediction)[i])
	}
	s.nodes[alongDirection] = s.Grad(s.Sum(terms...), s.x...)
}

// overriddenValue returns the NaN or infinity that the definition gave instead of the
// values.
func (s *state) overriddenValue() (float64, bool) {
	if s.nan {
		return math.NaN(), true
	}
	return s.value, s.hasValue
}

// overridden returns the NaN or infinity that the definition gave instead of output i.
func (s *state) overridden(which, i int) (float64, bool) {
	if s.nan {
		return math.NaN(), true
	}
	var v float64
	var ok bool
	switch which {
	case byPrediction:
		v, ok = s.grad[i]
	case byTarget:
		v, ok = s.byTarget[i]
	default: // the curvature at a pole is not asked for
		if _, ok = s.grad[i]; ok || s.steep {
			return math.NaN(), true
		}
	}
	return v, ok
}
