package expr

import "slices"

// Reverse mode
//
// The adjoint of a node v is ∂out/∂v. It is 1 for out itself, and for any other v the sum, over the nodes w that v is an
// operand of, of adjoint(w)·∂w/∂v. Walking from out to smaller node numbers meets each w before its operands, so an adjoint
// is complete when it is used, and one walk gives all partial derivatives. The factors ∂w/∂v are expressions in v and w, and
// therefore nodes, and so the adjoints are nodes that can be differentiated in turn.
//
// The rules, with z the node and z̄ its adjoint:
//
//	z = a + b        ā += z̄          b̄ += z̄
//	z = a − b        ā += z̄          b̄ −= z̄
//	z = a·b          ā += z̄·b        b̄ += z̄·a
//	z = a/b          ā += z̄/b        b̄ −= (z̄/b)·z
//	z = −a           ā −= z̄
//	z = e^a          ā += z̄·z
//	z = log a        ā += z̄/a
//	z = log(1 + a)   ā += z̄/(1 + a)
//	z = e^a − 1      ā += z̄·e^a      (z + 1 is the same, and loses every digit where a is far below 0)
//	z = σ(a)         ā += z̄·z·σ(−a)   (1 − z is the same as σ(−a), and loses its digits where a is far above 0)
//	z = log(1 + e^a) ā += z̄·σ(a)
//	z = √a           ā += z̄/(z + z)
//	z = arctan a     ā += z̄/(1 + a²)
//	z = atan2(a, b)  ā += (z̄/(b² + a²))·b   b̄ −= (z̄/(b² + a²))·a
//	z = Σ a_i        ā_i += z̄
//	z = stop(a)      nothing
//
// and those of select.go for what chooses.
//
// Only nodes that depend on an input take part. The order of the additions is that of the walk: the same graph gives the
// same gradient nodes, and so the same intervals, always.

// Grad returns the partial derivatives of out by the inputs, as nodes. An input that out does not depend on has the derivative
// Zero. An "input" may be any node: the derivative then treats it as independent of every other node given. It panics if an
// input is a constant that every graph shares. What lies below the inputs is not looked at.
func (g *Graph) Grad(out Node, inputs ...Node) []Node {
	return g.grad(out, inputs, func(n Node) bool { return g.ops[n].kind != order && g.ops[n].kind != stop })
}

// GradThroughStops is Grad with every Stop passing the derivative on. A condition number is taken with it: a value changes with
// what is stopped, whether or not that is differentiated.
func (g *Graph) GradThroughStops(out Node, inputs ...Node) []Node {
	return g.grad(out, inputs, func(n Node) bool { return g.ops[n].kind != order })
}

