package expr

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// Choice
//
// The value of a maximum, a minimum or an absolute value needs no decision, and it is exact. Its derivative does: it is that of
// one operand or of the other, and a comparison tells which. A comparison is a node without a derivative, built by Grad:
//
//	z = max(a, b)         ā += z̄ if a > b          b̄ += z̄ if not
//	z = min(a, b)         ā += z̄ if not a > b      b̄ += z̄ if a > b
//	z = |a|               ā += z̄ if a > 0          ā −= z̄ if not
//	z = a if s > 0 else b ā += z̄ if s > 0          b̄ += z̄ if not
//
// What does not count is absent rather than 0: it stays absent in every product, quotient and sum, and no other factor of it is
// evaluated. So the branch that is not taken may have no value at all.
//
// # Who decides
//
// The evaluation, not the graph: more precision may tell what less did not. Points are compared exactly; intervals decide where
// they are disjoint. Two equal points are a tie: the function has a kink there (or none, if both sides have the same
// derivative), and what depends on the comparison has a value for either outcome. An Evaluation takes it as anything from no
// to yes, the interval [0, 1], so that its result holds all of them; Ties names the comparisons, and Assuming settles them one
// way or the other. A comparison that is merely not decided yet is treated in the same way.
//
// The outcomes of different comparisons are taken as independent, and so the same comparison must be the same node even if it
// was written twice: max(x, 0) − max(x, 0) has the derivative 0. Grad therefore compares operands by structure, and a
// difference with 0 as its two terms.
//
// A choice whose condition is stopped is no kink but a decision: nothing can move the condition to the other side. At 0 it
// takes the second branch, and so does the value of any choice.

// Max returns the greater of a and b.
func (g *Graph) Max(a, b Node) Node {
	g.check(a, b)
	if g.same(a) == g.same(b) {
		return a
	}
	return g.node(maximum, a, b)
}

// Min returns the lesser of a and b.
func (g *Graph) Min(a, b Node) Node {
	g.check(a, b)
	if g.same(a) == g.same(b) {
		return a
	}
	return g.node(minimum, a, b)
}

// Abs returns |a|.
func (g *Graph) Abs(a Node) Node {
	g.check(a)
	if a == Zero || a == One {
		return a
	}
	return g.node(abs, a, 0)
}

// If returns a where the condition is positive, and b where it is 0 or negative. Only the branch that is taken needs a value;
// where a precision does not tell, both do. At a condition of 0 the function is taken to be continuous, with a kink that its
// gradient tells of. Where that is not so, because the function jumps or the condition is never negative, it is to be a Stop.
func (g *Graph) If(condition, a, b Node) Node {
	g.check(condition, a, b)
	if a == b {
		return a
	}
	yes, no, tie := a, b, Node(0)
	s, flipped := Node(0), false
	if g.held(condition) {
		s = g.comparison(condition, Zero)
	} else if s, flipped = g.compare(condition, Zero); flipped {
		yes, no, tie = b, a, 1
	}
	g.operands = append(g.operands, s, yes, no)
	return g.node(choice, Node(len(g.operands)-3), tie)
}

// sides returns x where a > b and x where not; at a tie each may be absent.
func (g *Graph) sides(a, b, x Node) (greater, less Node) {
	s, flipped := g.compare(a, b)
	greater, less = g.gate(when, s, x), g.gate(unless, s, x)
	if flipped {
		return less, greater
	}
	return greater, less
}

// gate returns x where the comparison s says yes (when) or no (unless).
func (g *Graph) gate(k kind, s, x Node) Node {
	if x == Zero {
		return Zero
	}
	return g.node(k, s, x)
}

// comparisons holds the comparisons of a graph, and the structure of what has been compared.
type comparisons struct {
	nodes map[[2]Node]Node // by their operands
	made  []Node           // in their order
	first []Node           // by node: the first that is the same expression; 0 where that is not known yet
	known map[string]Node  // by structure
	last  Node             // the greatest in known
}

// Compares reports whether g has a comparison: only then can something be absent, or a tie.
func (g *Graph) Compares() bool { return len(g.made) > 0 }

// forgetComparisons prepares g for losing its nodes from number n on.
func (g *Graph) forgetComparisons(n Node) {
	for ; len(g.made) > 0 && g.made[len(g.made)-1] >= n; g.made = g.made[:len(g.made)-1] {
		op := g.ops[g.made[len(g.made)-1]]
		delete(g.nodes, [2]Node{Node(op.a), Node(op.b)})
	}
	g.first = g.first[:min(len(g.first), int(n))]
	if g.last >= n {
		maps.DeleteFunc(g.known, func(_ string, first Node) bool { return first >= n })
		g.last = n - 1
	}
}

