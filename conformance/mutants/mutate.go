package mutants

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/lossproof/lossproof/impl/formula"
	"github.com/lossproof/lossproof/internal/printable"
)

// nudge is the relative change of a constant.
const nudge = 0x1p-20

// An edit replaces one expression by another.
type edit struct {
	kind string // sign, term, constant, bound or naive
	from *formula.Expression
	to   *formula.Expression
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
		l, defs := declared(name), definitions(name)
		right := compiled(defs, l)
		for i, d := range defs {
			for _, e := range edits(d.Body) {
				changed := slices.Clone(defs)
				changed[i].Body = replaced(d.Body, e.from, e.to)
				text := fmt.Sprintf("%s: %v ⇒ %v", d.Name, e.from, e.to)
				if len(text) > longName {
					text = fmt.Sprintf("%s: %s ⇒ %s", d.Name, printable.Line(fmt.Sprint(e.from), longName/3), printable.Line(fmt.Sprint(e.to), longName/3))
				}
				all = append(all, Mutant{Name: unique(all, fmt.Sprintf("%s/%s/%s", name, e.kind, text)), Loss: name,
					Mechanism: fmt.Sprintf("%s in %s = %v", kinds[e.kind], d.Name, d.Body), program: compiled(changed, l), right: right})
			}
		}
	}
	return all
})

// longName are the bytes of a change in a name, which leave room for the loss and for where the change is confined.
const longName = 120

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

// edits lists every change of an expression, from the outside in.
func edits(e *formula.Expression) []edit {
	var all []edit
	add := func(kind string, from *formula.Expression, to ...*formula.Expression) {
		for _, x := range to {
			all = append(all, edit{kind, from, x})
		}
	}
	bounds := map[*formula.Expression]bool{}
	e.Walk(func(e *formula.Expression) {
		switch e.Op {
		case formula.Negative:
			add("sign", e, e.Args...)
		case "+":
			add("sign", e, formula.Apply("-", e.Args...))
			add("term", e, e.Args...)
		case "-":
			add("sign", e, formula.Apply("+", e.Args...))
			add("term", e, e.Args[0])
		case "<", "==":
			add("bound", e, moved(e)...)
			bounds[e.Args[1]] = e.Op == "<"
		case formula.Number:
			if !bounds[e] || e.Float64() == 0 {
				add("constant", e, formula.Constant(nudged(e.Float64())))
			}
		default:
			kind, to := naive(e)
			add(kind, e, to...)
		}
	})
	return all
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
func moved(e *formula.Expression) []*formula.Expression {
	to := []*formula.Expression{formula.Constant(0), formula.Constant(1)}
	if e.Op == "<" {
		to = append(to, formula.Apply("<=", e.Args...))
		if c := e.Args[1]; c.Op == formula.Number && c.Float64() == 0 {
			to = append(to, formula.Apply("<", e.Args[0], formula.Constant(1)), formula.Apply("<", e.Args[0], formula.Constant(-1)))
		}
	}
	return to
}

// naiveForms are what functions of w and x are in careless hands.
var naiveForms = map[string]string{
	"log1p": "log(1 + x)", "expm1": "exp(x) - 1", "softplus": "log(1 + exp(x))", "sigmoid": "exp(x) / (1 + exp(x))",
	"others": "sum(x) - x", "weighed": "w * x", "gap": "-x", "abs": "x", "min": "sum(x)", "centred": "sum(w) * x - sum(w * x)",
}

// naive lists what a call is in careless hands.
func naive(e *formula.Expression) (kind string, to []*formula.Expression) {
	text, ok := naiveForms[e.Op]
	switch {
	case (e.Op == "max" || e.Op == "min") && len(e.Args) == 2:
		return "term", e.Args
	case e.Op == "if":
		return "bound", e.Args[1:]
	case !ok:
		return "", nil
	}
	to = append(to, substituted(text, e.Args[0], e.Args[len(e.Args)-1]))
	if minus := e.Args[0]; e.Op == "sigmoid" && minus.Op == formula.Negative {
		to = append(to, substituted("1 - sigmoid(x)", nil, minus.Args[0]))
	}
	return "naive", to
}

func replaced(e, from, to *formula.Expression) *formula.Expression {
	return e.Rewrite(func(x *formula.Expression) *formula.Expression {
		if x == from {
			return to
		}
		return nil
	})
}

// substituted is a text of w and x with expressions in their place.
func substituted(text string, w, x *formula.Expression) *formula.Expression {
	with := map[string]*formula.Expression{"w": w, "x": x}
	return formula.MustParse(text)[0].Body.Rewrite(func(e *formula.Expression) *formula.Expression { return with[e.Text] })
}