// grad is the gradient along those paths that enter admits all nodes of, down to the inputs.
func (g *Graph) grad(out Node, inputs []Node, enter func(Node) bool) []Node {
	g.check(out)
	g.check(inputs...)
	for _, x := range inputs {
		if x == Zero || x == One {
			panic("expr: derivative by the constant 0 or 1, which is shared by unrelated expressions")
		}
	}
	path := g.between(out, inputs, enter)
	for _, n := range path {
		g.adjoint[n] = Zero
	}
	onPath := g.visit
	propagate := func(n, contribution Node) {
		if g.visited[n] == onPath {
			g.adjoint[n] = g.Add(g.adjoint[n], contribution)
		}
	}
	diminish := func(n, contribution Node) {
		if g.visited[n] == onPath {
			g.adjoint[n] = g.Sub(g.adjoint[n], contribution)
		}
	}
	wanted := func(n Node) bool { return g.visited[n] == onPath }

	if len(path) > 0 {
		g.adjoint[out] = One
	}
	isInput := make(map[Node]bool, len(inputs))
	for _, x := range inputs {
		isInput[x] = true
	}
	for _, z := range path {
		if isInput[z] {
			continue
		}
		op, bar := g.ops[z], g.adjoint[z]
		a, b := Node(op.a), Node(op.b)
		switch op.kind {
		case add:
			propagate(a, bar)
			propagate(b, bar)
		case sub:
			propagate(a, bar)
			diminish(b, bar)
		case mul:
			if wanted(a) {
				propagate(a, g.Mul(bar, b))
			}
			if wanted(b) {
				propagate(b, g.Mul(bar, a))
			}
		case quo:
			share := g.Quo(bar, b)
			propagate(a, share)
			switch {
			case !wanted(b):
			case g.Compares(): // z may be absent, and b is then not to be evaluated
				diminish(b, g.Quo(g.Mul(bar, z), b))
			default:
				diminish(b, g.Mul(share, z))
			}
		case neg:
			diminish(a, bar)
		case exp:
			propagate(a, g.Mul(bar, z))
		case log:
			propagate(a, g.Quo(bar, a))
		case log1p:
			propagate(a, g.Quo(bar, g.Add(One, a)))
		case expm1:
			propagate(a, g.Mul(bar, g.Exp(a)))
		case sigmoid:
			propagate(a, g.Mul(bar, g.Mul(z, g.Sigmoid(g.Neg(a)))))
		case softplus:
			propagate(a, g.Mul(bar, g.Sigmoid(a)))
		case sqrt:
			propagate(a, g.Quo(bar, g.Add(z, z)))
		case atan:
			propagate(a, g.Quo(bar, g.Add(One, g.Mul(a, a))))
		case atan2:
			share := g.Quo(bar, g.Add(g.Mul(b, b), g.Mul(a, a)))
			if wanted(a) {
				propagate(a, g.Mul(share, b))
			}
			if wanted(b) {
				diminish(b, g.Mul(share, a))
			}
		case abs:
			greater, less := g.sides(a, Zero, bar)
			propagate(a, greater)
			diminish(a, less)
		case maximum:
			greater, less := g.sides(a, b, bar)
			propagate(a, greater)
			propagate(b, less)
		case minimum:
			greater, less := g.sides(a, b, bar)
			propagate(a, less)
			propagate(b, greater)
		case choice:
			x := g.listed(op)
			propagate(x[1], g.gate(when, x[0], bar))
			propagate(x[2], g.gate(unless, x[0], bar))
		case when, unless:
			propagate(b, g.gate(op.kind, a, bar))
		case stop:
			propagate(a, bar)
		case sum:
			for _, x := range g.operands[op.a : op.a+op.b] {
				propagate(x, bar)
			}
		}
	}
	grads := make([]Node, len(inputs))
	for i, x := range inputs {
		if g.visited[x] == onPath {
			grads[i] = g.adjoint[x] // otherwise Zero
		}
	}
	return grads
}

// between returns the nodes that out depends on, out included, and that depend on one of the inputs, the inputs included:
// from the last to the first. It leaves them, and no others, marked in g.visited by g.visit. It goes into no node below an
// input, nor into one that enter refuses.
func (g *Graph) between(out Node, inputs []Node, enter func(Node) bool) []Node {
	g.visited = append(g.visited, make([]uint32, len(g.ops)-len(g.visited))...)
	g.adjoint = append(g.adjoint, make([]Node, len(g.ops)-len(g.adjoint))...)
	if g.visit > 1<<32-6 {
		clear(g.visited)
		g.visit = 0
	}
	g.visit += 3
	end, below, onPath := g.visit-2, g.visit-1, g.visit

	for _, x := range inputs {
		g.visited[x] = end
	}
	// Everything that out depends on, down to the inputs.
	var reached []Node
	reach := func(x Node) {
		switch {
		case g.visited[x] == end:
			g.visited[x] = onPath
			reached = append(reached, x)
		case g.visited[x] < end && enter(x):
			g.visited[x] = below
			reached = append(reached, x)
		}
	}
	reach(out)
	for i := 0; i < len(reached); i++ {
		if g.visited[reached[i]] == below {
			g.eachOperand(reached[i], reach)
		}
	}
	// Of that, what depends on an input: operands first.
	slices.Sort(reached)
	path := reached[:0]
	for _, n := range reached {
		if g.visited[n] == below {
			g.eachOperand(n, func(x Node) {
				if g.visited[x] == onPath {
					g.visited[n] = onPath
				}
			})
		}
		if g.visited[n] == onPath {
			path = append(path, n)
		}
	}
	slices.Reverse(path)
	return path
}
