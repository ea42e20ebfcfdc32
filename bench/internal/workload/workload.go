// Package workload says what the benchmarks compute: the name of each piece of work,
// its inputs, its true outputs, and the check that holds an implementation to them.
//
// Nothing is timed here. Inputs are drawn from a fixed seed, so that every
// implementation and every machine is given the same numbers.
package workload

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// An Op is what of a loss is computed. The reduction is the sum.
type Op string

const (
	Value   Op = "value"    // the value of every element, or of every row
	Sum     Op = "sum"      // their sum
	Grad    Op = "grad"     // the gradient of the sum
	SumGrad Op = "sum_grad" // the sum and its gradient, in one call: a training step
)

// Ops lists the operations of a loss. A vector of values has no sum.
func (w Workload) Ops() []Op {
	if w.Decl().VectorValued {
		return []Op{Value}
	}
	return []Op{Value, Sum, Grad, SumGrad}
}

// hasValue, hasSum and hasGrad say which outputs an operation has.
func (o Op) hasValue() bool { return o == Value }
func (o Op) hasSum() bool   { return o == Sum || o == SumGrad }
func (o Op) hasGrad() bool  { return o == Grad || o == SumGrad }

// A Workload is one piece of work: a loss with its parameters, an operation, a dtype
// and a size. A pointwise loss has Cols 1.
type Workload struct {
	Loss       string
	Params     loss.Params // those that are not the default
	Op         Op
	Format     ieee.Format
	Rows, Cols int
	Workers    int // among which the work is split; 0: the form that knows no workers
}

// Name is the name of the workload done by an implementation, as key=value pairs that
// benchstat can slice: loss, op, dtype, impl, parameters, workers, and the size last. Each of the
// first four is at a place of its own, where -bench finds it.
func (w Workload) Name(implementation string) string {
	name := fmt.Sprintf("loss=%s/op=%s/dtype=%s/impl=%s", w.Loss, w.Op, w.Format.Name, implementation)
	for _, p := range slices.Sorted(maps.Keys(w.Params)) {
		for _, x := range w.Params[p] {
			name += "/" + p + "=" + strconv.FormatFloat(x, 'g', -1, 64)
		}
	}
	if w.Workers > 0 {
		name += fmt.Sprintf("/workers=%d", w.Workers)
	}
	if !w.Decl().Shape.Many() {
		return name + fmt.Sprintf("/n=%d", w.Rows)
	}
	return name + fmt.Sprintf("/rows=%d/classes=%d", w.Rows, w.Cols)
}

// Decl is the declaration of the loss.
func (w Workload) Decl() *loss.Loss {
	decl, err := loss.Named(w.Loss)
	if err != nil {
		panic(err) // a workload is written by us, or Run has looked
	}
	return decl
}

// Valid is nil where the inputs that are drawn are in the domain, with the parameters that are set.
func (w Workload) Valid() error {
	_, err := w.draw().Plan()
	return err
}

// Args are the parameters and conventions of the loss.
func (w Workload) Args() loss.Args {
	p, err := w.draw().Plan()
	if err != nil {
		panic(err) // Run has looked
	}
	return p.Args
}

// Param is the value of a scalar parameter, and 0 where the loss has none of the name.
func (w Workload) Param(name string) float64 {
	if set, ok := w.Params[name]; ok {
		return set[0]
	}
	if p, ok := w.Decl().Param(name); ok && p.Default != nil {
		return p.Default[0]
	}
	return 0
}

// Elements is how many predictions there are.
func (w Workload) Elements() int { return w.Rows * w.Cols }

// Values is how many values there are before any reduction.
func (w Workload) Values() int {
	if w.Decl().VectorValued {
		return w.Elements()
	}
	return w.Rows
}

// Traffic is how many arrays of Elements numbers are read and how many written.
// Labels and values of rows are smaller, and are left out.
func (w Workload) Traffic() (reads, writes int) {
	reads = 1
	if w.Decl().Takes(loss.Number) {
		reads = 2
	}
	if w.Op.hasValue() && w.Values() == w.Elements() {
		writes++
	}
	if w.Op.hasGrad() {
		writes++
	}
	return reads, writes
}

// Bytes is how many bytes the arrays of Traffic have.
func (w Workload) Bytes() int64 {
	reads, writes := w.Traffic()
	return int64(w.Elements()) * int64(reads+writes) * int64(w.Format.Width/8)
}

// An Implementation computes workloads.
type Implementation struct {
	Name  string
	Level conformance.Level // that every output meets
	// Float32 and Float64 return the function that does a workload, or nil where the
	// implementation has none.
	Float32  func(Workload) func(*Arrays[float32])
	Float64  func(Workload) func(*Arrays[float64])
	Parallel bool // whether it has a form that splits the work among workers
}
