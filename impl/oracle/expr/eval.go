package expr

import "github.com/lossproof/lossproof/impl/oracle/interval"

// An Evaluation holds the values of a graph's nodes at one precision. It computes a node when it is first asked for, keeps it,
// and follows the graph as it grows. It is for one goroutine; a graph may have many.
type Evaluation struct {
	graph   *Graph
	context interval.Context
	values  []interval.Interval // the zero Interval: not computed yet
	pending []Node
	terms   []interval.Interval
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
	if missing := len(g.ops) - len(ev.values); missing > 0 {
		ev.values = append(ev.values, make([]interval.Interval, missing)...)
	}
	if ev.known(n) {
		return ev.values[n]
	}
	ev.pending = append(ev.pending[:0], n)
	for len(ev.pending) > 0 {
		top := ev.pending[len(ev.pending)-1]
		waiting := len(ev.pending)
		if !ev.known(top) {
			g.eachOperand(top, func(x Node) {
				if !ev.known(x) {
					ev.pending = append(ev.pending, x)
				}
			})
		}
		if len(ev.pending) > waiting {
			continue
		}
		if !ev.known(top) {
			ev.values[top] = ev.compute(top)
		}
		ev.pending = ev.pending[:waiting-1]
	}
	return ev.values[n]
}

func (ev *Evaluation) known(n Node) bool { return ev.values[n] != interval.Interval{} }

// compute returns the value of n from those of its operands.
func (ev *Evaluation) compute(n Node) interval.Interval {
	c, op := ev.context, ev.graph.ops[n]
	switch op.kind {
	case constant, input:
		return ev.graph.values[op.a]
	case sum:
		ev.terms = ev.terms[:0]
		for _, x := range ev.graph.operands[op.a : op.a+op.b] {
			ev.terms = append(ev.terms, ev.values[x])
		}
		return c.Sum(ev.terms...)
	}
	a := ev.values[op.a]
	switch op.kind {
	case add:
		return c.Add(a, ev.values[op.b])
	case sub:
		return c.Sub(a, ev.values[op.b])
	case mul:
		return c.Mul(a, ev.values[op.b])
	case quo:
		return c.Quo(a, ev.values[op.b])
	case neg:
		return c.Neg(a)
	case exp:
		return c.Exp(a)
	case log:
		return c.Log(a)
	case log1p:
		return c.Log1p(a)
	case expm1:
		return c.Expm1(a)
	case sigmoid:
		return c.Sigmoid(a)
	case softplus:
		return c.Softplus(a)
	}
	panic("expr: unknown operation")
}
