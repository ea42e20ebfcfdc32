package oracle

import (
	"math/big"
	"sync"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/oracle/expr"
)

// A definition can be a text of package formula, Loss.Definition. It becomes nodes of the graph of
// an item, so that its value is certified and its gradient differentiated like those of any
// other.

func init() {
	for _, l := range loss.All() {
		if l.Definition != "" {
			define(l, ofText(l))
		}
	}
}

// ofText returns the definition that a text gives. It panics on a mistake, which can only be
// one in the catalogue.
func ofText(l *loss.Loss) definition {
	var in []formula.Input
	vars := variables(l)
	for _, v := range vars {
		in = append(in, v.Input)
	}
	program := formula.MustParse(l.Definition).MustCompile(in)
	writers := sync.Pool{New: func() any {
		w := &writer{terms: make([][]term, len(vars))}
		var err error
		if w.evaluator, err = formula.NewEvaluator(program, w.algebra()); err != nil {
			panic("oracle: " + l.Name + ": " + err.Error())
		}
		return w
	}}
	return func(e *example) []expr.Node {
		w := writers.Get().(*writer)
		defer writers.Put(w)
		w.example, w.lost = e, false
		for i, v := range vars {
			w.terms[i] = v.terms(e)
		}
		values := w.nodes(w.evaluator.Eval(w.terms...)[0])
		if w.lost {
			e.undefined()
			return make([]expr.Node, len(values))
		}
		return values
	}
}

// A variable is an input of a text, with its terms in an example.
type variable struct {
	formula.Input
	terms func(e *example) []term
}

// variables lists what the text of a loss can be a function of: the prediction, z, x or p; the target, y, or t for a
// class index; of a shape of several numbers the name of each, as x1 of boxes and X1 of their targets; the parameters by name that are never off, class weights
// among them; conventions whose values are numbers; and of others each value as
// convention_value, 1 where it is the one of the call.
func variables(l *loss.Loss) []variable {
	var vars []variable
	add := func(name string, vector bool, terms func(e *example) []term) {
		vars = append(vars, variable{formula.Input{Name: name, Vector: vector}, terms})
	}
	if pred, target := l.Shape.Names(); l.Shape.Several() {
		for i := range pred {
			add(pred[i], false, func(e *example) []term { return inputs(e.x[i : i+1]) })
			add(target[i], false, func(e *example) []term { return inputs(e.y[i : i+1]) })
		}
	} else {
		for _, name := range []string{"z", "x", "p"} {
			add(name, l.Shape.Many(), func(e *example) []term { return inputs(e.x) })
		}
		if number := l.NumberTarget(); number != nil || l.IndexTarget() != nil {
			add("y", l.Shape.Many() && (number == nil || number.Count == 0), func(e *example) []term { return inputs(e.y) })
		}
		if l.IndexTarget() != nil && l.NumberTarget() == nil {
			add("t", false, func(e *example) []term { return []term{{exact: big.NewRat(int64(e.t), 1)}} })
		}
	}
	for _, p := range l.Params {
		switch {
		case p.Kind == loss.PerClass:
			add(p.Name, true, func(e *example) []term {
				all := make([]term, len(e.x))
				for k := range all {
					all[k].exact = new(big.Rat).SetFloat64(e.args.Class(p.Name, k))
				}
				return all
			})
		case !p.Optional:
			add(p.Name, false, func(e *example) []term { return []term{{exact: new(big.Rat).SetFloat64(e.args.Scalar(p.Name))}} })
		}
	}
	for _, c := range l.Conventions {
		if _, number := new(big.Rat).SetString(c.Values[0]); number {
			add(c.Name, false, func(e *example) []term {
				x, _ := new(big.Rat).SetString(e.args.Convention(c.Name))
				return []term{{exact: x}}
			})
			continue
		}
		for _, value := range c.Values {
			add(c.Name+"_"+value, false, func(e *example) []term {
				return []term{made(expr.Node(indicator(e.args.Convention(c.Name) == value)))}
			})
		}
	}
	return vars
}

// A term is a number of a text: a node of the graph; or an exact constant, so that 1 − y is the constant 0 for the
// label 1 and leaves its term out; or a comparison, which an if decides by its operands.
type term struct {
	node  expr.Node
	exact *big.Rat
	test  *comparison
}

type comparison struct {
	op   string
	x, y expr.Node
}

// made returns the term of a node. A graph folds to the constants 0 and 1, and a label is one.
func made(n expr.Node) term {
	if n == expr.Zero || n == expr.One {
		return term{exact: big.NewRat(int64(n), 1)}
	}
	return term{node: n}
}

func inputs(nodes []expr.Node) []term {
	terms := make([]term, len(nodes))
	for k, n := range nodes {
		terms[k] = made(n)
	}
	return terms
}

// A writer makes nodes of a text, in one example after another.
type writer struct {
	*example
	lost      bool // the example has no limit
	evaluator *formula.Evaluator[term]
	terms     [][]term // of the inputs
}

func (w *writer) node(t term) expr.Node {
	switch {
	case t.test != nil:
		return w.choose(t, made(expr.One), made(expr.Zero)).node
	case t.exact == nil:
		return t.node
	}
	whole := func(x *big.Int) expr.Node { return w.ConstBig(new(big.Float).SetInt(x)) }
	if denominator := t.exact.Denom(); denominator.TrailingZeroBits()+1 == uint(denominator.BitLen()) {
		x := new(big.Float).SetInt(t.exact.Num())
		return w.ConstBig(x.SetMantExp(x, 1-denominator.BitLen()))
	}
	return w.Quo(whole(t.exact.Num()), whole(t.exact.Denom()))
}

func (w *writer) nodes(terms []term) []expr.Node {
	nodes := make([]expr.Node, len(terms))
	for k, t := range terms {
		nodes[k] = w.node(t)
	}
	return nodes
}

// choose returns x where the condition holds, else y. At a comparison of equal numbers the function may have a kink, of
// which its gradient tells; == and != are decisions and not kinks.
func (w *writer) choose(c, x, y term) term {
	if c.exact != nil {
		if c.exact.Sign() != 0 {
			return x
		}
		return y
	}
	if c.test == nil {
		c.test = &comparison{"!=", c.node, expr.Zero}
	}
	a, b, yes, no := c.test.x, c.test.y, w.node(x), w.node(y)
	switch c.test.op {
	case "<", ">=":
		a, b = b, a
	case "==":
		yes, no = no, yes
	}
	switch c.test.op {
	case "==", "!=":
		return term{node: w.If(w.Stop(w.Sub(a, b)), yes, w.If(w.Stop(w.Sub(b, a)), yes, no))}
	case "<=", ">=":
		yes, no = no, yes
	}
	return term{node: w.If(w.Sub(a, b), yes, no)}
}
