package expr

import (
	"cmp"
	"slices"
)

// Separation
//
// The gradient of a loss over K scores has K numbers, each of which depends on all K scores: K² second derivatives. But most
// of that dependence passes through few numbers, as the sum of a softmax, and otherwise output k depends on score k alone.
//
// Every input of interest belongs to a class. One walk upward gives every node a label: the class of all inputs of interest
// that it depends on, shared where it depends on none but through the cuts, or mixed where it depends on two classes. A mixed
// node becomes a cut: from there on it counts as shared, as if it were an input of its own. Only where a linear step is all
// that a mixed node goes into, the step that follows is left to become the cut, so that a sum is one cut and not one for each
// partial sum.
//
// Then an output with class k is a function of the inputs of class k and of the cuts, and of nothing else of interest: along a
// path from an input of class j up to the output that meets no cut, every node has the label j or is mixed. (Comparisons are no
// part of a path, and what is stopped is: this is about what numbers change with.) That holds for any
// choice of cuts. With D the derivatives of the output by the inputs of its class and A those by the cuts c, both taken with
// the cuts held fixed, and B_cj = ∂c/∂x_j with nothing held fixed, the chain rule, split by the first cut on each path down,
// gives
//
//	∂out/∂x_j = D_j + Σ_c A_c·B_cj     D_j = 0 for another class
//
// An input that meets many classes, as the largest score from which all others are taken, would make cuts of all that it
// meets. It is a hub: it belongs to no class, counts as shared, and stands beside the cuts.

// The labels of nodes that have no class. Classes are numbered from 0.
const (
	free   = -1 - iota // depends on no input of interest
	shared             // depends on cuts and hubs alone
	end                // a cut, a hub, or a shared node that many others need: derivatives are taken by it
	mixed              // depends on two classes
)

// What a separation may have for it to be worth its while. No result depends on these numbers, only the time that it takes.
const (
	MaxCuts    = 8  // a row of second derivatives takes time for each
	maxHubs    = 8  // an output has a derivative by each
	maxMixed   = 8  // outputs that nothing separates are differentiated by all inputs, each
	hubMeets   = 3  // a class that is part of fewer cuts is no hub
	neededMany = 8  // a shared node with more consumers is an end, so that what is below it is differentiated once
	maxEnds    = 64 // of which there are no more than these, beside the cuts
)

// A Separation says through which few nodes outputs depend on the inputs of other classes than their own.
type Separation struct {
	Cuts []Node
	Hubs []Node
	// Ends are what Partials takes derivatives by, beside inputs of the class: cuts, hubs, and functions of these.
	Ends []Node

	graph *Graph
	label []int32
	seen  []uint32 // scratch of Partials: which call has seen a node
	calls uint32
}

// Separate looks for a Separation of outs in which few nodes are cuts. classes[i] ≥ 0 is the class of inputs[i], which is an
// input of the graph. It returns nil where it finds none, and where many of outs would depend on several classes other than
// through cuts.
func (g *Graph) Separate(outs, inputs []Node, classes []int) *Separation {
	g.check(outs...)
	g.check(inputs...)
	w := g.newWalk(outs)
	for hubs := make(map[int]bool); ; {
		s, mixedOuts, meets := w.separate(outs, inputs, classes, hubs)
		if len(s.Cuts) <= MaxCuts && mixedOuts <= maxMixed+len(hubs) {
			w.addEnds(s)
			return s
		}
		hub, most := 0, 0
		for class, n := range meets {
			if n > most {
				hub, most = class, n
			}
		}
		if most < hubMeets || len(hubs) == maxHubs {
			return nil
		}
		hubs[hub] = true
	}
}

// A walk is what is common to all attempts at a separation: the nodes that the outputs depend on, operands first.
type walk struct {
	graph     *Graph
	nodes     []Node
	varies    []bool // by node: depends on an input
	consumers []int32
	consumer  []Node // the last one
}

func (g *Graph) newWalk(outs []Node) *walk {
	w := &walk{graph: g, varies: make([]bool, g.Len()), consumers: make([]int32, g.Len()), consumer: make([]Node, g.Len())}
	seen := make([]bool, g.Len())
	reach := func(x Node) {
		if !seen[x] {
			seen[x] = true
			w.nodes = append(w.nodes, x)
		}
	}
	for _, out := range outs {
		reach(out)
	}
	for i := 0; i < len(w.nodes); i++ {
		n := w.nodes[i]
		g.eachOperand(n, func(x Node) {
			w.consumers[x]++
			w.consumer[x] = n
			reach(x)
		})
	}
	slices.Sort(w.nodes)
	for _, n := range w.nodes {
		w.varies[n] = g.ops[n].kind == input
		g.eachOperand(n, func(x Node) { w.varies[n] = w.varies[n] || w.varies[x] })
	}
	return w
}