// compare returns the comparison of a and b, the same node for the same question: whether a > b or, if flipped, whether b > a.
func (g *Graph) compare(a, b Node) (s Node, flipped bool) {
	a, b = g.same(a), g.same(b)
	for a == Zero || b == Zero {
		x := a
		if a == Zero {
			x = b
		}
		p, q := Zero, Zero // x = p − q
		switch op := g.ops[x]; op.kind {
		case sub:
			p, q = g.same(Node(op.a)), g.same(Node(op.b))
		case neg:
			q = g.same(Node(op.a))
		}
		if p == q {
			break
		}
		if a == Zero {
			p, q = q, p
		}
		a, b = p, q
	}
	if a > b {
		return g.comparison(b, a), true
	}
	return g.comparison(a, b), false
}

// comparison returns the node of whether a > b.
func (g *Graph) comparison(a, b Node) Node {
	s, ok := g.nodes[[2]Node{a, b}]
	if !ok {
		if g.nodes == nil {
			g.nodes = map[[2]Node]Node{}
		}
		s = g.node(order, a, b)
		g.nodes[[2]Node{a, b}] = s
		g.made = append(g.made, s)
	}
	return s
}

// same returns the first node that is the same expression as n: the same operation of the same operands, in either order where
// that does not matter, down to the inputs, each of which is only itself.
func (g *Graph) same(n Node) Node {
	g.first = append(g.first, make([]Node, len(g.ops)-len(g.first))...)
	if n == Zero || g.first[n] != 0 {
		return g.first[n]
	}
	missing := []Node{n}
	for i := 0; i < len(missing); i++ {
		g.eachOperand(missing[i], func(x Node) {
			if x != Zero && g.first[x] == 0 {
				g.first[x] = x // until its turn comes
				missing = append(missing, x)
			}
		})
	}
	slices.Sort(missing)
	if g.known == nil {
		g.known = map[string]Node{}
	}
	for _, x := range missing {
		key := g.structure(x)
		first, ok := g.known[key]
		if !ok {
			first = x
			g.known[key] = x
			g.last = max(g.last, x)
		}
		g.first[x] = first
	}
	return g.first[n]
}

// structure returns a text that two nodes share if they are the same expression. It needs the first of every operand.
func (g *Graph) structure(n Node) string {
	op := g.ops[n]
	text := []byte{byte(op.kind)}
	switch op.kind {
	case input:
		return string(binary.AppendVarint(text, int64(n)))
	case constant:
		return string(g.values[op.a].Lo().Append(text, 'p', 0))
	}
	var operands []Node
	g.eachOperand(n, func(x Node) { operands = append(operands, g.first[x]) })
	switch op.kind {
	case add, mul, maximum, minimum, sum:
		slices.Sort(operands)
	case choice:
		operands = append(operands, Node(op.b))
	}
	for _, x := range operands {
		text = binary.AppendVarint(text, int64(x))
	}
	return string(text)
}

// What a comparison can say, and what is absent. They are told apart by identity: equal intervals made elsewhere are not these.
var (
	yes       = interval.FromFloat64(2)
	no        = interval.FromFloat64(3)
	tied      = interval.FromFloat64(4)
	undecided = interval.FromFloat64(5)
	absent    = interval.FromFloat64(6)

	nought    = interval.FromInt(0)
	noughtOne = interval.FromBounds(nought.Lo(), interval.FromInt(1).Lo())
)

// number returns v as a number.
func number(v interval.Interval) interval.Interval {
	switch v {
	case absent, no:
		return nought
	case yes:
		return interval.FromInt(1)
	case tied, undecided:
		return noughtOne
	}
	return v
}

// eachNeeded calls f for the operands of n that its value hangs on, as far as is known: a factor may be absent, and a
// comparison may leave a branch out.
func (ev *Evaluation) eachNeeded(n Node, f func(Node)) {
	g := ev.graph
	switch op := g.ops[n]; op.kind {
	case mul, quo:
		f(Node(op.a))
		if ev.known(Node(op.a)) && ev.values[op.a] != absent {
			f(Node(op.b))
		}
	case when, unless:
		f(Node(op.a))
		if ev.known(Node(op.a)) && ev.values[op.a] != shut(op.kind) {
			f(Node(op.b))
		}
	case choice:
		x := g.listed(op)
		f(x[0])
		switch {
		case !ev.known(x[0]):
		case ev.values[x[0]] == undecided:
			f(x[1])
			f(x[2])
		default:
			f(ev.branch(op))
		}
	default:
		g.eachOperand(n, f)
	}
}

// held reports whether n does not change with an input.
func (g *Graph) held(n Node) bool { return g.ops[n].kind == stop || g.ops[n].kind == constant }

// shut is the answer of a comparison at which a gate lets nothing through.
func shut(k kind) interval.Interval {
	if k == when {
		return no
	}
	return yes
}

// branch returns what a choice takes, its comparison being known.
func (ev *Evaluation) branch(op operation) Node {
	x := ev.graph.listed(op)
	if v := ev.values[x[0]]; v == yes || v == tied && op.b == 1 {
		return x[1]
	}
	return x[2]
}

