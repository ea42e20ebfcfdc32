package formula

import (
	"strconv"
	"strings"
)

// A Text is a list of definitions, in the order in which they are computed.
type Text []Definition

// A Definition is a name for an expression, or a function where it has parameters.
type Definition struct {
	Name   string
	Params []string // nil: a name
	Body   *Expression

	at place
}

// An Expression is a number, a name, or a function or an operator that is applied to
// others.
type Expression struct {
	Op   string // Number, Name, Negative, the name of a function, or an operator: + - * / ^ < <= > >= == != and or not []
	Text string // of a number or a name
	Args []*Expression

	at place
}

// The Op of what is not applied to anything, and of −x. No function has such a name.
const (
	Number   = "#"
	Name     = "@"
	Negative = "−"
)

// Constant returns the expression of a finite number.
func Constant(x float64) *Expression {
	if x < 0 {
		return Apply(Negative, Constant(-x))
	}
	return &Expression{Op: Number, Text: strconv.FormatFloat(x, 'g', -1, 64)}
}

// Apply returns op applied to args.
func Apply(op string, args ...*Expression) *Expression { return &Expression{Op: op, Args: args} }

// Float64 returns the value of a number, rounded.
func (e *Expression) Float64() float64 {
	x, err := strconv.ParseFloat(e.Text, 64)
	if e.Op != Number || err != nil {
		panic("formula: " + e.String() + " is no number")
	}
	return x
}

// Walk calls f for an expression and all its parts, from the outside in.
func (e *Expression) Walk(f func(*Expression)) {
	f(e)
	for _, arg := range e.Args {
		arg.Walk(f)
	}
}

// Rewrite copies an expression, with f's answer in place of every part for which it is not
// nil.
func (e *Expression) Rewrite(f func(*Expression) *Expression) *Expression {
	if to := f(e); to != nil {
		return to
	}
	copied := *e
	copied.Args = nil
	for _, arg := range e.Args {
		copied.Args = append(copied.Args, arg.Rewrite(f))
	}
	return &copied
}

// String writes the expression so that Parse reads the same.
func (e *Expression) String() string {
	switch {
	case e.Op == Number || e.Op == Name:
		return e.Text
	case e.Op == Negative:
		return "-" + e.Args[0].operand(false)
	case e.Op == "not":
		return "not " + e.Args[0].operand(true)
	case e.Op == "[]":
		return e.Args[0].operand(true) + "[" + e.Args[1].String() + "]"
	case levels[e.Op] > 0:
		return e.Args[0].operand(e.Op == "^") + " " + e.Op + " " + e.Args[1].operand(false)
	}
	var args []string
	for _, arg := range e.Args {
		args = append(args, arg.String())
	}
	return e.Op + "(" + strings.Join(args, ", ") + ")"
}

// operand is String in parentheses where they are needed: around two operands, and around
// one where what follows binds closer.
func (e *Expression) operand(closer bool) string {
	if levels[e.Op] > 0 || e.Op == "not" || closer && e.Op == Negative {
		return "(" + e.String() + ")"
	}
	return e.String()
}

func (d Definition) String() string {
	head := d.Name
	if d.Params != nil {
		head += "(" + strings.Join(d.Params, ", ") + ")"
	}
	return head + " = " + d.Body.String()
}

func (t Text) String() string {
	var lines []string
	for _, d := range t {
		lines = append(lines, d.String())
	}
	return strings.Join(lines, "\n")
}
