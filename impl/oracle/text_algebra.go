package oracle

import (
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/impl/oracle/expr"
	"github.com/lossproof/lossproof/impl/oracle/interval"
)

// algebra holds what a text can be made of. What has no value, such as an element that is not
// there, is a node without one: it does no harm unless it is needed.
func (w *writer) algebra() formula.Algebra[term] {
	a := formula.Algebra[term]{
		Number: func(x *big.Rat) term { return term{exact: x} },
		If:     w.choose,
		At:     w.at,
		Unary: map[string]func(term) term{
			formula.Negative: func(x term) term { return w.subtract(term{exact: new(big.Rat)}, x) },
			"floor":          w.floor,
			"abs":            func(x term) term { return w.extreme(x, w.subtract(term{exact: new(big.Rat)}, x), 1, w.abs) },
		},
		Binary: map[string]func(x, y term) term{"-": w.subtract, "*": w.multiply, "weighed": w.multiply, "/": w.divide, "^": w.power},
		Row: map[string]func(dst []term, args ...[]term){
			"softmax":     func(dst []term, args ...[]term) { each(dst, w.softmaxOf(args[0]).probability) },
			"log_softmax": func(dst []term, args ...[]term) { each(dst, w.softmaxOf(args[0]).logProbability) },
			"others":      w.others,
			"centred":     w.centred,
			"before":      w.before,
		},
	}
	type graph = expr.Graph // of the example at hand
	for name, f := range map[string]func(*graph, expr.Node) expr.Node{"exp": (*graph).Exp, "log": (*graph).Log, "log1p": (*graph).Log1p,
		"expm1": (*graph).Expm1, "sigmoid": (*graph).Sigmoid, "softplus": (*graph).Softplus, "sqrt": (*graph).Sqrt, "atan": (*graph).Atan,
		"stop": (*graph).Stop} {
		a.Unary[name] = func(x term) term { return made(f(w.Graph, w.node(x))) }
	}
	for op, holds := range map[string]func(order int) bool{
		"<": func(o int) bool { return o < 0 }, "<=": func(o int) bool { return o <= 0 }, "==": func(o int) bool { return o == 0 },
		">": func(o int) bool { return o > 0 }, ">=": func(o int) bool { return o >= 0 }, "!=": func(o int) bool { return o != 0 },
	} {
		a.Binary[op] = func(x, y term) term {
			if x.exact != nil && y.exact != nil {
				return made(expr.Node(indicator(holds(x.exact.Cmp(y.exact)))))
			}
			return term{test: &comparison{op, w.node(x), w.node(y)}}
		}
	}
	a.Binary["+"] = func(x, y term) term { return w.sum([]term{x, y}) }
	a.Binary["max"] = func(x, y term) term { return w.extreme(x, y, 1, w.Max) }
	a.Binary["min"] = func(x, y term) term { return w.extreme(x, y, -1, w.Min) }
	a.Reduce = map[string]func([]term) term{"sum": w.sum, "argmax": w.argmax,
		"logsumexp": func(xs []term) term { return made(w.softmaxOf(xs).logSum()) }}
	for name, f := range map[string]func(x, y term) term{"prod": w.multiply, "max": a.Binary["max"], "min": a.Binary["min"]} {
		a.Reduce[name] = func(xs []term) term {
			result := xs[0]
			for _, x := range xs[1:] {
				result = f(result, x)
			}
			return result
		}
	}
	return a
}

func each(dst []term, f func(k int) expr.Node) {
	for k := range dst {
		dst[k] = made(f(k))
	}
}

// mostBits is how long an exact constant may grow; a longer one is a node.
const mostBits = 1 << 14

// fold computes with exact constants, where both are, and else with nodes.
func (w *writer) fold(x, y term, exact func(z, x, y *big.Rat) *big.Rat, node func(x, y expr.Node) expr.Node) term {
	if x.exact != nil && y.exact != nil {
		if z := exact(new(big.Rat), x.exact, y.exact); z.Num().BitLen()+z.Denom().BitLen() <= mostBits {
			return term{exact: z}
		}
	}
	return made(node(w.node(x), w.node(y)))
}

