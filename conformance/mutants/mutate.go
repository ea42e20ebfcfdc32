package mutants

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// nudge is the relative change of a constant.
const nudge = 0x1p-20

// An edit replaces one expression by another.
type edit struct {
	kind string // sign, term, constant, bound or naive
	from ast.Expr
	to   ast.Expr
}

// Machine returns the machine-made mutants: for each loss every sign flipped, every term
// dropped, every constant nudged by 2^-20, every branch bound moved, and every stable
// form made naive, in the formula and in the functions that it uses. Those with a proof
// in equivalent.go are left out.
func Machine() []Mutant {
	return slices.DeleteFunc(slices.Clone(machineMade()), func(m Mutant) bool { return equivalents[m.Name] != "" })
}

var machineMade = sync.OnceValue(func() []Mutant {
	var all []Mutant
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		defs := definitions(name)
		for i, d := range defs {
			for _, e := range edits(d.body) {
				changed := slices.Clone(defs)
				changed[i].body = replaced(d.body, e.from, e.to)
				text := fmt.Sprintf("%s: %s ⇒ %s", d.name, write(e.from), write(e.to))
				all = append(all, Mutant{Name: unique(all, fmt.Sprintf("%s/%s/%s", name, e.kind, text)), Loss: name,
					Mechanism: kinds[e.kind] + " in " + d.name + " = " + write(d.body), formula: &formula{name, compile(changed)}})
			}
		}
	}
	return all
})

var kinds = map[string]string{"sign": "a sign is flipped", "term": "a term is dropped", "constant": "a constant is nudged by 2^-20",
	"bound": "a bound is moved", "naive": "a stable form is made naive"}

// unique numbers a name where the same expression occurs twice in a line.
func unique(all []Mutant, name string) string {
	next := name
	for n := 2; slices.ContainsFunc(all, func(m Mutant) bool { return m.Name == next }); n++ {
		next = fmt.Sprintf("%s #%d", name, n)
	}
	return next
}

// definitions returns the formula of a loss after the functions that it uses.
func definitions(name string) []definition {
	used, body := map[string]bool{}, parse(texts[name])
	functions := parse(library)
	var mark func(d definition)
	mark = func(d definition) {
		ast.Inspect(d.body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				for _, f := range functions {
					if callee := call.Fun.(*ast.Ident).Name; f.name == callee && !used[callee] {
						used[callee] = true
						mark(f)
					}
				}
			}
			return true
		})
	}
	for _, d := range body {
		mark(d)
	}
	functions = slices.DeleteFunc(functions, func(d definition) bool { return !used[d.name] })
	return append(functions, body...)
}

// edits lists every change of an expression, from the outside in.
func edits(e ast.Expr) []edit {
	var all []edit
	add := func(kind string, from ast.Expr, to ...ast.Expr) {
		for _, x := range to {
			all = append(all, edit{kind, from, x})
		}
	}
	bounds := map[ast.Expr]bool{}
	ast.Inspect(e, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.UnaryExpr:
			add("sign", e, e.X)
		case *ast.BinaryExpr:
			switch e.Op {
			case token.ADD:
				add("sign", e, &ast.BinaryExpr{X: e.X, Op: token.SUB, Y: e.Y})
				add("term", e, e.X, e.Y)
			case token.SUB:
				add("sign", e, &ast.BinaryExpr{X: e.X, Op: token.ADD, Y: e.Y})
				add("term", e, e.X)
			case token.LSS, token.EQL:
				add("bound", e, moved(e)...)
				bounds[e.Y] = e.Op == token.LSS
			}
		case *ast.BasicLit:
			if !bounds[e] || value64(e) == 0 {
				add("constant", e, constant(nudged(value64(e))))
			}
		case *ast.CallExpr:
			kind, to := naive(e)
			add(kind, e, to...)
		}
		return true
	})
	return all
}

func value64(e *ast.BasicLit) float64 {
	x, err := strconv.ParseFloat(e.Value, 64)
	if err != nil {
		panic("mutants: " + err.Error())
	}
	return x
}

// nudged moves a constant; 0 has no relative change and is moved by as much itself.
func nudged(x float64) float64 {
	if x == 0 {
		return nudge
	}
	return x * (1 + nudge)
}

