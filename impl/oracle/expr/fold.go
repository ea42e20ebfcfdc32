package expr

// Folding
//
// The constants Zero and One, and no others, vanish while a graph is built:
//
//	0 + x = x    x − 0 = x    0 − x = −x    0·x = 0    1·x = x    0/x = 0    x/1 = x    −0 = 0
//	e^0 = 1      log 1 = 0    log(1+0) = 0  e^0 − 1 = 0  √0 = 0  √1 = 1  arctan 0 = 0  |0| = 0  |1| = 1
//	0 vanishes from a sum     max(x, x) = min(x, x) = x
//
// Each is exact. 0·x = 0 is also a convention, and the one that loss functions are defined with: a target of exactly 0 weighs
// its term away, so 0·log 0 = 0, even where the other factor has no value. It holds for a Const and not for an Input: a
// soft target that happens to be 0 still has a derivative, and that is log 0.
//
// Folding also keeps gradients small: the adjoint of an output is One, and most of the graph is multiplied by it.
//
// Further folding (2·3 = 6, x − x = 0) would save little and could change what a definition says.

// Add returns a + b.
func (g *Graph) Add(a, b Node) Node {
	g.check(a, b)
	switch {
	case a == Zero:
		return b
	case b == Zero:
		return a
	}
	return g.node(add, a, b)
}

// Sub returns a − b.
func (g *Graph) Sub(a, b Node) Node {
	g.check(a, b)
	switch {
	case a == Zero:
		return g.Neg(b)
	case b == Zero:
		return a
	}
	return g.node(sub, a, b)
}

// Mul returns a·b.
func (g *Graph) Mul(a, b Node) Node {
	g.check(a, b)
	switch {
	case a == Zero || b == Zero:
		return Zero
	case a == One:
		return b
	case b == One:
		return a
	}
	return g.node(mul, a, b)
}

// Quo returns a/b. The constant 0 divided by anything is 0, as it is a product with 0.
func (g *Graph) Quo(a, b Node) Node {
	g.check(a, b)
	switch {
	case a == Zero:
		return Zero
	case b == One:
		return a
	}
	return g.node(quo, a, b)
}

// Neg returns −a.
func (g *Graph) Neg(a Node) Node {
	g.check(a)
	if a == Zero {
		return Zero
	}
	return g.node(neg, a, 0)
}

// Exp returns e^a.
func (g *Graph) Exp(a Node) Node {
	g.check(a)
	if a == Zero {
		return One
	}
	return g.node(exp, a, 0)
}

// Log returns the natural logarithm of a.
func (g *Graph) Log(a Node) Node {
	g.check(a)
	if a == One {
		return Zero
	}
	return g.node(log, a, 0)
}

// Log1p returns log(1 + a), without loss for small a.
func (g *Graph) Log1p(a Node) Node {
	g.check(a)
	if a == Zero {
		return Zero
	}
	return g.node(log1p, a, 0)
}

// Expm1 returns e^a − 1, without loss for small a.
func (g *Graph) Expm1(a Node) Node {
	g.check(a)
	if a == Zero {
		return Zero
	}
	return g.node(expm1, a, 0)
}

// Sigmoid returns σ(a) = 1/(1 + e^−a).
func (g *Graph) Sigmoid(a Node) Node {
	g.check(a)
	return g.node(sigmoid, a, 0)
}

// Softplus returns log(1 + e^a).
func (g *Graph) Softplus(a Node) Node {
	g.check(a)
	return g.node(softplus, a, 0)
}

// Sqrt returns √a. At 0 it has a value and no derivative.
func (g *Graph) Sqrt(a Node) Node {
	g.check(a)
	if a == Zero || a == One {
		return a
	}
	return g.node(sqrt, a, 0)
}

// Atan returns the arctangent of a.
func (g *Graph) Atan(a Node) Node {
	g.check(a)
	if a == Zero {
		return Zero
	}
	return g.node(atan, a, 0)
}

// Atan2 returns the angle of the point (x, y), in (−π, π]. It has no value at the origin.
func (g *Graph) Atan2(y, x Node) Node {
	g.check(y, x)
	return g.node(atan2, y, x)
}

// Stop returns a as something that does not change when an input does: its derivative is 0.
func (g *Graph) Stop(a Node) Node {
	g.check(a)
	if a == Zero || a == One {
		return a
	}
	return g.node(stop, a, 0)
}

// Sum returns the sum of its operands, as one node, added from the first to the last. The empty sum is Zero.
func (g *Graph) Sum(xs ...Node) Node {
	g.check(xs...)
	start := len(g.operands)
	for _, x := range xs {
		if x != Zero {
			g.operands = append(g.operands, x)
		}
	}
	switch kept := g.operands[start:]; len(kept) {
	case 0:
		return Zero
	case 1:
		g.operands = g.operands[:start]
		return kept[0]
	default:
		return g.node(sum, Node(start), Node(len(kept)))
	}
}