func (w *writer) subtract(x, y term) term { return w.fold(x, y, (*big.Rat).Sub, w.Sub) }
func (w *writer) multiply(x, y term) term { return w.fold(x, y, (*big.Rat).Mul, w.Mul) }

func (w *writer) divide(x, y term) term {
	if y.exact != nil && y.exact.Sign() == 0 {
		return w.nothing()
	}
	return w.fold(x, y, (*big.Rat).Quo, w.Quo)
}

// nothing is a node without a value.
func (w *writer) nothing() term { return term{node: w.Log(w.Const(-1))} }

func (w *writer) sum(xs []term) term {
	total := term{exact: new(big.Rat)}
	var nodes []expr.Node
	for _, x := range xs {
		if x.exact == nil {
			nodes = append(nodes, w.node(x))
		} else {
			total = w.fold(total, x, (*big.Rat).Add, w.Add)
		}
	}
	if nodes == nil {
		return total
	}
	return made(w.Sum(append(nodes, w.node(total))...))
}

// extreme is the greater of x and y, or with sign −1 the lesser.
func (w *writer) extreme(x, y term, sign int, node func(x, y expr.Node) expr.Node) term {
	return w.fold(x, y, func(z, x, y *big.Rat) *big.Rat {
		if x.Cmp(y) == sign {
			return z.Set(x)
		}
		return z.Set(y)
	}, node)
}

// abs is max(x, −x).
func (w *writer) abs(x, _ expr.Node) expr.Node { return w.Abs(x) }

// power is x·x·… for a whole number, a square root for ½, and else e^(y·log x), which has no
// value for x < 0. At 0 a power above 1 has the value and the slope 0, and another one none.
func (w *writer) power(x, y term) term {
	one := made(expr.One)
	switch {
	case y.exact == nil:
	case y.exact.IsInt() && y.exact.Num().IsInt64():
		n := y.exact.Num().Int64()
		if n < 0 {
			return w.divide(one, w.power(x, term{exact: new(big.Rat).Neg(y.exact)}))
		}
		result := one
		for ; n > 0; n >>= 1 {
			if n&1 == 1 {
				result = w.multiply(result, x)
			}
			if n > 1 {
				x = w.multiply(x, x)
			}
		}
		return result
	case y.exact.Cmp(big.NewRat(1, 2)) == 0:
		return made(w.Sqrt(w.node(x)))
	case y.exact.Cmp(one.exact) > 0:
		general := made(w.Exp(w.Mul(w.node(y), w.Log(w.node(x)))))
		w.steep = w.steep || y.exact.Cmp(big.NewRat(2, 1)) < 0 && w.decide(func(value func(expr.Node) interval.Interval) bool {
			order, certain := value(w.node(x)).Compare(interval.FromInt(0))
			return certain && order == 0
		})
		return w.choose(term{test: &comparison{"==", w.node(x), expr.Zero}}, made(expr.Zero), general)
	}
	return made(w.Exp(w.Mul(w.node(y), w.Log(w.node(x)))))
}

// decide calls try with evaluations of rising precision until it can tell.
func (w *writer) decide(try func(value func(expr.Node) interval.Interval) bool) (told bool) {
	defer func() {
		if problem := recover(); problem != nil {
			if _, ok := problem.(*interval.DomainError); !ok {
				panic(problem)
			}
			told = false
		}
	}()
	for prec := uint(firstPrec); prec <= lastPrec && !told; prec *= 2 {
		told = try(w.Evaluate(prec).Value)
	}
	return told
}