// separate labels all nodes with these classes as hubs. meets counts for each class the cuts, and the mixed outputs, at which
// it is the first or the second class.
func (w *walk) separate(outs, inputs []Node, classes []int, hubs map[int]bool) (s *Separation, mixedOuts int, meets []int) {
	g := w.graph
	s = &Separation{graph: g, label: make([]int32, g.Len())}
	for i := range s.label {
		s.label[i] = free
	}
	for i, x := range inputs {
		if hubs[classes[i]] {
			s.Hubs = append(s.Hubs, x)
			s.label[x] = end
		} else {
			s.label[x] = int32(classes[i])
		}
	}
	meets = make([]int, 1+slices.Max(append([]int{0}, classes...)))
	pairs := make(map[Node][2]int32) // of mixed nodes: the first two classes
	for _, n := range w.nodes {
		if k := g.ops[n].kind; k == input || k == order {
			continue // a comparison has no derivative
		}
		label := int32(free)
		g.eachOperand(n, func(x Node) {
			switch l := s.label[x]; {
			case l == free || l == label:
			case label == mixed:
			case l == mixed:
				label, pairs[n] = mixed, pairs[x]
			case l < 0 && label == free:
				label = shared
			case l < 0: // a class, or shared, stays what it is
			case label < 0:
				label = l
			default:
				label, pairs[n] = mixed, [2]int32{label, l}
			}
		})
		if label == mixed && w.consumers[n] > 0 && !w.passes(n) {
			label = end
			s.Cuts = append(s.Cuts, n)
			meets[pairs[n][0]]++
			meets[pairs[n][1]]++
		}
		s.label[n] = label
	}
	for _, out := range outs {
		if s.label[out] == mixed {
			mixedOuts++
			meets[pairs[out][0]]++
			meets[pairs[out][1]]++
		}
	}
	return s, mixedOuts, meets
}

// passes reports whether all that n goes into is one linear step.
func (w *walk) passes(n Node) bool {
	if w.consumers[n] != 1 {
		return false
	}
	switch op := w.graph.ops[w.consumer[n]]; op.kind {
	case add, sub, neg, sum:
		return true
	case mul:
		return !w.varies[op.a] || !w.varies[op.b]
	case quo:
		return !w.varies[op.b]
	}
	return false
}

// addEnds makes shared nodes ends where many need them.
func (w *walk) addEnds(s *Separation) {
	s.Ends = append(slices.Clone(s.Cuts), s.Hubs...)
	var many []Node
	for _, n := range w.nodes {
		if s.label[n] == shared && w.consumers[n] > neededMany {
			many = append(many, n)
		}
	}
	slices.SortStableFunc(many, func(a, b Node) int { return cmp.Compare(w.consumers[b], w.consumers[a]) })
	for _, n := range many[:min(len(many), maxEnds)] {
		s.label[n] = end
		s.Ends = append(s.Ends, n)
	}
}

// Class returns the class of an output, −1 where it depends on cuts and hubs alone. It reports false where it depends on the
// inputs of several classes.
func (s *Separation) Class(out Node) (class int, ok bool) {
	return max(int(s.label[out]), -1), s.label[out] != mixed
}

// Partials returns the derivatives of an output that has a class, with all ends held fixed, and by what they are: those ends
// and inputs of the class that it depends on. It looks at no more than that part of the graph. The graph must have its first
// length, or one that nodes have been added to.
func (s *Separation) Partials(out Node) (by, partials []Node) {
	g := s.graph
	if s.seen == nil {
		s.seen = make([]uint32, len(s.label))
	}
	s.calls++
	pending := []Node{out}
	s.seen[out] = s.calls
	for len(pending) > 0 {
		n := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if s.label[n] == end || s.label[n] >= 0 && g.ops[n].kind == input {
			by = append(by, n)
			continue
		}
		g.eachOperand(n, func(x Node) {
			if s.label[x] != free && s.seen[x] != s.calls {
				s.seen[x] = s.calls
				pending = append(pending, x)
			}
		})
	}
	return by, g.grad(out, by, func(n Node) bool { return s.label[n] != free })
}

// ByCuts returns the derivatives of an end by the cuts and the hubs, in this order, each with the others held fixed.
func (s *Separation) ByCuts(n Node) []Node {
	return s.graph.grad(n, slices.Concat(s.Cuts, s.Hubs), func(n Node) bool { return s.label[n] != free })
}