// moved moves the bound of a comparison: to never and to always, to the other side of
// equality, and from 0 by 1 either way. A bound that is not 0 chooses between two
// algorithms that are both good on either side of it; a little to the left or to the right
// is another choice and no defect, so that it is not nudged as a constant.
func moved(e *ast.BinaryExpr) []ast.Expr {
	to := []ast.Expr{constant(0), constant(1)}
	if e.Op == token.LSS {
		to = append(to, &ast.BinaryExpr{X: e.X, Op: token.LEQ, Y: e.Y})
		if c, ok := e.Y.(*ast.BasicLit); ok && value64(c) == 0 {
			to = append(to, &ast.BinaryExpr{X: e.X, Op: e.Op, Y: constant(1)}, &ast.BinaryExpr{X: e.X, Op: e.Op, Y: constant(-1)})
		}
	}
	return to
}

// naive lists what a call is in careless hands.
func naive(e *ast.CallExpr) (kind string, to []ast.Expr) {
	name := e.Fun.(*ast.Ident).Name
	text, ok := map[string]string{
		"log1p": "log(1 + x)", "expm1": "exp(x) - 1", "softplus": "log(1 + exp(x))", "sigmoid": "exp(x) / (1 + exp(x))",
		"others": "sum(x) - x", "weighed": "w * x", "gap": "-x", "abs": "x", "lowest": "sum(x)", "centred": "sum(w) * x - sum(w * x)",
	}[name]
	switch {
	case name == "max" || name == "min":
		return "term", e.Args
	case name == "where":
		return "bound", e.Args[1:]
	case !ok:
		return "", nil
	}
	with := map[string]ast.Expr{"x": e.Args[len(e.Args)-1], "w": e.Args[0]}
	to = append(to, substituted(parseExpr(text), with))
	if minus, ok := e.Args[0].(*ast.UnaryExpr); ok && name == "sigmoid" {
		to = append(to, substituted(parseExpr("1 - sigmoid(x)"), map[string]ast.Expr{"x": minus.X}))
	}
	return "naive", to
}

func constant(x float64) ast.Expr {
	return &ast.BasicLit{Kind: token.FLOAT, Value: strconv.FormatFloat(x, 'g', -1, 64)}
}

// rebuilt copies an expression, with f's answer in place of every part for which it has
// one.
func rebuilt(e ast.Expr, f func(ast.Expr) ast.Expr) ast.Expr {
	if to := f(e); to != nil {
		return to
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return &ast.ParenExpr{X: rebuilt(e.X, f)}
	case *ast.UnaryExpr:
		return &ast.UnaryExpr{Op: e.Op, X: rebuilt(e.X, f)}
	case *ast.BinaryExpr:
		return &ast.BinaryExpr{X: rebuilt(e.X, f), Op: e.Op, Y: rebuilt(e.Y, f)}
	case *ast.CallExpr:
		call := &ast.CallExpr{Fun: e.Fun}
		for _, arg := range e.Args {
			call.Args = append(call.Args, rebuilt(arg, f))
		}
		return call
	}
	return e
}

func replaced(e, from, to ast.Expr) ast.Expr {
	return rebuilt(e, func(x ast.Expr) ast.Expr {
		if x == from {
			return to
		}
		return nil
	})
}

func substituted(e ast.Expr, with map[string]ast.Expr) ast.Expr {
	return rebuilt(e, func(x ast.Expr) ast.Expr {
		if name, ok := x.(*ast.Ident); ok {
			return with[name.Name]
		}
		return nil
	})
}

// write prints an expression with every pair of parentheses that it needs.
func write(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return write(e.X)
	case *ast.Ident:
		return e.Name
	case *ast.BasicLit:
		return e.Value
	case *ast.UnaryExpr:
		return "-" + operand(e.X)
	case *ast.BinaryExpr:
		return operand(e.X) + " " + e.Op.String() + " " + operand(e.Y)
	case *ast.CallExpr:
		var args []string
		for _, arg := range e.Args {
			args = append(args, write(arg))
		}
		return write(e.Fun) + "(" + strings.Join(args, ", ") + ")"
	}
	return fmt.Sprintf("%T", e)
}

func operand(e ast.Expr) string {
	text := write(e)
	if p, ok := e.(*ast.ParenExpr); ok {
		e = p.X
	}
	if _, ok := e.(*ast.BinaryExpr); ok {
		return "(" + text + ")"
	}
	return text
}
