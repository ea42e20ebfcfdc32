package mutants

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strconv"
	"strings"

	"github.com/lossproof/lossproof/impl/loss"
)

// The language of formulas.go: lines of the form
//
//	name = expression
//	name(parameters) = expression
//
// in Go's syntax. A value is a number or a row of numbers, and operations go element by
// element. A comparison gives 1 or 0, and where(c, a, b) is a where c is not 0.

// A definition is one line.
type definition struct {
	name   string
	params []string // of a function; nil otherwise
	isFunc bool
	body   ast.Expr
}

// parse reads lines. It panics on a mistake, which can only be one in formulas.go.
func parse(text string) []definition {
	var defs []definition
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		left, right, ok := strings.Cut(line, " = ")
		if !ok {
			panic("mutants: no definition: " + line)
		}
		d := definition{body: parseExpr(right)}
		switch head := parseExpr(left).(type) {
		case *ast.Ident:
			d.name = head.Name
		case *ast.CallExpr:
			d.name, d.isFunc = head.Fun.(*ast.Ident).Name, true
			for _, arg := range head.Args {
				d.params = append(d.params, arg.(*ast.Ident).Name)
			}
		}
		defs = append(defs, d)
	}
	return defs
}

func parseExpr(text string) ast.Expr {
	e, err := parser.ParseExpr(strings.TrimSpace(text))
	if err != nil {
		panic(fmt.Sprintf("mutants: %s: %v", text, err))
	}
	return e
}

// A quantity is a number, or a row of them where xs is set.
type quantity struct {
	x  float64
	xs []float64
}

func (q quantity) at(k int) float64 {
	if q.xs == nil {
		return q.x
	}
	return q.xs[k]
}

func (q quantity) row() []float64 {
	if q.xs == nil {
		return []float64{q.x}
	}
	return q.xs
}

// A program is a compiled formula: definitions and parameters have slots in memory.
type program struct {
	slots int
	input map[string]int
	steps []step
	scope map[string]int
	funcs map[string]definition
}

type (
	step struct {
		slot int
		eval eval
	}
	eval func(memory []quantity) quantity
)

// compile makes a program of definitions, in the order given. What is used and not
// defined is an input.
func compile(defs []definition) *program {
	p := &program{input: map[string]int{}, scope: map[string]int{}, funcs: map[string]definition{}}
	for _, d := range defs {
		if d.isFunc {
			p.funcs[d.name] = d
			continue
		}
		eval := p.expr(d.body, nil)
		p.scope[d.name] = p.slot()
		p.steps = append(p.steps, step{p.scope[d.name], eval})
	}
	return p
}

func (p *program) slot() int {
	p.slots++
	return p.slots - 1
}

// run evaluates every definition and returns those that are called value and grad.
func (p *program) run(inputs map[string]quantity) (value, grad quantity) {
	memory := make([]quantity, p.slots)
	for name, slot := range p.input {
		q, ok := inputs[name]
		if !ok {
			panic("mutants: no input " + name)
		}
		memory[slot] = q
	}
	for _, s := range p.steps {
		memory[s.slot] = s.eval(memory)
	}
	return memory[p.scope["value"]], memory[p.scope["grad"]]
}

func (p *program) expr(e ast.Expr, local map[string]int) eval {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return p.expr(e.X, local)
	case *ast.BasicLit:
		x, err := strconv.ParseFloat(e.Value, 64)
		if err != nil {
			panic("mutants: " + err.Error())
		}
		return func([]quantity) quantity { return quantity{x: x} }
	case *ast.Ident:
		slot := p.find(e.Name, local)
		return func(memory []quantity) quantity { return memory[slot] }
	case *ast.UnaryExpr:
		x := p.expr(e.X, local)
		return func(memory []quantity) quantity { return apply(func(x float64) float64 { return -x }, x(memory)) }
	case *ast.BinaryExpr:
		f, x, y := operators[e.Op], p.expr(e.X, local), p.expr(e.Y, local)
		return func(memory []quantity) quantity { return combine(f, x(memory), y(memory)) }
	case *ast.CallExpr:
		return p.call(e, local)
	}
	panic(fmt.Sprintf("mutants: a %T in a formula", e))
}

func (p *program) find(name string, local map[string]int) int {
	if slot, ok := local[name]; ok {
		return slot
	}
	if slot, ok := p.scope[name]; ok {
		return slot
	}
	if _, ok := p.input[name]; !ok {
		p.input[name] = p.slot()
	}
	return p.input[name]
}

