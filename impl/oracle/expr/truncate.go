package expr

// Truncate removes every node from number n on, so that expressions that are needed
// once do not stay. n is an earlier Len; Zero and One remain.
//
// Second derivatives of a row of K scores are K gradients of gradients: with Truncate
// they need the memory of one. An Evaluation that has seen removed nodes must Forget
// them, because their numbers will be given again.
func (g *Graph) Truncate(n int) {
	if n < 2 || n > len(g.ops) {
		panic("expr: truncation to a length that the graph never had")
	}
	for _, op := range g.ops[n:] {
		switch op.kind {
		case constant, input:
			g.values = g.values[:min(len(g.values), int(op.a))]
		case sum, choice:
			g.operands = g.operands[:min(len(g.operands), int(op.a))]
		}
	}
	g.forgetComparisons(Node(n))
	g.ops = g.ops[:n]
	g.visited = g.visited[:min(n, len(g.visited))]
	g.adjoint = g.adjoint[:min(n, len(g.adjoint))]
}

// Forget drops the values of all nodes from number n on.
func (ev *Evaluation) Forget(n int) {
	ev.others, ev.settled = nil, nil
	if n < len(ev.values) {
		clear(ev.values[n:])
		clear(ev.hangs[n:])
		ev.values, ev.hangs = ev.values[:n], ev.hangs[:n]
	}
}
