package expr

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/lossproof/lossproof/impl/oracle/interval"
)

const seed = 20260101

// A recipe is an expression that can be built again over other inputs: each step applies an operation to earlier results.
type recipe []step

type step struct {
	kind kind
	a, b int // indices of inputs and of earlier steps
}

// build adds the recipe to g and returns its last result.
func (r recipe) build(g *Graph, inputs []Node) Node {
	nodes := append([]Node(nil), inputs...)
	for _, s := range r {
		nodes = append(nodes, s.apply(g, nodes))
	}
	return nodes[len(nodes)-1]
}

func (s step) apply(g *Graph, nodes []Node) Node {
	a, b := nodes[s.a], nodes[s.b]
	switch s.kind {
	case constant:
		return g.Const(float64(s.a)/4 - 1) // 0 and 1 among them, so that folding is met
	case add:
		return g.Add(a, b)
	case sub:
		return g.Sub(a, b)
	case mul:
		return g.Mul(a, b)
	case quo:
		return g.Quo(a, b)
	case neg:
		return g.Neg(a)
	case exp:
		return g.Exp(a)
	case log:
		return g.Log(a)
	case log1p:
		return g.Log1p(a)
	case expm1:
		return g.Expm1(a)
	case sigmoid:
		return g.Sigmoid(a)
	case softplus:
		return g.Softplus(a)
	}
	return furtherSteps[s.kind](g, a, b)
}

var furtherSteps = map[kind]func(g *Graph, a, b Node) Node{
	sqrt:    func(g *Graph, a, _ Node) Node { return g.Sqrt(a) },
	atan:    func(g *Graph, a, _ Node) Node { return g.Atan(a) },
	atan2:   (*Graph).Atan2,
	abs:     func(g *Graph, a, _ Node) Node { return g.Abs(a) },
	maximum: (*Graph).Max,
	minimum: (*Graph).Min,
	sum:     func(g *Graph, a, b Node) Node { return g.Sum(a, b, a) },
	choice:  func(g *Graph, a, b Node) Node { return g.If(g.Sub(a, b), g.Log(g.Sub(a, b)), g.Atan(b)) },
}

// sane reports whether the step stays well inside of its domain and keeps numbers moderate, judged by values near enough.
func (s step) sane(values []float64) bool {
	a, b := values[s.a], values[s.b]
	const large, off = 20, 0.125
	switch s.kind {
	case quo:
		return b > off || b < -off
	case exp, expm1, sigmoid, softplus:
		return -large < a && a < large
	case log, sqrt:
		return a > off
	case atan2:
		return a > off || a < -off || b > off // off the origin and the cut
	case abs: // off the kinks
		return a > off || a < -off
	case maximum, minimum, choice:
		return a-b > off || b-a > off
	case log1p:
		return a > off-1
	}
	return -1e6 < a && a < 1e6 && -1e6 < b && b < 1e6
}

// drawn are the operations of a random recipe.
var drawn = []kind{constant, add, sub, mul, quo, neg, exp, log, log1p, expm1, sigmoid, softplus, sqrt, atan, atan2, abs, maximum, minimum, sum, choice}

// randomRecipe draws a recipe of n steps, each of which is in its domain at the inputs.
func randomRecipe(r *rand.Rand, inputs []float64, n int) recipe {
	g := New()
	var nodes []Node
	values := append([]float64(nil), inputs...)
	for _, x := range inputs {
		nodes = append(nodes, g.Input(x))
	}
	ev := g.Evaluate(64)
	var steps recipe
	for len(steps) < n {
		s := step{drawn[r.IntN(len(drawn))], r.IntN(len(nodes)), r.IntN(len(nodes))}
		if r.IntN(2) == 0 {
			s.a = len(nodes) - 1 // makes deep expressions
		}
		if !s.sane(values) {
			continue
		}
		steps = append(steps, s)
		nodes = append(nodes, s.apply(g, nodes))
		v, _ := ev.Value(nodes[len(nodes)-1]).Lo().Float64()
		values = append(values, v)
	}
	return steps
}

// The mean value theorem: for f differentiable on [x−h, x+h],
//
//	(f(x+h) − f(x−h))/(2h) = f′(ξ) for a ξ in between,
//
// so the difference quotient lies in the image of [x−h, x+h] under f′. That image is evaluated as it is written, with the
// interval for an input; no bound on f‴ is needed. h = 2^-200 makes it about 2^-200 wide, and 2000 bits leave the cancellation
// in the difference without effect.
const (
	stepBits  = -200
	proofPrec = 2000
	agreement = -150 // the enclosure of f′ is narrower than 2^agreement relative to max(1, |f′|), or the check would say nothing
)

