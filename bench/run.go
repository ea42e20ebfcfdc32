package bench

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"testing"

	"github.com/lossproof/lossproof/bench/internal/workload"
	"github.com/lossproof/lossproof/conformance"
	"github.com/lossproof/lossproof/impl/loss"
	"github.com/lossproof/lossproof/internal/ieee"
)

// A Float is a type that is computed in.
type Float interface{ float32 | float64 }

// An Impl is a loss of one's own over whole slices. It has one or more of the functions, each of which is timed; the
// reduction is the sum.
type Impl[T Float] struct {
	Name    string                               // behind impl=; empty: mine
	Params  loss.Params                          // of the loss, where they are not the default
	Level   conformance.Level                    // that every output must meet; 0: Accurate
	Value   func(value []T, in Inputs[T])        // of each element, row, box or set
	Sum     func(in Inputs[T]) float64           // of the values
	Grad    func(grad []T, in Inputs[T])         // of the sum, by the predictions
	SumGrad func(grad []T, in Inputs[T]) float64 // both in one call: a training step
}

// Inputs are Rows items of Cols numbers, one after the other: Cols is 1 for a loss of elements, the number of classes for one
// of rows, 4 for one of boxes, and the number of elements for one of sets.
type Inputs[T Float] struct {
	Rows, Cols int
	Pred       []T
	Target     []T   // nil where there are labels, or no target
	Label      []int // class indices, one for each row; nil where the loss takes none
}

// A Size is how many items there are, and of how many numbers each: see Inputs.
type Size struct{ Rows, Cols int }

// sizesOf are what Run takes by default.
func sizesOf(l *loss.Loss) []Size {
	switch l.Shape {
	case loss.Row:
		return []Size{{4096, 10}, {4096, 80}, {4096, 1000}}
	case loss.Set:
		return []Size{{64, 1024}, {16, 1 << 12}}
	}
	n := l.Shape.Numbers
	if l.Shape.Several() {
		return []Size{{256, n}, {4096, n}, {1 << 16, n}}
	}
	return []Size{{1 << 10, n}, {1 << 16, n}}
}

// Run times an implementation of a loss at the workloads of this package, and beside it ours in each tier, the scalar twin
// and the roofline, as far as they have the loss:
//
//	func BenchmarkMine(b *testing.B) {
//		bench.Run(b, "binary_cross_entropy_with_logits", bench.Impl[float32]{SumGrad: mine})
//	}
//
//	go test -run '^$' -bench Mine -cpu 1 -count 10 | benchstat -col /impl -
//
// Outputs are held to the truth before they are timed, and afterwards what the timed calls wrote; the benchmark fails where
// one is wrong. Without sizes it takes some that lie in the caches.
func Run[T Float](b *testing.B, lossName string, mine Impl[T], sizes ...Size) {
	b.Helper()
	if mine.Name == "" {
		mine.Name = "mine"
	}
	list, err := mine.workloads(lossName, sizes)
	if err != nil {
		b.Fatalf("bench: impl=%s: %v", mine.Name, err)
	}
	if mine.Level == 0 {
		mine.Level = conformance.Accurate
	}
	for _, w := range list {
		benchmark(b, w, workload.Implementation{Name: mine.Name, Level: mine.Level}, mine.function(w))
		for _, i := range beside(w) {
			benchmark(b, w, i, functionOf[T](i)(w))
		}
	}
}

// beside are ours, as far as they have the parameters of a workload: the roofline computes nothing, and has any.
func beside(w workload.Workload) []workload.Implementation {
	return slices.DeleteFunc(implementations(), func(i workload.Implementation) bool {
		return len(w.Params) > 0 && !w.Closed() && i.Name != rooflineName
	})
}

// functionOf is the one of two functions that is of a type.
func functionOf[T Float](i workload.Implementation) func(workload.Workload) func(*workload.Arrays[T]) {
	if f, ok := any(i.Float32).(func(workload.Workload) func(*workload.Arrays[T])); ok {
		return f
	}
	return any(i.Float64).(func(workload.Workload) func(*workload.Arrays[T]))
}

// workloads are those of a loss for which there is a function.
func (m Impl[T]) workloads(lossName string, sizes []Size) ([]workload.Workload, error) {
	decl, err := loss.Named(lossName)
	if err != nil {
		return nil, err
	}
	format := ieee.Float64
	if _, is32 := any(T(0)).(float32); is32 {
		format = ieee.Float32
	}
	if len(sizes) == 0 {
		sizes = sizesOf(decl)
	}
	var list []workload.Workload
	w := workload.Workload{Loss: lossName, Params: m.Params, Format: format}
	for _, w.Op = range w.Ops() {
		if m.function(w) == nil {
			continue
		}
		for _, s := range sizes {
			if wide := decl.Shape.Numbers; s.Rows < 1 || s.Cols < 1 || wide > 0 && s.Cols != wide {
				return nil, fmt.Errorf("%s: a size of %d×%d: want 1 or more items of %s", lossName, s.Rows, s.Cols, itemOf(decl))
			}
			w.Rows, w.Cols = s.Rows, s.Cols
			if err := w.Valid(); err != nil {
				return nil, err
			}
			list = append(list, w)
		}
	}
	if list == nil {
		return nil, fmt.Errorf("%s: none of the functions of %v is given", lossName, w.Ops())
	}
	return list, nil
}

