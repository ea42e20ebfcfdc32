package expr

import (
	"fmt"
	"math/big"

	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// A Node is a value in a Graph: an input, a constant, or the result of an operation. Nodes are numbered in the order in which
// they were built, so operands have smaller numbers than results. A Node is meaningless outside of its Graph.
type Node int32

// The constants that every graph begins with. They are the same nodes in each.
const (
	Zero Node = 0
	One  Node = 1
)

// A Graph holds expressions. Make one with New.
type Graph struct {
	ops      []operation
	values   []interval.Interval // of inputs and constants
	operands []Node              // of sums and choices, one after another

	visited []uint32 // scratch of Grad: which visit has seen a node
	adjoint []Node   // scratch of Grad
	visit   uint32

	comparisons      // select.go
	limits      bool // some number stands for an infinity
}

type kind uint8

const (
	constant kind = iota // a: index into values
	input                // a: index into values
	add                  // a + b
	sub                  // a − b
	mul                  // a · b
	quo                  // a / b
	neg                  // −a
	exp                  // e^a
	log                  // log a
	log1p                // log(1 + a)
	expm1                // e^a − 1
	sigmoid              // 1/(1 + e^−a)
	softplus             // log(1 + e^a)
	sqrt                 // √a
	atan                 // arctan a
	atan2                // the angle of the point (b, a)
	abs                  // |a|
	maximum              // the greater of a and b
	minimum              // the lesser of a and b
	sum                  // operands[a : a+b]
	stop                 // a, of which the derivative is 0

	order  // whether a > b: select.go
	when   // b where the comparison a says yes, else 0
	unless // b where the comparison a says no, else 0
	choice // with s, x, y = operands[a : a+3]: x where s says yes, y where it says no; at a tie x if b is 1, else y
)

type operation struct {
	kind kind
	a, b int32
}

// New returns a graph that holds Zero and One and nothing else.
func New() *Graph {
	return &Graph{
		ops:    []operation{{kind: constant, a: 0}, {kind: constant, a: 1}},
		values: []interval.Interval{interval.FromInt(0), interval.FromInt(1)},
	}
}

// Len returns the number of nodes.
func (g *Graph) Len() int { return len(g.ops) }

// Input adds an input: an exact number that one differentiates by. Unlike a constant it is never folded away, even at 0 or 1,
// because its derivative would go with it. It panics if x is NaN or infinite.
func (g *Graph) Input(x float64) Node { return g.leaf(input, interval.FromFloat64(x)) }

// InputBig is Input for a number of any precision. One beyond 2^(2^20) in size stands for an infinity: the values of the graph
// are then limits as far as they leave that range or stay in it. A logarithm or a repeated root would bring such a number back
// to where it could be taken for a value, and has no bound on that side instead.
func (g *Graph) InputBig(x *big.Float) Node { return g.leaf(input, interval.FromBig(x)) }

// InputInterval is Input for a number of which only bounds are known. A result then holds the values of the expression for
// every number within the bounds: the mean value theorem and global claims are checked with it.
func (g *Graph) InputInterval(x interval.Interval) Node { return g.leaf(input, x) }

// Const returns an exact constant: Zero for 0, One for 1, and a new node otherwise. It panics if x is NaN or infinite.
func (g *Graph) Const(x float64) Node {
	switch x {
	case 0:
		return Zero
	case 1:
		return One
	}
	return g.leaf(constant, interval.FromFloat64(x))
}

// ConstBig is Const for a number of any precision.
func (g *Graph) ConstBig(x *big.Float) Node {
	switch {
	case x.Sign() == 0:
		return Zero
	case x.Cmp(bigOne) == 0:
		return One
	}
	return g.leaf(constant, interval.FromBig(x))
}

var bigOne = big.NewFloat(1)

// far is the binary exponent beyond which a number stands for an infinity.
const far = 1 << 20

func (g *Graph) leaf(k kind, x interval.Interval) Node {
	g.limits = g.limits || x.Lo().MantExp(nil) > far || x.Hi().MantExp(nil) > far
	g.values = append(g.values, x)
	return g.node(k, Node(len(g.values)-1), 0)
}

func (g *Graph) node(k kind, a, b Node) Node {
	n := Node(len(g.ops))
	if n < 0 {
		panic("expr: a graph holds at most 2^31 nodes")
	}
	g.ops = append(g.ops, operation{k, int32(a), int32(b)})
	return n
}

// check panics if one of ns is not a node of g.
func (g *Graph) check(ns ...Node) {
	for _, n := range ns {
		if n < 0 || int(n) >= len(g.ops) {
			panic(fmt.Sprintf("expr: node %d is not one of the %d nodes of this graph", n, len(g.ops)))
		}
	}
}

// listed returns the operands of a sum or a choice.
func (g *Graph) listed(op operation) []Node {
	if op.kind == choice {
		return g.operands[op.a : op.a+3]
	}
	return g.operands[op.a : op.a+op.b]
}

// eachOperand calls f for the operands of n in their order.
func (g *Graph) eachOperand(n Node, f func(Node)) {
	switch op := g.ops[n]; op.kind {
	case constant, input:
	case add, sub, mul, quo, atan2, maximum, minimum, order, when, unless:
		f(Node(op.a))
		f(Node(op.b))
	case sum, choice:
		for _, x := range g.listed(op) {
			f(x)
		}
	default:
		f(Node(op.a))
	}
}
