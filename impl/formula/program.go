package formula

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/lossproof/lossproof/internal/choice"
)

// An Input is a name that a text uses and does not define.
type Input struct {
	Name   string
	Vector bool // it has a number for each element of an item
}

// A Program is a text with its inputs, ready to be computed: operations in an order in
// which each comes after its operands, each once however often it is written.
type Program struct {
	inputs  []Input
	outputs []int
	steps   []operation
}

// An operation computes a number or a vector from earlier ones.
type operation struct {
	op     string // as in an Expression; "input", "K", "k" or "inf"
	args   []int
	vector bool
	number *big.Rat // of a Number
	needed bool     // by an output
}

// Limits of a program.
const (
	mostSteps  = 1 << 13
	mostVisits = 1 << 17 // expressions, those of a function counted at each call
	mostCalls  = 64      // functions that call each other
)

// Compile returns the program that computes outputs (the name value, where none are given)
// from inputs. A text that uses a name that is neither an input nor defined before is a
// mistake, and the error an *Error; so is a vector where a number is wanted. Besides its inputs a
// text may use K, the number of elements of an item, and k, the vector 0, 1, … K−1, where one of the
// inputs is a vector; inf; and pi; an input of such a name comes before it.
func (t Text) Compile(inputs []Input, outputs ...string) (p *Program, err error) {
	defer caught(&err)
	c := &compiler{Program: &Program{inputs: slices.Clone(inputs)}, names: map[string]int{}, functions: map[string]*Definition{}, known: map[string]int{}}
	for _, in := range inputs {
		if _, taken := c.names[in.Name]; taken || !word.MatchString(in.Name) {
			panic("formula: an input cannot be called " + in.Name)
		}
		c.names[in.Name] = c.step(operation{op: "input", vector: in.Vector})
		c.vectors = c.vectors || in.Vector
	}
	for _, op := range []string{"inf", "K", "k"} {
		if _, taken := c.names[op]; !taken && (c.vectors || op == "inf") {
			c.names[op] = c.step(operation{op: op, vector: op == "k"})
		}
	}
	for i := range prelude {
		if d := &prelude[i]; d.Params != nil {
			c.functions[d.Name] = d
		} else if _, taken := c.names[d.Name]; !taken {
			c.names[d.Name] = c.expression(d.Body, nil)
		}
	}
	own := map[string]bool{}
	for i := range t {
		d := &t[i]
		if _, taken := c.names[d.Name]; d.Params == nil && taken || own[d.Name] {
			d.at.fail("%s is defined already", d.Name)
		}
		own[d.Name] = true
		if d.Params != nil {
			c.functions[d.Name] = d
			continue
		}
		c.names[d.Name] = c.expression(d.Body, nil)
	}
	if len(outputs) == 0 {
		outputs = []string{"value"}
	}
	for _, name := range outputs {
		i, ok := c.names[name]
		if !ok {
			place{}.fail("the text does not define %s: %s", name, choice.Among(name, slices.Collect(maps.Keys(c.names))))
		}
		c.outputs = append(c.outputs, i)
		c.need(i)
	}
	return c.Program, nil
}

// MustCompile is Compile for a text that stands in a program. It panics on a mistake.
func (t Text) MustCompile(inputs []Input, outputs ...string) *Program {
	p, err := t.Compile(inputs, outputs...)
	if err != nil {
		panic(err)
	}
	return p
}

// Vector reports whether output i has a number for each element of an item.
func (p *Program) Vector(i int) bool { return p.steps[p.outputs[i]].vector }

// need marks what is computed for an output. Operands come first, so that one walk suffices.
func (p *Program) need(output int) {
	p.steps[output].needed = true
	for i := output; i >= 0; i-- {
		if p.steps[i].needed {
			for _, arg := range p.steps[i].args {
				p.steps[arg].needed = true
			}
		}
	}
}

type compiler struct {
	*Program
	names     map[string]int
	functions map[string]*Definition
	known     map[string]int // steps by what they compute
	vectors   bool           // an input is a vector
	visits    int
	calls     []string // functions on the way to where we are
}

func (c *compiler) step(s operation) int {
	c.steps = append(c.steps, s)
	return len(c.steps) - 1
}