// call compiles a call; the body of a function is compiled anew at each, with slots of
// its own.
func (p *program) call(e *ast.CallExpr, local map[string]int) eval {
	name := e.Fun.(*ast.Ident).Name
	var args []eval
	for _, arg := range e.Args {
		args = append(args, p.expr(arg, local))
	}
	if d, ok := p.funcs[name]; ok {
		inner, slots := map[string]int{}, []int{}
		for _, param := range d.params {
			inner[param] = p.slot()
			slots = append(slots, inner[param])
		}
		body := p.expr(d.body, inner)
		return func(memory []quantity) quantity {
			for i, arg := range args {
				memory[slots[i]] = arg(memory)
			}
			return body(memory)
		}
	}
	if f := elementary[name]; f != nil {
		return func(memory []quantity) quantity { return apply(f, args[0](memory)) }
	}
	if f := pairs[name]; f != nil {
		return func(memory []quantity) quantity { return combine(f, args[0](memory), args[1](memory)) }
	}
	if f := rows[name]; f != nil {
		return func(memory []quantity) quantity { return f(args[0](memory).row()) }
	}
	switch name {
	case "where":
		return func(memory []quantity) quantity {
			return choose(args[0](memory), args[1](memory), args[2](memory))
		}
	case "centred":
		return func(memory []quantity) quantity { return centred(args[0](memory), args[1](memory).row()) }
	}
	panic("mutants: no function " + name)
}

func apply(f func(float64) float64, q quantity) quantity {
	if q.xs == nil {
		return quantity{x: f(q.x)}
	}
	return quantity{xs: mapped(q.xs, f)}
}

func combine(f func(a, b float64) float64, a, b quantity) quantity {
	if a.xs == nil && b.xs == nil {
		return quantity{x: f(a.x, b.x)}
	}
	xs := make([]float64, max(len(a.xs), len(b.xs)))
	for k := range xs {
		xs[k] = f(a.at(k), b.at(k))
	}
	return quantity{xs: xs}
}

func choose(c, a, b quantity) quantity {
	if c.xs == nil {
		if c.x != 0 {
			return a
		}
		return b
	}
	xs := make([]float64, len(c.xs))
	for k := range xs {
		if xs[k] = b.at(k); c.xs[k] != 0 {
			xs[k] = a.at(k)
		}
	}
	return quantity{xs: xs}
}

var operators = map[token.Token]func(a, b float64) float64{
	token.ADD: func(a, b float64) float64 { return a + b },
	token.SUB: func(a, b float64) float64 { return a - b },
	token.MUL: func(a, b float64) float64 { return a * b },
	token.QUO: func(a, b float64) float64 { return a / b },
	token.LSS: func(a, b float64) float64 { return boolean(a < b) },
	token.LEQ: func(a, b float64) float64 { return boolean(a <= b) },
	token.GTR: func(a, b float64) float64 { return boolean(a > b) },
	token.GEQ: func(a, b float64) float64 { return boolean(a >= b) },
	token.EQL: func(a, b float64) float64 { return boolean(a == b) },
	token.NEQ: func(a, b float64) float64 { return boolean(a != b) },
}

var elementary = map[string]func(float64) float64{
	"exp": math.Exp, "expm1": math.Expm1, "log1p": math.Log1p, "abs": math.Abs,
	"log": func(x float64) float64 {
		if 0 < x && x < 0x1p-1022 { // math.Log is wrong for subnormal numbers on amd64
			return math.Log(x*0x1p64) - 64*math.Ln2
		}
		return math.Log(x)
	},
}

var pairs = map[string]func(a, b float64) float64{
	"max": func(a, b float64) float64 { return max(a, b) },
	"min": func(a, b float64) float64 { return min(a, b) },
}

var rows = map[string]func([]float64) quantity{
	"sum":     func(xs []float64) quantity { return quantity{x: compensated(xs)} },
	"highest": func(xs []float64) quantity { return quantity{x: highest(xs)} },
	"lowest": func(xs []float64) quantity {
		return quantity{x: -highest(mapped(xs, func(x float64) float64 { return -x }))}
	},
	"others": func(xs []float64) quantity { return quantity{xs: exclusive(xs)} },
	"first":  func(xs []float64) quantity { return quantity{xs: single(xs, false)} },
	"last":   func(xs []float64) quantity { return quantity{xs: single(xs, true)} },
}

// exclusive returns the sum of the others for every element, without a subtraction.
func exclusive(xs []float64) []float64 {
	sums := make([]float64, len(xs))
	var before, after loss.Accumulator
	for k := range xs {
		sums[k] = before.Sum()
		before.Add(xs[k])
	}
	for k := len(xs) - 1; k >= 0; k-- {
		sums[k] += after.Sum()
		after.Add(xs[k])
	}
	return sums
}

// single keeps the first or the last number that is not 0.
func single(xs []float64, last bool) []float64 {
	ys := make([]float64, len(xs))
	for i := range xs {
		k := i
		if last {
			k = len(xs) - 1 - i
		}
		if xs[k] != 0 {
			ys[k] = xs[k]
			break
		}
	}
	return ys
}

// centred returns Σ p_i·(u_k − u_i) for every k.
func centred(p quantity, u []float64) quantity {
	out := make([]float64, len(u))
	for k := range u {
		var sum loss.Accumulator
		for i := range u {
			if u[i] != u[k] {
				sum.Add(p.at(i) * (u[k] - u[i]))
			}
		}
		out[k] = sum.Sum()
	}
	return quantity{xs: out}
}