func itemOf(l *loss.Loss) string {
	if l.Shape.Many() {
		return "1 or more numbers"
	}
	return fmt.Sprintf("%d numbers", l.Shape.Numbers)
}

// function does a workload; nil where there is none for its operation.
func (m Impl[T]) function(w workload.Workload) func(*workload.Arrays[T]) {
	in := func(a *workload.Arrays[T]) Inputs[T] { return Inputs[T]{w.Rows, w.Cols, a.Pred, a.Target, a.Label} }
	switch {
	case w.Op == workload.Value && m.Value != nil:
		return func(a *workload.Arrays[T]) { m.Value(a.Value, in(a)) }
	case w.Op == workload.Sum && m.Sum != nil:
		return func(a *workload.Arrays[T]) { a.Sum = m.Sum(in(a)) }
	case w.Op == workload.Grad && m.Grad != nil:
		return func(a *workload.Arrays[T]) { m.Grad(a.Grad, in(a)) }
	case w.Op == workload.SumGrad && m.SumGrad != nil:
		return func(a *workload.Arrays[T]) { a.Sum = m.SumGrad(a.Grad, in(a)) }
	}
	return nil
}

// benchmark times a function between two checks of what it writes.
func benchmark[T Float](b *testing.B, w workload.Workload, i workload.Implementation, run func(*workload.Arrays[T])) {
	if run == nil || w.Workers > 0 && !i.Parallel {
		return
	}
	b.Run(w.Name(i.Name), func(b *testing.B) {
		if err := measure(b, w, i, run); err != nil {
			b.Fatal(err)
		}
	})
}

// measure is the body of a benchmark. The error is that of a wrong output.
func measure[T Float](b *testing.B, w workload.Workload, i workload.Implementation, run func(*workload.Arrays[T])) error {
	a := workload.New[T](w)
	check := func(when string) error {
		if err := verify(a, w, i); err != nil {
			return fmt.Errorf("impl=%s, %s: %w", i.Name, when, err)
		}
		a.Poison()
		return nil
	}
	a.Poison()
	run(a)
	if err := check("before it was timed"); err != nil {
		return err
	}
	b.SetBytes(w.Bytes())
	b.ReportAllocs()
	for b.Loop() {
		run(a)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(w.Elements()), "ns/elem")
	return check("as it was timed")
}

// verify holds the outputs to the truth. What the roofline writes is no loss; its own
// tests say that it is right.
func verify[T Float](a *workload.Arrays[T], w workload.Workload, i workload.Implementation) error {
	if i.Name == rooflineName {
		return nil
	}
	return a.Check(w, i.Level)
}

// ErrNothing: no benchmark has a name that matches.
var ErrNothing = errors.New("bench: no benchmark has a name that matches")

// Write times ours, those of the benchmarks of this package whose names match, so many times each, and writes what go test
// would. What the flag -test.benchtime says is how long each takes.
func Write(out io.Writer, match *regexp.Regexp, count int) error {
	matched := false
	if _, err := fmt.Fprintln(out, Unit); err != nil {
		return err
	}
	for _, w := range workloads(pointwiseSizes, rowwiseSizes) {
		for _, i := range implementations() {
			name := "BenchmarkLoss/" + w.Name(i.Name)
			if !match.MatchString(name) {
				continue
			}
			var err error
			if w.Format == ieee.Float32 {
				err = write(out, name, count, w, i, functionOf[float32](i)(w))
			} else {
				err = write(out, name, count, w, i, functionOf[float64](i)(w))
			}
			if err != nil {
				return err
			}
			matched = true
		}
	}
	if !matched {
		return ErrNothing
	}
	return nil
}

func write[T Float](out io.Writer, name string, count int, w workload.Workload, i workload.Implementation, run func(*workload.Arrays[T])) error {
	if run == nil {
		return nil
	}
	for range count {
		var wrong error
		result := testing.Benchmark(func(b *testing.B) { wrong = measure(b, w, i, run) })
		if wrong != nil {
			return fmt.Errorf("bench: %s: %w", name, wrong)
		}
		if _, err := fmt.Fprintf(out, "%s\t%s\t%s\n", name, result, result.MemString()); err != nil {
			return err
		}
	}
	return nil
}

// Unit is the line that tells benchstat what the unit of the benchmarks is.
const Unit = "Unit ns/elem better=lower assume=nothing"