// floor is a constant: it has a step wherever it is not.
func (w *writer) floor(x term) term {
	down := func(x *big.Rat) *big.Rat { return new(big.Rat).SetInt(new(big.Int).Div(x.Num(), x.Denom())) }
	if x.exact != nil {
		return term{exact: down(x.exact)}
	}
	var low *big.Rat
	if !w.decide(func(value func(expr.Node) interval.Interval) bool {
		v := value(w.node(x))
		if v.Lo().IsInf() || v.Hi().IsInf() || v.Hi().MantExp(nil) > mostBits {
			return false
		}
		l, _ := v.Lo().Rat(nil)
		h, _ := v.Hi().Rat(nil)
		low = down(l)
		return low.Cmp(down(h)) == 0
	}) {
		return w.nothing()
	}
	return term{exact: low}
}

// at is an element of xs, where i is certainly the number of one.
func (w *writer) at(xs []term, i term) term {
	whole := w.floor(i)
	if whole.exact == nil || !whole.exact.Num().IsInt64() {
		return w.nothing()
	}
	k := whole.exact.Num().Int64()
	same := i.exact != nil && i.exact.Cmp(whole.exact) == 0 || i.exact == nil && w.decide(func(value func(expr.Node) interval.Interval) bool {
		order, certain := value(w.node(i)).Compare(interval.FromInt(k))
		return certain && order == 0
	})
	if !same || k < 0 || k >= int64(len(xs)) {
		return w.nothing()
	}
	return xs[k]
}

// argmax is the number of the first of the largest elements.
func (w *writer) argmax(xs []term) term {
	best, nodes := 0, w.nodes(xs)
	for k := range nodes {
		above := false
		if !w.decide(func(value func(expr.Node) interval.Interval) bool {
			order, certain := value(nodes[k]).Compare(value(nodes[best]))
			above = order > 0
			return certain
		}) {
			return w.nothing()
		}
		if above {
			best = k
		}
	}
	return term{exact: big.NewRat(int64(best), 1)}
}

// softmaxOf returns the softmax of any terms. That of predictions may have no limit.
func (w *writer) softmaxOf(xs []term) *softmax {
	nodes := w.nodes(xs)
	if slices.Equal(nodes, w.x) {
		w.lost = w.lost || w.noLimit()
		return w.softmaxFrom(nodes, w.highestBut(-1))
	}
	highest := 0 // about: any will do
	w.decide(func(value func(expr.Node) interval.Interval) bool {
		for k := range nodes {
			if value(nodes[k]).Hi().Cmp(value(nodes[highest]).Hi()) > 0 {
				highest = k
			}
		}
		return true
	})
	return w.softmaxFrom(nodes, highest)
}

func (w *writer) others(dst []term, args ...[]term) {
	sum := term{exact: new(big.Rat)}
	for k, x := range args[0] {
		dst[k] = sum
		sum = w.sum([]term{sum, x})
	}
	sum = term{exact: new(big.Rat)}
	for k := len(dst) - 1; k >= 0; k-- {
		dst[k] = w.sum([]term{dst[k], sum})
		sum = w.sum([]term{sum, args[0][k]})
	}
}

// centred is u_k·Σp − Σp·u.
func (w *writer) centred(dst []term, args ...[]term) {
	weighed := make([]term, len(dst))
	for i, p := range args[0] {
		weighed[i] = w.multiply(p, args[1][i])
	}
	mass, mean := w.sum(args[0]), w.sum(weighed)
	for k, u := range args[1] {
		dst[k] = w.subtract(w.multiply(u, mass), mean)
	}
}

// before is a sum over those elements that certainly come first.
func (w *writer) before(dst []term, args ...[]term) {
	nodes, order, told := w.nodes(args[0]), make([]int, len(dst)), true
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(i, j int) (sign int) {
		told = w.decide(func(value func(expr.Node) interval.Interval) (certain bool) {
			sign, certain = value(nodes[j]).Compare(value(nodes[i]))
			return certain
		}) && told
		return sign
	})
	sum := term{exact: new(big.Rat)}
	for _, k := range order {
		if dst[k] = sum; !told {
			dst[k] = w.nothing()
		}
		sum = w.sum([]term{sum, args[1][k]})
	}
}
