package expr

import (
	"math/big"

	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// An Evaluation holds the values of a graph's nodes at one precision. It computes a node when it is first asked for, keeps it,
// and follows the graph as it grows. It is for one goroutine; a graph may have many.
type Evaluation struct {
	graph   *Graph
	context interval.Context
	values  []interval.Interval // the zero Interval: not computed yet
	pending []Node
	terms   []interval.Interval

	hangs   []bool   // by node: on a comparison that is not decided, or assumed
	seen    []uint32 // by node: in which walk of Ties
	walk    uint32
	assumed map[Node]interval.Interval // what Assuming says of comparisons
	touched []Node                     // what hangs on them
	others  []*Evaluation              // those that Assuming gives, by answers
	settled []Node                     // the comparisons that they settle
}

// Evaluate returns an empty Evaluation with prec bits of working precision.
func (g *Graph) Evaluate(prec uint) *Evaluation {
	return &Evaluation{graph: g, context: interval.Context{Prec: prec}}
}

// Eval returns the values of nodes with prec bits of working precision, sharing what they have in common.
func (g *Graph) Eval(prec uint, nodes ...Node) []interval.Interval {
	ev := g.Evaluate(prec)
	values := make([]interval.Interval, len(nodes))
	for i, n := range nodes {
		values[i] = ev.Value(n)
	}
	return values
}

// Value returns an interval that contains the exact value of n. It panics with an *interval.DomainError if n needs an
// operation that has no real value.
//
// Operands come first: a node waits on the stack until its operands are there. The depth of a graph costs memory here, and no
// call stack.
func (ev *Evaluation) Value(n Node) interval.Interval {
	g := ev.graph
	g.check(n)
	ev.follow()
	if ev.known(n) {
		return number(ev.values[n])
	}
	ev.pending = append(ev.pending[:0], n)
	for len(ev.pending) > 0 {
		top := ev.pending[len(ev.pending)-1]
		waiting := len(ev.pending)
		if !ev.known(top) {
			wait := func(x Node) {
				if !ev.known(x) {
					ev.pending = append(ev.pending, x)
				}
			}
			if g.Compares() {
				ev.eachNeeded(top, wait)
			} else {
				g.eachOperand(top, wait)
			}
		}
		if len(ev.pending) > waiting {
			continue
		}
		if !ev.known(top) {
			ev.values[top] = ev.compute(top)
			if g.Compares() {
				ev.mark(top)
			}
		}
		ev.pending = ev.pending[:waiting-1]
	}
	return number(ev.values[n])
}

// follow makes room for the nodes that the graph has gained.
func (ev *Evaluation) follow() {
	if missing := len(ev.graph.ops) - len(ev.values); missing > 0 {
		ev.values = append(ev.values, make([]interval.Interval, missing)...)
		ev.hangs = append(ev.hangs, make([]bool, missing)...)
	}
}

func (ev *Evaluation) known(n Node) bool { return ev.values[n] != interval.Interval{} }

// compute returns the value of n from those of its operands.
func (ev *Evaluation) compute(n Node) interval.Interval {
	c, op := ev.context, ev.graph.ops[n]
	if ev.graph.Compares() {
		if v, ok := ev.selected(n, op); ok {
			return v
		}
	}
	switch op.kind {
	case constant, input:
		return ev.graph.values[op.a]
	case sum:
		ev.terms = ev.terms[:0]
		for _, x := range ev.graph.listed(op) {
			ev.terms = append(ev.terms, number(ev.values[x]))
		}
		return c.Sum(ev.terms...)
	}
	a, b := ev.values[op.a], ev.values[op.b] // that of node 0 where there is no second operand
	if ev.graph.Compares() {
		a, b = number(a), number(b)
	}
	switch op.kind {
	case add:
		return c.Add(a, b)
	case sub:
		return c.Sub(a, b)
	case mul:
		return c.Mul(a, b)
	case quo:
		return c.Quo(a, b)
	case neg:
		return c.Neg(a)
	case exp:
		return c.Exp(a)
	case log:
		return ev.limit(a, c.Log(a))
	case log1p:
		return ev.limit(a, c.Log1p(a))
	case expm1:
		return c.Expm1(a)
	case sigmoid:
		return c.Sigmoid(a)
	case softplus:
		return c.Softplus(a)
	case sqrt:
		return ev.limit(a, c.Sqrt(a))
	case atan:
		return c.Atan(a)
	case atan2:
		return c.Atan2(a, b)
	case abs:
		return c.Abs(a)
	case maximum:
		return c.Max(a, b)
	case minimum:
		return c.Min(a, b)
	case stop:
		return a
	}
	panic("expr: unknown operation")
}

// limit returns z, the value of a logarithm or a root at a, without a bound where a stands for an infinity and z does not.
func (ev *Evaluation) limit(a, z interval.Interval) interval.Interval {
	if !ev.graph.limits {
		return z
	}
	lo, hi := z.Lo(), z.Hi()
	if a.Lo().MantExp(nil) > far && hi.MantExp(nil) <= far {
		hi = new(big.Float).SetInf(false)
	}
	if a.Hi().MantExp(nil) < -far && lo.Sign() != 0 && lo.MantExp(nil) >= -far && lo.MantExp(nil) <= far {
		lo = new(big.Float).SetInf(true)
	}
	if lo == z.Lo() && hi == z.Hi() {
		return z
	}
	return ev.context.Hull(z, interval.FromBounds(lo, hi))
}