// differences checks derivative(g, inputs) against function(g, inputs), both of which add expressions to g, in direction j.
func differences(t *testing.T, name string, at []float64, j int, function, derivative func(*Graph, []Node) Node) {
	t.Helper()
	h := new(big.Float).SetMantExp(big.NewFloat(1), stepBits)
	value := func(f func(*Graph, []Node) Node, x interval.Interval) interval.Interval {
		g := New()
		var inputs []Node
		for i, v := range at {
			if i == j {
				inputs = append(inputs, g.InputInterval(x))
			} else {
				inputs = append(inputs, g.Input(v))
			}
		}
		return g.Eval(proofPrec, f(g, inputs))[0]
	}
	c := interval.Context{Prec: proofPrec}
	x := interval.FromFloat64(at[j])
	right, left := c.Add(x, interval.FromBig(h)), c.Sub(x, interval.FromBig(h))
	quotient := c.Quo(c.Sub(value(function, right), value(function, left)), c.Sub(right, left))
	image := value(derivative, interval.FromBounds(left.Lo(), right.Hi()))
	if !image.Overlaps(quotient) {
		t.Errorf("%s: the derivative is in %v, the difference quotient is %v", name, image, quotient)
	}
	scale := max(1, image.Hi().MantExp(nil), image.Lo().MantExp(nil))
	width := c.Sub(interval.FromBig(image.Hi()), interval.FromBig(image.Lo())).Hi()
	if width.Sign() > 0 && width.MantExp(nil) > scale+agreement {
		t.Errorf("%s: the enclosure %v is too wide to check anything", name, image)
	}
	if exact := value(derivative, x); !image.Overlaps(exact) {
		t.Errorf("%s: %v at the point is not in %v around it", name, exact, image)
	}
}

func TestGrad_FirstAndSecondDerivativesObeyTheMeanValueTheorem(t *testing.T) {
	const expressions, steps, variables = 150, 14, 3
	r := rand.New(rand.NewPCG(seed, 0))
	nonzero := 0
	for n := range expressions {
		at := make([]float64, variables)
		for i := range at {
			at[i] = r.Float64()*4 - 2
		}
		rec := randomRecipe(r, at, steps)
		i, j := r.IntN(variables), r.IntN(variables)
		first := func(g *Graph, in []Node) Node { return g.Grad(rec.build(g, in), in...)[i] }
		second := func(g *Graph, in []Node) Node { return g.Grad(first(g, in), in...)[j] }
		differences(t, fmt.Sprintf("expression %d, first derivative", n), at, i, rec.build, first)
		differences(t, fmt.Sprintf("expression %d, second derivative", n), at, j, first, second)

		g := New()
		var in []Node
		for _, v := range at {
			in = append(in, g.Input(v))
		}
		if second(g, in) != Zero {
			nonzero++
		}
	}
	if nonzero < expressions/4 {
		t.Errorf("only %d of %d second derivatives are more than the constant 0: the expressions are too plain", nonzero, expressions)
	}
}

// Each primitive by itself, where its derivative can vary, so that a failure names the rule.
func TestGrad_EachRule(t *testing.T) {
	for _, k := range drawn[1:] {
		for i := range 2 {
			rec := recipe{{k, 0, 1}, {mul, 2, 2}} // squared: the adjoint that arrives is not 1
			first := func(g *Graph, in []Node) Node { return g.Grad(rec.build(g, in), in...)[i] }
			second := func(g *Graph, in []Node) Node { return g.Grad(first(g, in), in...)[1-i] }
			at := []float64{0.75, 1.375}
			differences(t, fmt.Sprintf("kind %d, operand %d", k, i), at, i, rec.build, first)
			differences(t, fmt.Sprintf("kind %d, operand %d, mixed second derivative", k, i), at, 1-i, first, second)
		}
	}
}

func TestGrad_IsDeterministic(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 1))
	at := []float64{0.5, -1.25, 1.75}
	rec := randomRecipe(r, at, 30)
	run := func() ([]Node, []interval.Interval) {
		g := New()
		var in []Node
		for _, v := range at {
			in = append(in, g.Input(v))
		}
		grads := g.Grad(rec.build(g, in), in...)
		return grads, g.Eval(128, grads...)
	}
	nodes, values := run()
	for range 5 {
		again, valuesAgain := run()
		for i := range nodes {
			if nodes[i] != again[i] || values[i].Lo().Cmp(valuesAgain[i].Lo()) != 0 || values[i].Hi().Cmp(valuesAgain[i].Hi()) != 0 {
				t.Errorf("derivative %d: node %d = %v, then node %d = %v", i, nodes[i], values[i], again[i], valuesAgain[i])
			}
		}
	}
}
