package main

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
	"github.com/lossproof/lossproof/internal/draw"
)

// An expression is a random formula with the graph's answers. Every operation of a graph occurs, and some formulas stand at a
// kink, where a component of the gradient is written [low, high].
type expression struct {
	Tree  any      `json:"tree"` // ["max", a, b], "x0", or a constant as a hexadecimal float
	At    []string `json:"at"`
	Value string   `json:"value"`
	Grad  []string `json:"grad"`
	Ties  []int    `json:"ties"` // of each component: how many comparisons have equal operands
}

// operators are the operations that a formula is drawn from, with their arity and how a graph builds them.
var operators = []struct {
	name  string
	arity int
	build func(g *expr.Graph, x []expr.Node) expr.Node
}{
	{"add", 2, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Add(x[0], x[1]) }},
	{"sub", 2, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Sub(x[0], x[1]) }},
	{"mul", 2, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Mul(x[0], x[1]) }},
	{"quo", 2, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Quo(x[0], x[1]) }},
	{"neg", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Neg(x[0]) }},
	{"exp", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Exp(x[0]) }},
	{"log", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Log(x[0]) }},
	{"log1p", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Log1p(x[0]) }},
	{"expm1", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Expm1(x[0]) }},
	{"sigmoid", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Sigmoid(x[0]) }},
	{"softplus", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Softplus(x[0]) }},
	{"sqrt", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Sqrt(x[0]) }},
	{"atan", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Atan(x[0]) }},
	{"atan2", 2, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Atan2(x[0], x[1]) }},
	{"abs", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Abs(x[0]) }},
	{"max", 2, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Max(x[0], x[1]) }},
	{"min", 2, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Min(x[0], x[1]) }},
	{"if", 3, func(g *expr.Graph, x []expr.Node) expr.Node { return g.If(x[0], x[1], x[2]) }},
	{"stop", 1, func(g *expr.Graph, x []expr.Node) expr.Node { return g.Stop(x[0]) }},
}

// variables is how many inputs a formula has.
const variables = 3

// drawExpression draws formulas until one has a value and a gradient whose digits can be had.
func drawExpression(d *draw.Drawer, digits int) expression {
	for {
		if e, ok := tryExpression(d, digits); ok {
			return e
		}
	}
}

func tryExpression(d *draw.Drawer, digits int) (e expression, ok bool) {
	defer func() {
		if err := recover(); err != nil {
			if _, outside := err.(*interval.DomainError); !outside {
				panic(err)
			}
			ok = false
		}
	}()
	g := expr.New()
	var x []expr.Node
	for range variables {
		v := d.Bell() * math.Ldexp(1, d.IntN(12)-6)
		if d.Chance(2) {
			v = draw.One(d, 0, 1, -1, 0.5, 2) // which tie with each other and with constants
		}
		x = append(x, g.Input(v))
		e.At = append(e.At, strconv.FormatFloat(v, 'x', -1, 64))
	}
	var root expr.Node
	e.Tree, root = drawTree(d, g, x, 2+d.IntN(4))
	grad := g.Grad(root, x...)
	if !slices.ContainsFunc(grad, func(slope expr.Node) bool { return slope != expr.Zero }) {
		return e, false
	}
	if e.Value, ok = decimals(g, digits, func(ev *expr.Evaluation) (expr.Hull, int) {
		v := ev.Value(root)
		return expr.Hull{Low: v, High: v}, 0
	}, nil); !ok {
		return e, false
	}
	for _, slope := range grad {
		ties := 0
		text, ok := decimals(g, digits, func(ev *expr.Evaluation) (expr.Hull, int) {
			h := ev.Hull(slope, func(interval.Interval) bool { return false })
			equal, _ := ev.Ties(slope)
			return h, len(equal)
		}, &ties)
		if !ok {
			return e, false
		}
		e.Grad, e.Ties = append(e.Grad, text), append(e.Ties, ties)
	}
	return e, true
}

// drawTree draws a formula of some depth, as text and as a node.
func drawTree(d *draw.Drawer, g *expr.Graph, x []expr.Node, depth int) (any, expr.Node) {
	if depth == 0 || d.Chance(8) {
		if d.Chance(5) {
			c := draw.One(d, -1, -0.5, 0.25, 0.5, 2) // not 0 and 1, which a graph may fold a term away with
			return strconv.FormatFloat(c, 'x', -1, 64), g.Const(c)
		}
		i := d.IntN(len(x))
		return "x" + strconv.Itoa(i), x[i]
	}
	op := operators[d.IntN(len(operators))]
	tree := []any{op.name}
	var nodes []expr.Node
	for i := range op.arity {
		t, n := drawTree(d, g, x, depth-1)
		if op.name == "if" && i == 0 {
			t, n = drawCondition(d, g, x, t, n)
		}
		tree, nodes = append(tree, t), append(nodes, n)
	}
	if op.name == "atan2" {
		if v := g.Eval(64, nodes...); v[0].ContainsZero() && v[1].Lo().Sign() < 0 { // it jumps there
			panic(&interval.DomainError{Op: "Atan2", X: v[1]})
		}
	}
	return tree, op.build(g, nodes)
}

// drawCondition draws a condition that has both signs around its zeros, as a choice asks, or that is stopped.
func drawCondition(d *draw.Drawer, g *expr.Graph, x []expr.Node, tree any, n expr.Node) (any, expr.Node) {
	if d.Chance(2) {
		return []any{"stop", tree}, g.Stop(n)
	}
	i, c := d.IntN(len(x)), float64(d.IntN(5)-2)/2
	return []any{"sub", "x" + strconv.Itoa(i), strconv.FormatFloat(c, 'x', -1, 64)}, g.Sub(x[i], g.Const(c))
}

// decimals writes what a graph's evaluation gives at rising precision, once all the digits are certain, or reports that the
// formula is of no use: it is not decided, has one-sided slopes, or grows or cancels beyond what both sides can write.
func decimals(g *expr.Graph, digits int, at func(*expr.Evaluation) (expr.Hull, int), ties *int) (string, bool) {
	const highest = 4096
	for prec := uint(256); prec <= highest; prec *= 2 {
		h, n := at(g.Evaluate(prec))
		if h.Undecided || h.Partial || h.Outer {
			continue
		}
		low, ok := decimal(h.Low, digits)
		high, okHigh := decimal(h.High, digits)
		if !ok || !okHigh {
			continue
		}
		if ties != nil {
			*ties = n
		}
		if low == high {
			return low, true
		}
		return "[" + low + ", " + high + "]", true
	}
	return "", false
}

func decimal(v interval.Interval, digits int) (string, bool) {
	const wild = 1 << 10 // binary exponent
	lo, hi := v.Lo(), v.Hi()
	for _, end := range []*big.Float{lo, hi} {
		if e := end.MantExp(nil); end.IsInf() || e > wild || e < -wild {
			return "", false
		}
	}
	text := lo.Text('g', digits)
	return text, !v.Uncertain() && text == hi.Text('g', digits)
}
