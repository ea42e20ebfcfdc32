package formula

import (
	"fmt"
	"math/big"
)

// An Algebra computes with numbers of a kind: floats of a format, intervals, nodes of a graph.
// An operation that it does not hold is refused by NewEvaluator.
type Algebra[N any] struct {
	Number   func(x *big.Rat) N
	Infinity func() N
	Unary    map[string]func(x N) N
	Binary   map[string]func(x, y N) N
	If       func(condition, x, y N) N // x where the condition is not 0
	At       func(xs []N, i N) N       // element i, counted from 0
	Reduce   map[string]func(xs []N) N
	Row      map[string]func(dst []N, args ...[]N) // every argument as long as dst
}

// An Evaluator computes a program with numbers of a kind. It keeps its memory: after the first
// item of a length no more is asked for. It is for one goroutine.
type Evaluator[N any] struct {
	program *Program
	algebra Algebra[N]
	memory  [][]N // by step: one number, or a vector of K
	steps   []func()
	outputs [][]N
	length  int // K
}

// NewEvaluator prepares a program. The error names an operation that the algebra does not have.
func NewEvaluator[N any](p *Program, a Algebra[N]) (*Evaluator[N], error) {
	e := &Evaluator[N]{program: p, algebra: a, memory: make([][]N, len(p.steps)), outputs: make([][]N, len(p.outputs))}
	for i, s := range p.steps {
		if !s.needed || s.op == "input" {
			continue
		}
		e.memory[i] = make([]N, 1)
		step, ok := e.prepare(i, s)
		if !ok {
			return nil, fmt.Errorf("formula: %s is not computed here", s.op)
		}
		if step != nil {
			e.steps = append(e.steps, step)
		}
	}
	return e, nil
}

// Eval computes the outputs of an item from its inputs, in the order in which Compile was given
// both. A number is a slice of length 1, and every vector has the same length, at least 1. The
// outputs are valid until the next call.
func (e *Evaluator[N]) Eval(inputs ...[]N) [][]N {
	if len(inputs) != len(e.program.inputs) {
		panic(fmt.Sprintf("formula: %d inputs for %d", len(inputs), len(e.program.inputs)))
	}
	length := 0
	for i, in := range e.program.inputs {
		n := len(inputs[i])
		if in.Vector && length == 0 {
			length = n
		}
		if n == 0 || in.Vector && n != length || !in.Vector && n != 1 {
			panic(fmt.Sprintf("formula: input %s has %d numbers", in.Name, n))
		}
		e.memory[i] = inputs[i]
	}
	if length != e.length {
		e.length = length
		for i, s := range e.program.steps {
			switch {
			case !s.needed || s.op == "input":
			case s.op == "K":
				e.memory[i][0] = e.algebra.Number(big.NewRat(int64(length), 1))
			case s.vector:
				e.memory[i] = make([]N, length)
				for k := range e.memory[i] {
					if s.op == "k" {
						e.memory[i][k] = e.algebra.Number(big.NewRat(int64(k), 1))
					}
				}
			}
		}
	}
	for _, step := range e.steps {
		step()
	}
	for i, output := range e.program.outputs {
		e.outputs[i] = e.memory[output]
	}
	return e.outputs
}

// prepare returns what computes step i, nil for a constant.
func (e *Evaluator[N]) prepare(i int, s operation) (step func(), ok bool) {
	a, stride := e.algebra, make([]int, len(s.args))
	for j, arg := range s.args {
		if e.program.steps[arg].vector {
			stride[j] = 1
		}
	}
	arg := func(j int) []N { return e.memory[s.args[j]] }
	switch {
	case s.op == Number:
		e.memory[i][0] = a.Number(s.number)
		return nil, true
	case s.op == "inf":
		if a.Infinity == nil {
			return nil, false
		}
		e.memory[i][0] = a.Infinity()
		return nil, true
	case s.op == "K" || s.op == "k":
		return nil, true
	case s.op == "if":
		return func() {
			c, x, y, dst := arg(0), arg(1), arg(2), e.memory[i]
			for k := range dst {
				dst[k] = a.If(c[k*stride[0]], x[k*stride[1]], y[k*stride[2]])
			}
		}, a.If != nil
	case s.op == "[]":
		return func() {
			xs, at, dst := arg(0), arg(1), e.memory[i]
			for k := range dst {
				dst[k] = a.At(xs, at[k])
			}
		}, a.At != nil
	case builtin[s.op].kind == row:
		f := a.Row[s.op]
		rows := make([][]N, len(s.args))
		return func() {
			for j := range rows {
				rows[j] = e.vector(arg(j))
			}
			f(e.memory[i], rows...)
		}, f != nil
	case len(s.args) == 2:
		f := a.Binary[s.op]
		return func() {
			x, y, dst := arg(0), arg(1), e.memory[i]
			for k := range dst {
				dst[k] = f(x[k*stride[0]], y[k*stride[1]])
			}
		}, f != nil
	case builtin[s.op].kind == reduce:
		f := a.Reduce[s.op]
		return func() { e.memory[i][0] = f(e.vector(arg(0))) }, f != nil
	}
	f := a.Unary[s.op]
	return func() {
		x, dst := arg(0), e.memory[i]
		for k := range dst {
			dst[k] = f(x[k])
		}
	}, f != nil
}

// vector writes out a number that stands for a vector of K equal ones.
func (e *Evaluator[N]) vector(xs []N) []N {
	if len(xs) == e.length {
		return xs
	}
	all := make([]N, e.length)
	for k := range all {
		all[k] = xs[0]
	}
	return all
}