// selected returns the value of n if that is a choice or depends on what is absent.
func (ev *Evaluation) selected(n Node, op operation) (v interval.Interval, ok bool) {
	c, g := ev.context, ev.graph
	value := func(x Node) interval.Interval { return ev.values[x] }
	switch a, b := Node(op.a), Node(op.b); op.kind {
	case order:
		if v, ok := ev.assumed[n]; ok {
			return v, true
		}
		sign, certain := number(value(a)).Compare(number(value(b)))
		switch {
		case certain && sign > 0:
			return yes, true
		case certain && (sign < 0 || g.held(a) && g.held(b)):
			return no, true
		case certain:
			v = tied
		default:
			v = undecided
		}
		return v, true
	case when, unless:
		switch value(a) {
		case shut(op.kind):
			return absent, true
		case tied, undecided:
			if value(b) == absent {
				return absent, true
			}
			return c.Mul(value(b), noughtOne), true
		}
		return value(b), true
	case choice:
		x := g.listed(op)
		if value(x[0]) == undecided {
			return c.Hull(number(value(x[1])), number(value(x[2]))), true
		}
		return number(value(ev.branch(op))), true
	case mul, quo:
		return absent, value(a) == absent || op.kind == mul && value(b) == absent
	case neg:
		return absent, value(a) == absent
	case add:
		switch {
		case value(a) == absent:
			return value(b), true
		case value(b) == absent:
			return value(a), true
		}
	case sub:
		switch {
		case value(b) == absent:
			return value(a), true
		case value(a) == absent:
			return c.Neg(value(b)), true
		}
	}
	return v, false
}

// mark enters whether the value of n hangs on a comparison that is not decided, or assumed.
func (ev *Evaluation) mark(n Node) {
	hangs := false
	if ev.graph.ops[n].kind == order {
		_, hangs = ev.assumed[n]
		hangs = hangs || ev.values[n] == tied || ev.values[n] == undecided
	}
	ev.eachNeeded(n, func(x Node) { hangs = hangs || ev.hangs[x] })
	if ev.hangs[n] = hangs; hangs && ev.assumed != nil {
		ev.touched = append(ev.touched, n)
	}
}

// Ties returns the comparisons that the value of n hangs on and that are not decided: those of equal numbers, and those that
// this precision does not tell.
func (ev *Evaluation) Ties(n Node) (equal, unknown []Node) {
	g := ev.graph
	if !g.Compares() {
		return nil, nil
	}
	ev.follow()
	ev.seen = append(ev.seen, make([]uint32, max(0, len(g.ops)-len(ev.seen)))...)
	if ev.walk++; ev.walk == 0 {
		clear(ev.seen)
		ev.walk = 1
	}
	ev.seen[n] = ev.walk
	queue := []Node{n}
	for len(queue) > 0 {
		top := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		op := g.ops[top]
		switch op.kind {
		case order:
			ev.Value(top)
			switch ev.values[top] {
			case tied:
				equal = append(equal, top)
			case undecided:
				unknown = append(unknown, top)
			}
		case when, unless:
			ev.Value(Node(op.a))
		case choice:
			ev.Value(g.listed(op)[0])
		}
		each := ev.eachNeeded
		if (op.kind == mul || op.kind == quo) && !ev.known(Node(op.a)) { // it has no value, so that no more is known
			each = g.eachOperand
		}
		each(top, func(x Node) {
			if ev.seen[x] != ev.walk && (!ev.known(x) || ev.hangs[x]) {
				ev.seen[x] = ev.walk
				queue = append(queue, x)
			}
		})
	}
	slices.Sort(equal)
	slices.Sort(unknown)
	return equal, unknown
}

// Assuming returns an Evaluation in which comparison i of some says yes if bit i of answers is set, and else no. It has the
// precision of ev, and is valid until the next call; what it has computed is kept for other nodes, as far as that hangs on the
// same comparisons or on none, unless it is too much.
func (ev *Evaluation) Assuming(some []Node, answers uint) *Evaluation {
	const most = 1 << 22 // values that are kept
	at, one := answers, len(ev.graph.ops)<<len(some) > most
	if one {
		at = 0
	}
	if one || !slices.Equal(some, ev.settled) {
		ev.settled = slices.Clone(some)
		for _, other := range ev.others {
			for _, n := range other.touched {
				other.values[n], other.hangs[n] = interval.Interval{}, false
			}
			other.touched = other.touched[:0]
			clear(other.assumed)
		}
	}
	for len(ev.others) <= int(at) {
		other := ev.graph.Evaluate(ev.context.Prec)
		other.assumed = map[Node]interval.Interval{}
		ev.others = append(ev.others, other)
	}
	other := ev.others[at]
	for i, s := range some {
		other.assumed[s] = no
		if answers>>i&1 != 0 {
			other.assumed[s] = yes
		}
	}
	return other
}
