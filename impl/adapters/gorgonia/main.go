// Command gorgonia is the adapter of gorgonia.org/gorgonia.
package main

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/lossproof/lossproof/impl/adapters/golib"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/impl/subject"
)

func main() {
	l := golib.New("gorgonia", "gorgonia.org/gorgonia")
	add := func(name string, f expression) {
		l.Add(capability(name), golib.ByFormat(evaluate[float32](f, matrix), evaluate[float64](f, matrix)))
	}
	add("binary_cross_entropy", G.BinaryXent)
	add("sigmoid", of(G.Sigmoid))
	add("softplus", of(G.Softplus))
	// The library rewrites the logarithm of a sigmoid to a softplus.
	add("log_sigmoid", func(x, _ *G.Node) (*G.Node, error) { return G.Log(G.Must(G.Sigmoid(x))) })
	// Without an axis, a matrix of one column would be taken along its rows.
	add("softmax", func(x, _ *G.Node) (*G.Node, error) { return G.SoftMax(x, 1) })
	add("log_softmax", func(x, _ *G.Node) (*G.Node, error) { return G.LogSoftMax(x, 1) })
	// It takes a vector: of a matrix it says that the shapes do not fit, along either axis.
	lse := func(x, _ *G.Node) (*G.Node, error) { return G.LogSumExp(x, 0) }
	l.Add(capability("log_sum_exp"), golib.Rows(golib.ByFormat(evaluate[float32](lse, vector), evaluate[float64](lse, vector))))
	l.Main()
}

// An expression is a graph from predictions and targets to values. A link has no targets.
type expression func(x, target *G.Node) (*G.Node, error)

func of(f func(x *G.Node) (*G.Node, error)) expression {
	return func(x, _ *G.Node) (*G.Node, error) { return f(x) }
}

func capability(name string) subject.Capability {
	return subject.Capability{Loss: name, Formats: []string{"f32", "f64"}, Outputs: []subject.Output{subject.Value, subject.Grad}}
}

// The shapes that a call is given to an expression in.
func matrix(c *loss.Call) tensor.Shape { return tensor.Shape{c.Rows, c.Cols} }
func vector(c *loss.Call) tensor.Shape { return tensor.Shape{len(c.Pred)} }

// evaluate builds the graph of a call, with the gradient of Σ upstream·value, and runs it on a tape
// machine.
func evaluate[T subject.Float](f expression, shape func(c *loss.Call) tensor.Shape) golib.Eval {
	return func(c *loss.Call) (*subject.Answer, error) {
		g := G.NewGraph()
		input := func(name string, xs []float64) *G.Node {
			t := tensor.New(tensor.WithShape(shape(c)...), tensor.WithBacking(golib.Narrow[T](xs)))
			return G.NodeFromAny(g, t, G.WithName(name))
		}
		x := input("x", c.Pred)
		var target *G.Node
		if c.Target != nil {
			target = input("target", c.Target)
		}
		y, err := f(x, target)
		if err != nil {
			return nil, err
		}
		total := y
		if c.Upstream != nil {
			if total, err = G.HadamardProd(y, input("upstream", c.Upstream)); err != nil {
				return nil, err
			}
		}
		if !total.IsScalar() {
			if total, err = G.Sum(total); err != nil {
				return nil, err
			}
		}
		var value G.Value
		G.Read(y, &value)
		if _, err := G.Grad(total, x); err != nil {
			return nil, err
		}
		machine := G.NewTapeMachine(g, G.BindDualValues(x))
		defer machine.Close()
		if err := machine.RunAll(); err != nil {
			return nil, err
		}
		slope, err := x.Grad()
		if err != nil {
			return nil, err
		}
		return &subject.Answer{Value: numbers[T](value), Grad: numbers[T](slope)}, nil
	}
}

// numbers reads a value, which is a slice, or a single number, as the shape has it.
func numbers[T subject.Float](v G.Value) []float64 {
	switch data := v.Data().(type) {
	case []T:
		return golib.Widen(data)
	case T:
		return []float64{float64(data)}
	default:
		panic(fmt.Sprintf("a value of type %T", data))
	}
}