// expression adds what computes e. Parameters of a function are in local.
func (c *compiler) expression(e *Expression, local map[string]int) int {
	if c.visits++; c.visits > mostVisits || len(c.steps) > mostSteps {
		e.at.fail("the text is too large: its functions, written out, have more than %d operations", mostSteps)
	}
	switch e.Op {
	case Number:
		x, ok := new(big.Rat).SetString(e.Text)
		if !ok {
			e.at.fail("%s is no number", e.Text)
		}
		return c.once(operation{op: Number, number: x}, x.String())
	case Name:
		if i, ok := local[e.Text]; ok {
			return i
		}
		if i, ok := c.names[e.Text]; ok {
			return i
		}
		if c.functions[e.Text] != nil || builtin[e.Text].kind != 0 {
			e.at.fail("%s is a function: it wants arguments in parentheses", e.Text)
		}
		there := slices.AppendSeq(slices.Collect(maps.Keys(c.names)), maps.Keys(local))
		e.at.fail("no name %s: %s", e.Text, choice.Among(e.Text, there))
	}
	args := make([]int, len(e.Args))
	for i, arg := range e.Args {
		args[i] = c.expression(arg, local)
	}
	zero, one := Constant(0), Constant(1)
	switch e.Op {
	case "and":
		return c.apply(e, "if", args[0], args[1], c.expression(zero, nil))
	case "or":
		return c.apply(e, "if", args[0], c.expression(one, nil), args[1])
	case "not":
		return c.apply(e, "if", args[0], c.expression(zero, nil), c.expression(one, nil))
	case "[]":
		if !c.steps[args[0]].vector {
			e.at.fail("%s is one number: only a vector has an index", e.Args[0])
		}
		return c.once(operation{op: "[]", args: args, vector: c.steps[args[1]].vector})
	}
	return c.call(e, args)
}

func (c *compiler) call(e *Expression, args []int) int {
	d := c.functions[e.Op]
	if d == nil {
		f, ok := builtin[e.Op]
		if !ok {
			there := slices.AppendSeq(Functions(), maps.Keys(c.functions))
			e.at.fail("no function %s: %s", e.Op, choice.Among(e.Op, there))
		}
		if len(args) < f.least || len(args) > f.most {
			e.at.fail("%s has %d arguments: want %s", e.Op, len(args), counted(f.least, f.most))
		}
		if f.kind == reduce && len(args) > 1 { // of several numbers, one after another
			for len(args) > 2 {
				args = append([]int{c.apply(e, e.Op, args[0], args[1])}, args[2:]...)
			}
		}
		return c.apply(e, e.Op, args...)
	}
	if len(args) != len(d.Params) {
		e.at.fail("%s has %d arguments: want %d, as in %s", e.Op, len(args), len(d.Params), d)
	}
	if slices.Contains(c.calls, e.Op) {
		e.at.fail("%s calls itself", e.Op)
	}
	if len(c.calls) == mostCalls {
		e.at.fail("functions call each other more than %d deep", mostCalls)
	}
	local := map[string]int{}
	for i, name := range d.Params {
		local[name] = args[i]
	}
	c.calls = append(c.calls, e.Op)
	result := c.expression(d.Body, local)
	c.calls = c.calls[:len(c.calls)-1]
	return result
}

// apply adds a builtin function of steps.
func (c *compiler) apply(e *Expression, op string, args ...int) int {
	s := operation{op: op, args: args}
	kind := builtin[op].kind
	if kind == reduce && len(args) > 1 {
		kind = each
	}
	if kind == each {
		s.vector = slices.ContainsFunc(args, func(i int) bool { return c.steps[i].vector })
	} else {
		if !c.vectors {
			e.at.fail("%s is of a vector, and no input is one", op)
		}
		s.vector = kind == row
	}
	return c.once(s)
}

// once adds a step, or finds the one that computes the same.
func (c *compiler) once(s operation, text ...string) int {
	key := fmt.Sprint(s.op, s.args, text)
	i, ok := c.known[key]
	if !ok {
		i = c.step(s)
		c.known[key] = i
	}
	return i
}

func counted(least, most int) string {
	if least == most {
		return fmt.Sprint(least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}
